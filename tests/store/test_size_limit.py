"""The largest file of a record."""

from pathlib import Path

import pytest

from pawtui.store.database import MAX_RECORD_BYTES
from pawtui.store.store import Store
from pawtui.store.store_errors import Unrecordable
from tests.store import store_samples


def test_a_huge_file_is_renamed_without_reading_it(store: Store, folder: Path) -> None:
    earlier = store.record_change(store_samples.note("n1"))
    store.record_change(store_samples.note("n2"))
    size = 64 * MAX_RECORD_BYTES
    store.path.unlink()
    with store.path.open("wb") as file:
        # A sparse file: it uses no disk space, but reading it would need `size` bytes of memory.
        file.truncate(size)
    renewed = Store(folder, clock=lambda: store_samples.AT)
    assert renewed.load() == earlier
    assert f"it has {size:,} bytes; the limit is {MAX_RECORD_BYTES:,}" in renewed.pop_notices()[0]
    assert (folder / "pawtui.json.corrupt-20261120T140200Z").stat().st_size == size


def test_a_record_that_could_not_be_read_again_is_not_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.record_change(store_samples.note("n1"))
    stamp = store.stamp()
    monkeypatch.setattr("pawtui.store.database.MAX_RECORD_BYTES", 2_000)
    with pytest.raises(Unrecordable, match=r"would have .* bytes; the limit is 2,000\. Nothing was written"):
        store.record_change(store_samples.note("n2", "x" * 2_000))
    assert store.stamp() == stamp
    assert list(store.record_change(store_samples.note("n3")).notes) == ["n1", "n3"]
