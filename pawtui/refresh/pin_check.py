"""Check every pin on record against the trees a refresh has at hand."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping

import msgspec

from pawtui.probes.context import ProbeContext
from pawtui.probes.repo_view import Unmeasurable
from pawtui.refresh.drift import NO_SUCH_PATH, baseline_of, measure_drift
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.issue_check import check_issues
from pawtui.refresh.line_check import check_lines
from pawtui.refresh.pins import Pin, PinError, parse_pin
from pawtui.refresh.refresh_types import STALE, Baseline, Drift
from pawtui.sources.facts import Commit, Commits, Head, Tree
from pawtui.sources.protocol import ListHints, Source
from pawtui.sources.source_errors import SourceError

OLD_TREES = 24  # trees of older commits read in one refresh, most of them from the cache

Sides = tuple[tuple[Head, Tree | None], tuple[Head, Tree | None]]
_Heads = Mapping[str, tuple[Head, Tree | None]]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of every pin, and what was learnt of the blobs they named when they were taken."""

    drifts: tuple[Drift, ...] = ()
    blobs: Mapping[str, str] = {}


async def check_pins(
    known: Baseline, source: Source, context: ProbeContext, error_log: ErrorLog, sides: Sides
) -> Checked:
    """What became of every pin, however many there are.

    The trees at hand answer for all files. One request may learn what pins at an older commit named, and one may name a
    commit that changed one; the next refresh learns and names the next. Lines of changed files are compared by their
    texts, which cost two requests a file, once; issues cost one request a repository, once they are known.
    """
    if not known.pins:
        return Checked()
    heads = {name.lower(): side for side in sides for name in (side[0].repo, side[0].asked)}
    learnt = await _taken_blobs(known, source, error_log, heads)
    blobs = {**known.blobs, **learnt}
    web = context.upstream.web
    baselines = [baseline_of(name, head.sha, tree, web) for name, (head, tree) in heads.items() if tree is not None]
    drifts = {drift.pin: drift for drift in measure_drift(known.pins, baselines, blobs)}
    drifts |= _kept_from(known, drifts, heads)
    issues, by_lines = await asyncio.gather(
        check_issues(known, source, error_log),
        check_lines(drifts.values(), baselines, blobs, source, error_log),
    )
    drifts |= by_lines
    drifts |= await _name_commits(drifts, context, source, heads)
    drifts |= issues.drifts
    return Checked(drifts=tuple(drifts.values()), blobs={**learnt, **issues.blobs})


def _kept_from(known: Baseline, drifts: Mapping[str, Drift], heads: _Heads) -> dict[str, Drift]:
    """What a failure kept from being checked: still stale where it was, and in doubt otherwise, but never forgotten."""
    before = {drift.pin: drift for drift in known.last.drift} if known.last else {}
    lost = {name for name, (_, tree) in heads.items() if tree is None or tree.truncated}
    kept: dict[str, Drift] = {}
    for text, drift in drifts.items():
        if drift.state != "unchecked" or not any(text.lower().startswith(f"{name}@") for name in lost):
            continue
        earlier = before.get(text)
        if earlier is not None and earlier.state in STALE:
            kept[text] = msgspec.structs.replace(earlier, summary=f"not checked this time; before: {earlier.summary}")
        else:
            kept[text] = msgspec.structs.replace(drift, summary="could not be checked: see what failed", failed=True)
    return kept


async def _taken_blobs(known: Baseline, source: Source, error_log: ErrorLog, heads: _Heads) -> dict[str, str]:
    """What each pin named when it was taken, as far as it is not known yet: from the heads' trees, or an older one."""
    blobs: dict[str, str] = {}
    older: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for text in known.pins:
        if text in known.blobs:
            continue
        try:
            pin = parse_pin(text)
        except PinError:
            continue
        if pin.kind != "file" or pin.repo.lower() not in heads:
            continue
        head, tree = heads[pin.repo.lower()]
        if not head.sha.startswith(pin.sha):
            older[head.repo, pin.sha].append((text, pin.path))
        elif tree is not None and pin.path in tree.entries:
            blobs[text] = tree.entries[pin.path].sha
    # The commit that most pins wait for first. Trees seen before are on disk and cost nothing; the first one that
    # costs a request is the last.
    before = source.spent().sent
    for (repo, sha), pins in sorted(older.items(), key=lambda item: -len(item[1]))[:OLD_TREES]:
        if source.spent().sent > before:
            break
        tree = await error_log.value_or_none(source.tree(repo, sha))
        if tree is not None:
            blobs |= {
                text: tree.entries[path].sha if path in tree.entries else NO_SUCH_PATH
                for text, path in pins
                if path in tree.entries or not tree.truncated
            }
    return blobs


async def _name_commits(
    drifts: Mapping[str, Drift], context: ProbeContext, source: Source, heads: _Heads
) -> dict[str, Drift]:
    """Return the changed pins with the newest commit on their file: those listed anyway, and one more by a request."""
    listed = {path for paths in context.tracker.surfaces.values() for path in paths}
    touched: dict[tuple[str, str], Commit] = {}
    named: dict[str, Drift] = {}
    before = source.spent().sent
    for text, drift in drifts.items():
        if drift.state != "changed":
            continue
        pin = parse_pin(text)
        head, tree = heads[pin.repo.lower()]
        upstream = head.sha == context.upstream.head.sha
        if tree is None:
            continue
        free = upstream and pin.path in listed
        if (head.sha, pin.path) not in touched and (free or source.spent().sent <= before):
            try:
                commits = await (
                    context.upstream.commits(pin.path) if upstream else _commits(source, context, head, tree, pin.path)
                )
            except (SourceError, Unmeasurable):
                # The pin is still known to have changed; which commit did it stays open.
                continue
            if commits.items:
                touched[head.sha, pin.path] = commits.items[0]
        if (commit := touched.get((head.sha, pin.path))) is not None:
            named[text] = _named(drift, pin, commit)
    return named


def _named(drift: Drift, pin: Pin, commit: Commit) -> Drift:
    """The drift with the commit that changed the file last, which may have left the pinned lines alone."""
    which = f"{commit.sha[:10]} {commit.subject}"
    summary = f"changed by {which}" if pin.lines is None else f"{drift.summary}; last commit on the file: {which}"
    return msgspec.structs.replace(drift, summary=summary, by=commit.sha)


async def _commits(source: Source, context: ProbeContext, head: Head, tree: Tree, path: str) -> Commits:
    found = tree.entries.get(path)
    start = context.upstream.history_start
    return await source.commits(head.repo, head.sha, path, start, ListHints(found.sha if found else None))
