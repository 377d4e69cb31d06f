"""Check a pinned file by the texts: whether it was moved or renamed, and where its pinned lines are now.

Each text is read once; the source caches it.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from pawtui.phrases import short_sha
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.repo_reader import RESERVED_REQUESTS
from pawtui.refresh.file_drift import PinnedFile
from pawtui.refresh.file_search import FileSearch, Unreadable
from pawtui.refresh.line_drift import LineDrift, find_block, line_drift
from pawtui.refresh.new_files import unlikeliness
from pawtui.refresh.refresh_types import Drift
from pawtui.sources.facts import EMPTY_FILE_SHA
from pawtui.sources.protocol import Source
from pawtui.sources.sanitize import safe_line, safe_text

# The share of its text that a renamed file keeps: git's default for a rename.
_MIN_SIMILARITY = 0.5
# Letters and digits of lines that are searched for in other files: shorter lines are often in unrelated files.
_MIN_CHARACTERS_ELSEWHERE = 24
_MAX_HUNK_WIDTH = 160


async def check_file(file: PinnedFile, file_drift: Drift, source: Source, error_log: ErrorLog) -> Drift:
    """Return the drift of a pin to a file, or to lines of it. `file_drift` is that of its file by the trees."""
    search = FileSearch(file, source, error_log)
    if file_drift.state == "gone" and file.entry is None and (path := await _find_same_content(search)):
        return file.moved_to(path, file.pin.lines)
    if file.pin.lines and file.pinned_sha:
        return await _LineCheck(search, file_drift, file.pin.lines).drift()
    if file_drift.state == "gone" and file.pinned_sha and (path := await _find_new_path(search)):
        place, summary = str(file.pin_at_head(path, None)), f"changed, and moved to {path}"
        return replace(file_drift, state="changed", summary=summary, place=place)
    return file_drift


async def _find_same_content(search: FileSearch) -> str:
    """Return the path of the head that has the content of the removed file; empty if there is none."""
    file = search.file
    paths = [path for path, entry in file.head_files.tree.entries.items() if entry.sha == file.pinned_sha]
    # All empty files have the same content.
    if not paths or file.pinned_sha == EMPTY_FILE_SHA:
        return ""
    pinned_tree = await search.read_pinned_tree()
    if pinned_tree is not None and not pinned_tree.truncated:
        # A path that the pinned commit has, too, is a copy.
        paths = [path for path in paths if path not in pinned_tree.entries]
    return min(paths, key=partial(unlikeliness, file.pin.path), default="")


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


@dataclass(frozen=True, eq=False)
class _LineCheck:
    """The check of a pin's `lines`. `file_drift` is that of its file."""

    search: FileSearch
    file_drift: Drift
    lines: tuple[int, int]

    @property
    def file(self) -> PinnedFile:
        return self.search.file

    async def drift(self) -> Drift:
        """Return the drift of the lines; it is `unchecked` if a text cannot be read."""
        entry = self.file.file_entry
        # Even an unchanged file may never have had these lines. The reserved requests are not used to find out.
        is_same = entry is not None and entry.sha == self.file.pinned_sha
        if is_same and (self.file_drift.state != "fresh" or self.search.source.requests_left() <= RESERVED_REQUESTS):
            return self.file_drift
        try:
            old = await self.search.read_lines(self.file.pinned_sha)
            if self.lines[1] > len(old):
                return self._beyond_end()
            if is_same:
                return self.file_drift
            path = self.file.pin.path if entry else await _find_new_path(self.search)
            if not path:
                return await self._find_elsewhere(old) or self.file_drift
            new = await self.search.read_lines(self.file.head_files.tree.entries[path].sha)
            change = await asyncio.to_thread(line_drift, old, new, self.lines)
        except Unreadable as cause:
            if is_same or self.file_drift.state == "gone":
                return self.file_drift
            return self._unchecked(f"the file changed, and its lines could not be compared: {cause}")
        if change.state in ("changed", "gone") and (elsewhere := await self._find_elsewhere(old)):
            return replace(elsewhere, hunk=_safe_hunk(change))
        return self._drift_of_lines(change, path)

    def _drift_of_lines(self, change: LineDrift, path: str) -> Drift:
        """Return the drift of the pin by the change of its lines within the file, which is now at `path`."""
        if change.state == "unknown":
            return self._unchecked("the file changed, and is too large for a comparison of its lines")
        is_renamed, hunk = path != self.file.pin.path, _safe_hunk(change)
        if change.state == "gone":
            at_head = f" at {short_sha(self.file.head_files.head.sha)}"
            summary = f"not in the file{f', which moved to {safe_line(path)}' if is_renamed else at_head}"
            return replace(self.file_drift, state="gone", summary=summary, place="", hunk=hunk)
        if change.state == "moved" or (change.state == "fresh" and is_renamed):
            return replace(self.file.moved_to(path, change.lines), hunk=hunk)
        now = self.file.pin_at_head(path, change.lines)
        if change.state == "fresh":
            summary = "the same lines" if change.lines == self.lines else f"the same lines, now {now.line_span}"
            url = now.page_url(self.file.head_files.web)
            return Drift(pin=self.file.text, state="fresh", summary=summary, url=url, place=str(now))
        span = now.path_and_lines if is_renamed else now.line_span
        summary = f"lines changed, now {span}"
        return replace(self.file_drift, state="changed", summary=summary, place=str(now), hunk=hunk)

    def _unchecked(self, summary: str) -> Drift:
        return replace(self.file_drift, state="unchecked", summary=summary, failed=True, place="")

    def _beyond_end(self) -> Drift:
        """Return the drift of a pin whose file ended before its lines even when it was pinned."""
        pin = self.file.pin
        summary = safe_line(f"{pin.path} ended before these lines at {short_sha(pin.sha)}")
        return replace(self.file_drift, state="gone", summary=summary, place="")

    async def _find_elsewhere(self, old: Sequence[str]) -> Drift | None:
        """Return the drift if the identical lines are in another file of the head, or None."""
        block = old[self.lines[0] - 1 : self.lines[1]]
        if find_block(block, old, _MIN_CHARACTERS_ELSEWHERE) is None:
            return None
        for path, sha in (await self.search.find_candidates()).items():
            try:
                lines = find_block(block, await self.search.read_lines(sha))
            except Unreadable:
                continue
            if lines is not None:
                return self.file.moved_to(path, lines)
        return None


def _safe_hunk(change: LineDrift) -> tuple[str, ...]:
    return tuple(safe_text(line)[:_MAX_HUNK_WIDTH] for line in change.hunk)
