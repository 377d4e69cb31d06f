"""The record's files: written whole or not at all, one earlier generation kept, nothing ever deleted that was damaged.

The order is that of crash-safe replacement (rename(2), fsync(2)): a temporary file in the same folder, its data synced,
the present file linked as the earlier generation, the temporary file renamed over it, the folder synced.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pawtui.store.store_errors import NotConfirmed

_PREFIX, _SUFFIX = ".pawtui-", ".tmp"
ORPHAN_SECONDS = 3600.0
# What a file system answers that cannot sync a folder; it then has no rename to lose either.
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}


class Stamp(NamedTuple):
    """What tells one generation of the file from another: inode, size in bytes, modification time in nanoseconds."""

    inode: int
    size: int
    mtime_ns: int


def stamp_of(stat: os.stat_result) -> Stamp:
    """The stamp in a stat's answer."""
    return Stamp(stat.st_ino, stat.st_size, stat.st_mtime_ns)


class RecordFiles:
    """The files of one record. A link named `pawtui.json` stays a link: all is done beside the file it points to.

    Every method raises `OSError` as the system gave it; `errors.py` makes sentences of them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.real = Path(os.path.realpath(path))
        self.earlier = self.real.with_name(self.real.name + ".bak")
        self.lock = self.real.with_name(self.real.name + ".lock")

    def make_folders(self) -> None:
        """The folder of the record, for this user only where it is new."""
        self.real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def read(self, path: Path) -> tuple[bytes, Stamp]:
        """A file's bytes and the stamp of exactly these bytes."""
        with path.open("rb", buffering=0) as file:
            stamp = stamp_of(os.fstat(file.fileno()))
            return file.readall(), stamp

    def write(self, chunks: Iterable[bytes | memoryview], *, keep_earlier: bool = True) -> Stamp:
        """Replaces the record by `chunks`, whole, and gives the new stamp. On an error the record is as it was."""
        temporary = self._temporary()
        try:
            stamp = self._write_temporary(temporary, chunks)
            if keep_earlier:
                self._keep_earlier()
            temporary.replace(self.real)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        self._sync_folder()
        return stamp

    def keep_aside(self, path: Path, now: dt.datetime) -> Path:
        """A second name for a damaged file, `NAME.corrupt-<UTC time>`, that nothing replaces."""
        name = f"{path.name}.corrupt-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
        aside, number = path.with_name(name), 1
        while os.path.lexists(aside):
            number += 1
            aside = path.with_name(f"{name}-{number}")
        self._link_or_copy(path, aside)
        return aside

    def sweep(self) -> None:
        """Removes temporary files that a killed process left over an hour ago. Only under the lock."""
        oldest = time.time() - ORPHAN_SECONDS
        with os.scandir(self.real.parent) as entries:
            orphans = [entry for entry in entries if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX)]
        for entry in orphans:
            # Another user's, or gone already: not worth failing a write over.
            with suppress(OSError):
                if entry.stat().st_mtime < oldest:
                    Path(entry).unlink()

    def _temporary(self) -> Path:
        return self.real.with_name(f"{_PREFIX}{os.getpid()}-{os.urandom(6).hex()}{_SUFFIX}")

    def _write_temporary(self, temporary: Path, chunks: Iterable[bytes | memoryview]) -> Stamp:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags, 0o600)
        try:
            for chunk in chunks:
                rest = memoryview(chunk)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            # The kernel's own time moves in ticks of milliseconds, within which an inode can come back with another
            # generation of the same size; the clock's nanoseconds do not repeat.
            now = time.time_ns()
            os.utime(temporary, ns=(now, now))
            os.fsync(descriptor)
            return stamp_of(os.fstat(descriptor))
        finally:
            os.close(descriptor)

    def _keep_earlier(self) -> None:
        if not os.path.lexists(self.real):
            return
        temporary = self._temporary()
        try:
            self._link_or_copy(self.real, temporary)
            temporary.replace(self.earlier)
        finally:
            # Still there after an error, and where both names were one file already: rename(2) then does nothing.
            temporary.unlink(missing_ok=True)

    def _link_or_copy(self, source: Path, target: Path) -> None:
        try:
            os.link(source, target)
        except OSError:
            # No hard links on this file system, or not to this file: a copy costs more and does the same.
            import shutil  # Rarely, and a start without it is faster.

            shutil.copy2(source, target)
            with target.open("rb+") as file:
                os.fsync(file.fileno())

    def _sync_folder(self) -> None:
        if os.name == "nt":  # A folder cannot be opened there, and NTFS journals its renames.
            return
        descriptor = os.open(self.real.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_FOLDER_SYNC:
                raise NotConfirmed(error.errno, os.strerror(error.errno or 0)) from error
        finally:
            os.close(descriptor)
