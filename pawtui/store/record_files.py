"""The files of a record: their names, and the operations on them other than reading and writing."""

import datetime as dt
import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pawtui import atomic
from pawtui.store.store_errors import obstacle_above


class FileStamp(NamedTuple):
    """The identity of one version of the file: inode, size in bytes, modification time in nanoseconds."""

    inode: int
    size: int
    mtime_ns: int


def stamp_of(stat: os.stat_result) -> FileStamp:
    return FileStamp(stat.st_ino, stat.st_size, stat.st_mtime_ns)


class RecordFiles:
    """The files of one record. If `pawtui.json` is a link, all of them are in the folder of its target.

    Methods raise the system's `OSError`; `store_errors.py` turns it into a message.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.real = Path(os.path.realpath(path))
        self.previous = self._with_suffix(".bak")
        self.lock = self._with_suffix(".lock")

    def schema_backup(self, schema: int) -> Path:
        """Return the path of the backup of the last file of an older schema."""
        return self._with_suffix(f".schema-{schema}")

    def _with_suffix(self, suffix: str) -> Path:
        return self.real.with_name(self.real.name + suffix)

    def check_folders(self) -> None:
        """Raise `NotADirectoryError` if a path above the record is not a folder. A broken link is not a folder."""
        if obstacle_above(self.path) is not None:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))

    def make_folders(self) -> None:
        """Create the record's folder if it does not exist, readable by this user only."""
        self.check_folders()
        self.real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def quarantine(self, path: Path, now: dt.datetime) -> Path | None:
        """Give a damaged file a second name, `NAME.corrupt-<UTC time>`, that nothing replaces, and return that path.

        Returns None if the file does not exist.
        """
        name = f"{path.name}.corrupt-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
        copy, number = path.with_name(name), 1
        while os.path.lexists(copy):
            number += 1
            copy = path.with_name(f"{name}-{number}")
        try:
            atomic.link_or_copy(path, copy)
        except FileNotFoundError:
            return None
        return copy

    def remove_temporary_files(self) -> None:
        """Remove temporary files of this record that a killed process left. Call it only under the lock."""
        start = f"{atomic.PREFIX}{self.real.name}-"
        for path in self.real.parent.iterdir():
            if path.name.startswith(start) and path.suffix == atomic.SUFFIX:
                # A file of another user, or already removed: a write must not fail for it.
                with suppress(OSError):
                    path.unlink()

    def give_lock_to_owner(self) -> None:
        """Give the lock file to the record's owner. If root created the lock file, the owner could not open it."""
        if os.name == "nt":
            return
        with suppress(OSError):
            record, lock = self.real.stat(), self.lock.stat()
            if (record.st_uid, record.st_gid) != (lock.st_uid, lock.st_gid):
                os.chown(self.lock, record.st_uid, record.st_gid)
