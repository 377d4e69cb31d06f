"""The posting lock: a lock file next to the record, locked from reading the comments until a comment is written.

It works on one machine only. It does not exclude a second machine, and it needs a file system that supports locks.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pawtui.atomic import stat_file
from pawtui.store.store_errors import RecordBusy, write_error

NAME = "post.lock"
_POLL_SECONDS = 0.1


@asynccontextmanager
async def posting_lock(folder: Path, wait_seconds: float = 60.0) -> AsyncIterator[None]:
    """Acquire the lock in the record's folder for the block; wait at most `wait_seconds`, without blocking the loop.

    Raises `RecordBusy` after that time; `WriteFailed` or `HomeUnusable` if the lock file cannot be used.
    """
    from filelock import AsyncFileLock, Timeout

    path = folder / NAME
    # Without an executor, a cancelled wait cannot leave the file locked by a thread.
    lock = AsyncFileLock(path, mode=0o600, run_in_executor=False)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        stat_file(path)
        await lock.acquire(timeout=wait_seconds, poll_interval=_POLL_SECONDS)
    except Timeout as error:
        raise RecordBusy(
            f"Cannot post: another pawtui has been posting for {wait_seconds:g} seconds. Nothing was posted. "
            f"Wait until it has finished, then post again (lock file: {path})."
        ) from error
    except OSError as error:
        raise write_error(error, path) from error
    try:
        yield
    finally:
        await lock.release()
