"""What can go wrong with the record, as sentences: what happened, to what, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


class NotConfirmed(OSError):
    """The new record is in place, but the disk did not confirm that it will be there after a power cut."""


class StoreError(Exception):
    """The record could not be read or written. `str()` of it is one clear sentence for a person."""


class HomeUnusable(StoreError):
    """The place where the record lives cannot hold one: it is a file, may not be read, or lies behind a bad link."""


class RecordNewer(StoreError):
    """A newer pawtui wrote the record. Nothing was touched."""


class RecordLost(StoreError):
    """The record is damaged and no earlier generation is usable. What was found is kept beside it, never deleted."""


class RecordBusy(StoreError):
    """Another process kept the record locked for too long. Nothing was changed."""


class WriteFailed(StoreError):
    """The disk is full or may not be written. The record is as it was."""


class Conflict(StoreError):
    """A change was made against a state that the record no longer holds. Nothing was written."""


class Unrecordable(StoreError):
    """A document has not the shape its table promises. Nothing was written: a later start could not have read it."""


def unreadable(error: OSError, path: Path) -> HomeUnusable:
    """The sentence for a record or folder that cannot be looked at."""
    culprit = _file_in_the_way(path)
    if culprit is not None:
        return HomeUnusable(
            f"{culprit} is a file, but a folder is needed there for the record: "
            "choose another home with --home or PAWTUI_HOME."
        )
    if isinstance(error, IsADirectoryError):
        return HomeUnusable(f"{path} is a folder, but the record is a file of that name: move the folder away.")
    if error.errno in _FORBIDDEN:
        return HomeUnusable(
            f"{path} may not be read by you: allow it, or choose another home with --home or PAWTUI_HOME."
        )
    return HomeUnusable(
        f"{path} could not be read ({_reason(error)}): "
        "check the disk, or choose another home with --home or PAWTUI_HOME."
    )


def unwritable(error: OSError, path: Path) -> StoreError:
    """The sentence for a write that failed: `WriteFailed`, or `HomeUnusable` where the home itself is the trouble."""
    if _file_in_the_way(path) is not None or isinstance(error, IsADirectoryError):
        return unreadable(error, path)
    if isinstance(error, NotConfirmed):
        return WriteFailed(
            f"{path} was written, but the disk did not confirm it ({_reason(error)}): "
            "check the disk, then look whether the change is there."
        )
    kept = "the record is as it was"
    if error.errno in _FULL:
        return WriteFailed(f"The disk that holds {path} is full; {kept}: free some space and do it again.")
    if error.errno == errno.EFBIG:
        return WriteFailed(f"{path} would become larger than files may be here; {kept}: raise that limit (ulimit -f).")
    if error.errno in _FORBIDDEN:
        return WriteFailed(
            f"{path} may not be written ({_reason(error)}); {kept}: "
            "make its folder writable, or choose another home with --home or PAWTUI_HOME."
        )
    return WriteFailed(f"{path} could not be written ({_reason(error)}); {kept}: check the disk and do it again.")


def _reason(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else type(error).__name__


def _file_in_the_way(path: Path) -> Path | None:
    """The first part above `path` that exists and is not a folder."""
    return next((part for part in reversed(path.parents) if os.path.lexists(part) and not part.is_dir()), None)
