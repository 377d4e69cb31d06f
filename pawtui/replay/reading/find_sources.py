"""Find the session databases and exported sessions that paths name."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pawtui.replay.reading.snapshot import JOURNAL, SHARED_MEMORY, WAL, is_database
from pawtui.replay.replay_errors import ReplaySourceError, unreadable


class SourceFile(NamedTuple):
    """A file to read. `in_folder` is true if the user gave its folder, false if the user gave the file.

    If its kind cannot be determined, `error` is the reason.
    """

    path: Path
    kind: Literal["database", "export", ""]
    in_folder: bool
    error: ReplaySourceError | None = None


def find_sources(paths: Iterable[Path]) -> Iterator[SourceFile]:
    """Yield the sources of the paths. The sources of a folder are its databases and JSON files, ordered by name."""
    for path in paths:
        try:
            if path.is_dir():
                yield from _in_folder(path)
            else:
                yield SourceFile(path, "database" if is_database(path) else "export", in_folder=False)
        except OSError as error:
            yield SourceFile(path, "", in_folder=False, error=unreadable(path, error))


def _in_folder(folder: Path) -> Iterator[SourceFile]:
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.endswith((WAL, SHARED_MEMORY, JOURNAL)):
            continue
        try:
            if is_database(path):
                yield SourceFile(path, "database", in_folder=True)
            elif path.suffix.lower() == ".json":
                yield SourceFile(path, "export", in_folder=True)
        except OSError as error:
            yield SourceFile(path, "", in_folder=True, error=unreadable(path, error))
