"""Read files, and replace them atomically: a reader gets the complete old content or the complete new content.

The steps are those of a crash-safe replacement (rename(2), fsync(2)):

1. Write a temporary file in the same folder, and sync it.
2. Give the current file its backup names.
3. Rename the temporary file over the current file, and sync the folder.

Only regular files are read and replaced: a named pipe would block, and a device would be replaced by a file.
"""

import errno
import os
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PREFIX, SUFFIX = ".pawtui-", ".tmp"
PRIVATE = 0o600
PUBLIC = 0o666
# Errors of file systems that cannot sync a folder. These file systems cannot lose a rename either.
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class NotAFile(OSError):
    """`path` exists but is not a regular file; `kind` is its kind, such as "a folder"."""

    def __init__(self, path: Path, kind: str) -> None:
        super().__init__(errno.EINVAL, f"it is {kind}")
        self.path = path
        self.kind = kind


class FileTooLarge(OSError):
    """The file has more bytes (`size`) than the limit."""

    def __init__(self, size: int) -> None:
        super().__init__(errno.EFBIG, "too large")
        self.size = size


class OtherOwner(PermissionError):
    """The file belongs to another user, and the new file cannot get that owner. Nothing was changed."""


class NotConfirmed(OSError):
    """The file was replaced, but the disk did not confirm the write: a power loss may undo it."""


def stat_file(path: Path) -> os.stat_result | None:
    """Return the stat of the regular file at `path`, following links; None if the path does not exist.

    Raises `NotAFile` for anything else, including a broken link and a link to itself, and the system's `OSError`.
    """
    try:
        file_stat = path.stat()
    except FileNotFoundError:
        if not path.is_symlink():
            return None
        raise NotAFile(path, f"a link to {path.readlink()}, which does not exist") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotAFile(path, "a link to itself") from None
        raise
    if not stat.S_ISREG(file_stat.st_mode):
        raise NotAFile(path, _KINDS.get(stat.S_IFMT(file_stat.st_mode), "something else"))
    return file_stat


def read_file(path: Path, limit: int | None = None) -> tuple[bytes, os.stat_result]:
    """Return the content of a regular file and the stat of the file that was read.

    Raises `FileNotFoundError`, `NotAFile`, `FileTooLarge` for more than `limit` bytes, and the system's `OSError`.
    """
    file_stat = stat_file(path)
    if file_stat is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    if limit is not None and file_stat.st_size > limit:
        raise FileTooLarge(file_stat.st_size)
    with path.open("rb", buffering=0) as file:
        return file.readall(), os.fstat(file.fileno())


def write_file(
    path: Path,
    data: bytes,
    *,
    mode: int = PUBLIC,
    fsync: bool = True,
    backups: Iterable[Path] = (),
    like: Path | None = None,
) -> os.stat_result:
    """Replace the content of the file at `path` with `data` atomically, and return the new file's stat.

    An existing file keeps its mode, owner and group. A new file gets those of the file `like`, or else `mode` minus the
    umask. A link stays a link: its target is replaced. The replaced file gets the names in `backups`, in the same
    folder; existing files of those names are replaced. Without `fsync`, a power loss may lose the file, but never
    mixes two contents.

    Raises `NotAFile`, `OtherOwner`, and the system's `OSError`: the file is then unchanged. Raises `NotConfirmed` if
    the file was replaced and only the sync of the folder failed.
    """
    real = Path(os.path.realpath(path))
    # /dev/stdout is a link whose target is no path if it is a pipe. A broken link is allowed: its target is written.
    before = stat_file(path if path.exists() else real)
    temporary = _temporary_path(real)
    try:
        model = before or (stat_file(like) if like else None)
        after = _write_temporary(temporary, data, mode, model=model, fsync=fsync)
        if before is not None:
            for name in backups:
                _add_backup(real, name)
        temporary.replace(real)
    finally:
        # After an error it still exists, or cannot be removed either.
        with suppress(OSError):
            temporary.unlink()
    if fsync:
        _sync_folder(real.parent)
    return after


def _add_backup(path: Path, name: Path) -> None:
    """Give the file at `path` the second name `name`; replace an existing file of that name. Raises `OSError`."""
    stat_file(name)
    temporary = _temporary_path(path)
    try:
        link_or_copy(path, temporary)
        temporary.replace(name)
    finally:
        # It still exists after an error, and if both names were the same file: rename(2) then does nothing.
        temporary.unlink(missing_ok=True)


def link_or_copy(source: Path, target: Path) -> None:
    """Create `target`, which must not exist, as a hard link to `source`, or as a synced copy if linking fails."""
    try:
        os.link(source, target)
    except OSError:
        # The file system has no hard links, or does not allow one to this file.
        import shutil  # Imported here, because it is rarely needed and slows down the start.

        shutil.copy2(source, target)
        if os.name != "nt":
            file_stat = source.stat()
            os.chown(target, file_stat.st_uid, file_stat.st_gid)
        with target.open("rb+") as file:
            os.fsync(file.fileno())


def _temporary_path(path: Path) -> Path:
    return path.with_name(f"{PREFIX}{path.name}-{os.getpid()}-{os.urandom(6).hex()}{SUFFIX}")


def _write_temporary(
    temporary: Path, data: bytes, mode: int, *, model: os.stat_result | None, fsync: bool
) -> os.stat_result:
    """Write a new file with the owner and mode of the file `model`; without one, with `mode` minus the umask."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Private until it has the owner and the mode of the model.
    descriptor = os.open(temporary, flags, mode if model is None else PRIVATE)
    try:
        if model is not None:
            _copy_owner_and_mode(descriptor, model)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        # The kernel's file time advances in milliseconds. Within one tick an inode can be reused for other content of
        # the same size, so the stamp would be equal. The clock's nanoseconds do not repeat.
        now = time.time_ns()
        os.utime(temporary, ns=(now, now))
        if fsync:
            os.fsync(descriptor)
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def _copy_owner_and_mode(descriptor: int, model: os.stat_result) -> None:
    if os.name == "nt":  # Windows uses access-control lists, which a file inherits from its folder.
        return
    created = os.fstat(descriptor)
    if (created.st_uid, created.st_gid) != (model.st_uid, model.st_gid):
        try:
            os.fchown(descriptor, model.st_uid, model.st_gid)
        except OSError as error:
            raise OtherOwner(errno.EPERM, "it belongs to another user") from error
    os.fchmod(descriptor, stat.S_IMODE(model.st_mode))


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and NTFS journals renames.
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise NotConfirmed(error.errno, os.strerror(error.errno or 0)) from error
