"""Recover from a damaged record: keep it aside, put the earlier generation in its place, and say both."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

from pawtui import atomic
from pawtui.review.model import Record
from pawtui.store.database import RecordDatabase
from pawtui.store.files import RecordFiles, Stamp
from pawtui.store.store_errors import Damaged, RecordLost, unreadable, unwritable


def recover(files: RecordFiles, damage: Damaged, now: dt.datetime) -> str:
    """Keep the damaged record aside, put the earlier generation in its place, and return the sentence that says so.

    Only under the lock. Raises `RecordLost` where no earlier generation is usable (the next start begins a new record),
    `RecordNewer` where that one is of a newer schema, `WriteFailed` where nothing can be moved.
    """
    try:
        _, stamp = read_earlier(files)
    except Damaged as unusable:
        raise _lost(files, damage, unusable, now) from unusable
    try:
        data, _ = atomic.read_file(files.earlier)
        aside = _aside(files, files.real, now)
        try:
            atomic.write_file(files.real, data, mode=atomic.PRIVATE, like=files.earlier)
        except BaseException:
            # The damaged file is still in its own place.
            if aside is not None:
                aside.unlink()
            raise
    except OSError as error:
        raise unwritable(error, files.path) from error
    kept = "" if aside is None else f" and was moved aside as {aside.name}"
    return (
        f"The record {files.path} was damaged ({damage}){kept}. The earlier generation of {_time(stamp)} was opened in "
        "its place: check that your last change is there."
    )


def show_earlier(files: RecordFiles, damage: Damaged, obstacle: str) -> tuple[Record, str]:
    """Return the earlier generation and a notice, without touching anything: for a folder that cannot be written.

    `obstacle` is why, as a sentence. Raises as `recover`.
    """
    try:
        record, stamp = read_earlier(files)
    except Damaged as unusable:
        raise RecordLost(
            f"The record {files.path} is damaged ({damage}), {unusable}, and it could not be moved aside. {obstacle}"
        ) from unusable
    return record, (
        f"The record {files.path} is damaged ({damage}) and could not be moved aside. The earlier generation of "
        f"{_time(stamp)} is shown. {obstacle}"
    )


def read_earlier(files: RecordFiles) -> tuple[Record, Stamp]:
    """Return the earlier generation. Raises `Damaged` with the reason, as a clause, where there is no usable one."""
    try:
        database = RecordDatabase(files.earlier)
        record = database.load()
    except OSError as error:
        raise unreadable(error, files.earlier) from error
    except Damaged as damage:
        raise Damaged(f"the earlier generation {files.earlier.name} is damaged too ({damage})") from damage
    if database.stamp is None:
        raise Damaged("there is no earlier generation")
    return record, database.stamp


def _lost(files: RecordFiles, damage: Damaged, reason: Damaged, now: dt.datetime) -> Exception:
    """Move whatever is there aside, so that the next start begins a new record, and say where it is."""
    asides = []
    try:
        for path in (files.real, files.earlier):
            aside = _aside(files, path, now)
            if aside is not None:
                path.unlink()
                asides.append(aside.name)
    except OSError as error:
        return unwritable(error, files.path)
    return RecordLost(
        f"The record {files.path} is damaged ({damage}) and {reason}. Nothing was deleted; it is kept as "
        f"{' and '.join(asides)}: put a good copy in its place, or start pawtui again to begin a new record."
    )


def _aside(files: RecordFiles, path: Path, now: dt.datetime) -> Path | None:
    with suppress(FileNotFoundError):
        return files.keep_aside(path, now)
    return None


def _time(stamp: Stamp) -> str:
    return f"{dt.datetime.fromtimestamp(stamp.mtime_ns / 1e9, dt.UTC):%Y-%m-%d %H:%M} UTC"
