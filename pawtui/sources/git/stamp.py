"""Where a mirror is, and what it says of itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pawtui.atomic import PRIVATE, write_file

STAMP = "pawtui-mirror.json"
FORMAT = 1


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What a mirror says of itself. `updated_at` is None until everything has been fetched once."""

    repo: str
    format: int = FORMAT
    updated_at: dt.datetime | None = None


def mirror_path(folder: Path, web: str, repo: str) -> Path:
    """Return where the mirror of a repository is; names are in lower case, as the forge does not tell them apart."""
    # A port of its own is another forge.
    host = urlsplit(web).netloc.lower().replace(":", "-") or "forge"
    owner, _, name = repo.lower().partition("/")
    return folder / "mirrors" / host / owner / f"{name}.git"


def read_stamp(path: Path, repo: str) -> Stamp | None:
    """Return the stamp of the mirror of a repository in a folder; None where there is none that counts."""
    try:
        stamp = msgspec.json.decode((path / STAMP).read_bytes(), type=Stamp)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None
    return stamp if stamp.format == FORMAT and stamp.repo.lower() == repo.lower() else None


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Write a mirror's stamp, whole. Raises `OSError`."""
    write_file(path / STAMP, msgspec.json.encode(stamp), mode=PRIVATE)
