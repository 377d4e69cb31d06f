"""A refresh: one recorded look at both repositories, whole or not at all.

Refs first, then everything else at once: the ranges since the last refresh, both trees, every probe, the related
issues and the drift of every pin. Whatever cannot be had is `unknown` with its cause; only without both heads is there
nothing to record.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from pawtui.probes.look import Look, homes
from pawtui.probes.measure import combine, measure_probe
from pawtui.review.drift import all_pins
from pawtui.review.ids import new_id
from pawtui.review.model import (
    ProbeReading,
    Range,
    Ranges,
    Record,
    Refresh,
    RelatedLook,
    SideLook,
    SignalReading,
)
from pawtui.review.overview import overview
from pawtui.review.pincheck import check_pins
from pawtui.review.progress import Outcome, Progress, Report
from pawtui.review.related import look_at_related
from pawtui.review.trouble import Trouble
from pawtui.sources.errors import SourceError
from pawtui.sources.facts import Head, Tree
from pawtui.sources.protocol import Source
from pawtui.tracker.model import Side, Signal, Tracker

_T = TypeVar("_T")


def fingerprint(tracker: Tracker) -> str:
    """Changes whenever a rule of the tracker does, so that a reading that moved for that reason can be told."""
    return hashlib.sha256(msgspec.json.encode(tracker, order="deterministic")).hexdigest()[:16]


class _Steps:
    """Counts what is done and passes it on."""

    def __init__(self, total: int, report: Report, source: Source) -> None:
        self._total = total
        self._done = 0
        self._report = report
        self._source = source

    def step(
        self,
        said: str,
        *,
        upstream: SideLook | None = None,
        downstream: SideLook | None = None,
        reading: SignalReading | None = None,
    ) -> None:
        self._done += 1
        self._report(
            Progress(
                done=min(self._done, self._total),
                total=self._total,
                said=said,
                upstream=upstream,
                downstream=downstream,
                reading=reading,
                sent=self._source.spent().sent,
            )
        )


def _side(head: Head, remark: str = "") -> SideLook:
    renamed = head.asked if head.asked.lower() != head.repo.lower() else ""
    return SideLook(
        repo=head.repo, ref=head.ref, sha=head.sha, committed_at=head.committed_at, asked=renamed, remark=remark
    )


def _nothing_moved(record: Record, rules: str, up: Head, down: Head, today: dt.date) -> bool:
    """Whether a new refresh would say what the last one says: same commits, day and rules, and nothing left open."""
    last = record.last
    return (
        last is not None
        and (last.upstream.sha, last.downstream.sha) == (up.sha, down.sha)
        and (last.upstream.ref, last.downstream.ref) == (up.ref, down.ref)
        and last.at.date() == today
        and last.rules == rules
        and not last.errors
        and {drift.pin for drift in last.drift} >= set(all_pins(record))
    )


async def _range(source: Source, trouble: Trouble, head: Head, before: SideLook | None) -> Range | None:
    if before is None:
        return None
    if before.sha == head.sha:
        return Range(from_=before.sha, to=head.sha, ancestor=True, commits=0, files=0)
    found = await trouble.or_none(source.compare(head.repo, before.sha, head.sha))
    if found is None:
        return None
    return Range(
        from_=found.base,
        to=found.head,
        ancestor=found.ancestor,
        commits=found.commits,
        files=found.files,
        commits_at_least=found.commits_at_least,
        files_at_least=found.files_at_least,
    )


def _runtime_remark(side: Side, head: Head, tree: Tree | None) -> str:
    if tree is None or not side.runtime or any(path in tree.entries for path in side.runtime):
        return ""
    return f"{head.ref} has no {' or '.join(side.runtime)}: what is tracked is not in this ref"


def _watched_paths(tracker: Tracker, signal: Signal) -> list[str]:
    """Every upstream path that a signal's probes look at."""
    paths: set[str] = set()
    for probe in signal.probes:
        for name in getattr(probe, "surfaces", ()):
            paths.update(tracker.surfaces.get(name, ()))
        for key in ("exist", "absent", "files", "paths"):
            for path in getattr(probe, key, ()):
                paths.update(homes(path))
        if file := getattr(probe, "file", ""):
            paths.update(homes(file))
    return sorted(paths)


def _looked(tracker: Tracker, signal: Signal, tree: Tree | None) -> str:
    paths = _watched_paths(tracker, signal)
    if tree is None or not paths:
        return ""
    lines = (f"{path} {tree.entries[path].sha if path in tree.entries else '-'}" for path in paths)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


async def _measure_signal(signal: Signal, look: Look, trouble: Trouble) -> SignalReading:
    measured = await asyncio.gather(*(measure_probe(probe, look) for probe in signal.probes))
    for _, error in measured:
        if error is not None:
            trouble.add(error)
    readings: tuple[ProbeReading, ...] = tuple(reading for reading, _ in measured)
    try:
        tree = await look.tree()
    except SourceError:
        # The probes that needed it have said so already.
        tree = None
    return SignalReading(
        id=signal.id,
        state=combine(signal, readings),
        probes=readings,
        looked=_looked(look.tracker, signal, tree),
    )


