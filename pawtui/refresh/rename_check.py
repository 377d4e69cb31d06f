"""Find the new paths of pinned files that were moved, with the same text or with another one."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePosixPath

from msgspec.structs import replace

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.file_drift import PinnedFile
from pawtui.refresh.file_search import FileSearch, Unreadable
from pawtui.refresh.refresh_types import Drift
from pawtui.sources.facts import Tree
from pawtui.sources.protocol import Source

# The share of its text that a renamed file keeps: git's default for a rename.
_MIN_SIMILARITY = 0.5


async def check_moves(
    file_drifts: Mapping[PinnedFile, Drift], source: Source, error_log: ErrorLog
) -> dict[PinnedFile, Drift]:
    """Return the drift of each file that seems to be moved, because another path has the same content.

    A path that had it at the pinned commit too is a copy. Without the whole tree of that commit, the drift stays.
    Cached trees cost nothing; the first tree that costs a request is the last one. Trees of short SHAs are not cached.
    """
    moved = [file for file, drift in file_drifts.items() if drift.state == "moved"]
    by_commit: dict[tuple[str, str], list[PinnedFile]] = defaultdict(list)
    for file in sorted(moved, key=lambda file: -len(file.pin.sha)):
        by_commit[file.pin.repo.lower(), file.pin.sha].append(file)
    drifts: dict[PinnedFile, Drift] = {}
    sent = source.usage().sent
    for files in by_commit.values():
        if source.usage().sent > sent:
            break
        pinned_tree = await FileSearch(files[0], source, error_log).read_pinned_tree()
        if pinned_tree and not pinned_tree.truncated:
            drifts |= {file: _without_copies(file, pinned_tree) for file in files}
    return drifts


def _without_copies(file: PinnedFile, pinned_tree: Tree) -> Drift:
    """Return the drift of a file whose content may only be at a path that is not in the tree of the pinned commit."""
    entries = file.head_files.tree.entries
    new = [path for path, entry in entries.items() if entry.sha == file.pinned_sha and path not in pinned_tree.entries]
    name = PurePosixPath(file.pin.path).name
    path = min(new, key=lambda path: (PurePosixPath(path).name != name, path), default="")
    return file.moved_to(path, file.pin.lines) if path else file.gone()


async def check_renames(
    file_drifts: Mapping[PinnedFile, Drift], source: Source, error_log: ErrorLog
) -> dict[PinnedFile, Drift]:
    """Return the drift of each whole file that is gone and whose changed text has another path now."""
    searches: dict[PinnedFile, Awaitable[str]] = {}
    for file, drift in file_drifts.items():
        if drift.state == "gone" and not file.pin.lines and file.pinned_sha:
            searches[file] = _find_new_path(FileSearch(file, source, error_log))
    drifts: dict[PinnedFile, Drift] = {}
    for file, path in zip(searches, await asyncio.gather(*searches.values()), strict=True):
        if path:
            place = str(file.pin_at_head(path, None))
            summary = f"changed, and moved to {path}"
            drifts[file] = replace(file_drifts[file], state="changed", summary=summary, place=place)
    return drifts


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
