"""One poster at a time: a lock beside the record, held from reading the comments until one is written.

It works on one machine: it does not keep out a second machine, or a home on a network drive without locks.
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
    """Hold the lock in the record's folder; wait for another poster that long, without blocking.

    Raises `RecordBusy`, `WriteFailed` or `HomeUnusable` without a lock file.
    """
    from filelock import FileLock

    path = folder / NAME
    lock = FileLock(path, mode=0o600, thread_local=False)
    until = time.monotonic() + wait_seconds
    while not _is_taken(lock, path):
        if time.monotonic() >= until:
            raise RecordBusy(
                f"Another pawtui has been posting for {wait_seconds:g} seconds, so nothing was posted: "
                f"wait until it is done, then post again (the lock is {path})."
            )
        await asyncio.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        lock.release()


def _is_taken(lock: BaseFileLock, path: Path) -> bool:
    """Try to take the lock; return whether it is held now."""
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