async def refresh(
    tracker: Tracker,
    source: Source,
    record: Record,
    *,
    clock: Callable[[], dt.datetime],
    tool: str,
    web: str,
    report: Report,
    force: bool = False,
    as_of: dt.datetime | None = None,
) -> Outcome:
    """Look at both repositories now, or as they stood `as_of`.

    Raises `SourceError` when a head cannot be had: then there is nothing to record. Cancelling leaves nothing behind.
    """
    started = clock()
    now = as_of or started
    today = now.date()
    rules = fingerprint(tracker)
    steps = _Steps(6 + len(tracker.signals), report, source)
    trouble = Trouble()

    async def find_head(side: Side) -> Head:
        refs = side.refs_on(today)
        return await (source.head_at(side.repo, refs, as_of) if as_of else source.head(side.repo, refs))

    up, down = await _both(find_head(tracker.upstream), find_head(tracker.downstream))
    steps.step(f"{up.repo}: {up.ref} @ {up.sha[:10]}", upstream=_side(up))
    steps.step(f"{down.repo}: {down.ref} @ {down.sha[:10]}", downstream=_side(down))
    if not force and _nothing_moved(record, rules, up, down, today):
        last = record.refreshes[-1]
        return Outcome(
            refresh=None,
            said=f"Nothing moved since {last.at:%H:%M} UTC: both commits, the day and the rules are the same.",
        )

    last_seen = record.last
    up_range = asyncio.create_task(_range(source, trouble, up, last_seen.upstream if last_seen else None))

    async def base() -> str | None:
        found = await asyncio.shield(up_range)
        return found.from_ if found and found.ancestor else None

    look = Look(tracker=tracker, source=source, head=up, today=today, web=web, base=base)

    async def ranges() -> Ranges:
        down_range = await _range(source, trouble, down, last_seen.downstream if last_seen else None)
        found = Ranges(upstream=await up_range, downstream=down_range)
        steps.step("compared with the last refresh" if last_seen else "first refresh: nothing to compare with")
        return found

    async def down_tree() -> Tree | None:
        tree = await trouble.or_none(source.tree(down.repo, down.sha))
        steps.step(
            f"{down.repo}: listed its files", downstream=_side(down, _runtime_remark(tracker.downstream, down, tree))
        )
        return tree

    async def one_signal(signal: Signal) -> SignalReading:
        reading = await _measure_signal(signal, look, trouble)
        steps.step(f"{signal.title}: {reading.state}", reading=reading)
        return reading

    async def related() -> tuple[RelatedLook, ...]:
        found = await look_at_related(tracker, source, look, up, down)
        steps.step("looked at related work")
        return found

    try:
        async with asyncio.TaskGroup() as group:
            ranges_task = group.create_task(ranges())
            tree_task = group.create_task(down_tree())
            signal_tasks = [group.create_task(one_signal(signal)) for signal in tracker.signals]
            related_task = group.create_task(related())
        try:
            up_tree: Tree | None = await look.tree()
        except SourceError as error:
            trouble.add(error)
            up_tree = None
        sides = ((up, up_tree), (down, tree_task.result()))
        drifts, blobs = await check_pins(record, source, look, trouble, sides, web)
        steps.step("checked every pin")
    finally:
        up_range.cancel()
        await look.aclose()

    for one in related_task.result():
        if one.cause:
            trouble.add(one.cause)
    found = Refresh(
        id=new_id(now),
        at=now,
        duration=round((clock() - started).total_seconds(), 3),
        source=source.label,
        tool=tool,
        upstream=_side(up),
        downstream=_side(down, _runtime_remark(tracker.downstream, down, tree_task.result())),
        range=ranges_task.result(),
        signals=tuple(task.result() for task in signal_tasks),
        errors=tuple(trouble.said),
        requests=source.spent(),
        drift=drifts,
        related=related_task.result(),
        rules=rules,
    )
    after = msgspec.structs.replace(record, refreshes=(*record.refreshes, found))
    found = msgspec.structs.replace(found, decision=overview(tracker, after, today).decision)
    return Outcome(refresh=found, said=_said(found), blobs=blobs)


async def _both(first: Awaitable[_T], second: Awaitable[_T]) -> tuple[_T, _T]:
    """Both at once; the first error is raised and the other is waited for, so that nothing is left running."""
    one, two = await asyncio.gather(first, second, return_exceptions=True)
    if isinstance(one, BaseException):
        raise one
    if isinstance(two, BaseException):
        raise two
    return one, two


def _said(found: Refresh) -> str:
    up = found.range.upstream
    moved = f", {up.commits:,} commits since the last one" if up else ""
    missing = f"; {len(found.errors)} facts could not be had" if found.errors else ""
    return f"Recorded {found.upstream.ref} @ {found.upstream.sha[:10]}{moved}{missing}."
