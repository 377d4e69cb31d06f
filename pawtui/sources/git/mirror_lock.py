"""The lock of a mirror. It lasts until its process and the git commands that inherited it have ended.

git may outlive a killed pawtui. It inherits the lock's open file (flock(2): the lock belongs to the open file), so that
no other process changes the folder meanwhile.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_POLL_SECONDS = 0.1


class LockBusy(Exception):
    """Another process holds the lock."""


@asynccontextmanager
async def locked(path: Path, wait_seconds: float) -> AsyncIterator[int]:
    """Hold the lock at `path` and yield its file descriptor. Raises `LockBusy` after `wait_seconds`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        ends = asyncio.get_running_loop().time() + wait_seconds
        while not _take(descriptor):
            if asyncio.get_running_loop().time() >= ends:
                raise LockBusy
            await asyncio.sleep(_POLL_SECONDS)
        yield descriptor
    finally:
        # Closing releases the lock. The file remains: after a removal, two processes could lock two files.
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
