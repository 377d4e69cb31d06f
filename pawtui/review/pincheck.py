"""Check every pin on record against the trees a refresh has at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from pawtui.probes.look import Look
from pawtui.review.drift import NO_SUCH_PATH, STALE, all_pins, drift_of, ground_of, measure_drift
from pawtui.review.model import Drift, Record
from pawtui.review.pins import PinError, parse_pin
from pawtui.review.trouble import Trouble
from pawtui.sources.errors import SourceError
from pawtui.sources.facts import Commit, Commits, Head, Tree
from pawtui.sources.protocol import Source

OLD_TREES = 24  # trees of older commits read in one refresh, most of them from the cache

Sides = tuple[tuple[Head, Tree | None], tuple[Head, Tree | None]]
_Heads = Mapping[str, tuple[Head, Tree | None]]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of every pin, and what was learnt of the blobs they named when they were taken."""

    drifts: tuple[Drift, ...] = ()
    blobs: Mapping[str, str] = {}


async def check_pins(record: Record, source: Source, look: Look, trouble: Trouble, sides: Sides) -> Checked:
    """What became of every pin, however many there are, for two requests at most.

    The trees at hand answer for all of them. One request may learn what pins at an older commit named, and one may
    name a commit that changed one; the next refresh learns and names the next.
    """
    if not all_pins(record):
        return Checked()
    heads = {name.lower(): side for side in sides for name in (side[0].repo, side[0].asked)}
    learnt = await _taken_blobs(record, source, trouble, heads)
    blobs = {**record.blobs, **learnt}
    grounds = [ground_of(name, head.sha, tree, look.web) for name, (head, tree) in heads.items() if tree is not None]
    drifts = {drift.pin: drift for drift in measure_drift(record, grounds, blobs)}
    drifts |= _kept_from(record, drifts, heads)
    touched = await _who_touched(drifts, look, source, heads)
    if touched:
        named = [
            msgspec.structs.replace(
                ground, touched={path: commit for (sha, path), commit in touched.items() if sha == ground.sha}
            )
            for ground in grounds
        ]
        drifts |= {pin: drift_of(pin, named, blobs) for pin, drift in drifts.items() if drift.state == "changed"}
    return Checked(drifts=tuple(drifts.values()), blobs=learnt)


def _kept_from(record: Record, drifts: Mapping[str, Drift], heads: _Heads) -> dict[str, Drift]:
    """What a failure kept from being checked: still stale where it was, and in doubt otherwise, but never forgotten."""
    before = {drift.pin: drift for drift in record.last.drift} if record.last else {}
    lost = {name for name, (_, tree) in heads.items() if tree is None or tree.truncated}
    kept: dict[str, Drift] = {}
    for text, drift in drifts.items():
        if drift.state != "unchecked" or not any(text.lower().startswith(f"{name}@") for name in lost):
            continue
        known = before.get(text)
        if known is not None and known.state in STALE:
            kept[text] = msgspec.structs.replace(known, said=f"not checked this time; before: {known.said}")
        else:
            kept[text] = msgspec.structs.replace(drift, said="could not be checked: see what failed", failed=True)
    return kept


async def _taken_blobs(record: Record, source: Source, trouble: Trouble, heads: _Heads) -> dict[str, str]:
    """What each pin named when it was taken, as far as it is not known yet: from the heads' trees, or an older one."""
    blobs: dict[str, str] = {}
    older: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for text in all_pins(record):
        if text in record.blobs:
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
        tree = await trouble.or_none(source.tree(repo, sha))
        if tree is not None:
            blobs |= {
                text: tree.entries[path].sha if path in tree.entries else NO_SUCH_PATH
                for text, path in pins
                if path in tree.entries or not tree.truncated
            }
    return blobs


async def _who_touched(
    drifts: Mapping[str, Drift], look: Look, source: Source, heads: _Heads
) -> dict[tuple[str, str], Commit]:
    """The newest commit on changed files, by (head's SHA, path): those listed anyway, and one more by a request."""
    listed = {path for paths in look.tracker.surfaces.values() for path in paths}
    touched: dict[tuple[str, str], Commit] = {}
    before = source.spent().sent
    for text, drift in drifts.items():
        if drift.state != "changed":
            continue
        pin = parse_pin(text)
        head, tree = heads[pin.repo.lower()]
        upstream = head.sha == look.head.sha
        if (head.sha, pin.path) in touched or tree is None:
            continue
        free = upstream and pin.path in listed
        if not free and source.spent().sent > before:
            continue
        try:
            commits = await (look.commits(pin.path) if upstream else _commits(source, look, head, tree, pin.path))
        except SourceError:
            # The pin is still known to have changed; which commit did it stays open.
            continue
        if commits.items:
            touched[head.sha, pin.path] = commits.items[0]
    return touched


async def _commits(source: Source, look: Look, head: Head, tree: Tree, path: str) -> Commits:
    found = tree.entries.get(path)
    return await source.commits(head.repo, head.sha, path, look.history_start, entry=found.sha if found else None)
