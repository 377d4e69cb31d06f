"""Which files a path names, and what kind of source each is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pawtui.replay.errors import SourceError
from pawtui.replay.snapshot import is_database

Kind = Literal["database", "export"]
# Files that SQLite keeps beside a database.
_BESIDE = ("-wal", "-shm", "-journal")


class Found(NamedTuple):
    """A file to read. `listed` says that its folder was named, not the file."""

    path: Path
    kind: Kind
    listed: bool


def find_sources(paths: Iterable[Path]) -> Iterator[Found | SourceError]:
    """Yield the sources that paths name; a folder names the databases and JSON files in it, by name.

    What cannot be read is yielded as an error, so that the others still can be.
    """
    for path in paths:
        try:
            if path.is_dir():
                yield from _in_folder(path)
            else:
                yield Found(path, _kind(path), listed=False)
        except OSError as error:
            yield _unreadable(path, error)


def _in_folder(folder: Path) -> Iterator[Found | SourceError]:
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.endswith(_BESIDE):
            continue
        try:
            if is_database(path):
                yield Found(path, "database", listed=True)
            elif path.suffix.lower() == ".json":
                yield Found(path, "export", listed=True)
        except OSError as error:
            yield _unreadable(path, error)


def _kind(path: Path) -> Kind:
    return "database" if is_database(path) else "export"


def _unreadable(path: Path, error: OSError) -> SourceError:
    reason = (error.strerror or type(error).__name__).lower()
    return SourceError(path, f"{reason}. Check the path and its permissions.")
