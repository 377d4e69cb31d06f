"""Check a pinned file by the texts: whether it was moved, and where its pinned lines are now.

Each text is read once; the source caches it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from heapq import nsmallest
from operator import eq
from pathlib import PurePosixPath

from msgspec.structs import replace

from pawtui.phrases import short_sha
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.repo_reader import RESERVED_REQUESTS
from pawtui.refresh.file_drift import PinnedFile
from pawtui.refresh.line_drift import LineDrift, find_block, line_drift, split_lines
from pawtui.refresh.refresh_types import SEE_ERRORS, Drift
from pawtui.sources.facts import EMPTY_FILE_SHA, Tree
from pawtui.sources.protocol import Source
from pawtui.sources.sanitize import safe_line, safe_text
from pawtui.sources.source_errors import BudgetSpent, SourceError, TooLarge

# Letters and digits of lines that are searched for in other files: shorter lines are often in unrelated files.
_MIN_CHARACTERS_ELSEWHERE = 24
_MAX_HUNK_WIDTH = 160
# Limit of other files that are read for each pin, because its text may be there now.
_MAX_CANDIDATES = 5


class _Unreadable(Exception):
    """A file whose lines cannot be compared; `str()` is the reason."""


@dataclass(frozen=True, eq=False)
class FileCheck:
    """The check of a pin to a file, or to lines of it. `file_drift` is the drift of its file by the trees."""

    file: PinnedFile
    file_drift: Drift
    source: Source
    error_log: ErrorLog

    async def drift(self) -> Drift:
        """Return the drift of the pin."""
        file, lines, is_gone = self.file, self.file.pin.lines, self.file_drift.state == "gone"
        if is_gone and file.entry is None and (path := await self._find_same_content()):
            return file.moved_to(path, lines)
        if lines and file.pinned_sha:
            return await self._drift_of_lines(lines)
        return self.file_drift

    async def _find_same_content(self) -> str:
        """Return the path of the head that has the content of the removed file; empty if there is none."""
        file = self.file
        paths = [path for path, entry in file.head_files.tree.entries.items() if entry.sha == file.pinned_sha]
        # All empty files have the same content.
        if not paths or file.pinned_sha == EMPTY_FILE_SHA:
            return ""
        pinned_tree = await self._read_pinned_tree()
        if pinned_tree is not None and not pinned_tree.truncated:
            # A path that the pinned commit has, too, is a copy.
            paths = [path for path in paths if path not in pinned_tree.entries]
        return min(paths, key=partial(_sort_key, file.pin.path), default="")

    async def _drift_of_lines(self, lines: tuple[int, int]) -> Drift:
        """Return the drift of the pinned lines; it is `unchecked` if a text cannot be read."""
        file, file_drift = self.file, self.file_drift
        entry = file.file_entry
        # Even an unchanged file may never have had these lines. The reserved requests are not used to find out.
        is_same = entry is not None and entry.sha == file.pinned_sha
        if is_same and (file_drift.state != "fresh" or self.source.requests_left() <= RESERVED_REQUESTS):
            return file_drift
        try:
            old = await self._read_lines(file.pinned_sha)
            if lines[1] > len(old):
                summary = safe_line(f"{file.pin.path} ended before these lines at {short_sha(file.pin.sha)}")
                return replace(file_drift, state="gone", summary=summary, place="")
            if is_same:
                return file_drift
            if entry is None:
                return await self._find_elsewhere(old, lines) or file_drift
            new = await self._read_lines(entry.sha)
            change = await asyncio.to_thread(line_drift, old, new, lines)
        except _Unreadable as cause:
            if is_same or file_drift.state == "gone":
                return file_drift
            return self._unchecked(f"the file changed, and its lines could not be compared: {cause}")
        if change.state in ("changed", "gone") and (elsewhere := await self._find_elsewhere(old, lines)):
            return replace(elsewhere, hunk=_safe_hunk(change))
        return self._drift_by_change(change)

    def _drift_by_change(self, change: LineDrift) -> Drift:
        """Return the drift of the pin by the change of its lines within its file."""
        if change.state == "unknown":
            return self._unchecked("the file changed, and is too large for a comparison of its lines")
        file, hunk = self.file, _safe_hunk(change)
        if change.state == "gone":
            summary = f"not in the file at {short_sha(file.head_files.head.sha)}"
            return replace(self.file_drift, state="gone", summary=summary, place="", hunk=hunk)
        if change.state == "moved":
            return replace(file.moved_to(file.pin.path, change.lines), hunk=hunk)
        now = file.pin_at_head(file.pin.path, change.lines)
        if change.state == "fresh":
            moved = "" if change.lines == file.pin.lines else f", now {now.line_span}"
            url = now.page_url(file.head_files.web)
            return Drift(pin=file.pin_text, state="fresh", summary=f"the same lines{moved}", url=url, place=str(now))
        summary = f"lines changed, now {now.line_span}"
        return replace(self.file_drift, state="changed", summary=summary, place=str(now), hunk=hunk)

    def _unchecked(self, summary: str) -> Drift:
        return replace(self.file_drift, state="unchecked", summary=summary, failed=True, place="")

    async def _find_elsewhere(self, old: Sequence[str], lines: tuple[int, int]) -> Drift | None:
        """Return the drift if the identical lines are in another file of the head, or None."""
        block = old[lines[0] - 1 : lines[1]]
        if find_block(block, old, _MIN_CHARACTERS_ELSEWHERE) is None:
            return None
        for path, sha in (await self._find_candidates()).items():
            try:
                place = find_block(block, await self._read_lines(sha))
            except _Unreadable:
                continue
            if place is not None:
                return self.file.moved_to(path, place)
        return None

    async def _find_candidates(self) -> dict[str, str]:
        """Return new files of the head that the text may be in now, with their blob SHAs, the likeliest first.

        They have the suffix of the pinned file, if it has one. There are none if the tree of the pinned commit cannot
        be read: then any file may have been there before.
        """
        pinned_path, pinned_tree = self.file.pin.path, await self._read_pinned_tree()
        if pinned_tree is None:
            return {}
        new_files, suffix = self.file.head_files.new_files_since(pinned_tree), PurePosixPath(pinned_path).suffix
        paths = (path for path in new_files if path.endswith(suffix))
        likeliest = nsmallest(_MAX_CANDIDATES, paths, key=partial(_sort_key, pinned_path))
        return {path: new_files[path] for path in likeliest}

    async def _read_pinned_tree(self) -> Tree | None:
        """Return the tree of the pinned commit; None if it cannot be read. It must not use the reserved requests."""
        if self.source.requests_left() > RESERVED_REQUESTS:
            with suppress(SourceError):
                return await self.source.tree(self.file.pin.repo, self.file.pin.sha, optional=True)
        return None

    async def _read_lines(self, sha: str) -> Sequence[str]:
        """Return the lines of a file. Raises `_Unreadable`; the cause of a failure goes to the error log."""
        try:
            data = await self.source.blob(self.file.pin.repo, sha, optional=True)
        except BudgetSpent as error:
            self.error_log.add("Some changed files were not read: this refresh has no requests left. Refresh again.")
            raise _Unreadable("this refresh has no requests left") from error
        except TooLarge as error:
            raise _Unreadable("it is too large") from error
        except SourceError as error:
            self.error_log.add(error)
            raise _Unreadable(SEE_ERRORS) from error
        lines = await asyncio.to_thread(split_lines, data)
        if lines is None:
            raise _Unreadable("it is a binary file")
        return lines


def _sort_key(pinned_path: str, path: str) -> tuple[bool, int, str]:
    """Return the sort key of a path that a pinned file may have now, the likeliest first: by name, then by folders."""
    *old, old_name = pinned_path.split("/")
    *new, new_name = path.split("/")
    # Counted from both ends: a moved folder keeps the end of its paths.
    common_folders: int = sum(map(eq, old, new)) + sum(map(eq, reversed(old), reversed(new)))
    return new_name != old_name, -common_folders, path


def _safe_hunk(change: LineDrift) -> tuple[str, ...]:
    return tuple(safe_text(line)[:_MAX_HUNK_WIDTH] for line in change.hunk)
