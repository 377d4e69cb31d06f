"""A refresh: one measurement of both repositories, recorded as a whole or not at all.

It fetches both heads first, then the rest in parallel: the ranges since the previous refresh, both trees, every probe,
the related issues, the plan and the drift of every pin. A fact that cannot be fetched is `unknown` with its cause. If
a head cannot be fetched, nothing is recorded.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from pawtui import __version__
from pawtui.ids import new_id
from pawtui.moments import is_in_future
from pawtui.phrases import counted, short_sha
from pawtui.probes.context import ProbeContext
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.measure import measure_probes
from pawtui.probes.probe_inputs import history_start, watched_fingerprint
from pawtui.probes.reading import ProbeReading
from pawtui.probes.release_line import stable_releases
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.signal_state import deciding_summary, part_states, signal_state
from pawtui.probes.windows import window_start
from pawtui.refresh.heads import FollowedHead, follow
from pawtui.refresh.issue_check import related_statuses
from pawtui.refresh.outcome import RefreshOutcome, no_change_message, recorded_message
from pawtui.refresh.pin_check import check_pins
from pawtui.refresh.plan_status import read_plan_status
from pawtui.refresh.progress import Progress, ProgressCallback
from pawtui.refresh.refresh_types import (
    Drift,
    PartReading,
    PlanStatus,
    Range,
    Ranges,
    Refresh,
    RefreshBaseline,
    RepoSnapshot,
    SideName,
    SignalReading,
)
from pawtui.refresh.side_refs import SideRefs
from pawtui.refresh.snapshots import range_since, runtime_remark, snapshot_of, upstream_remark
from pawtui.sources.facts import Head, Tree
from pawtui.sources.protocol import Source
from pawtui.tracker.probe_types import NamesProbe, NewFilesProbe, Probe
from pawtui.tracker.rules_fingerprint import rules_fingerprint
from pawtui.tracker.tracker_types import Signal, Tracker

_T = TypeVar("_T")


async def refresh(
    tracker: Tracker,
    source: Source,
    baseline: RefreshBaseline,
    *,
    clock: Callable[[], dt.datetime],
    web: str,
    on_progress: ProgressCallback,
    force: bool = False,
    as_of: dt.datetime | None = None,
) -> RefreshOutcome:
    """Measure both repositories as they are now, or as they were `as_of`, and return the refresh to record.

    The outcome has no refresh if nothing changed. Raises `SourceError` if a head cannot be fetched: then nothing can be
    recorded. A cancelled refresh stops all of its tasks. A past time is compared with the last refresh of an earlier
    time, and pins are not checked, because they are newer.
    """
    as_of = as_of.astimezone(dt.UTC) if as_of is not None else None
    run = _RefreshRun(tracker, source, baseline, clock=clock, as_of=as_of, web=web, on_progress=on_progress)
    async with aclosing(run):
        measured = await run.measure(force=force)
    if measured is None:
        return RefreshOutcome(refresh=None, message=no_change_message(baseline))
    return RefreshOutcome(refresh=measured, message=recorded_message(measured), pinned_states=run.pinned_states)


async def try_probes(
    tracker: Tracker,
    source: Source,
    probes: Sequence[Probe],
    *,
    now: dt.datetime,
    web: str,
    as_of: dt.datetime | None = None,
) -> list[ProbeReading]:
    """Return the readings of these probes at the current heads, or at the heads `as_of`.

    Raises `SourceError` if a head cannot be fetched.
    """
    run = _RefreshRun(
        tracker, source, RefreshBaseline(), clock=lambda: now, as_of=as_of, web=web, on_progress=lambda _step: None
    )
    async with aclosing(run):
        return await measure_probes(probes, await run.context())


@dataclass(eq=False)
class _RefreshRun:
    """A running refresh. `aclose` stops all of its tasks. `pinned_states` are the newly found states of pins."""

    tracker: Tracker
    source: Source
    baseline: RefreshBaseline
    clock: Callable[[], dt.datetime]
    as_of: dt.datetime | None
    web: str
    on_progress: ProgressCallback

    def __post_init__(self) -> None:
        self.pinned_states: Mapping[str, str] = {}
        self._started = self.clock()
        self._now = self.as_of or self._started
        self._rules = rules_fingerprint(self.tracker)
        self._steps_done = 0
        # Both heads, each signal and the pins.
        self._steps = 3 + len(self.tracker.signals)
        self._error_log = ErrorLog()
        self._tasks: list[asyncio.Task[Any]] = []
        # The upstream's head that does not have to be checked again (`follow`).
        self._checked_sha = ""
        self._heads: dict[SideName, asyncio.Task[FollowedHead]] = {}

    async def aclose(self) -> None:
        """Cancel all tasks and wait until they have stopped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def measure(self, *, force: bool) -> Refresh | None:
        """Return the refresh; None if nothing changed."""
        last = self.baseline.last
        must_measure = force or self._must_measure()
        if not must_measure and last is not None and not last.upstream.doubt:
            self._checked_sha = last.upstream.sha
        self._start_task(self._head("downstream"))
        if must_measure:
            # The probes need these dates: they can be requested before the head is known.
            for line in self._refs("upstream").lines:
                self._start_task(self._fetch_first_date(line))
        # An approval is noticed even if no head moved.
        plan = self._start_task(read_plan_status(self.tracker, self.source, self._error_log, self.as_of))
        up = await self._head("upstream")
        self._report_step(Progress(message=_head_message(up), upstream=snapshot_of(up)))
        if not must_measure and last is not None and _is_unchanged(last.upstream, up):
            down = await self._head("downstream")
            if _is_unchanged(last.downstream, down) and await plan == last.plan:
                return None
        return await self._measure_all(up, plan)

    async def context(self) -> ProbeContext:
        """Return the data of both repositories for probes. Raises `SourceError` if the upstream's head fails."""
        return ProbeContext(
            self.tracker,
            upstream=await self._repo_reader("upstream"),
            read_downstream=partial(self._repo_reader, "downstream"),
            error_log=self._error_log,
        )

    def _must_measure(self) -> bool:
        """Return whether to measure even if no head moved."""
        last = self.baseline.last
        # A past refresh is the same only at exactly the same time: tags and issues depend on it.
        if last is None or last.rules != self._rules or last.errors or last.as_of != self.as_of:
            return True
        # If the last refresh is dated in the future, its true time is unknown.
        if last.moment.date() != self._now.date() or is_in_future(last.moment, self._now):
            return True
        compared = {drift.pin for drift in last.drift if not drift.failed}
        return any(pin not in compared for pin in self.baseline.pins)

    def _report_step(self, progress: Progress) -> None:
        self._steps_done += 1
        sent = self.source.usage().sent
        self.on_progress(replace(progress, done=self._steps_done, total=self._steps, sent=sent))

    def _start_task(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    def _refs(self, side: SideName) -> SideRefs:
        return SideRefs(
            tracker=self.tracker,
            side=side,
            source=self.source,
            error_log=self._error_log,
            now=self._now,
            started=self._started,
            as_of=self.as_of,
            refreshes=self.baseline.ordinary,
            checked_sha=self._checked_sha,
        )

    async def _head(self, side: SideName) -> FollowedHead:
        """Return the head to follow, which is found once. Raises `SourceError`."""
        if side not in self._heads:
            self._heads[side] = self._start_task(follow(self._refs(side)))
        # A cancelled caller does not cancel what the others await too.
        return await asyncio.shield(self._heads[side])

    async def _measure_all(self, up: FollowedHead, plan: asyncio.Task[PlanStatus | None]) -> Refresh:
        """Measure everything but the upstream's head and the plan, which are measured already or running."""
        context = await self.context()
        # Finding past commits of the branch takes longest: start before the probes have read the files at the head.
        for day in _window_starts(self.tracker, self._now.date()):
            self._start_task(context.upstream.past(day))
        # Trying the refs of the downstream may take three requests in sequence: the upstream does not wait for them.
        ranges = self._start_task(self._find_ranges())
        signals = [self._start_task(self._measure_signal(signal, context)) for signal in self.tracker.signals]
        down = await self._head("downstream")
        self._report_step(Progress(message=_head_message(down), downstream=snapshot_of(down)))
        down_tree = self._start_task(self._read_down_tree(down))
        related = self._start_task(related_statuses(context, down.head))
        await asyncio.gather(*signals, ranges, down_tree, plan, related)
        drift = await self._check_pins(context, down.head, down_tree.result())
        down_remark = runtime_remark(self.tracker.downstream, down.head, down_tree.result())
        return Refresh(
            id=new_id(self._started),
            at=self._started,
            duration=round((self.clock() - self._started).total_seconds(), 3),
            source=self.source.label,
            tool=f"pawtui {__version__}",
            upstream=snapshot_of(up, await upstream_remark(self._refs("upstream"), up), self._origin_text(up)),
            downstream=snapshot_of(down, down_remark, self._origin_text(down)),
            range=ranges.result(),
            signals=tuple(task.result() for task in signals),
            errors=tuple(self._error_log.messages),
            requests=self.source.usage(),
            drift=drift,
            related=related.result(),
            plan=plan.result(),
            rules=self._rules,
            as_of=self.as_of,
        )

    async def _fetch_first_date(self, line: str) -> None:
        """Fetch the date of a line's first stable tag. That of the newest comes with its comparison with the head."""
        releases = await stable_releases(self.source, self.tracker.upstream.repo, line)
        if releases:
            await self.source.dated_tag(self.tracker.upstream.repo, releases[0].tag)

    async def _repo_reader(self, side: SideName) -> RepoReader:
        """Return a reader of one repository at its followed head. Raises `SourceError` if that cannot be fetched."""
        followed, today, refs = await self._head(side), self._now.date(), self._refs(side)
        head = followed.head
        return RepoReader(
            self.source,
            head,
            today=today,
            history_start=history_start(self.tracker, today),
            web=self.web,
            recorded_heads=refs.recorded_heads(head),
            unreleased=refs.unreleased_lines(head, self._started),
            doubt=followed.doubt,
            as_of=self.as_of,
        )

    async def _find_ranges(self) -> Ranges:
        """Return the ranges since the previous refresh: for a past time, the last one of an earlier time."""
        as_of, refreshes = self.as_of, self.baseline.refreshes
        previous = [refresh for refresh in refreshes if as_of is None or refresh.moment < as_of]

        async def find_range(side: SideName) -> Range | None:
            head = (await self._head(side)).head
            if not previous:
                return None
            return await self._error_log.value_or_none(range_since(self.source, head, previous[-1].snapshot(side)))

        upstream, downstream = await asyncio.gather(find_range("upstream"), find_range("downstream"))
        return Ranges(upstream=upstream, downstream=downstream)

    async def _measure_signal(self, signal: Signal, context: ProbeContext) -> SignalReading:
        readings = tuple(await measure_probes(signal.probes, context))
        states = part_states(signal, readings)
        tree = await self._error_log.value_or_none(context.upstream.tree())
        parts = tuple(
            PartReading(
                id=part.id,
                title=part.title,
                state=states[part.id],
                summary=deciding_summary(reading for reading in readings if reading.part == part.id),
            )
            for part in signal.parts
        )
        reading = SignalReading(
            id=signal.id,
            state=signal_state(signal, readings),
            parts=parts,
            probes=readings,
            fingerprint=watched_fingerprint(self.tracker, signal, tree),
        )
        self._report_step(Progress(message=f"{signal.title}: {reading.state}", reading=reading))
        return reading

    def _origin_text(self, followed: FollowedHead) -> str:
        return self.source.origin(followed.head.requested_repo, followed.head.ref).description

    async def _read_down_tree(self, down: FollowedHead) -> Tree | None:
        """Return the tree of the downstream; None if it could not be fetched, or if its head may be the wrong one."""
        if not down.doubt:
            return await self._error_log.value_or_none(self.source.tree(down.head.repo, down.head.sha))
        if self.as_of is None:
            # A past refresh checks no pins, so it needs no files.
            self._error_log.add(f"The files of {down.head.repo} were not read: {down.doubt}.")
        return None

    async def _check_pins(self, context: ProbeContext, down: Head, down_tree: Tree | None) -> tuple[Drift, ...]:
        """Check the pins, keep the newly found `pinned_states`, and return their drift."""
        drifts: tuple[Drift, ...] = ()
        if self.baseline.pins and self.as_of is None:
            up_tree = await self._error_log.value_or_none(context.upstream.tree())
            heads = ((context.upstream.head, up_tree), (down, down_tree))
            drifts, self.pinned_states = await check_pins(self.baseline, context, heads)
        checked = sum(drift.state != "unchecked" for drift in drifts)
        message = f"checked {checked} of {counted(len(drifts), 'pin')}" if drifts else "no pins to check"
        self._report_step(Progress(message=message))
        return drifts


def _window_starts(tracker: Tracker, today: dt.date) -> list[dt.date]:
    """Return the days on which probes compare the upstream's files of the head with those of a past day."""
    probes = (probe for probe in tracker.probes if isinstance(probe, NewFilesProbe | NamesProbe))
    days = {window_start(today, probe.days) for probe in probes if probe.side == "upstream"}
    return sorted(days, reverse=True)


def _head_message(followed: FollowedHead) -> str:
    head = followed.head
    return f"{head.repo}: {head.ref} @ {short_sha(head.sha)}"


def _is_unchanged(before: RepoSnapshot, followed: FollowedHead) -> bool:
    return (before.ref, before.sha, before.doubt) == (followed.head.ref, followed.head.sha, followed.doubt)
