"""Check every pin on record against the trees a refresh has at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from pawtui.probes.context import ProbeContext
from pawtui.probes.repo_view import Unmeasurable
from pawtui.refresh.drift import NO_SUCH_PATH, baseline_of, drift_of, measure_drift
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.model import STALE, Baseline, Drift
from pawtui.refresh.pins import PinError, parse_pin
from pawtui.sources.facts import Commit, Commits, Head, Tree
from pawtui.sources.protocol import Source
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
    """What became of every pin, however many there are, for two requests at most.

    The trees at hand answer for all of them. One request may learn what pins at an older commit named, and one may
    name a commit that changed one; the next refresh learns and names the next.
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
    touched = await _who_touched(drifts, context, source, heads)
    if touched:
        named = [
            msgspec.structs.replace(
                baseline, touched={path: commit for (sha, path), commit in touched.items() if sha == baseline.sha}
            )
            for baseline in baselines
        ]
        drifts |= {pin: drift_of(pin, named, blobs) for pin, drift in drifts.items() if drift.state == "changed"}
    return Checked(drifts=tuple(drifts.values()), blobs=learnt)


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


async def _who_touched(
    drifts: Mapping[str, Drift], context: ProbeContext, source: Source, heads: _Heads
) -> dict[tuple[str, str], Commit]:
    """The newest commit on changed files, by (head's SHA, path): those listed anyway, and one more by a request."""
    listed = {path for paths in context.tracker.surfaces.values() for path in paths}
    touched: dict[tuple[str, str], Commit] = {}
    before = source.spent().sent
    for text, drift in drifts.items():
        if drift.state != "changed":
            continue
        pin = parse_pin(text)
        head, tree = heads[pin.repo.lower()]
        upstream = head.sha == context.upstream.head.sha
        if (head.sha, pin.path) in touched or tree is None:
            continue
        free = upstream and pin.path in listed
        if not free and source.spent().sent > before:
            continue
        try:
            commits = await (
                context.upstream.commits(pin.path) if upstream else _commits(source, context, head, tree, pin.path)
            )
        except (SourceError, Unmeasurable):
            # The pin is still known to have changed; which commit did it stays open.
            continue
        if commits.items:
            touched[head.sha, pin.path] = commits.items[0]
    return touched


async def _commits(source: Source, context: ProbeContext, head: Head, tree: Tree, path: str) -> Commits:
    found = tree.entries.get(path)
    start = context.upstream.history_start
    return await source.commits(head.repo, head.sha, path, start, entry=found.sha if found else None)
