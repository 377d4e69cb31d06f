"""A lock between processes that lasts as long as the process that took it, or a program that it started for the work.

A killed pawtui may leave git behind for a moment. git holds the lock's file open too (flock(2): the lock belongs to the
open file, not to the process), so that nobody changes the same folder beside it.
"""

from __future__ import annotations

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


class Busy(Exception):
    """Another process holds the lock."""


@asynccontextmanager
async def locked(path: Path, wait: float) -> AsyncIterator[int]:
    """Hold the lock at `path` and give its file descriptor. Waits at most `wait` seconds, then raises `Busy`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        ends = asyncio.get_running_loop().time() + wait
        while not _take(descriptor):
            if asyncio.get_running_loop().time() >= ends:
                raise Busy
            await asyncio.sleep(_POLL_SECONDS)
        yield descriptor
    finally:
        # Closing it gives the lock back; the file stays, for a removed one would let two in.
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
