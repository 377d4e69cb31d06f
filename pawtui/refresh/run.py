"""A refresh: one recorded look at both repositories, whole or not at all.

Both heads first; then everything else at once: the ranges since the last refresh, both trees, every probe, the related
issues, the plan and the drift of every pin. Whatever cannot be had is `unknown` with its cause; only without both heads
is there nothing to record.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import msgspec

from pawtui.ids import new_id
from pawtui.probes.context import ProbeContext
from pawtui.probes.measure import combine, measure_probe
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.fingerprints import rules_fingerprint, watched_fingerprint
from pawtui.refresh.model import (
    Baseline,
    Drift,
    PlanStatus,
    Range,
    Ranges,
    Refresh,
    RelatedStatus,
    RepoSnapshot,
    SignalReading,
)
from pawtui.refresh.pin_check import Checked, check_pins
from pawtui.refresh.plan_status import plan_status
from pawtui.refresh.prefetch import ask, compared_paths, is_due, questions
from pawtui.refresh.progress import Outcome, Report, Steps
from pawtui.refresh.related import related_statuses
from pawtui.refresh.snapshots import quiet_remark, range_since, runtime_remark, snapshot_of
from pawtui.sources.facts import Head, Tree
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.model import Side, Signal, Tracker

_T = TypeVar("_T")


async def refresh(
    tracker: Tracker,
    source: Source,
    baseline: Baseline,
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
    A past look is compared with the last refresh before it, and checks no pins: they were taken since.
    """
    started = clock()
    now = started if as_of is None else as_of.astimezone(dt.UTC)
    earlier = tuple(one for one in baseline.refreshes if as_of is None or one.at <= now)
    run = _Run(
        tracker,
        source,
        msgspec.structs.replace(baseline, refreshes=earlier),
        now=now,
        as_of=as_of,
        web=web,
        report=report,
    )
    try:
        measured = await run.measure(force=force)
    finally:
        await run.aclose()
    if measured is None:
        return Outcome(refresh=None, message=_unmoved(earlier[-1]))
    found = msgspec.structs.replace(
        measured,
        duration=round((clock() - started).total_seconds(), 3),
        tool=tool,
        requests=source.spent(),
    )
    return Outcome(refresh=found, message=_message(found), blobs=run.blobs)


