"""What can go wrong with the record, as sentences: what failed, why, what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pawtui.atomic import NotAFile, NotConfirmed, OtherOwner
from pawtui.errors import PawtuiError

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


class Damaged(Exception):
    """A file holds no whole record; `str()` says why, as a clause. Never leaves the store: it recovers."""


class StoreError(PawtuiError):
    """The record could not be read or written. `str()` of it is one clear sentence for a person."""


class HomeUnusable(StoreError):
    """The home cannot hold a record: something else has its name, or it cannot be read."""


class RecordNewer(StoreError):
    """A newer pawtui wrote the record. Nothing was touched."""


class RecordLost(StoreError):
    """The record is damaged and no earlier generation is usable. What was found is kept beside it, never deleted."""


class RecordBusy(StoreError):
    """Another process kept the record locked for too long. Nothing was changed."""


class WriteFailed(StoreError):
    """The disk is full or cannot be written. The record is as it was."""


class Conflict(StoreError):
    """A change was made against a state that the record no longer holds. Nothing was written."""


class Unrecordable(StoreError):
    """A document has not the shape its table promises. Nothing was written: a later start could not have read it."""


_OTHER_HOME = "choose another home with --home or PAWTUI_HOME"


def unreadable(error: OSError, path: Path) -> HomeUnusable:
    """Return the sentence for a record or folder that cannot be read."""
    if isinstance(error, NotAFile):
        return HomeUnusable(f"{error.path} is {error.kind}, but pawtui needs a file there: move it away.")
    culprit = obstacle_above(path)
    if culprit is not None:
        kind = "a link that leads to no folder" if culprit.is_symlink() else "a file"
        return HomeUnusable(f"{culprit} is {kind}, but a folder is needed there for the record: {_OTHER_HOME}.")
    if error.errno in _FORBIDDEN:
        return HomeUnusable(f"Cannot read {path}: permission denied. Make it readable, or {_OTHER_HOME}.")
    return HomeUnusable(f"Cannot read {path}: {_reason(error)}. Check the disk, or {_OTHER_HOME}.")


def unwritable(error: OSError, path: Path) -> StoreError:
    """Return the sentence for a write that failed: `WriteFailed`, or `HomeUnusable` where the home is the reason."""
    if isinstance(error, NotAFile) or obstacle_above(path) is not None:
        return unreadable(error, path)
    if isinstance(error, NotConfirmed):
        return WriteFailed(
            f"{path} was written, but the disk did not confirm it ({_reason(error)}): "
            "check the disk, then look whether the change is there."
        )
    kept = "The record is as it was"
    if isinstance(error, OtherOwner):
        return WriteFailed(
            f"Cannot write {path}: it belongs to another user, to whom you cannot give the new file. {kept}; "
            "run pawtui as that user."
        )
    if error.errno in _FULL:
        return WriteFailed(f"Cannot write {path}: the disk is full. {kept}; free some space and try again.")
    if error.errno == errno.EFBIG:
        return WriteFailed(
            f"Cannot write {path}: it would be larger than files can be here. {kept}; raise the limit (ulimit -f)."
        )
    if error.errno in _FORBIDDEN:
        return WriteFailed(
            f"Cannot write {path}: {_reason(error)}. {kept}; make its folder writable, or {_OTHER_HOME}."
        )
    return WriteFailed(f"Cannot write {path}: {_reason(error)}. {kept}; check the disk and try again.")


def _reason(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else type(error).__name__


def obstacle_above(path: Path) -> Path | None:
    """Return the first part above `path` that is there and is not a folder, such as a link that leads nowhere."""
    return next((part for part in reversed(path.parents) if os.path.lexists(part) and not part.is_dir()), None)
