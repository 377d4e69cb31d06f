"""What is done about a damaged record: it is kept aside, the earlier generation opened, and both are said."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

from pawtui.store import codec
from pawtui.store.codec import Damaged, Held
from pawtui.store.files import RecordFiles
from pawtui.store.store_errors import RecordLost, unreadable, unwritable


def recover(files: RecordFiles, damage: Damaged, now: dt.datetime) -> tuple[Held, str]:
    """Keeps the damaged record aside and puts the earlier generation in its place. Only under the lock.

    Gives what is then held and the sentence that says so. Raises `RecordLost` where no earlier generation is usable
    (the next start begins a new record), `RecordNewer` where that one is of a newer schema, `WriteFailed` where nothing
    can be moved.
    """
    found = _earlier(files)
    try:
        if isinstance(found, str):
            raise _lost(files, damage, found, now)
        data, held = found
        aside = _aside(files, files.real, now)
        try:
            stamp = files.write([data], keep_earlier=False)
        except BaseException:
            # The damaged file is still in its own place.
            if aside is not None:
                aside.unlink()
            raise
    except OSError as error:
        raise unwritable(error, files.path) from error
    kept = "" if aside is None else f" and was moved aside as {aside.name}"
    return held._replace(stamp=stamp), (
        f"The record {files.path} was damaged ({damage}){kept}; {_generation(held)} was opened in its place: "
        "look whether your last change is there."
    )


def look_back(files: RecordFiles, damage: Damaged, obstacle: str) -> tuple[Held, str]:
    """The earlier generation, without touching anything: for a folder that cannot be written. Raises as `recover`."""
    found = _earlier(files)
    if isinstance(found, str):
        raise RecordLost(
            f"The record {files.path} is damaged ({damage}), {found}, and it could not be moved aside: {obstacle}"
        )
    held = found[1]
    return held._replace(stamp=None), (
        f"The record {files.path} is damaged ({damage}) and could not be moved aside; {_generation(held)} is shown. "
        f"{obstacle}"
    )


def _earlier(files: RecordFiles) -> tuple[bytes, Held] | str:
    """The earlier generation, or why there is none."""
    try:
        data, stamp = files.read(files.earlier)
        return data, codec.hold(data, stamp, files.earlier)
    except FileNotFoundError:
        return "there is no earlier generation"
    except OSError as error:
        raise unreadable(error, files.earlier) from error
    except Damaged as damage:
        return f"the earlier generation {files.earlier.name} is damaged too ({damage})"


def _lost(files: RecordFiles, damage: Damaged, reason: str, now: dt.datetime) -> RecordLost:
    """Keeps whatever is there aside, so that the next start begins afresh, and says where it is."""
    asides = []
    for path in (files.real, files.earlier):
        aside = _aside(files, path, now)
        if aside is not None:
            path.unlink()
            asides.append(aside.name)
    return RecordLost(
        f"The record {files.path} is damaged ({damage}) and {reason}; nothing was deleted, it is kept as "
        f"{' and '.join(asides)}: put a good copy in its place, or start pawtui again to begin a new record."
    )


def _aside(files: RecordFiles, path: Path, now: dt.datetime) -> Path | None:
    with suppress(FileNotFoundError):
        return files.keep_aside(path, now)
    return None


def _generation(held: Held) -> str:
    if held.stamp is None:
        return "the earlier generation"
    when = dt.datetime.fromtimestamp(held.stamp.mtime_ns / 1e9, dt.UTC)
    return f"the earlier generation of {when:%Y-%m-%d %H:%M} UTC"
