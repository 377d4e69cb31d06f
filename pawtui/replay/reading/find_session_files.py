"""Find the session databases and exported sessions at the paths that the user gave."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from stat import S_ISREG
from typing import Literal, NamedTuple

from pawtui.replay.reading.read_only_database import JOURNAL, SHARED_MEMORY, WAL, is_database
from pawtui.replay.replay_errors import ReplaySourceError, unreadable_error

# The kind of a source: empty if it is unknown, because the file cannot be read.
SourceKind = Literal["database", "export", ""]


class SessionFile(NamedTuple):
    """A file to read. `in_folder` is true if the user gave its folder, false if the user gave the file.

    If its kind is unknown, `error` is the reason.
    """

    path: Path
    kind: SourceKind
    in_folder: bool
    error: ReplaySourceError | None = None


def find_session_files(paths: Iterable[Path]) -> Iterator[SessionFile]:
    """Yield the sources of the paths. The sources of a folder are its databases and JSON files, ordered by name."""
    for path in paths:
        try:
            if path.is_dir():
                yield from _in_folder(path)
            else:
                yield SessionFile(path, "database" if is_database(path) else "export", in_folder=False)
        except OSError as error:
            yield SessionFile(path, "", in_folder=False, error=unreadable_error(path, error))


def _in_folder(folder: Path) -> Iterator[SessionFile]:
    for path in sorted(folder.iterdir()):
        try:
            # Not `Path.is_file`: since Python 3.14, it does not raise `PermissionError`.
            is_file = S_ISREG(path.stat().st_mode)
        except FileNotFoundError:
            # A link to a missing file.
            continue
        if not is_file or path.name.endswith((WAL, SHARED_MEMORY, JOURNAL)):
            continue
        try:
            if is_database(path):
                yield SessionFile(path, "database", in_folder=True)
            elif path.suffix.lower() == ".json":
                yield SessionFile(path, "export", in_folder=True)
        except OSError as error:
            yield SessionFile(path, "", in_folder=True, error=unreadable_error(path, error))
