"""Check every pin on record against the trees a refresh has at hand."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pawtui.probes.look import Look
from pawtui.review.drift import Ground, all_pins, drift_of, measure_drift
from pawtui.review.model import Drift, Record
from pawtui.review.pins import PinError, parse_pin
from pawtui.review.trouble import Trouble
from pawtui.sources.errors import SourceError
from pawtui.sources.facts import Commit, Head, Tree
from pawtui.sources.protocol import Source

OLD_TREES = 4  # trees of older commits fetched in one refresh to learn what a pin named when it was taken

Sides = tuple[tuple[Head, Tree | None], tuple[Head, Tree | None]]


async def _taken_blobs(
    record: Record, source: Source, trouble: Trouble, heads: Mapping[str, tuple[Head, Tree | None]]
) -> dict[str, str]:
    """What each pin named when it was taken, as far as it is not known yet: from the heads' trees, or an older one."""
    blobs: dict[str, str] = {}
    older: dict[tuple[str, str], list[tuple[str, str]]] = {}
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
        if head.sha.startswith(pin.sha):
            if tree is not None and pin.path in tree.entries:
                blobs[text] = tree.entries[pin.path].sha
        else:
            older.setdefault((head.repo, pin.sha), []).append((text, pin.path))
    for (repo, sha), pins in list(older.items())[:OLD_TREES]:
        old_tree = await trouble.or_none(source.tree(repo, sha))
        if old_tree is not None:
            blobs |= {text: old_tree.entries[path].sha for text, path in pins if path in old_tree.entries}
    return blobs


async def check_pins(
    record: Record,
    source: Source,
    look: Look,
    trouble: Trouble,
    sides: Sides,
    web: str,
) -> tuple[tuple[Drift, ...], dict[str, str]]:
    """What became of every pin. The trees at hand answer for all of them; one request more may name one commit."""
    if not all_pins(record):
        return (), {}
    heads = {name.lower(): side for side in sides for name in (side[0].repo, side[0].asked)}
    new_blobs = await _taken_blobs(record, source, trouble, heads)
    blobs = {**record.blobs, **new_blobs}
    grounds = [
        Ground(repo=name, sha=head.sha, tree=tree, web=web) for name, (head, tree) in heads.items() if tree is not None
    ]
    drifts = {drift.pin: drift for drift in measure_drift(record, grounds, blobs)}
    touched = await _who_touched(drifts, look)
    if touched:
        named = [msgspec.structs.replace(ground, touched=touched) for ground in grounds]
        drifts |= {pin: drift_of(pin, named, blobs) for pin, drift in drifts.items() if drift.state == "changed"}
    return tuple(drifts.values()), new_blobs


async def _who_touched(drifts: Mapping[str, Drift], look: Look) -> dict[str, Commit]:
    """The newest commit on changed upstream paths: those listed for a surface anyway, and one more by a request.

    One alone, so that checking a thousand pins costs no more than checking one; the next refresh names the next.
    """
    known = {path for paths in look.tracker.surfaces.values() for path in paths}
    touched: dict[str, Commit] = {}
    asked = 0
    for text, drift in drifts.items():
        pin = parse_pin(text) if drift.state == "changed" else None
        if (
            pin is None
            or pin.repo.lower() not in (look.head.repo.lower(), look.head.asked.lower())
            or pin.path in touched
        ):
            continue
        if pin.path not in known:
            if asked:
                continue
            asked += 1
        try:
            commits = await look.commits(pin.path)
        except SourceError:
            # The pin is still known to have changed; which commit did it stays open.
            continue
        if commits.items:
            touched[pin.path] = commits.items[0]
    return touched
