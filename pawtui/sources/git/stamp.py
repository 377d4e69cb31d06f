"""The folder of a mirror, and its stamp: a file that states whether the mirror is complete."""

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pawtui.atomic import PRIVATE, write_file

STAMP = "pawtui-mirror.json"
FORMAT = 1


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a mirror. `updated_at` is None until everything has been fetched once."""

    repo: str
    format: int = FORMAT
    updated_at: dt.datetime | None = None


def mirror_path(folder: Path, web: str, repo: str) -> Path:
    """Return the path of a repository's mirror, in lower case: GitHub's names are case-insensitive."""
    # Another port is another host.
    host = urlsplit(web).netloc.lower().replace(":", "-") or "host"
    owner, _, name = repo.lower().partition("/")
    return folder / "mirrors" / host / owner / f"{name}.git"


def read_stamp(path: Path, repo: str) -> Stamp | None:
    """Return the stamp of a repository's mirror, or None if it is missing, invalid or of another repository."""
    try:
        stamp = msgspec.json.decode((path / STAMP).read_bytes(), type=Stamp)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None
    return stamp if stamp.format == FORMAT and stamp.repo.lower() == repo.lower() else None


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Write a mirror's stamp atomically. Raises `OSError`."""
    write_file(path / STAMP, msgspec.json.encode(stamp), mode=PRIVATE)
