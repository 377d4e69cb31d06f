"""Recover from a damaged record: rename it, restore the previous version, and return a notice."""

import datetime as dt

from pawtui import atomic
from pawtui.moments import moment_text
from pawtui.store.database import RecordDatabase
from pawtui.store.record_files import FileStamp, RecordFiles
from pawtui.store.store_errors import Damaged, RecordLost, StoreError, read_error, write_error


def recover(files: RecordFiles, damage: Damaged, now: dt.datetime) -> str:
    """Rename the damaged record, restore the previous version, and return the notice for the user.

    Call it only under the lock. Raises `RecordLost` if no previous version is usable: the next start then creates a new
    record. Raises `RecordNewer` if the previous version has a newer schema, `WriteFailed` if a file cannot be renamed.
    """
    try:
        stamp = _previous_stamp(files)
    except Damaged as unusable:
        raise _quarantine_all(files, damage, unusable, now) from unusable
    try:
        data, _ = atomic.read_file(files.previous)
        copy = files.quarantine(files.real, now)
        try:
            atomic.write_file(files.real, data, mode=atomic.PRIVATE, like=files.previous)
        except OSError as error:
            # The damaged file still has its own name, unless it was replaced and only the sync failed.
            if copy is not None and not isinstance(error, atomic.NotConfirmed):
                copy.unlink()
            raise
    except OSError as error:
        raise write_error(error, files.path) from error
    when = moment_text(dt.datetime.fromtimestamp(stamp.mtime_ns / 1e9, dt.UTC))
    renamed = "" if copy is None else f" and was renamed to {copy.name}"
    return (
        f"The record {files.path} was damaged ({damage}){renamed}. The previous version of {when} was "
        "restored. Check that it contains your last change."
    )


def _previous_stamp(files: RecordFiles) -> FileStamp:
    """Return the stamp of the previous version. Raises `Damaged` with the reason, as a clause, if it is not usable."""
    try:
        database = RecordDatabase(files.previous)
    except OSError as error:
        raise read_error(error, files.previous) from error
    except Damaged as damage:
        raise Damaged(f"the previous version {files.previous.name} is damaged too ({damage})") from damage
    if database.stamp is None:
        raise Damaged("there is no previous version")
    return database.stamp


def _quarantine_all(files: RecordFiles, damage: Damaged, previous_damage: Damaged, now: dt.datetime) -> StoreError:
    """Rename both files, so that the next start creates a new record; return the error that lists the new names."""
    names = []
    try:
        for path in (files.real, files.previous):
            copy = files.quarantine(path, now)
            if copy is not None:
                path.unlink()
                names.append(copy.name)
    except OSError as error:
        return write_error(error, files.path)
    return RecordLost(
        f"The record {files.path} is damaged ({damage}) and {previous_damage}. Nothing was deleted; the damaged "
        f"data is in {' and '.join(names)}. Restore a backup as {files.path.name}, or start pawtui again to create a "
        "new record."
    )
