"""Compare pinned lines of changed files with the head, search new files for them, and check those of unchanged files.

Each text is read once; the source caches it.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from pawtui.probes.repo_view import RESERVED_REQUESTS
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.file_drift import NO_SUCH_PATH, PinBaseline, file_at, moved_to
from pawtui.refresh.line_drift import LineDrift, find_block, line_drift, split_lines
from pawtui.refresh.pins import Pin, parse_pin
from pawtui.refresh.refresh_types import Drift
from pawtui.sources.facts import Tree
from pawtui.sources.protocol import Source
from pawtui.sources.sanitize import safe_line, safe_text
from pawtui.sources.source_errors import Refused, SourceError, Undetermined

# Limit of other files of each kind that are read for each pin, because its lines may have moved there.
_MAX_CANDIDATES = 3
_MAX_BYTES = 300_000  # of such a file
_MIN_CHARACTERS_ELSEWHERE = 24  # letters and digits of such lines: shorter lines are often in unrelated files
_MAX_HUNK_WIDTH = 160


class _PinnedLines(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a pin, and the drift of its file. `old_sha` is the file's blob SHA when it was pinned."""

    drift: Drift
    pin: Pin
    lines: tuple[int, int]
    baseline: PinBaseline
    old_sha: str


class _Unreadable(Exception):
    """A file whose lines cannot be compared; `str()` is the reason."""


async def check_lines(
    drifts: Iterable[Drift],
    baselines: Mapping[str, PinBaseline],
    pinned_states: Mapping[str, str],
    source: Source,
    error_log: ErrorLog,
) -> dict[str, Drift]:
    """Return, by pin, the drift of the pinned lines."""
    pinned = [lines for drift in drifts if (lines := _lines_of(drift, baselines, pinned_states)) is not None]
    checker = _LineChecker(source, error_log)
    checked = await asyncio.gather(*(checker.check(lines) for lines in pinned))
    return {drift.pin: drift for drift in checked}


def _lines_of(
    drift: Drift, baselines: Mapping[str, PinBaseline], pinned_states: Mapping[str, str]
) -> _PinnedLines | None:
    """Return the pinned lines of a drift; None if its pin has none, or if the file did not exist at the pin."""
    old_sha = pinned_states.get(drift.pin, NO_SUCH_PATH)
    if drift.state not in ("changed", "gone", "fresh") or old_sha == NO_SUCH_PATH:
        return None
    pin = parse_pin(drift.pin)
    if pin.lines is None:
        return None
    baseline = baselines[pin.repo.lower()]
    return _PinnedLines(drift=drift, pin=pin, lines=pin.lines, baseline=baseline, old_sha=old_sha)


