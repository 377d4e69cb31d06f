"""The nesting depth of JSON, counted in its bytes."""

import json
from pathlib import Path

import pytest

from pawtui.store.storage import MAX_LEVELS, MAX_RECORD_BYTES, is_too_deep
from pawtui.store.store import Store
from pawtui.store.store_errors import Unrecordable
from tests.store import actions


def nested(levels: int, opening: str = "[") -> str:
    """Return JSON with `levels` levels."""
    closing = "]" if opening == "[" else "}"
    return opening * levels + ("1" if opening != "[" else "") + closing * levels


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("text", ["", "]", "}{", "[" * 500, '"[', "\\", "}" * 500], ids=range(7))
@pytest.mark.parametrize(
    ("levels", "too_deep"), [(1, False), (MAX_LEVELS, False), (MAX_LEVELS + 1, True), (5_000, True)]
)
def test_levels_are_counted_without_brackets_in_text(opening: str, text: str, levels: int, too_deep: bool) -> None:
    data = f"[{json.dumps(text)}, {nested(levels - 1, opening)}, {json.dumps(text)}]"
    assert is_too_deep(data.encode()) is too_deep


def test_levels_with_an_unpaired_bracket_in_each_text_are_counted() -> None:
    assert is_too_deep(b'["{",' * 600 + b"1" + b"]" * 600)


def test_a_long_record_is_not_too_deep() -> None:
    assert not is_too_deep(json.dumps([{"a": [1, {}]}] * 10_000).encode())
    assert not is_too_deep(json.dumps(["[" * 10_000] * 3).encode())
    assert not is_too_deep(b"")


def test_a_deep_record_is_renamed(store: Store, folder: Path) -> None:
    earlier = store.commit(actions.note("n1"))
    store.commit(actions.note("n2"))
    content = json.loads(store.path.read_bytes())
    content["refreshes"] = {"1": "HERE"}
    store.path.write_text(json.dumps(content).replace('"HERE"', nested(600)), encoding="utf-8")
    renewed = Store(folder)
    assert renewed.load() == earlier
    assert "it is nested deeper than 100 levels" in renewed.notices()[0]


def test_a_huge_file_is_renamed_without_reading_it(store: Store, folder: Path) -> None:
    earlier = store.commit(actions.note("n1"))
    store.commit(actions.note("n2"))
    size = 64 * MAX_RECORD_BYTES
    store.path.unlink()
    with store.path.open("wb") as file:
        # A sparse file: it uses no disk space, but reading it would need `size` bytes of memory.
        file.truncate(size)
    renewed = Store(folder, clock=lambda: actions.AT)
    assert renewed.load() == earlier
    assert f"it has {size:,} bytes; the limit is {MAX_RECORD_BYTES:,}" in renewed.notices()[0]
    assert (folder / "pawtui.json.corrupt-20261120T140200Z").stat().st_size == size


def test_a_record_that_could_not_be_read_again_is_not_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.commit(actions.note("n1"))
    stamp = store.stamp()
    monkeypatch.setattr("pawtui.store.storage.MAX_RECORD_BYTES", 2_000)
    with pytest.raises(Unrecordable, match=r"would have .* bytes; the limit is 2,000\. Nothing was written"):
        store.commit(actions.note("n2", "x" * 2_000))
    assert store.stamp() == stamp
    assert list(store.commit(actions.note("n3")).notes) == ["n1", "n3"]
