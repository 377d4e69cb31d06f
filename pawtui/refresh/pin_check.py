"""Compare every recorded pin with the trees that a refresh has fetched."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from pawtui.probes.context import ProbeContext
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.file_drift import NO_SUCH_PATH, baseline_of, drift_of
from pawtui.refresh.issue_check import check_issues
from pawtui.refresh.line_check import check_lines
from pawtui.refresh.pins import Pin, find_pin, parse_pin
from pawtui.refresh.refresh_types import STALE, Drift, RefreshBaseline
from pawtui.sources.facts import Commit, Head, Tree
from pawtui.sources.protocol import ListHints, Source
from pawtui.sources.source_errors import SourceError

_MAX_NEW_COMMITS = 20  # pinned commits that are read for the first time in one refresh, one request each
MAX_OLD_TREES = 24  # limit of older commits' trees read in one refresh, most of them from the cache

# A head and its tree; None if the tree could not be fetched.
HeadTree = tuple[Head, Tree | None]


async def check_pins(
    baseline: RefreshBaseline, source: Source, context: ProbeContext, error_log: ErrorLog, heads: Sequence[HeadTree]
) -> tuple[tuple[Drift, ...], Mapping[str, str]]:
    """Return the drift of every pin, and newly found pinned states (`RefreshBaseline`).

    `heads` are the upstream's and the downstream's. Any number of pins costs few requests. The fetched trees are enough
    for all files. At most one request fetches the tree of an older pinned commit, and one finds the commit that changed
    a file; later refreshes do the rest. Lines of a changed file cost two requests, once. A pinned commit costs one
    request, once. Known issues cost one request per repository.
    """
    (up, _), (down, _) = heads
    if up.repo.lower() != down.repo.lower():
        by_name = {name: head_tree for head_tree in heads for name in _names(head_tree[0])}
        return await _PinChecker(baseline, source, context, error_log, by_name).check()
    by_branch = zip(_pins_by_branch(baseline, up, down), heads, strict=True)
    found: list[Drift] = []
    pinned_states: dict[str, str] = {}
    for pins, head_tree in by_branch:
        by_name = dict.fromkeys(_names(up, down), head_tree)
        checker = _PinChecker(replace(baseline, pins=tuple(pins)), source, context, error_log, by_name)
        drifts, new_states = await checker.check()
        found += drifts
        pinned_states |= new_states
    # A pin that is compared with both branches is stale or failed if it is so on one of them.
    worst_last = sorted(found, key=lambda drift: (drift.state in STALE, drift.failed))
    by_pin = {drift.pin: drift for drift in worst_last}
    return tuple(by_pin[pin] for pin in baseline.pins), pinned_states


def _names(*heads: Head) -> set[str]:
    """Return the current and the requested names of the heads' repositories, in lower case."""
    return {name.lower() for head in heads for name in (head.repo, head.requested)}


def _pins_by_branch(baseline: RefreshBaseline, up: Head, down: Head) -> tuple[list[str], list[str]]:
    """Return the pins to compare with `up`, and those to compare with `down`: two branches of one repository.

    A file is compared with the branch where a refresh found its commit, and with both if none or both had it. For any
    other pin the branch does not matter: it is only in the first list.
    """
    names = _names(up, down)
    up_shas = {up.sha, *(refresh.upstream.sha for refresh in baseline.ordinary)}
    down_shas = {down.sha, *(refresh.downstream.sha for refresh in baseline.ordinary)}
    with_up, with_down = [], []
    for text in baseline.pins:
        pin = find_pin(text)
        if pin is None or pin.kind != "file" or pin.repo.lower() not in names:
            with_up.append(text)
            continue
        in_up, in_down = _has_commit(up_shas, pin), _has_commit(down_shas, pin)
        if in_up or not in_down:
            with_up.append(text)
        if in_down or not in_up:
            with_down.append(text)
    return with_up, with_down


def _has_commit(shas: Collection[str], pin: Pin) -> bool:
    """Return whether the pin's commit, which may be a short SHA, is among the SHAs."""
    return any(sha.startswith(pin.sha) for sha in shas)


