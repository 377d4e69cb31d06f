"""Small records and overviews for the tests of reports."""

import datetime as dt

from msgspec.structs import replace

from pawtui.probes.probe_facts import Facts, PathsFacts
from pawtui.probes.reading import Evidence, ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import (
    Drift,
    DriftState,
    PlanStatus,
    Range,
    Ranges,
    Refresh,
    RelatedStatus,
    RepoSnapshot,
    SignalReading,
)
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.document_parts import DocumentContext
from pawtui.report.documents.subject_document import subject_document
from pawtui.report.documents.summary_document import summary_document
from pawtui.report.markdown_text import markdown_text
from pawtui.review.actions import ActionContext, Actor, ChangeFactory
from pawtui.review.gate_actions import set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.overview import Overview, make_overview
from pawtui.review.record_types import Record
from pawtui.review.verdict_actions import give_verdict
from pawtui.sources.facts import RequestUsage
from pawtui.tracker.tracker_types import Gate, Part, Related, Scope, Side, Signal, Tracker
from tests.review.review_samples import apply

WEB = "https://github.com"
MONDAY = dt.datetime(2026, 11, 16, 14, 2, tzinfo=dt.UTC)
FRIDAY = dt.datetime(2026, 11, 20, 14, 2, tzinfo=dt.UTC)
NOW = FRIDAY + dt.timedelta(hours=2)
UP_1, UP_2, DOWN_1 = "a1" * 20, "b2" * 20, "d4" * 20
PIN = f"up/stream@{UP_1}:src/run.ts"
MOVED_PIN = f"up/stream@{UP_2}:src/moved.ts#L3-L4"

TRACKER = Tracker(
    id="t",
    title="Fork follows upstream",
    issue="down/stream#77",
    upstream=Side(repo="up/stream", refs=("v2",)),
    downstream=Side(repo="down/stream", refs=("dev",)),
    scope=Scope(inside=("Watch it",), outside=("No code migration",)),
    signals=(Signal(id="calm", title="It is calm"), Signal(id="default", title="It is the default")),
    gates=(
        Gate(id="plan", title="There is a plan", parts=(Part(id="app", title="App"), Part(id="sdk", title="The SDK"))),
        Gate(id="value", title="There is value"),
    ),
    related=(Related(ref="up/stream#9", why="Their own review"),),
)


def side(repo: str, sha: str, ref: str) -> RepoSnapshot:
    """Return the snapshot of a repository, committed at noon on 15 November."""
    return RepoSnapshot(repo=repo, ref=ref, sha=sha, committed_at=dt.datetime(2026, 11, 15, 12, tzinfo=dt.UTC))


def reading(
    name: str,
    state: State,
    summary: str,
    *evidence: Evidence,
    fingerprint: str = "l1",
    cause: str = "",
    gaps: tuple[str, ...] = (),
    facts: Facts | None = None,
) -> SignalReading:
    """Return a signal's reading with one probe, whose kind is that of the facts."""
    found = facts or PathsFacts()
    probe = ProbeReading(
        kind=str(found.__struct_config__.tag),
        state=state,
        summary=summary,
        rule="r",
        facts=None if cause else found,
        evidence=evidence,
        cause=cause,
        gaps=gaps,
    )
    return SignalReading(id=name, state=state, probes=(probe,), fingerprint=fingerprint)


def refresh(
    *readings: SignalReading,
    at: dt.datetime = FRIDAY,
    up: str = UP_2,
    range_: Range | None = None,
    errors: tuple[str, ...] = (),
    drift: tuple[Drift, ...] = (),
    related: tuple[RelatedStatus, ...] = (),
    plan: PlanStatus | None = None,
    rules: str = "",
) -> Refresh:
    """Return a refresh."""
    return Refresh(
        id=f"r{at:%m%d}",
        at=at,
        duration=3.25,
        source="live",
        tool="pawtui 0.1.0",
        upstream=side("up/stream", up, "v2"),
        downstream=side("down/stream", DOWN_1, "dev"),
        range=Ranges(upstream=range_),
        signals=readings,
        errors=errors,
        requests=RequestUsage(sent=41, not_modified=4, remaining=4971),
        drift=drift,
        related=related,
        plan=plan,
        rules=rules,
    )


