"""A full disk, a locked record and unusable homes."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from pawtui.store.store import Store
from pawtui.store.store_errors import HomeUnusable, RecordBusy, WriteFailed
from tests.store import store_samples
from tests.store.system_errors import failing, folder_sync_failing

ROOT = Path(__file__).parents[2]


def test_a_full_disk_raises_an_error_and_does_not_change_the_record(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.store.full_disk_writer", str(folder), "40_000"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    *acknowledged, sentence = done.stdout.splitlines()
    assert len(acknowledged) > 3
    assert sentence.startswith("WriteFailed: ")
    assert "The record is unchanged" in sentence
    store = Store(folder)
    assert [change.id for change in store.load().log] == acknowledged
    assert store.pop_notices() == ()
    assert sorted(path.name for path in folder.iterdir()) == ["pawtui.json", "pawtui.json.bak", "pawtui.json.lock"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "summary"),
    [
        (errno.ENOSPC, "the disk is full. The record is unchanged. Free some space"),
        (errno.EROFS, "Cannot write .*: read-only file system. The record is unchanged"),
        (errno.EIO, "Cannot write .*: input/output error. The record is unchanged"),
    ],
)
def test_a_failed_write_raises_a_message(
    store: Store, monkeypatch: pytest.MonkeyPatch, step: str, number: int, summary: str
) -> None:
    record = store.record_change(store_samples.note("n1"))
    before = store.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, step, failing(number))
        with pytest.raises(WriteFailed, match=summary):
            store.record_change(store_samples.note("n2"))
    assert store.path.read_bytes() == before
    assert store.load() == record
    assert list(store.path.parent.glob(".pawtui-*")) == []
    # The cached record has no change that is not on disk.
    assert list(store.record_change(store_samples.note("n3")).notes) == ["n1", "n3"]


def test_a_write_that_the_disk_does_not_confirm_raises_an_error(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.record_change(store_samples.note("n1"))
    monkeypatch.setattr(os, "fsync", folder_sync_failing(errno.EIO))
    with pytest.raises(WriteFailed, match="was written, but the disk did not confirm it"):
        store.record_change(store_samples.note("n2"))
    assert list(store.load().notes) == ["n1", "n2"]


def test_a_file_system_that_cannot_sync_folders_is_accepted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", folder_sync_failing(errno.EINVAL))
    assert list(store.record_change(store_samples.note("n1")).notes) == ["n1"]


def test_a_locked_record_raises_an_error_after_the_timeout(folder: Path) -> None:
    store = Store(folder, wait_seconds=0.05)
    store.record_change(store_samples.note("n1"))
    with FileLock(folder / "pawtui.json.lock"):
        with pytest.raises(RecordBusy, match=r"another pawtui has locked it for 0\.05 seconds\. Nothing was"):
            store.record_change(store_samples.note("n2"))
        # Reading does not wait for the lock.
        assert list(store.load().notes) == ["n1"]
    assert list(store.record_change(store_samples.note("n2")).notes) == ["n1", "n2"]


def _refused(store: Store) -> list[str]:
    sentences = []
    for attempt in (store.load, lambda: store.record_change(store_samples.note("n1"))):
        with pytest.raises(HomeUnusable) as caught:
            attempt()
        sentences.append(str(caught.value))
    return sentences


def test_a_home_that_is_a_file_raises_an_error(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("mine", encoding="utf-8")
    for sentence in _refused(Store(home / "tracker")):
        assert sentence.startswith(f"Cannot use {home}: it is a file, not a folder")
    assert home.read_text(encoding="utf-8") == "mine"


def test_a_home_that_is_a_broken_link_raises_an_error(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.symlink_to(tmp_path / "none")
    for sentence in _refused(Store(home / "tracker")):
        assert sentence.startswith(f"Cannot use {home}: it is a broken link, not a folder")


def test_the_permission_is_checked_where_the_record_is_written(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Permission bits do not stop root.
    asked: list[object] = []

    def access(path: object, _mode: int) -> bool:
        asked.append(path)
        return path == tmp_path / "real"

    monkeypatch.setattr(os, "access", access)
    with pytest.raises(WriteFailed, match="permission denied"):
        store.check_writable()
    assert not store.path.parent.exists()
    # A record that is a link is written in the folder of its target.
    (tmp_path / "real").mkdir()
    store.path.parent.mkdir(parents=True)
    store.path.symlink_to(tmp_path / "real" / "deep" / "pawtui.json")
    store.check_writable()
    assert asked[1:] == [tmp_path / "real"]


def test_a_lock_file_that_is_a_pipe_raises_an_error(store: Store) -> None:
    store.path.parent.mkdir(parents=True)
    os.mkfifo(f"{store.path}.lock")
    with pytest.raises(HomeUnusable, match="it is a named pipe, not a file"):
        store.record_change(store_samples.note("n1"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_root_gives_a_new_lock_file_to_the_owner_of_the_record(store: Store, folder: Path) -> None:
    store.record_change(store_samples.note("n1"))
    os.chown(store.path, 4242, 4243)
    lock = Path(f"{store.path}.lock")
    lock.unlink()
    Store(folder).record_change(store_samples.note("n2"))
    assert (lock.stat().st_uid, lock.stat().st_gid) == (4242, 4243)


def test_a_tracker_folder_that_is_a_file_raises_an_error(tmp_path: Path) -> None:
    (tmp_path / "tracker").write_text("mine", encoding="utf-8")
    for sentence in _refused(Store(tmp_path / "tracker")):
        assert "tracker: it is a file, not a folder" in sentence


def test_a_record_that_is_a_folder_raises_an_error(store: Store) -> None:
    store.path.mkdir(parents=True)
    for sentence in _refused(store):
        assert "pawtui.json: it is a folder, not a file" in sentence


def test_a_record_without_read_permission_raises_an_error(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system error is simulated, because permission bits do not stop root."""
    store.record_change(store_samples.note("n1"))
    monkeypatch.setattr(Path, "open", failing(errno.EACCES))
    with pytest.raises(HomeUnusable, match=r"Cannot read .*: permission denied\. Make it readable"):
        Store(store.path.parent).load()