class _LineChecker(NamedTuple):
    """The line checks of one refresh."""

    source: Source
    error_log: ErrorLog

    async def check(self, pinned: _PinnedLines) -> Drift:
        """Return the drift of a pin by its lines; it is `unchecked` if a text cannot be read."""
        entry = file_at(pinned.baseline.tree, pinned.pin.path)
        if entry is not None and entry.sha == pinned.old_sha:
            return await self._check_length(pinned)
        try:
            old = await self._read_lines(pinned, pinned.old_sha)
            if pinned.lines[1] > len(old):
                return _drift_beyond(pinned)
            if entry is None:
                return await self._find_elsewhere(pinned, old) or pinned.drift
            by_lines = await asyncio.to_thread(line_drift, old, await self._read_lines(pinned, entry.sha), pinned.lines)
        except _Unreadable as cause:
            if pinned.drift.state == "gone":
                return pinned.drift
            summary = f"the file changed, and its lines could not be compared: {cause}"
            return replace(pinned.drift, state="unchecked", summary=summary, failed=True, place="")
        if by_lines.state in ("changed", "gone") and (elsewhere := await self._find_elsewhere(pinned, old)):
            return replace(elsewhere, hunk=_safe_hunk(by_lines))
        return _drift_by_lines(pinned, by_lines)

    async def _check_length(self, pinned: _PinnedLines) -> Drift:
        """Return the drift of a pin to a file that is the same at the head: gone if the file never had the lines."""
        if pinned.drift.state != "fresh" or self.source.requests_left() <= RESERVED_REQUESTS:
            return pinned.drift
        try:
            size = len(await self._read_lines(pinned, pinned.old_sha))
        except _Unreadable:
            return pinned.drift
        return _drift_beyond(pinned) if pinned.lines[1] > size else pinned.drift

    async def _read_lines(self, pinned: _PinnedLines, sha: str) -> Sequence[str]:
        """Return the lines of a file. Raises `_Unreadable`; the cause of a failure goes to the error log."""
        try:
            data = await self.source.blob(pinned.baseline.repo, sha, optional=True)
        except Undetermined as error:
            self.error_log.add("Some changed files were not read: this refresh has no requests left. Refresh again.")
            raise _Unreadable("this refresh has no requests left") from error
        except Refused as error:
            raise _Unreadable("it is too large") from error
        except SourceError as error:
            self.error_log.add(error)
            raise _Unreadable('see "Not available"') from error
        lines = await asyncio.to_thread(split_lines, data)
        if lines is None:
            raise _Unreadable("it is a binary file")
        return lines

    async def _find_elsewhere(self, pinned: _PinnedLines, old: Sequence[str]) -> Drift | None:
        """Return the drift if the identical lines are in another file of the head, or None."""
        block = old[pinned.lines[0] - 1 : pinned.lines[1]]
        if find_block(block, old, _MIN_CHARACTERS_ELSEWHERE) is None:
            return None
        for path in await self._find_candidates(pinned):
            try:
                lines = find_block(block, await self._read_lines(pinned, pinned.baseline.tree.entries[path].sha))
            except _Unreadable:
                continue
            if lines is not None:
                return moved_to(pinned.drift.pin, pinned.pin, pinned.baseline, path, lines)
        return None

    async def _find_candidates(self, pinned: _PinnedLines) -> list[str]:
        """Return new files of the head that the lines may be in now, the likeliest first.

        These are files with the same name, also with another suffix, and files with the same suffix (any, if the pinned
        file has none).
        """
        before: Tree | None = None
        # This tree only finds new files: it must not use the reserved requests. Without it, the search is narrower.
        if self.source.requests_left() > RESERVED_REQUESTS:
            with suppress(SourceError):
                before = await self.source.tree(pinned.baseline.repo, pinned.pin.sha)
        pinned_path = PurePosixPath(pinned.pin.path)
        folder, _, name = pinned.pin.path.rpartition("/")

        def may_be_new(path: str) -> bool:
            # Without the tree at the pin, a file of the same name in another folder may be the moved file.
            return path not in before.entries if before else path.endswith(f"/{name}") and path != pinned.pin.path

        def unlikeliness(path: str) -> tuple[bool, int, str]:
            new_folder, _, new_name = path.rpartition("/")
            shared = sum(old == new for old, new in zip(folder.split("/"), new_folder.split("/"), strict=False))
            return new_name != name, -shared, path

        entries = pinned.baseline.tree.entries.items()
        new = [
            path for path, entry in entries if entry.type == "blob" and entry.size <= _MAX_BYTES and may_be_new(path)
        ]
        same_stem = [path for path in new if PurePosixPath(path).stem == pinned_path.stem]
        same_suffix = [path for path in new if path.endswith(pinned_path.suffix)]
        likeliest = (sorted(kind, key=unlikeliness)[:_MAX_CANDIDATES] for kind in (same_stem, same_suffix))
        return list(dict.fromkeys(path for paths in likeliest for path in paths))


def _drift_by_lines(pinned: _PinnedLines, by_lines: LineDrift) -> Drift:
    pin, baseline, by_file = pinned.pin, pinned.baseline, pinned.drift
    if by_lines.state == "unknown":
        summary = "the file changed, and is too large for a comparison of its lines"
        return replace(by_file, state="unchecked", summary=summary, failed=True, place="")
    hunk = _safe_hunk(by_lines)
    if by_lines.state == "gone":
        short = baseline.sha[:10]
        return replace(by_file, state="gone", summary=f"removed at {short}", place="", hunk=hunk)
    now = replace(pin, sha=baseline.sha, lines=by_lines.lines)
    span = str(now).rpartition("#")[2]
    if by_lines.state == "moved":
        return replace(moved_to(by_file.pin, pin, baseline, pin.path, by_lines.lines), hunk=hunk)
    if by_lines.state == "fresh":
        summary = "the same lines" if by_lines.lines == pin.lines else f"the same lines, now {span}"
        return Drift(pin=by_file.pin, state="fresh", summary=summary, url=now.page_url(baseline.web), place=str(now))
    return replace(by_file, summary=f"lines changed, now {span}", place=str(now), hunk=hunk)


def _safe_hunk(by_lines: LineDrift) -> tuple[str, ...]:
    return tuple(safe_text(line)[:_MAX_HUNK_WIDTH] for line in by_lines.hunk)


def _drift_beyond(pinned: _PinnedLines) -> Drift:
    """Return the drift of a pin whose file ended before its lines even when it was pinned."""
    summary = safe_line(f"{pinned.pin.path} ended before these lines at {pinned.pin.sha[:10]}")
    return replace(pinned.drift, state="gone", summary=summary, place="")
