"""One writer at a time: a lock beside the record, held for one transaction."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pawtui.atomic import stat_file
from pawtui.store.store_errors import RecordBusy, unwritable

if TYPE_CHECKING:
    from filelock import BaseFileLock

# A transaction takes milliseconds, so a waiting process looks often.
_POLL_SECONDS = 0.003


class RecordLock:
    """The lock of one record. Taken by one thread of one process at a time; another start of pawtui waits for it."""

    def __init__(self, path: Path) -> None:
        from filelock import FileLock

        self.path = path
        self._lock: BaseFileLock = FileLock(path, mode=0o600)

    @contextmanager
    def held(self, timeout: float) -> Iterator[None]:
        """Wait at most `timeout` seconds. Raises `RecordBusy`, `WriteFailed` or `HomeUnusable` without a lock file."""
        from filelock import Timeout

        try:
            # Opening a named pipe may block, and a lock on a device keeps nobody out.
            stat_file(self.path)
            self._lock.acquire(timeout=timeout, poll_interval=_POLL_SECONDS)
        except Timeout as error:
            raise RecordBusy(self._busy(timeout)) from error
        except OSError as error:
            raise unwritable(error, self.path) from error
        try:
            yield
        finally:
            self._lock.release()

    def _busy(self, timeout: float) -> str:
        holder = _holder(self.path)
        actor = "Another pawtui" if holder is None else f"Another pawtui (process {holder})"
        return (
            f"{actor} has been writing to the record for {timeout:g} seconds, so nothing was changed: "
            f"close it, or wait and do it again (the lock is {self.path})."
        )


def _holder(path: Path) -> int | None:
    """The process that holds a lock on that file, where the system tells (Linux: proc_locks(5))."""
    try:
        stat = path.stat()
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    node = f"{os.major(stat.st_dev):02x}:{os.minor(stat.st_dev):02x}:{stat.st_ino}"
    # "1: FLOCK  ADVISORY  WRITE 3568 fe:00:131074 0 EOF"; one that waits has "->" as its second word.
    fields = (line.split() for line in lines)
    return next((int(words[4]) for words in fields if len(words) > 5 and words[5] == node), None)
