"""The errors of the record. Each message states what failed, why, and what to do."""

import errno
import os
from pathlib import Path

from pawtui.atomic import NotAFile, NotConfirmed, OtherOwner
from pawtui.errors import PawtuiError, os_reason

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
_OTHER_HOME = "choose another home with --home or PAWTUI_HOME"


class Damaged(Exception):
    """A file does not contain a complete record; `str()` is the reason, as a clause. The store handles it itself."""


class StoreError(PawtuiError):
    """The record could not be read or written. `str()` is a message for the user."""


class HomeUnusable(StoreError):
    """The home cannot contain a record: a path cannot be read, or is of the wrong kind, such as a file for a folder."""


class RecordNewer(StoreError):
    """A newer pawtui wrote the record. Nothing was changed."""


class RecordLost(StoreError):
    """The record is damaged and no previous version is usable. The damaged files are renamed, never deleted."""


class RecordBusy(StoreError):
    """Another process locked the record for too long. Nothing was changed."""


class WriteFailed(StoreError):
    """The disk is full or cannot be written. The record is unchanged, unless the message states otherwise."""


class Unrecordable(StoreError):
    """A change or an entry contradicts the record or the shape of its table. Nothing was written."""


def read_error(error: OSError, path: Path) -> HomeUnusable:
    """Return the error for a record or folder that cannot be read."""
    if isinstance(error, NotAFile):
        return HomeUnusable(f"Cannot use {error.path}: it is {error.kind}, not a file. Move or rename it.")
    obstacle = obstacle_above(path)
    if obstacle is not None:
        kind = "a broken link" if obstacle.is_symlink() else "a file"
        return HomeUnusable(f"Cannot use {obstacle}: it is {kind}, not a folder. Move or rename it, or {_OTHER_HOME}.")
    if error.errno in _FORBIDDEN:
        return HomeUnusable(f"Cannot read {path}: permission denied. Make it readable, or {_OTHER_HOME}.")
    return HomeUnusable(f"Cannot read {path}: {os_reason(error)}. Check the disk, or {_OTHER_HOME}.")


def write_error(error: OSError, path: Path) -> StoreError:
    """Return the error for a write that failed: `WriteFailed`, or `HomeUnusable` if the home is the reason."""
    if isinstance(error, NotAFile) or obstacle_above(path) is not None:
        return read_error(error, path)
    if isinstance(error, NotConfirmed):
        return WriteFailed(
            f"{path} was written, but the disk did not confirm it ({os_reason(error)}). "
            "Check the disk, then check that the record contains your change."
        )
    why, remedy = os_reason(error), "Check the disk and try again."
    if isinstance(error, OtherOwner):
        why = "it belongs to another user, and you cannot give the new file to that user"
        remedy = "Run pawtui as that user."
    elif error.errno in _FULL:
        why, remedy = "the disk is full", "Free some space and try again."
    elif error.errno == errno.EFBIG:
        why, remedy = "it would exceed the limit for file sizes", "Raise the limit (ulimit -f)."
    elif error.errno in _FORBIDDEN:
        remedy = f"Make its folder writable, or {_OTHER_HOME}."
    return WriteFailed(f"Cannot write {path}: {why}. The record is unchanged. {remedy}")


def obstacle_above(path: Path) -> Path | None:
    """Return the first part above `path` that exists but is not a folder, such as a broken link; otherwise None."""
    return next((part for part in reversed(path.parents) if os.path.lexists(part) and not part.is_dir()), None)
