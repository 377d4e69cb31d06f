"""Compare pinned lines of changed files with the head, search new files for them, and check those of unchanged files.

Each text is read once; the source caches it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from pawtui.phrases import short_sha
from pawtui.probes.repo_reader import RESERVED_REQUESTS
from pawtui.refresh.file_drift import PinnedFile
from pawtui.refresh.file_search import FileSearch, Unreadable
from pawtui.refresh.line_drift import LineDrift, find_block, line_drift
from pawtui.refresh.refresh_types import Drift
from pawtui.sources.sanitize import safe_line, safe_text

_MIN_CHARACTERS_ELSEWHERE = 24  # letters and digits of such lines: shorter lines are often in unrelated files
_MAX_HUNK_WIDTH = 160


@dataclass(frozen=True, eq=False)
class LineCheck:
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
            if entry is None:
                return await self._find_elsewhere(old) or self.file_drift
            change = await asyncio.to_thread(line_drift, old, await self.search.read_lines(entry.sha), self.lines)
        except Unreadable as cause:
            if is_same or self.file_drift.state == "gone":
                return self.file_drift
            return self._unchecked(f"the file changed, and its lines could not be compared: {cause}")
        if change.state in ("changed", "gone") and (elsewhere := await self._find_elsewhere(old)):
            return replace(elsewhere, hunk=_safe_hunk(change))
        return self._drift_of_lines(change)

    def _drift_of_lines(self, change: LineDrift) -> Drift:
        """Return the drift of the pin by the change of its lines within the file."""
        if change.state == "unknown":
            return self._unchecked("the file changed, and is too large for a comparison of its lines")
        path, hunk = self.file.pin.path, _safe_hunk(change)
        if change.state == "gone":
            summary = f"not in the file at {short_sha(self.file.head_files.head.sha)}"
            return replace(self.file_drift, state="gone", summary=summary, place="", hunk=hunk)
        if change.state == "moved":
            return replace(self.file.moved_to(path, change.lines), hunk=hunk)
        now = self.file.pin_at_head(path, change.lines)
        span = str(now).rpartition("#")[2]
        if change.state == "fresh":
            summary = "the same lines" if change.lines == self.lines else f"the same lines, now {span}"
            url = now.page_url(self.file.head_files.web)
            return Drift(pin=self.file.text, state="fresh", summary=summary, url=url, place=str(now))
        return replace(self.file_drift, summary=f"lines changed, now {span}", place=str(now), hunk=hunk)

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
