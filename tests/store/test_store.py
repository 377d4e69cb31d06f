"""Reading and writing the record: transactions, the TinyDB file, writes of another process."""

import errno
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tinydb import TinyDB
from tinydb.table import Table

from pawtui import atomic
from pawtui.review.record_types import SCHEMA, Change, Edit, Record
from pawtui.store.store import Store
from pawtui.store.store_errors import Unrecordable
from tests.store import store_samples
from tests.store.system_errors import failing


def test_a_new_record_is_empty_and_reading_creates_no_file(store: Store, folder: Path) -> None:
    assert store.load() == Record()
    assert store.stamp() is None
    assert not folder.exists()


def test_a_new_start_reads_the_written_record(store: Store, folder: Path) -> None:
    store.add_refresh(store_samples.as_is(store_samples.refresh()), {"o/n@sha:path": store_samples.SHA})
    store.record_change(store_samples.note("n1"))
    written = store.record_change(store_samples.gate("c2", "g", "blocked"))
    assert Store(folder).load() == written == store.load()
    assert [change.id for change in written.log] == ["n1", "c2"]
    assert written.refreshes == (store_samples.refresh(),)
    assert written.pinned_states == {"o/n@sha:path": store_samples.SHA}
    assert written.gates["g"].state == "blocked"


def test_plain_tinydb_opens_the_file(store: Store) -> None:
    store.add_refresh(store_samples.as_is(store_samples.refresh()), {"pin": store_samples.SHA})
    store.record_change(store_samples.gate("c1", "g", "blocked"))
    store.record_change(store_samples.gate("c2", "g", "untested"))
    with TinyDB(store.path, access_mode="r") as database:
        assert database.tables() == {
            "meta",
            "refreshes",
            "verdicts",
            "gates",
            "steps",
            "notes",
            "reviews",
            "rulings",
            "log",
            "blobs",
        }
        assert [meta["schema"] for meta in database.table("meta")] == [SCHEMA]
        assert [gate["state"] for gate in database.table("gates")] == ["untested"]
        assert [change["id"] for change in database.table("log")] == ["c1", "c2"]
        assert [(blob["key"], blob["sha"]) for blob in database.table("blobs")] == [("pin", store_samples.SHA)]


def test_a_changed_entry_keeps_its_position(store: Store, folder: Path) -> None:
    for name in ("a", "b", "c"):
        store.record_change(store_samples.gate(f"c{name}", name, "untested"))
    store.record_change(store_samples.gate("again", "a", "blocked"))
    assert list(store.load().gates) == list(Store(folder).load().gates) == ["a", "b", "c"]


def test_an_entry_is_removed(store: Store, folder: Path) -> None:
    store.record_change(store_samples.note("n1"))
    store.record_change(store_samples.note("n2"))
    before = msgspec.to_builtins(store.load().notes["n1"])
    record = store.record_change(
        lambda _: store_samples.change("c3", Edit(table="notes", key="n1", before=before, after=None))
    )
    assert list(record.notes) == ["n2"]
    assert Store(folder).load() == record


def _keep(change: Change, _: Record) -> Change:
    return change


def test_an_entry_after_a_removal_replaces_no_other_entry(store: Store, folder: Path) -> None:
    names = ["n1", "n2", "n3"]
    for name in names:
        store.record_change(store_samples.note(name))
    for removed, added in (("n1", "n4"), ("n4", "n5"), ("n2", "n6")):
        before = msgspec.to_builtins(store.load().notes[removed])
        gone = store_samples.change(f"gone{removed}", Edit(table="notes", key=removed, before=before, after=None))
        store.record_change(partial(_keep, gone))
        names.remove(removed)
        # Another start counts entry numbers again.
        store = Store(folder)
        store.record_change(store_samples.note(added))
        names.append(added)
        assert sorted(Store(folder).load().notes) == sorted(names)
    assert list(Store(folder).load().notes) == names


def test_an_exception_of_make_change_is_passed_on_and_nothing_is_written(store: Store) -> None:
    store.record_change(store_samples.note("n1"))
    stamp = store.stamp()

    def make_change(record: Record) -> Change:
        raise LookupError(f"{len(record.notes)} note")

    with pytest.raises(LookupError, match="1 note"):
        store.record_change(make_change)
    assert store.stamp() == stamp
    store.record_change(store_samples.note("n2"))  # The lock is released.


def test_make_change_receives_the_writes_of_another_process(store: Store, folder: Path) -> None:
    store.record_change(store_samples.note("n1"))
    other = Store(folder)
    other.record_change(store_samples.note("n2"))
    seen: list[str] = []

    def make_change(record: Record) -> Change:
        seen.extend(record.notes)
        return store_samples.note("n3")(record)

    assert list(store.record_change(make_change).notes) == ["n1", "n2", "n3"]
    assert seen == ["n1", "n2"]
    assert list(other.load().notes) == ["n1", "n2", "n3"]


