"""The posting lock: a lock file next to the record, locked from reading the comments until a comment is written.

It works on one machine only. It does not exclude a second machine, and it needs a file system that supports locks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pawtui.atomic import stat_file
from pawtui.store.store_errors import RecordBusy, unwritable

if TYPE_CHECKING:
    from filelock import BaseFileLock

NAME = "post.lock"
_POLL_SECONDS = 0.1


@asynccontextmanager
async def posting_lock(folder: Path, wait_seconds: float = 60.0) -> AsyncIterator[None]:
    """Acquire the lock in the record's folder for the block; wait at most `wait_seconds`, without blocking the loop.

    Raises `RecordBusy` after that time; `WriteFailed` or `HomeUnusable` if the lock file cannot be used.
    """
    from filelock import FileLock

    path = folder / NAME
    lock = FileLock(path, mode=0o600, thread_local=False)
    deadline = time.monotonic() + wait_seconds
    while not _try_acquire(lock, path):
        if time.monotonic() >= deadline:
            raise RecordBusy(
                f"Cannot post: another pawtui has been posting for {wait_seconds:g} seconds. Nothing was posted. "
                f"Wait until it has finished, then post again (lock file: {path})."
            )
        await asyncio.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        lock.release()


def _try_acquire(lock: BaseFileLock, path: Path) -> bool:
    """Try to acquire the lock without waiting; return whether that succeeded."""
    from filelock import Timeout

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        stat_file(path)
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except OSError as error:
        raise unwritable(error, path) from error
    return True
