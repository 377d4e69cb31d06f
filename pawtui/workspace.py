"""The workspace: one tracker, its record and its source. Screens and commands both use it.

`refresh` and `backfill` are coroutines. Calls of the store read and write the disk, so a screen makes them in a thread.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

from pawtui.evidence_reader import EvidenceReader, nothing_local
from pawtui.moments import moment_text, utc_now
from pawtui.phrases import short_sha
from pawtui.probes.state import STATES
from pawtui.refresh.backfill import BackfillFailure, BackfillOutcome, still_to_measure
from pawtui.refresh.outcome import RefreshOutcome
from pawtui.refresh.progress import Progress, ProgressCallback, WaitReporter
from pawtui.review.actions import ActionContext, Actor, ChangeFactory
from pawtui.review.basis import Basis
from pawtui.review.overview import Overview, make_overview
from pawtui.review.record_types import Change, Record, past_key
from pawtui.sources.source_errors import NotFound, Undetermined
from pawtui.store.store import Store
from pawtui.tracker.rules_fingerprint import rules_fingerprint
from pawtui.tracker.tracker_types import Tracker

if TYPE_CHECKING:
    from pawtui.refresh.refresh_types import Refresh
    from pawtui.report.documents.document_parts import DocumentContext
    from pawtui.sources.facts import Tree
    from pawtui.sources.protocol import Source, WritableSource


class _NewerRefresh(Exception):
    """A refresh that began later was recorded first; `str()` is a message for the user."""


@dataclass(kw_only=True, eq=False)
class Workspace:
    """A tracker, its record and its source. Changes are recorded under the name `user`; `web` is the host's address.

    `open_source` returns the source, which is opened when it is entered. `description` is for the title: that this is
    the demo, or the path of the tracker file. `is_builtin` is whether the tracker is the built-in one. `local_tree` and
    `local_blob` read without requests.
    """

    tracker: Tracker
    store: Store
    user: str
    web: str
    open_source: Callable[[], AbstractAsyncContextManager[WritableSource]]
    clock: Callable[[], dt.datetime] = utc_now
    description: str = ""
    is_builtin: bool = False
    local_tree: Callable[[str, str], Tree | None] = nothing_local
    local_blob: Callable[[str, str], bytes | None] = nothing_local

    def __post_init__(self) -> None:
        self.evidence = EvidenceReader(self.open_source, self.local_tree, self.local_blob)
        # Ids of the changes that were recorded or redone here: the user knows them before a screen shows them.
        self.own_changes: set[str] = set()

    def action_context(self, record: Record) -> ActionContext:
        """Return the context of an action of the user on a record, now."""
        return ActionContext(self.tracker, record, Actor(by=self.user, at=self.clock()))

    def overview(self) -> Overview:
        """Return the overview of the record on disk. Raises `StoreError`."""
        return self.overview_of(self.store.load())

    def overview_of(self, record: Record) -> Overview:
        """Return the overview of a record today."""
        return make_overview(self.tracker, record, self.clock().date())

    def document_context(self, overview: Overview) -> DocumentContext:
        """Return the context of documents: the web address of the host and the current time."""
        from pawtui.report.documents.document_parts import DocumentContext

        return DocumentContext(overview=overview, web=self.web, now=self.clock())

    def record_change(
        self, make_change: ChangeFactory, basis: Basis | None = None, unchecked: Collection[str] = ()
    ) -> Overview:
        """Record one action and return the new overview. `basis` is what the user saw; None: the record as read.

        `unchecked` are the pins that could not be checked (`EvidenceReader.check_pin`).

        Raises `SubjectChanged` if the subject changed since it was shown, another `ActionError`, `PinError` or
        `StoreError`: then nothing was recorded.
        """

        def change(record: Record) -> Change:
            context = self.action_context(record)
            if basis is not None:
                basis.check(context, self.own_changes)
            made = make_change(context)
            return replace(made, unchecked=tuple(pin for pin in made.new_pins() if pin in unchecked))

        record = self.store.record_change(change)
        newest = record.log[-1]
        self.own_changes |= {newest.id, newest.redoes or newest.id}
        return self.overview_of(record)

    async def refresh(
        self, on_progress: ProgressCallback, *, force: bool = False, as_of: dt.datetime | None = None
    ) -> RefreshOutcome:
        """Measure both repositories, now or as of a past time, and record and return the complete refresh or nothing.

        A cancelled refresh does not change the record. Neither does a refresh that ends after one that began later: its
        facts are older. Raises `SourceError` if nothing could be measured, `StoreError` if it could not be written.
        """
        async with WaitReporter(on_progress, urlsplit(self.web).netloc, clock=self.clock) as reporter:
            record = await asyncio.to_thread(self.store.load)
            await asyncio.to_thread(self.store.check_writable)
            async with self.open_source() as source:
                reporter.watch(source)
                outcome = await self._measure(source, record, reporter.report, force=force, as_of=as_of)
        if outcome.refresh is None:
            return outcome
        try:
            record = await self._write(outcome, record)
        except _NewerRefresh as newer:
            return RefreshOutcome(refresh=None, message=str(newer))
        return replace(outcome, refresh=record.last if as_of is None else record.past[past_key(as_of)])

    async def backfill(
        self, moments: Sequence[dt.datetime], on_progress: ProgressCallback, *, force: bool = False
    ) -> BackfillOutcome:
        """Measure past times, oldest first, and record each immediately. After a cancel, the next backfill continues.

        Times that are recorded by the same rules and without errors are skipped, unless `force`. A time whose head is
        not known, such as a time before the first commit, is only reported. Raises the other errors of `refresh`.
        """
        async with WaitReporter(on_progress, urlsplit(self.web).netloc, clock=self.clock) as reporter:
            record = await asyncio.to_thread(self.store.load)
            recorded = {refresh.moment: refresh for refresh in record.past.values()}
            wanted = tuple(moments) if force else still_to_measure(moments, recorded, rules_fingerprint(self.tracker))
            measured: list[dt.date] = []
            incomplete: list[BackfillFailure] = []
            failed: list[BackfillFailure] = []
            skipped = len(moments) - len(wanted)
            if not wanted:
                return BackfillOutcome(skipped=skipped)
            await asyncio.to_thread(self.store.check_writable)
            async with self.open_source() as source:
                reporter.watch(source)
                for number, moment in enumerate(wanted, 1):
                    day = moment.date()
                    try:
                        # Each time is reported as one step.
                        outcome = await self._measure(source, record, lambda _step: None, force=True, as_of=moment)
                        record = await self._write(outcome, record)
                    except (NotFound, Undetermined) as error:
                        failed.append(BackfillFailure(date=day, cause=str(error)))
                        result = str(error)
                    else:
                        refresh = record.past[past_key(moment)]
                        measured.append(day)
                        incomplete += [BackfillFailure(date=day, cause=cause) for cause in refresh.errors[:1]]
                        result = _states_line(refresh)
                    sent = source.usage().sent
                    reporter.report(Progress(done=number, total=len(wanted), message=f"{day}: {result}", sent=sent))
        return BackfillOutcome(
            measured=tuple(measured), skipped=skipped, incomplete=tuple(incomplete), failed=tuple(failed)
        )

    async def _measure(
        self, source: Source, record: Record, on_progress: ProgressCallback, *, force: bool, as_of: dt.datetime | None
    ) -> RefreshOutcome:
        """Return the measured refresh, which is not recorded yet. `record` has the refresh to compare with."""
        from pawtui.refresh.refresh_run import refresh

        return await refresh(
            self.tracker,
            source,
            record.baseline if as_of is None else record.baseline_at(as_of),
            clock=self.clock,
            web=self.web,
            on_progress=on_progress,
            force=force,
            as_of=as_of,
        )

    async def _write(self, outcome: RefreshOutcome, before: Record) -> Record:
        """Write the measured refresh, if any, and return the record after that. `before` is the record when it began.

        A cancel during the write is raised after the write, which is short. The record then shows the result.
        """
        if outcome.refresh is None:
            return await asyncio.to_thread(self.store.load)
        make_refresh = partial(self._complete, outcome.refresh, before)
        write = asyncio.ensure_future(asyncio.to_thread(self.store.add_refresh, make_refresh, outcome.pinned_states))
        try:
            return await asyncio.shield(write)
        except asyncio.CancelledError:
            await write
            raise

    def _complete(self, measured: Refresh, before: Record, record: Record) -> Refresh:
        """Return the refresh with what depends on the current record: the decision, and an id after all others.

        Raises `_NewerRefresh` if another refresh began later and was recorded since `before` was read. The drift of a
        pin that was renewed while the refresh was running is dropped: it was measured from the old state.
        """
        if measured.as_of is not None:
            return replace(measured, id=record.next_id(measured.at))
        if record.last is not None and record.last != before.last and record.last.at > measured.at:
            began = moment_text(record.last.at)
            raise _NewerRefresh(f"Not recorded: another refresh began later, at {began}, and is recorded already.")
        renewed = record.renewed_since(measured)
        measured = replace(measured, drift=tuple(drift for drift in measured.drift if drift.pin not in renewed))
        after = replace(record, refreshes=(*record.refreshes, measured))
        decision = self.overview_of(after).decision
        return replace(measured, id=record.next_id(measured.at), decision=decision)


def _states_line(measured: Refresh) -> str:
    states = [reading.state for reading in measured.signals]
    counts = ", ".join(f"{states.count(state)} {state}" for state in STATES if state in states)
    return f"{measured.upstream.ref} @ {short_sha(measured.upstream.sha)}, {counts}"