def test_a_record_that_others_wrote_and_that_is_gone_again_is_recovered(store: Store, folder: Path) -> None:
    assert store.load() == Record()
    other = Store(folder)
    other.record_change(store_samples.note("n1"))
    other.record_change(store_samples.note("n2"))
    other.path.unlink()
    assert list(store.load().notes) == ["n1"]
    assert len(store.pop_notices()) == 1


def test_threads_may_share_a_store(store: Store, folder: Path) -> None:
    def write(name: str) -> None:
        for number in range(15):
            store.record_change(store_samples.note(f"{name}{number}"))
            assert f"{name}{number}" in store.load().notes

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcd"))
    assert len(Store(folder).load().notes) == len(store.load().log) == 60


def test_the_stamp_changes_with_every_write(store: Store) -> None:
    stamps = set()
    for number in range(20):
        # All files have the same length, so only inode and time differ.
        store.record_change(store_samples.gate(f"c{number:02}", "g", "blocked"))
        stamps.add(store.stamp())
    assert len(stamps) == 20


def test_an_unchanged_record_is_not_read_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.record_change(store_samples.note("n1"))
    reads: list[Path] = []
    original = atomic.read_file

    def counted(path: Path, most: int | None = None) -> tuple[bytes, os.stat_result]:
        reads.append(path)
        return original(path, most)

    monkeypatch.setattr(atomic, "read_file", counted)
    assert store.load() is store.load()
    assert reads == []
    Store(store.path.parent).record_change(store_samples.note("n2"))
    reads.clear()
    assert len(store.load().notes) == len(store.load().notes) == 2
    assert len(reads) == 1


@pytest.mark.parametrize("before", [None, {"state": "untested"}])
def test_a_change_based_on_another_state_is_not_written(store: Store, before: dict[str, str] | None) -> None:
    store.record_change(store_samples.gate("c1", "g", "blocked"))
    stamp = store.stamp()
    entry = msgspec.to_builtins(store.load().gates["g"])
    edit = Edit(table="gates", key="g", before=None if before is None else entry | before, after=entry)
    with pytest.raises(Unrecordable, match="not based on the recorded g in gates"):
        store.record_change(lambda _: store_samples.change("c2", edit))
    assert store.stamp() == stamp


def test_an_edit_without_a_key_resets_it_to_its_default(store: Store, folder: Path) -> None:
    store.record_change(store_samples.gate("c1", "g", "blocked"))
    before = msgspec.to_builtins(store.load().gates["g"])
    pinned = before | {"pins": ["a/b#1"]}
    store.record_change(
        store_samples.as_is(store_samples.change("c2", Edit(table="gates", key="g", before=before, after=pinned)))
    )
    unpinned = {key: value for key, value in before.items() if key != "pins"}
    edit = Edit(table="gates", key="g", before=pinned, after=unpinned)
    written = store.record_change(store_samples.as_is(store_samples.change("c3", edit)))
    assert written.gates["g"].pins == ()
    assert Store(folder).load() == written


def test_a_refresh_is_recorded_once(store: Store) -> None:
    store.add_refresh(store_samples.as_is(store_samples.refresh("r1")))
    with pytest.raises(Unrecordable, match="r1 is already recorded"):
        store.add_refresh(store_samples.as_is(store_samples.refresh("r1")))
    assert len(store.load().refreshes) == 1


@pytest.mark.parametrize(
    ("edit", "summary"),
    [
        (Edit(table="notes", key="x", before=None, after={"id": "x"}), "missing required field"),
        (Edit(table="notes", key="x", before=None, after={"id": 3}), r"Expected `str`, got `int` - at `\$.id`"),
    ],
)
def test_an_entry_that_could_not_be_read_again_is_not_written(store: Store, edit: Edit, summary: str) -> None:
    store.record_change(store_samples.note("n1"))
    stamp = store.stamp()
    with pytest.raises(Unrecordable, match=summary):
        store.record_change(lambda _: store_samples.change("c2", edit))
    assert store.stamp() == stamp


def test_text_that_json_cannot_represent_is_not_written(store: Store) -> None:
    with pytest.raises(Unrecordable, match="surrogates not allowed"):
        store.record_change(store_samples.note("n1", "\ud800"))
    with pytest.raises(Unrecordable, match="duration"):
        store.add_refresh(store_samples.as_is(msgspec.structs.replace(store_samples.refresh(), duration=float("nan"))))
    assert store.stamp() is None


