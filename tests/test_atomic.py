"""Atomic writes: a file is replaced completely or not changed, keeps its mode and owner, and is a regular file."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pawtui.atomic import PRIVATE, NotAFile, NotConfirmed, OtherOwner, read_file, write_file
from tests.store.system_errors import failing, folder_sync_failing

OTHER_USER = 4242
REFUSE = failing(errno.EPERM)


@pytest.fixture
def umask() -> Iterator[None]:
    """A stricter umask for one test."""
    before = os.umask(0o027)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    """Return the permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_a_new_file_has_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    write_file(tmp_path / "public", b"1")
    write_file(tmp_path / "private", b"1", mode=PRIVATE)
    assert mode_of(tmp_path / "public") == 0o640
    assert mode_of(tmp_path / "private") == 0o600


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666, 0o660])
def test_a_file_keeps_the_mode_it_has(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    path.chmod(mode)
    write_file(path, b"after", mode=PRIVATE)
    assert mode_of(path) == mode
    assert path.read_bytes() == b"after"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("links", [True, False], ids=["hard links", "copies"])
def test_a_file_keeps_its_owner_if_root_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    if not links:
        monkeypatch.setattr(os, "link", REFUSE)
    path, earlier = tmp_path / "file", tmp_path / "earlier"
    path.write_bytes(b"before")
    os.chown(path, OTHER_USER, OTHER_USER)
    write_file(path, b"after", backups=[earlier])
    assert [(file.stat().st_uid, file.stat().st_gid) for file in (path, earlier)] == [(OTHER_USER, OTHER_USER)] * 2
    assert path.read_bytes() == b"after"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.usefixtures("umask")
def test_a_new_file_gets_mode_and_owner_of_the_file_like(tmp_path: Path) -> None:
    path, model = tmp_path / "file", tmp_path / "model"
    model.write_bytes(b"model")
    model.chmod(0o664)
    os.chown(model, OTHER_USER, OTHER_USER)
    write_file(path, b"new", mode=PRIVATE, like=model)
    assert (mode_of(path), path.stat().st_uid, path.stat().st_gid) == (0o664, OTHER_USER, OTHER_USER)
    assert model.read_bytes() == b"model"


def test_a_file_of_another_owner_is_not_changed_if_the_owner_cannot_be_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    original = os.fstat

    def made_by_me(descriptor: int) -> os.stat_result:
        found = original(descriptor)
        return os.stat_result((*found[:4], OTHER_USER, *found[5:10]))

    monkeypatch.setattr(os, "fstat", made_by_me)
    monkeypatch.setattr(os, "fchown", REFUSE)
    with pytest.raises(OtherOwner):
        write_file(path, b"after")
    assert [found.name for found in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"before"


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"before")
    link.symlink_to(target)
    write_file(link, b"after")
    assert link.is_symlink()
    assert target.read_bytes() == b"after"


def test_the_missing_target_of_a_link_is_written(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    write_file(link, b"after")
    assert link.is_symlink()
    assert target.read_bytes() == b"after"


def test_a_link_to_an_open_pipe_is_refused(tmp_path: Path) -> None:
    # /dev/stdout is such a link, to `pipe:[1]`, for `pawtui export -o /dev/stdout | cat`.
    reader, writer = os.pipe()
    try:
        with pytest.raises(NotAFile, match="a named pipe"):
            write_file(Path(f"/dev/fd/{writer}"), b"after")
    finally:
        os.close(reader)
        os.close(writer)


def make(path: Path, kind: str) -> None:
    """Create something at `path` that is not a regular file."""
    match kind:
        case "a folder":
            path.mkdir()
        case "a named pipe":
            os.mkfifo(path)
        case "a device":
            path.symlink_to("/dev/zero")
        case "a link to itself":
            path.symlink_to(path)
        case _:
            path.symlink_to(path.with_name("none"))


KINDS = ["a folder", "a named pipe", "a device", "a link to itself", "a link to"]


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_regular_file_is_read(tmp_path: Path, kind: str) -> None:
    make(tmp_path / "file", kind)
    with pytest.raises(NotAFile) as caught:
        read_file(tmp_path / "file")
    assert caught.value.kind.startswith(kind)
    assert caught.value.strerror == f"it is {caught.value.kind}"


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_only_a_regular_file_is_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    make(path, kind)
    before = path.lstat()
    with pytest.raises(NotAFile):
        write_file(path, b"after")
    assert path.lstat() == before
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_replaces_only_a_regular_file(tmp_path: Path, kind: str) -> None:
    path, earlier = tmp_path / "file", tmp_path / "earlier"
    path.write_bytes(b"before")
    make(earlier, kind)
    with pytest.raises(NotAFile) as caught:
        write_file(path, b"after", backups=[earlier])
    assert caught.value.path == earlier
    assert path.read_bytes() == b"before"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["earlier", "file"]


def test_the_replaced_content_is_kept_under_every_name(tmp_path: Path) -> None:
    path, names = tmp_path / "file", [tmp_path / "a", tmp_path / "b"]
    write_file(path, b"1", backups=names)
    assert not any(name.exists() for name in names)
    for content in (b"2", b"3"):
        before = path.read_bytes()
        write_file(path, content, backups=names)
        assert [name.read_bytes() for name in names] == [before, before]


def test_without_fsync_nothing_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    write_file(tmp_path / "file", b"1", fsync=False)
    assert synced == []
    write_file(tmp_path / "file", b"2")
    assert len(synced) == 2, "the file and its folder"


def test_partial_system_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: original(descriptor, data[:3]))
    write_file(tmp_path / "file", b"0123456789")
    assert read_file(tmp_path / "file")[0] == b"0123456789"


def test_a_failed_sync_of_the_folder_raises_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", folder_sync_failing(errno.EIO))
    with pytest.raises(NotConfirmed):
        write_file(tmp_path / "file", b"1")
    assert (tmp_path / "file").read_bytes() == b"1"


def test_a_failed_write_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, earlier = tmp_path / "file", tmp_path / "earlier"
    write_file(path, b"before")
    monkeypatch.setattr(os, "replace", failing(errno.ENOSPC))
    with pytest.raises(OSError, match="No space"):
        write_file(path, b"after", backups=[earlier])
    assert path.read_bytes() == b"before"
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_without_hard_links_the_backup_is_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, earlier = tmp_path / "file", tmp_path / "earlier"
    write_file(path, b"before", mode=PRIVATE)
    before = path.stat()
    monkeypatch.setattr(os, "link", REFUSE)
    write_file(path, b"after", backups=[earlier])
    assert earlier.read_bytes() == b"before"
    assert (earlier.stat().st_mtime_ns, earlier.stat().st_mode) == (before.st_mtime_ns, before.st_mode)
