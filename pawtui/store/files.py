"""The files of a record: their names, and what is done with them besides reading and writing."""

from __future__ import annotations

import datetime as dt
import errno
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pawtui import atomic
from pawtui.store.store_errors import obstacle_above

ORPHAN_SECONDS = 3600.0


class Stamp(NamedTuple):
    """Identifies one generation of the file: inode, size in bytes, modification time in nanoseconds."""

    inode: int
    size: int
    mtime_ns: int


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return the stamp of a stat."""
    return Stamp(stat.st_ino, stat.st_size, stat.st_mtime_ns)


class RecordFiles:
    """The files of one record. Where `pawtui.json` is a link, all of them are beside the file that it points to.

    Methods raise `OSError` as the system gives it; `store_errors.py` makes sentences of them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.real = Path(os.path.realpath(path))
        self.earlier = self._beside(".bak")
        self.lock = self._beside(".lock")

    def of_schema(self, schema: int) -> Path:
        """Return the name under which the last file of an older schema is kept."""
        return self._beside(f".schema-{schema}")

    def _beside(self, suffix: str) -> Path:
        return self.real.with_name(self.real.name + suffix)

    def check_folders(self) -> None:
        """Raise `NotADirectoryError` where something above the record is no folder: also a link that leads nowhere."""
        if obstacle_above(self.path) is not None:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))

    def make_folders(self) -> None:
        """Make the record's folder, for this user only where it is new."""
        self.check_folders()
        self.real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep_aside(self, path: Path, now: dt.datetime) -> Path:
        """Give a damaged file a second name, `NAME.corrupt-<UTC time>`, that nothing replaces; return that name."""
        name = f"{path.name}.corrupt-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
        aside, number = path.with_name(name), 1
        while os.path.lexists(aside):
            number += 1
            aside = path.with_name(f"{name}-{number}")
        atomic.link_or_copy(path, aside)
        return aside

    def sweep(self) -> None:
        """Remove temporary files that a killed process left. Only under the lock.

        Those of this record at once: only the holder of its lock writes them. Others, of whatever writes into the same
        folder, once they are an hour old.
        """
        oldest = time.time() - ORPHAN_SECONDS
        with os.scandir(self.real.parent) as entries:
            orphans = [
                entry
                for entry in entries
                if entry.name.startswith(atomic.PREFIX) and entry.name.endswith(atomic.SUFFIX)
            ]
        for entry in orphans:
            # Another user's, or gone already: not worth failing a write over.
            with suppress(OSError):
                if atomic.is_temporary_of(self.real, entry.name) or entry.stat().st_mtime < oldest:
                    Path(entry).unlink()

    def give_lock_to_owner(self) -> None:
        """Give the lock file the record's owner where root made it: the owner could not open it otherwise."""
        if os.name == "nt":
            return
        with suppress(OSError):
            record, lock = self.real.stat(), self.lock.stat()
            if (record.st_uid, record.st_gid) != (lock.st_uid, lock.st_gid):
                os.chown(self.lock, record.st_uid, record.st_gid)