class _PinChecker(NamedTuple):
    """The check of the baseline's pins against the heads, by each name of the repository in lower case."""

    baseline: RefreshBaseline
    source: Source
    context: ProbeContext
    error_log: ErrorLog
    heads: Mapping[str, HeadTree]

    async def check(self) -> tuple[tuple[Drift, ...], dict[str, str]]:
        """Return the drift of each pin, and newly found pinned states."""
        found_states = {**await self._find_file_states(), **await self._read_commits()}
        pinned_states = {**self.baseline.pinned_states, **found_states}
        web = self.context.upstream.web
        trees = ((name, head.sha, tree) for name, (head, tree) in self.heads.items() if tree is not None)
        baselines = {name: baseline_of(name, sha, tree, web) for name, sha, tree in trees}
        drifts = {pin: drift_of(pin, baselines, pinned_states) for pin in self.baseline.pins}
        not_checked = self._not_checked(drifts)
        (by_issue, issue_states), by_lines = await asyncio.gather(
            check_issues(self.baseline, self.source, self.error_log),
            check_lines(drifts.values(), baselines, pinned_states, self.source, self.error_log),
        )
        drifts |= by_lines
        drifts |= await self._name_commits(drifts)
        # Last: what an incomplete tree left unchecked stays unchecked.
        drifts |= not_checked | by_issue
        return tuple(drifts.values()), {**found_states, **issue_states}

    def _not_checked(self, drifts: Mapping[str, Drift]) -> dict[str, Drift]:
        """Return the pins that a failure prevented from being checked: stale if they were stale, otherwise failed."""
        last = self.baseline.last
        stale_before = {drift.pin: drift for drift in last.drift if drift.state in STALE} if last else {}
        incomplete = tuple(f"{name}@" for name, (_, tree) in self.heads.items() if tree is None or tree.truncated)
        failed: dict[str, Drift] = {}
        for text, drift in drifts.items():
            if drift.state != "unchecked" or not text.lower().startswith(incomplete):
                continue
            if before := stale_before.get(text):
                failed[text] = replace(before, summary=f"not checked at this refresh; before: {before.summary}")
            else:
                failed[text] = replace(drift, summary='could not be checked: see "Not available"', failed=True)
        return failed

    async def _find_file_states(self) -> dict[str, str]:
        """Return, by pin, the blob SHA of its file when it was taken, if it is not recorded yet and a tree has it."""
        states: dict[str, str] = {}
        older: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for text, pin in self._new_pins("file"):
            head, tree = self.heads[pin.repo.lower()]
            if not head.sha.startswith(pin.sha):
                older[head.repo, pin.sha].append((text, pin.path))
            elif tree is not None and pin.path in tree.entries:
                states[text] = tree.entries[pin.path].sha
        # Commits with the most pins first. Cached trees cost nothing; stop after the first tree that costs a request.
        before = self.source.usage().sent
        for (repo, sha), pins in sorted(older.items(), key=lambda item: -len(item[1]))[:MAX_OLD_TREES]:
            if self.source.usage().sent > before:
                break
            tree = await self.error_log.value_or_none(self.source.tree(repo, sha))
            if tree is not None:
                states |= {
                    text: tree.entries[path].sha if path in tree.entries else NO_SUCH_PATH
                    for text, path in pins
                    if path in tree.entries or not tree.truncated
                }
        return states

    def _new_pins(self, kind: str) -> list[tuple[str, Pin]]:
        """Return the pins of one kind to the repositories of the heads whose pinned state is not recorded yet."""
        new = [
            (text, pin)
            for text in self.baseline.pins
            if text not in self.baseline.pinned_states and (pin := find_pin(text))
        ]
        return [(text, pin) for text, pin in new if pin.kind == kind and pin.repo.lower() in self.heads]

    async def _read_commits(self) -> dict[str, str]:
        """Return the full SHA of each pinned commit that is read for the first time: a wrong SHA is no evidence."""
        new = [
            (text, pin)
            for text, pin in self._new_pins("commit")
            if not self.heads[pin.repo.lower()][0].sha.startswith(pin.sha)
        ]
        if len(new) > _MAX_NEW_COMMITS:
            self.error_log.add("Some pinned commits were not read yet. Refresh again to read more of them.")
        reads = [
            self.error_log.value_or_none(self.source.commit(pin.repo, pin.sha)) for _, pin in new[:_MAX_NEW_COMMITS]
        ]
        # A branch or tag may have a name that looks like a short SHA.
        commits = zip(new, await asyncio.gather(*reads), strict=False)
        return {text: commit.sha for (text, pin), commit in commits if commit and commit.sha.startswith(pin.sha)}

    async def _name_commits(self, drifts: Mapping[str, Drift]) -> dict[str, Drift]:
        """Return the changed pins with the newest commit on their file: from the probes' lists, and one request."""
        listed = {path for paths in self.context.tracker.surfaces.values() for path in paths}
        newest: dict[tuple[str, str], Commit | None] = {}
        named: dict[str, Drift] = {}
        before = self.source.usage().sent
        for text, drift in drifts.items():
            if drift.state != "changed":
                continue
            pin = parse_pin(text)
            head, tree = self.heads[pin.repo.lower()]
            key = head.sha, pin.path
            is_upstream = head.sha == self.context.upstream.head.sha
            # A probe lists the commits of this path anyway.
            costs_nothing = is_upstream and pin.path in listed
            if key not in newest and (costs_nothing or self.source.usage().sent <= before):
                newest[key] = await self._newest_commit(head, tree, pin.path)
            if (commit := newest.get(key)) is not None:
                label = f"{commit.sha[:10]} {commit.subject}"
                # The last commit on the file may not have touched the pinned lines.
                by_lines = f"{drift.summary}; last commit on the file: {label}"
                summary = by_lines if pin.lines else f"changed by {label}"
                named[text] = replace(drift, summary=summary, by=commit.sha)
        return named

    async def _newest_commit(self, head: Head, tree: Tree | None, path: str) -> Commit | None:
        """Return the newest commit on a file; None if it is not known, which only shortens the summary."""
        upstream = self.context.upstream
        try:
            if head.sha == upstream.head.sha:
                commits = await upstream.commits(path)
            else:
                entry = tree.entries.get(path) if tree else None
                hints = ListHints(entry.sha if entry else "")
                commits = await self.source.commits(head.repo, head.sha, path, upstream.history_start, hints)
        except (SourceError, Unmeasurable):
            return None
        return commits.items[0] if commits.items else None