class _Run:
    """One refresh under way. Whichever way it ends, `aclose` leaves none of its tasks running."""

    def __init__(
        self,
        tracker: Tracker,
        source: Source,
        baseline: Baseline,
        *,
        now: dt.datetime,
        as_of: dt.datetime | None,
        web: str,
        report: Report,
    ) -> None:
        self.blobs: dict[str, str] = {}
        self._tracker = tracker
        self._source = source
        self._baseline = baseline
        self._now = now
        self._as_of = as_of
        self._web = web
        self._rules = rules_fingerprint(tracker)
        self._steps = Steps(6 + len(tracker.signals), report, source)
        self._error_log = ErrorLog()
        self._tasks: list[asyncio.Task[Any]] = []
        self._context: ProbeContext | None = None
        self._plan: asyncio.Task[PlanStatus | None] | None = None

    async def aclose(self) -> None:
        """Cancel what still runs and wait until it has stopped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._context is not None:
            await self._context.aclose()

    def _start(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    async def measure(self, *, force: bool) -> Refresh | None:
        """Everything but what is known at the end only (cost and decision); None where nothing moved."""
        last = self._baseline.last
        up_head = self._start(self._head(self._tracker.upstream))
        down_head = self._start(self._head(self._tracker.downstream))
        due = force or is_due(self._baseline, self._rules, self._now.date())
        if due:
            self._start(ask(questions(self._tracker, self._source, past=self._as_of is not None)))
        up = await up_head
        self._steps.step(f"{up.repo}: {up.ref} @ {up.sha[:10]}", upstream=snapshot_of(up))
        if not due and last is not None and _same(last.upstream, up):
            down = await down_head
            if _same(last.downstream, down) and await self._plan_task(up, down) == last.plan:
                return None
        # The downstream's fallbacks may take three answers one after the other: the upstream need not wait for them.
        up_range = self._start(range_since(self._source, self._error_log, up, last.upstream if last else None))
        context = self._context = self._new_context(up, up_range)
        self._start(ask([partial(context.tree_and_commits, compared_paths(self._tracker))]))
        signals = [self._start(self._signal(signal, context)) for signal in self._tracker.signals]
        down = await down_head
        self._steps.step(f"{down.repo}: {down.ref} @ {down.sha[:10]}", downstream=snapshot_of(down))
        ranges = self._start(self._ranges(up_range, down, last))
        down_tree = self._start(self._down_tree(down))
        plan = self._plan_task(up, down)
        related = self._start(self._related(context, up, down))
        await asyncio.gather(*signals, ranges, down_tree, plan, related)
        drift = await self._drift(context, down, down_tree.result())
        return Refresh(
            id=new_id(self._now),
            at=self._now,
            duration=0.0,
            source=self._source.label,
            tool="",
            upstream=snapshot_of(up, quiet_remark(up, self._now.date())),
            downstream=self._down_side(down, down_tree.result()),
            range=ranges.result(),
            signals=tuple(task.result() for task in signals),
            errors=tuple(self._error_log.messages),
            drift=drift,
            related=related.result(),
            plan=plan.result(),
            rules=self._rules,
        )

    async def _head(self, side: Side) -> Head:
        refs = side.refs_on(self._now.date())
        if self._as_of is not None:
            return await self._source.head_at(side.repo, refs, self._as_of)
        return await self._source.head(side.repo, refs)

    def _plan_task(self, up: Head, down: Head) -> asyncio.Task[PlanStatus | None]:
        """Asks for the plan, once: whoever approves it need not wait for a commit to be seen."""
        if self._plan is None:
            self._plan = self._start(plan_status(self._tracker, self._source, self._error_log, up, down, self._as_of))
        return self._plan

    def _new_context(self, up: Head, up_range: asyncio.Task[Range | None]) -> ProbeContext:
        async def base() -> str | None:
            found = await asyncio.shield(up_range)
            return found.from_ if found and found.ancestor else None

        return ProbeContext(
            tracker=self._tracker,
            source=self._source,
            head=up,
            today=self._now.date(),
            web=self._web,
            base=base,
            as_of=self._as_of,
        )

    async def _signal(self, signal: Signal, context: ProbeContext) -> SignalReading:
        measured = await asyncio.gather(*(measure_probe(probe, context) for probe in signal.probes))
        for error in (*(error for _, error in measured if error is not None), *context.missed):
            self._error_log.add(error)
        readings: tuple[ProbeReading, ...] = tuple(reading for reading, _ in measured)
        reading = SignalReading(
            id=signal.id,
            state=combine(signal, readings),
            probes=readings,
            fingerprint=watched_fingerprint(self._tracker, signal, await self._up_tree(context)),
        )
        self._steps.step(f"{signal.title}: {reading.state}", reading=reading)
        return reading

    async def _up_tree(self, context: ProbeContext) -> Tree | None:
        try:
            return await context.tree()
        except SourceError as error:
            self._error_log.add(error)
            return None

    async def _ranges(self, up_range: asyncio.Task[Range | None], down: Head, last: Refresh | None) -> Ranges:
        down_range = await range_since(self._source, self._error_log, down, last.downstream if last else None)
        found = Ranges(upstream=await asyncio.shield(up_range), downstream=down_range)
        self._steps.step("compared with the last refresh" if last else "first refresh: nothing to compare with")
        return found

    def _down_side(self, down: Head, tree: Tree | None) -> RepoSnapshot:
        return snapshot_of(down, runtime_remark(self._tracker.downstream, down, tree))

    async def _down_tree(self, down: Head) -> Tree | None:
        tree = await self._error_log.value_or_none(self._source.tree(down.repo, down.sha))
        self._steps.step(f"{down.repo}: listed its files", downstream=self._down_side(down, tree))
        return tree

    async def _related(self, context: ProbeContext, up: Head, down: Head) -> tuple[RelatedStatus, ...]:
        found = await related_statuses(self._tracker, self._source, context, up, down)
        for one in found:
            if one.cause:
                self._error_log.add(one.cause)
        self._steps.step("looked at related work")
        return found

    async def _drift(self, context: ProbeContext, down: Head, down_tree: Tree | None) -> tuple[Drift, ...]:
        checked = Checked()
        if self._as_of is None:
            sides = ((context.head, await self._up_tree(context)), (down, down_tree))
            checked = await check_pins(self._baseline, self._source, context, self._error_log, sides)
        self.blobs = dict(checked.blobs)
        self._steps.step("checked every pin" if checked.drifts else "no pins to check")
        return checked.drifts


def _same(before: RepoSnapshot, head: Head) -> bool:
    return (before.ref, before.sha) == (head.ref, head.sha)


def _unmoved(last: Refresh) -> str:
    return f"Nothing moved since {last.at:%H:%M} UTC: both commits, the day, the rules and the plan are the same."


def _message(found: Refresh) -> str:
    up = found.range.upstream
    moved = f", {up.commits:,} commit{'' if up.commits == 1 else 's'} since the last one" if up else ""
    count = len(found.errors)
    missing = f"; {count} {'fact' if count == 1 else 'facts'} could not be had" if count else ""
    return f"Recorded {found.upstream.ref} @ {found.upstream.sha[:10]}{moved}{missing}."
