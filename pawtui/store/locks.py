"""The lock files next to a record: one for a change of the record, one for posting a comment.

They exclude other processes on one machine, not on a second one, and need a file system that supports locks.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from pawtui.atomic import PRIVATE, stat_file
from pawtui.store.store_errors import RecordBusy, write_error

POSTING_LOCK = "post.lock"
# A change takes milliseconds, so a waiting process polls often.
_POLL_SECONDS = 0.003


@contextmanager
def record_lock(path: Path, wait_seconds: float) -> Iterator[None]:
    """Acquire the lock of a record for the block: other threads and processes wait for it.

    Raises `RecordBusy` after `wait_seconds`; `WriteFailed` or `HomeUnusable` if the lock file cannot be used.
    """
    # Imported here, because commands that only read the record need no lock.
    from filelock import FileLock, Timeout

    lock = FileLock(path, mode=PRIVATE)
    try:
        # Opening a named pipe may block, and a lock on a device does not exclude other processes.
        stat_file(path)
        acquired = lock.acquire(timeout=wait_seconds, poll_interval=_POLL_SECONDS)
    except Timeout as error:
        raise RecordBusy(
            f"Cannot change the record: another pawtui has locked it for {wait_seconds:g} seconds. "
            f"Nothing was changed. Close the other pawtui, or try again later (lock file: {path})."
        ) from error
    except OSError as error:
        raise write_error(error, path) from error
    with acquired:
        yield


@asynccontextmanager
async def posting_lock(folder: Path, wait_seconds: float = 60.0) -> AsyncIterator[None]:
    """Acquire the posting lock in the record's folder for the block: from reading the comments until one is written.

    It waits at most `wait_seconds`, without blocking the event loop. Raises `RecordBusy` after that time; `WriteFailed`
    or `HomeUnusable` if the lock file cannot be used.
    """
    from filelock import AsyncFileLock, Timeout

    path = folder / POSTING_LOCK
    # Without an executor, a cancelled wait cannot leave the file locked by a thread.
    lock = AsyncFileLock(path, mode=PRIVATE, run_in_executor=False)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        stat_file(path)
        acquired = await lock.acquire(timeout=wait_seconds, poll_interval=0.1)
    except Timeout as error:
        raise RecordBusy(
            f"Cannot post: another pawtui has been posting for {wait_seconds:g} seconds. Nothing was posted. "
            f"Wait until it has finished, then post again (lock file: {path})."
        ) from error
    except OSError as error:
        raise write_error(error, path) from error
    async with acquired:
        yield
