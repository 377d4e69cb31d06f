"""Check a pinned file by the texts: whether it was really moved, whether it was renamed, and its pinned lines."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import PurePosixPath

from msgspec.structs import replace

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.file_drift import PinnedFile
from pawtui.refresh.file_search import FileSearch, Unreadable
from pawtui.refresh.line_check import LineCheck
from pawtui.refresh.refresh_types import Drift
from pawtui.sources.protocol import Source

# The share of its text that a renamed file keeps: git's default for a rename.
_MIN_SIMILARITY = 0.5


async def check_file(file: PinnedFile, file_drift: Drift, source: Source, error_log: ErrorLog) -> Drift:
    """Return the drift of a pin to a file, or to lines of it. `file_drift` is that of its file by the trees."""
    search = FileSearch(file, source, error_log)
    if file_drift.state == "moved":
        return await _check_move(search, file_drift)
    if file.pin.lines and file.pinned_sha:
        return await LineCheck(search, file_drift, file.pin.lines).drift()
    if file_drift.state == "gone" and file.pinned_sha and (path := await _find_new_path(search)):
        place, summary = str(file.pin_at_head(path, None)), f"changed, and moved to {path}"
        return replace(file_drift, state="changed", summary=summary, place=place)
    return file_drift


async def _check_move(search: FileSearch, file_drift: Drift) -> Drift:
    """Return the drift of a file that seems to be moved, because another path has the same content.

    A path that had it at the pinned commit too is a copy. Without the whole tree of that commit, the drift stays.
    """
    file, pinned_tree = search.file, await search.read_pinned_tree()
    if pinned_tree is None or pinned_tree.truncated:
        return file_drift
    entries = file.head_files.tree.entries
    new = [path for path, entry in entries.items() if entry.sha == file.pinned_sha and path not in pinned_tree.entries]
    name = PurePosixPath(file.pin.path).name
    path = min(new, key=lambda path: (PurePosixPath(path).name != name, path), default="")
    return file.moved_to(path, file.pin.lines) if path else file.gone()


async def _find_new_path(search: FileSearch) -> str:
    """Return the most similar new file of the same name (without its suffix); empty if none has half of the text."""
    file, pinned_tree = search.file, await search.read_pinned_tree()
    entry = pinned_tree.entries.get(file.pin.path) if pinned_tree else None
    if entry is None or entry.type != "blob":
        # A folder or a link has no lines.
        return ""
    similar: dict[str, float] = {}
    for path, sha in (await search.find_candidates(same_name=True)).items():
        with suppress(Unreadable):
            similar[path] = _similarity(await search.read_lines(file.pinned_sha), await search.read_lines(sha))
    best = max(similar, key=lambda path: similar[path], default="")
    return best if best and similar[best] >= _MIN_SIMILARITY else ""


def _similarity(old: Sequence[str], new: Sequence[str]) -> float:
    """Return the share of equal lines, wherever they are, of the longer text, by characters without indentation.

    By number, the braces and blank lines of two short files of the same kind would be half of their lines. It is 0 if
    both texts are blank.
    """
    common = (Counter(old) & Counter(new)).elements()
    longest = max(_size_of(old), _size_of(new))
    return _size_of(common) / longest if longest else 0.0


def _size_of(lines: Iterable[str]) -> int:
    return sum(len(line.strip()) for line in lines)
