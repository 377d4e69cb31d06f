"""A record that is damaged, newer or missing: no silent loss, no deletion, and a message for each case."""

import errno
import json
import os
from pathlib import Path

import msgspec
import pytest

from pawtui.review.record_types import KEYED_TABLES, LIST_TABLES, SCHEMA, Record
from pawtui.store.store import Store
from pawtui.store.store_errors import RecordLost, RecordNewer, WriteFailed
from tests.store import store_samples
from tests.store.system_errors import failing, folder_sync_failing

CORRUPT = "pawtui.json.corrupt-20261120T140200Z"


def _damaged(store: Store, kind: str) -> bytes:
    data = store.path.read_bytes()
    content = json.loads(data)
    if kind == "no schema":
        del content["meta"]
    elif kind == "no table of the schema":
        content["meta"] = []
    elif kind == "schema 0":
        content["meta"]["1"]["schema"] = 0
    elif kind == "schema true":
        content["meta"]["1"]["schema"] = True
    elif kind == "wrong shape":
        content["notes"]["1"]["by"] = 7
    elif kind == "no timezone":
        content["notes"]["1"]["at"] = "2026-11-20T14:02:00"
    elif kind == "entry number":
        content["notes"]["01"] = content["notes"].pop("1")
    elif kind == "long entry number":
        content["notes"]["1" * 5_000] = content["notes"].pop("1")
    elif kind == "no text key":
        content["notes"]["1"]["key"] = 7
    elif kind == "same keys":
        content["notes"]["2"]["key"] = content["notes"]["1"]["key"]
    elif kind == "inconsistent log":
        content["log"]["1"]["undoes"] = "n9"
    damaged = {
        "empty": b"",
        "cut": data[: len(data) // 2],
        "tail": data + b'"}',
        "list": b"[]",
        "not text": b"\xff" * 100,
        "zeros": bytes(len(data)),
    }.get(kind, json.dumps(content).encode())
    store.path.write_bytes(damaged)
    return damaged


def _damaged_later(store: Store) -> tuple[Record, bytes]:
    """Write two versions and damage the record. Return the previous version and the damaged bytes."""
    earlier = store.record_change(store_samples.note("n1"))
    store.record_change(store_samples.note("n2"))
    return earlier, _damaged(store, "cut")


KINDS = {
    "empty": "it is empty",
    "cut": "it is truncated or not JSON",
    "tail": "it is truncated or not JSON",
    "list": "it is not a record",
    "not text": "it is truncated or not JSON",
    "zeros": "it is truncated or not JSON",
    "no schema": "it has no schema number",
    "no table of the schema": "table meta is not a table",
    "schema 0": "it has no schema number",
    "schema true": "it has no schema number",
    "wrong shape": "table notes, entry 1: Expected `str`, got `int` - at `$.by`",
    "no timezone": "table notes, entry 1: Expected `datetime` with a timezone component - at `$.at`",
    "entry number": "table notes: '01' is not an entry number",
    "long entry number": "1' is not an entry number",
    "no text key": "table notes: an entry has no key",
    "same keys": "table notes: two entries have the key n1",
    "inconsistent log": "in the log, n1 undoes n9, which is not a change that ada can undo",
}


@pytest.mark.parametrize(("kind", "why"), KINDS.items())
def test_the_previous_version_is_restored_and_the_damaged_file_kept(folder: Path, kind: str, why: str) -> None:
    store = Store(folder, clock=lambda: store_samples.AT)
    earlier = store.record_change(store_samples.note("n1"))
    store.record_change(store_samples.note("n2"))
    # Written in place, as a failing disk or a sync tool does; the previous version is a separate file.
    damaged = _damaged(store, kind)
    store = Store(folder, clock=lambda: store_samples.AT)
    assert store.load() == earlier
    (notice,) = store.pop_notices()
    assert why in notice
    assert f"was renamed to {CORRUPT}" in notice
    assert "The previous version of 20" in notice
    assert store.pop_notices() == ()
    assert (folder / CORRUPT).read_bytes() == damaged
    # Later changes continue from the restored version.
    assert list(store.record_change(store_samples.note("n3")).notes) == ["n1", "n3"]
    renewal = Store(folder)
    assert list(renewal.load().notes) == ["n1", "n3"]
    assert renewal.pop_notices() == ()


@pytest.mark.parametrize("kind", [*KEYED_TABLES.values(), *LIST_TABLES.values()])
def test_every_time_of_an_entry_has_a_timezone(kind: type[msgspec.Struct]) -> None:
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    types = [inner for field in info.fields for inner in getattr(field.type, "types", (field.type,))]
    times = [found for found in types if isinstance(found, msgspec.inspect.DateTimeType)]
    assert times
    assert all(found.tz for found in times)


def test_a_writer_recovers_as_a_reader_does(store: Store) -> None:
    _damaged_later(store)
    assert list(store.record_change(store_samples.note("n3")).notes) == ["n1", "n3"]
    assert len(store.pop_notices()) == 1


def test_a_record_cut_anywhere_is_recovered(store: Store, folder: Path) -> None:
    earlier = store.record_change(store_samples.note("n1"))
    store.record_change(store_samples.note("n2"))
    whole = store.path.read_bytes()
    for length in range(0, len(whole), 7):
        store.path.write_bytes(whole[:length])
        renewal = Store(folder, clock=lambda: store_samples.AT)
        assert renewal.load() == earlier, length
        assert len(renewal.pop_notices()) == 1, length
    copies = sorted(path.name for path in folder.glob("*.corrupt-*"))
    assert len(copies) == len(range(0, len(whole), 7))
    assert copies[0] == CORRUPT


def test_a_missing_record_with_a_backup_is_restored(store: Store, folder: Path) -> None:
    earlier = store.record_change(store_samples.note("n1"))
    store.record_change(store_samples.note("n2"))
    store.path.unlink()
    assert store.load() == earlier
    (notice,) = store.pop_notices()
    assert "it is missing" in notice
    assert list(folder.glob("*.corrupt-*")) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("gone", [True, False], ids=["missing", "damaged"])
def test_a_recovered_record_keeps_its_owner(store: Store, folder: Path, gone: bool) -> None:
    store.record_change(store_samples.note("n1"))
    store.record_change(store_samples.note("n2"))
    for path in (store.path, folder / "pawtui.json.bak"):
        os.chown(path, 4242, 4243)
        path.chmod(0o640)
    if gone:
        store.path.unlink()
    else:
        _damaged(store, "cut")
    store.load()
    found = [path.stat() for path in folder.iterdir() if not path.name.endswith(".lock")]
    assert {(stat.st_uid, stat.st_gid, stat.st_mode & 0o777) for stat in found} == {(4242, 4243, 0o640)}


@pytest.mark.parametrize("earlier", [None, b"", b'{"meta": '])
def test_without_a_previous_version_an_error_is_raised_and_the_next_start_creates_a_record(
    store: Store, folder: Path, earlier: bytes | None
) -> None:
    store.record_change(store_samples.note("n1"))
    damaged = _damaged(store, "cut")
    if earlier is not None:
        (folder / "pawtui.json.bak").write_bytes(earlier)
    with pytest.raises(RecordLost, match=f"Nothing was deleted; the damaged data is in {CORRUPT}"):
        store.load()
    assert (folder / CORRUPT).read_bytes() == damaged
    if earlier is not None:
        assert (folder / "pawtui.json.bak.corrupt-20261120T140200Z").read_bytes() == earlier
    renewal = Store(folder)
    assert renewal.load() == Record()
    assert list(renewal.record_change(store_samples.note("n2")).notes) == ["n2"]


def test_a_newer_schema_is_refused_and_not_changed(store: Store, folder: Path) -> None:
    store.record_change(store_samples.note("n1"))
    content = json.loads(store.path.read_bytes())
    content["meta"]["1"]["schema"] = SCHEMA + 1
    content["notes"] = "of another shape"
    store.path.write_text(json.dumps(content), encoding="utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(
        RecordNewer,
        match=rf"newer pawtui .*\(schema {SCHEMA + 1}; this version supports {SCHEMA}\).*Update pawtui",
    ):
        store.load()
    with pytest.raises(RecordNewer):
        store.record_change(store_samples.note("n2"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_previous_version_of_a_newer_schema_is_not_changed(store: Store, folder: Path) -> None:
    store.record_change(store_samples.note("n1"))
    store.path.write_bytes(b"")
    newer = b'{"meta": {"1": {"schema": 9}}}'
    (folder / "pawtui.json.bak").write_bytes(newer)
    with pytest.raises(RecordNewer, match="schema 9"):
        store.load()
    assert (folder / "pawtui.json.bak").read_bytes() == newer
    assert store.path.exists()


def _read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a read-only file system, because permission bits do not stop root.

    Opening for writing, linking, renaming and removing fail with `EROFS`.
    """
    original, refuse = os.open, failing(errno.EROFS)

    def opened(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            refuse()
        return original(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", opened)
    for name in ("link", "replace", "rename", "unlink", "mkdir"):
        monkeypatch.setattr(os, name, refuse)


def test_in_a_read_only_folder_a_damaged_record_is_an_error(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, damaged = _damaged_later(store)
    with monkeypatch.context() as patch:
        _read_only(patch)
        reader = Store(folder)
        for read in (reader.load, lambda: reader.record_change(store_samples.note("n3"))):
            with pytest.raises(WriteFailed, match="read-only file system"):
                read()
        with pytest.raises(WriteFailed, match="is damaged"):
            reader.load()
    assert store.path.read_bytes() == damaged
    assert list(folder.glob("*.corrupt-*")) == []


def test_a_recovery_that_fails_half_way_does_not_move_the_damaged_file(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, damaged = _damaged_later(store)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing(errno.ENOSPC))
        with pytest.raises(WriteFailed, match=r"is damaged .* the disk is full"):
            Store(folder).load()
    assert store.path.read_bytes() == damaged
    assert list(folder.glob("*.corrupt-*")) == []
    assert Store(folder).load() == earlier


def test_a_recovery_that_the_disk_does_not_confirm_keeps_the_damaged_file(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, damaged = _damaged_later(store)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", folder_sync_failing(errno.EIO))
        with pytest.raises(WriteFailed, match="the disk did not confirm it"):
            store.load()
    assert store.load() == earlier
    assert (folder / CORRUPT).read_bytes() == damaged
