"""The write lock: a lock file next to the record, locked during one transaction."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pawtui.atomic import stat_file
from pawtui.store.store_errors import RecordBusy, write_error

if TYPE_CHECKING:
    from filelock import BaseFileLock

# A transaction takes milliseconds, so a waiting process polls often.
_POLL_SECONDS = 0.003


class RecordLock:
    """The lock of one record, for one thread of one process at a time. Other threads and processes wait for it."""

    def __init__(self, path: Path) -> None:
        from filelock import FileLock

        self.path = path
        self._lock: BaseFileLock = FileLock(path, mode=0o600)

    @contextmanager
    def acquired(self, timeout: float) -> Iterator[None]:
        """Acquire the lock for the block, within `timeout` seconds.

        Raises `RecordBusy` after that time; `WriteFailed` or `HomeUnusable` if the lock file cannot be used.
        """
        from filelock import Timeout

        try:
            # Opening a named pipe may block, and a lock on a device does not exclude other processes.
            stat_file(self.path)
            self._lock.acquire(timeout=timeout, poll_interval=_POLL_SECONDS)
        except Timeout as error:
            raise RecordBusy(self._busy(timeout)) from error
        except OSError as error:
            raise write_error(error, self.path) from error
        try:
            yield
        finally:
            self._lock.release()

    def _busy(self, timeout: float) -> str:
        owner = _lock_owner(self.path)
        process = "another pawtui" if owner is None else f"another pawtui (process {owner})"
        return (
            f"Cannot change the record: {process} has locked it for {timeout:g} seconds. Nothing was changed. "
            f"Close it, or try again later (lock file: {self.path})."
        )


def _lock_owner(path: Path) -> int | None:
    """Return the id of the process that has locked that file; None if unknown. Linux only: proc_locks(5)."""
    try:
        stat = path.stat()
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    node = f"{os.major(stat.st_dev):02x}:{os.minor(stat.st_dev):02x}:{stat.st_ino}"
    # "1: FLOCK  ADVISORY  WRITE 3568 fe:00:131074 0 EOF"; a waiting process has "->" as its second word.
    fields = (line.split() for line in lines)
    return next((int(words[4]) for words in fields if len(words) > 5 and words[5] == node), None)
