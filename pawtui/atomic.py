"""Read and replace whole files: a reader sees the old content or the new one, never a part of either.

The order is that of crash-safe replacement (rename(2), fsync(2)): a temporary file in the same folder, its data synced,
the present file kept under other names where asked for, the temporary file renamed over it, the folder synced.

Only regular files are read and replaced: a named pipe would block, and a device would be replaced by a file.
"""

from __future__ import annotations

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
# What a file system answers that cannot sync a folder; it then has no rename to lose either.
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class NotAFile(OSError):
    """`path` exists and is no regular file; `kind` says what it is, such as "a folder"."""

    def __init__(self, path: Path, kind: str) -> None:
        super().__init__(errno.EINVAL, f"is {kind}")
        self.path = path
        self.kind = kind


class TooLarge(OSError):
    """The file at `path` has more bytes (`size`) than are read."""

    def __init__(self, path: Path, size: int) -> None:
        super().__init__(errno.EFBIG, "too large")
        self.path = path
        self.size = size


class OtherOwner(PermissionError):
    """The file belongs to another user, and a replacement cannot be given to them. Nothing was changed."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EPERM, "belongs to another user")
        self.path = path


class NotConfirmed(OSError):
    """The new file is in place, but the disk did not confirm that it will be there after a power cut."""


def stat_file(path: Path) -> os.stat_result | None:
    """Return the stat of the regular file at `path`, links followed; None where nothing has that name.

    Raises `NotAFile` for anything else, also for a link to nothing or to itself; `OSError` as the system gives it.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        if not path.is_symlink():
            return None
        raise NotAFile(path, f"a link to {path.readlink()}, which does not exist") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotAFile(path, "a link to itself") from None
        raise
    if not stat.S_ISREG(found.st_mode):
        raise NotAFile(path, _KINDS.get(stat.S_IFMT(found.st_mode), "something else"))
    return found


def read_file(path: Path, most: int | None = None) -> tuple[bytes, os.stat_result]:
    """Return a regular file's content and the stat of exactly this content.

    Raises `FileNotFoundError`, `NotAFile`, `TooLarge` for more than `most` bytes, and `OSError` as the system gives it.
    """
    found = stat_file(path)
    if found is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    if most is not None and found.st_size > most:
        raise TooLarge(path, found.st_size)
    with path.open("rb", buffering=0) as file:
        return file.readall(), os.fstat(file.fileno())


def write_file(
    path: Path,
    data: bytes,
    *,
    mode: int = PUBLIC,
    fsync: bool = True,
    keep: Iterable[Path] = (),
    like: Path | None = None,
) -> os.stat_result:
    """Replace the file at `path` by `data`, whole or not at all, and return the new file's stat.

    A new file gets the mode, owner and group of the file `like`, without one `mode` less the umask; one that exists
    keeps its own. A link stays a link: the file it points to is replaced. The replaced file is kept under the names in
    `keep` (in the same folder, over what is there). Without `fsync` a power cut may lose the file, but never mixes two
    contents.

    Raises `NotAFile`, `OtherOwner`, and `OSError` as the system gives it: the file is then as it was. Raises
    `NotConfirmed` where only the folder's sync failed.
    """
    real = Path(os.path.realpath(path))
    before = stat_file(real)
    temporary = _temporary_beside(real)
    try:
        model = before or (stat_file(like) if like else None)
        after = _write_temporary(temporary, real, data, mode, model, fsync=fsync)
        if before is not None:
            for name in keep:
                keep_file(real, name)
        temporary.replace(real)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if fsync:
        _sync_folder(real.parent)
    return after


def keep_file(path: Path, name: Path) -> None:
    """Give the file at `path` the second name `name`, over what is there. Raises `OSError`."""
    stat_file(name)
    temporary = _temporary_beside(path)
    try:
        link_or_copy(path, temporary)
        temporary.replace(name)
    finally:
        # Still there after an error, and where both names were one file already: rename(2) then does nothing.
        temporary.unlink(missing_ok=True)


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target`, which must not exist, a hard link to `source`, or a synced copy where that cannot be linked."""
    try:
        os.link(source, target)
    except OSError:
        # No hard links on this file system, or not to this file: a copy costs more and does the same.
        import shutil  # Rarely needed, and a start without it is faster.

        shutil.copy2(source, target)
        if os.name != "nt":
            found = source.stat()
            os.chown(target, found.st_uid, found.st_gid)
        with target.open("rb+") as file:
            os.fsync(file.fileno())


def is_temporary_of(path: Path, name: str) -> bool:
    """Return whether `name` is that of a temporary file that a write of `path` made beside it."""
    start = f"{PREFIX}{path.name}-"
    number, dash, random = name.removeprefix(start).removesuffix(SUFFIX).partition("-")
    return name.startswith(start) and name.endswith(SUFFIX) and bool(dash) and number.isdecimal() and random.isalnum()


def _temporary_beside(path: Path) -> Path:
    return path.with_name(f"{PREFIX}{path.name}-{os.getpid()}-{os.urandom(6).hex()}{SUFFIX}")


def _write_temporary(
    temporary: Path, real: Path, data: bytes, mode: int, before: os.stat_result | None, *, fsync: bool
) -> os.stat_result:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Private until it has the owner and the mode of the file that it replaces.
    descriptor = os.open(temporary, flags, mode if before is None else PRIVATE)
    try:
        if before is not None:
            _take_over(descriptor, real, before)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        # The kernel's own time moves in ticks of milliseconds, within which an inode can come back with another
        # content of the same size; the clock's nanoseconds do not repeat.
        now = time.time_ns()
        os.utime(temporary, ns=(now, now))
        if fsync:
            os.fsync(descriptor)
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def _take_over(descriptor: int, real: Path, before: os.stat_result) -> None:
    if os.name == "nt":  # Owners and modes are access-control lists there, which the folder gives.
        return
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (before.st_uid, before.st_gid):
        try:
            os.fchown(descriptor, before.st_uid, before.st_gid)
        except OSError as error:
            raise OtherOwner(real) from error
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # A folder cannot be opened there, and NTFS journals its renames.
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
