"""System calls that fail, to replace those of `os` in a test."""

import os
import stat
from collections.abc import Callable
from typing import NoReturn


def failing(number: int) -> Callable[..., NoReturn]:
    """Return a function that raises the system's error with that number (`errno`)."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return fail


def folder_sync_failing(number: int) -> Callable[[int], None]:
    """Return an `os.fsync` that raises the error with that number for folders only."""
    original = os.fsync

    def sync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            failing(number)()
        original(descriptor)

    return sync