def moved(*, ancestor: bool = True, at_least: bool = False) -> Range:
    """Return the range between the two upstream heads."""
    behind = 0 if ancestor else 3
    return Range(from_=UP_1, to=UP_2, ancestor=ancestor, commits=229, files=562, behind=behind, files_at_least=at_least)


def week() -> Record:
    """Return a record of two refreshes: `calm` is first unmet, then met."""
    commit = Evidence(text="b2b2b2b2b2  fix: calm down", url=f"{WEB}/up/stream/commit/{UP_2}")
    return Record(
        refreshes=(
            refresh(reading("calm", "unmet", "74 commits", fingerprint="l0"), at=MONDAY, up=UP_1),
            refresh(
                reading("calm", "met", "8 commits", commit),
                reading("default", "unknown", "could not be measured", cause="GitHub did not answer within 10 s."),
                range_=moved(),
            ),
        )
    )


def changed(record: Record, make_change: ChangeFactory, by: str = "mira", at: dt.datetime = FRIDAY) -> Record:
    """Return the record after a change."""
    actor = Actor(by=by, at=at + dt.timedelta(minutes=len(record.log) + 1))
    return apply(record, make_change(ActionContext(TRACKER, record, actor)))


def blocked(record: Record, reason: str = "No one has started", *pins: str) -> Record:
    """Return the record with the gate `plan` blocked."""
    return changed(
        record,
        lambda context: set_gate(context, "plan", "blocked", reason=reason, pins=pins),
    )


def context(overview: Overview) -> DocumentContext:
    """Return the context of a document two hours after Friday's refresh."""
    return DocumentContext(overview=overview, web=WEB, now=NOW)


def overview_of(record: Record, tracker: Tracker = TRACKER) -> Overview:
    """Return the overview of a record on Friday."""
    return make_overview(tracker, record, NOW.date())


def summary(record: Record) -> str:
    """Return the summary on Friday."""
    return summary_of(overview_of(record))


def summary_of(overview: Overview, *, web: str = WEB, now: dt.datetime = NOW) -> str:
    """Return the summary of an overview."""
    return markdown_text(summary_document(DocumentContext(overview=overview, web=web, now=now)))


def satisfied(record: Record, gate: str, *pins: str) -> Record:
    """Return the record with a gate satisfied, without a reason."""
    return changed(record, lambda context: set_gate(context, gate, "satisfied", pins=pins))


def noted(record: Record, subject: str, text: str, *pins: str, days: int = 0) -> Record:
    """Return the record with a note that is `days` older than the refresh."""
    at = FRIDAY - dt.timedelta(days=days)
    return changed(record, lambda context: add_note(context, subject, text, pins=pins), at=at)


def overridden() -> Record:
    """Return the week with `default` met by verdict and `plan` blocked."""
    return changed(
        blocked(week()),
        lambda context: give_verdict(context, "default", "met", reason="I ran it."),
    )


def with_problem_pin(*, failed: bool = False, place: str = "") -> Record:
    """Return a record in which one pin, stale or unchecked (`failed`), is the evidence of `value` and of `calm`.

    `place` is the current place of the pinned text; without it, the file is gone.
    """
    record = changed(week(), lambda context: set_gate(context, "value", "satisfied", pins=[PIN]))
    record = changed(record, lambda context: add_note(context, "calm", "Seen.", pins=[PIN]))
    hunk = ("@@ -1,2 +3,2 @@", " same", "-old", "+new") if place else ()
    state: DriftState = "unchecked" if failed else "changed" if place else "gone"
    drift = Drift(pin=PIN, state=state, failed=failed, place=place, hunk=hunk)
    last = refresh(reading("calm", "met", "8 commits"), drift=(drift,))
    return replace(record, refreshes=(last,))


def page(record: Record, subject: str) -> str:
    """Return the page of a subject as text."""
    document = subject_document(subject, context(overview_of(record)))
    assert document is not None
    return plain_text(document)