def test_unknown_keys_and_tables_of_a_newer_minor_version_are_kept(store: Store) -> None:
    store.record_change(store_samples.gate("c1", "g", "blocked"))
    store.record_change(store_samples.note("n1"))
    data = json.loads(store.path.read_bytes())
    data["notes"]["1"]["mood"] = "calm"
    data["moods"] = {"1": {"id": "m"}}
    store.path.write_text(json.dumps(data), encoding="utf-8")
    store.record_change(store_samples.gate("c2", "g", "untested"))
    after = json.loads(store.path.read_bytes())
    assert after["notes"]["1"]["mood"] == "calm"
    assert after["moods"] == {"1": {"id": "m"}}


def test_a_link_stays_a_link(store: Store, folder: Path, tmp_path: Path) -> None:
    synced = tmp_path / "synced"
    synced.mkdir()
    store.record_change(store_samples.note("n1"))
    store.path.rename(synced / "record.json")
    store.path.symlink_to(synced / "record.json")
    store.record_change(store_samples.note("n2"))
    assert store.path.is_symlink()
    assert list(Store(folder).load().notes) == ["n1", "n2"]
    assert sorted(path.name for path in synced.iterdir()) == ["record.json", "record.json.bak", "record.json.lock"]


def test_only_the_user_may_read_the_record(store: Store, folder: Path) -> None:
    store.record_change(store_samples.note("n1"))
    store.record_change(store_samples.note("n2"))
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_previous_version_is_the_replaced_file(store: Store, folder: Path) -> None:
    store.record_change(store_samples.note("n1"))
    first = store.path.read_bytes()
    store.record_change(store_samples.note("n2"))
    assert (folder / "pawtui.json.bak").read_bytes() == first


def test_without_hard_links_the_previous_version_is_a_copy(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", failing(errno.ENOTSUP))
    store.record_change(store_samples.note("n1"))
    first, stamp = store.path.read_bytes(), store.stamp()
    store.record_change(store_samples.note("n2"))
    earlier = folder / "pawtui.json.bak"
    assert earlier.read_bytes() == first
    # The notice after a recovery names the time of the previous version.
    assert stamp is not None
    assert earlier.stat().st_mtime_ns == stamp[2]


def test_temporary_files_of_killed_processes_are_removed(folder: Path) -> None:
    folder.mkdir(parents=True)
    of_record = folder / ".pawtui-pawtui.json-1-a.tmp"
    others = [folder / ".pawtui-pawtui.json-1-a", folder / ".pawtui-other.json-1-a.tmp", folder / "mine.tmp"]
    for path in (of_record, *others):
        path.write_bytes(b"{")
    Store(folder).record_change(store_samples.note("n1"))
    assert not of_record.exists(), "only the owner of the lock writes it"
    assert all(path.exists() for path in others)


def test_reading_does_not_import_modules_for_writing(store: Store) -> None:
    store.record_change(store_samples.note("n1"))
    program = (
        "import sys; from pathlib import Path; from pawtui.store.store import Store; from pawtui.store import home\n"
        "home.home_folder(None, {'PAWTUI_HOME': 'x'})\n"
        "assert len(Store(Path(sys.argv[1])).load().notes) == 1\n"
        "print([name for name in ('filelock', 'platformdirs', 'httpx', 'textual') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(store.path.parent)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_batch_is_one_write(store: Store, folder: Path) -> None:
    with store.batch():
        store.record_change(store_samples.note("n1"))
        store.add_refresh(store_samples.as_is(store_samples.refresh()))
        assert [change.id for change in store.load().log] == ["n1"]
        assert store.stamp() is None
    assert Store(folder).load() == store.load()
    assert len(store.load().refreshes) == 1


def test_a_batch_that_fails_writes_nothing(store: Store) -> None:
    store.record_change(store_samples.note("n1"))
    before = store.path.read_bytes()

    def fail() -> None:
        with store.batch():
            store.record_change(store_samples.note("n2"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.path.read_bytes() == before
    assert [change.id for change in store.load().log] == ["n1"]
    assert [change.id for change in store.record_change(store_samples.note("n3")).log] == ["n1", "n3"]


def test_thousands_of_new_states_of_pins_are_written_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each operation of TinyDB copies the whole table: one for each pin would take minutes under the lock.
    calls: list[str] = []
    for name in ("insert", "insert_multiple", "upsert"):
        original = getattr(Table, name)

        def counted(*args: Any, name: str = name, original: Any = original) -> Any:
            calls.append(name)
            return original(*args)

        monkeypatch.setattr(Table, name, counted)
    states = {f"up/stream#{number}": "open" for number in range(50)}
    assert store.add_refresh(store_samples.as_is(store_samples.refresh("r1")), states).pinned_states == states
    assert calls == ["insert_multiple", "insert_multiple"]
    assert Store(store.path.parent).load().pinned_states == states
