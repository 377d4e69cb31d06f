"""A big deterministic record for benchmarks, with refreshes, notes and log entries of realistic size.

Refreshes are a week apart, or closer if that would be more than ten years: 3,650 refreshes are daily refreshes of ten
years. Only the newest refresh has the drift of the pins. Equal parts of the refreshes are shared objects in memory; on
disk each refresh has 23 kB.
"""

import datetime as dt
import hashlib
import random
from typing import get_args

from pawtui.ids import new_id
from pawtui.probes import probe_facts
from pawtui.probes.probe_facts import ChurnFacts, SurfaceFacts
from pawtui.probes.reading import Evidence, ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import (
    Drift,
    DriftState,
    Range,
    Ranges,
    Refresh,
    RelatedStatus,
    RepoSnapshot,
    SignalReading,
)
from pawtui.review.record_types import GATE_STATES, Change, Edit, GateEntry, Note, Record, Review, Verdict, plain_entry
from pawtui.sources.facts import RequestUsage
from pawtui.tracker.probe_types import Probe, kind_of
from pawtui.tracker.read_tracker import builtin_tracker
from pawtui.tracker.tracker_types import Tracker

_FACTS = {str(facts.__struct_config__.tag): facts for facts in get_args(probe_facts.Facts)}
WEB = "https://github.com"
WEEKS = 12
TEN_YEARS = dt.timedelta(days=3650)
# The usual number of evidence items for each kind of probe.
_EVIDENCE = {
    "churn": 12,
    "subjects": 5,
    "soak": 4,
    "release": 2,
    "names": 3,
    "issues": 6,
    "new-files": 1,
    "attested": 0,
}
_COMMIT_SUBJECTS = (
    "fix(core): settle interrupted tools before the step ends",
    "refactor(core)!: rename session events",
    "feat(runner): resume a suspended turn after a restart",
    "fix [/core] index[0] of a retried step",
    "chore: generate",
)
_WORDS = (
    "Opened ten copies of real databases with the new runtime; all sessions list and read.",
    "The importer still drops notice parts, and says so in its log only.",
    "Asked upstream whether the table names are final.\n\n- no answer yet\n- look again next week",
    "The claim is written ahead now, so that a hard kill leaves something to take over; the test beside it covers "
    "two restarts in a row, and a third one with the disk full. What it does not cover is a claim left by a process "
    "of another version, which is what an update in the middle of a turn would leave.",
    "Nothing new.",
)
_PATHS = tuple(
    f"packages/{package}/src/session/{name}.ts"
    for package in ("core", "schema", "cli", "server")
    for name in ("runner", "event", "message", "compaction", "restart", "history", "export", "tool")
)
_DRIFTS: tuple[DriftState, ...] = ("fresh", "fresh", "fresh", "fresh", "changed", "moved", "gone", "unchecked")


def _sha(*what: object) -> str:
    return hashlib.sha1(repr(what).encode(), usedforsecurity=False).hexdigest()


class _Maker:
    """Data that the parts of one record share."""

    def __init__(self, tracker: Tracker, times: list[dt.datetime]) -> None:
        self.tracker = tracker
        self.times = times
        self.rng = random.Random(1253)
        self.steady: dict[tuple[str, int], ProbeReading] = {}

    def commits(self, number: int, count: int) -> tuple[Evidence, ...]:
        repo = self.tracker.upstream.repo
        at = self.times[number % len(self.times)]
        made = []
        for index in range(count):
            sha = _sha("commit", number - index)
            commit_subject = _COMMIT_SUBJECTS[(number + index) % len(_COMMIT_SUBJECTS)]
            url = f"{WEB}/{repo}/commit/{sha}"
            made.append(Evidence(text=f"{sha[:10]}  {commit_subject}", url=url, pin=f"{repo}@{sha}", at=at))
        return tuple(made)

    def churn(self, number: int, probe: Probe) -> ProbeReading:
        at = self.times[number]
        surfaces: list[SurfaceFacts] = []
        for name in self.tracker.surfaces:
            counts = tuple(self.rng.randint(0, 18) for _ in range(WEEKS))
            surfaces.append(SurfaceFacts(name=name, count=sum(counts[-4:]), peak=max(counts) * 3, weeks=counts))
        weeks = tuple(sum(surface.weeks[week] for surface in surfaces) for week in range(WEEKS))
        total = sum(weeks[-4:])
        state: State = "met" if total < 180 else "partial" if total < 220 else "unmet"
        facts = ChurnFacts(
            head=_sha("up", number),
            days=28,
            since=at.date() - dt.timedelta(days=28),
            total=total,
            peak=max(weeks) * 4,
            peak_from=at.date() - dt.timedelta(days=70),
            weeks=weeks,
            weeks_from=at.date() - dt.timedelta(days=7 * WEEKS),
            surfaces=tuple(surfaces),
        )
        summary = f"{total} commits in 28 days"
        evidence = self.commits(number, 12)
        return ProbeReading(
            kind=kind_of(probe), state=state, summary=summary, rule=probe.why, facts=facts, evidence=evidence
        )

    def reading(self, number: int, probe: Probe, place: str) -> ProbeReading:
        kind = kind_of(probe)
        if kind == "churn":
            return self.churn(number, probe)
        # The finding of a probe changes sometimes, not every week.
        period = number // 8
        if (place, period) not in self.steady:
            states: tuple[State, ...] = ("met", "partial", "unmet", "met")
            state: State = "unknown" if kind == "attested" else states[(period + len(place)) % 4]
            self.steady[place, period] = ProbeReading(
                kind=kind,
                state=state,
                summary=f"{kind}: {state} at {self.times[number]:%Y-%m-%d}",
                rule=probe.why,
                facts=_FACTS[kind](head=_sha("up", number)),
                evidence=self.commits(number, _EVIDENCE.get(kind, 1)),
                cause="no machine can see it" if state == "unknown" else "",
            )
        return self.steady[place, period]

    def side(self, which: str, number: int) -> RepoSnapshot:
        side = self.tracker.upstream if which == "up" else self.tracker.downstream
        at = self.times[number] - dt.timedelta(hours=3)
        return RepoSnapshot(
            repo=side.repo, ref="v2" if which == "up" else "maint/v1", sha=_sha(which, number), committed_at=at
        )

    def range(self, which: str, number: int) -> Range | None:
        if number == 0:
            return None
        commits = self.rng.randint(3, 260)
        return Range(
            from_=_sha(which, number - 1), to=_sha(which, number), ancestor=True, commits=commits, files=commits * 2
        )

    def refresh(self, number: int, drift: tuple[Drift, ...] = ()) -> Refresh:
        signals = []
        for signal in self.tracker.signals:
            probes = tuple(
                self.reading(number, probe, f"{signal.id}.{index}") for index, probe in enumerate(signal.probes)
            )
            order: tuple[State, ...] = ("unmet", "unknown", "partial", "met")
            state = next(worst for worst in order if any(probe.state == worst for probe in probes))
            fingerprint = _sha(signal.id, number // 8)[:16]
            signals.append(SignalReading(id=signal.id, state=state, probes=probes, fingerprint=fingerprint))
        related = tuple(
            RelatedStatus(ref=item.ref, title=item.why, state="open", url=f"{WEB}/{item.ref.replace('#', '/issues/')}")
            for item in self.tracker.related
        )
        return Refresh(
            id=new_id(self.times[number], number),
            at=self.times[number],
            duration=1.9,
            source="live",
            tool="pawtui 0.1.0",
            upstream=self.side("up", number),
            downstream=self.side("down", number),
            range=Ranges(upstream=self.range("up", number), downstream=self.range("down", number)),
            signals=tuple(signals),
            requests=RequestUsage(sent=37, not_modified=4, remaining=4963, limit=5000, reset_at=self.times[number]),
            drift=drift,
            related=related,
            rules=_sha("rules")[:16],
            decision="no-go" if number % 5 == 0 else "hold",
        )

    def note(self, number: int, at: dt.datetime, refresh: int) -> Note:
        subjects = [*(f"signal:{signal.id}" for signal in self.tracker.signals)]
        subjects += [*(f"gate:{gate.id}" for gate in self.tracker.gates), "review"]
        repo = self.tracker.upstream.repo
        path, line = _PATHS[number % len(_PATHS)], 1 + number % 400
        pins = (f"{repo}@{_sha('up', refresh)}:{path}#L{line}", f"{repo}#{30_000 + number}")[: number % 3]
        return Note(
            id=new_id(at, number),
            subject=subjects[number % len(subjects)],
            text=f"{_WORDS[number % len(_WORDS)]} ({number})",
            by="one" if number % 3 else "other",
            at=at,
            pins=pins,
            upstream=_sha("up", refresh),
            downstream=_sha("down", refresh),
        )


def _logged(number: int, action: str, summary: str, by: str, at: dt.datetime, edit: Edit) -> Change:
    return Change(id=new_id(at, number), action=action, summary=summary, by=by, at=at, edits=(edit,))


def make_record(refreshes: int, notes: int, *, now: dt.datetime) -> Record:
    """Return a record of the built-in tracker with these numbers of refreshes (at least 1) and notes.

    The newest refresh is a day before `now` (UTC). All gates are set, one signal has a verdict, every refresh has a
    closed review, and the log has every note and review.
    """
    tracker = builtin_tracker()
    step = min(dt.timedelta(weeks=1), TEN_YEARS / refreshes)
    newest = now - dt.timedelta(days=1)
    # Notes are written within a day after their refresh.
    spell = min(step * 0.9, dt.timedelta(hours=20))
    times = [newest - step * (refreshes - 1 - number) for number in range(refreshes)]
    maker = _Maker(tracker, times)
    log: list[Change] = []
    written: dict[str, Note] = {}
    for number in range(notes):
        after = number * refreshes // notes
        at = times[after] + spell * ((number * refreshes / notes) % 1) + dt.timedelta(minutes=5)
        note = maker.note(number, at, after)
        written[note.id] = note
        edit = Edit(table="notes", key=note.id, before=None, after=plain_entry(note))
        log.append(_logged(number, "note", f"wrote a note on {note.subject}", note.by, at, edit))
    pins = [pin for note in written.values() for pin in note.pins]
    drift = tuple(
        Drift(
            pin=pin,
            state=_DRIFTS[number % len(_DRIFTS)] if ":" in pin else "unchecked",
            summary=f"changed by {_sha(number)[:10]} {_COMMIT_SUBJECTS[number % len(_COMMIT_SUBJECTS)]}",
            url=f"{WEB}/{tracker.upstream.repo}/compare/{_sha('up', 0)}...{_sha('up', number)}",
        )
        for number, pin in enumerate(pins)
    )
    made = [maker.refresh(number, drift if number == refreshes - 1 else ()) for number in range(refreshes)]
    reviews: dict[str, Review] = {}
    for number, refresh in enumerate(made):
        at = refresh.at + dt.timedelta(minutes=4)
        review = Review(
            id=refresh.id,
            refresh=refresh.id,
            decision=refresh.decision,
            recommendation=_WORDS[number % len(_WORDS)],
            by="one",
            at=at,
        )
        reviews[refresh.id] = review
        edit = Edit(table="reviews", key=review.id, before=None, after=plain_entry(review))
        log.append(_logged(number, "close", f"closed the review with {review.decision}", "one", at, edit))
    last = made[-1]
    return Record(
        refreshes=tuple(made),
        notes=written,
        gates={
            gate.id: GateEntry(
                id=gate.id,
                state=GATE_STATES[number % len(GATE_STATES)],
                reason="as the notes say",
                by="other",
                at=newest,
                upstream=last.upstream.sha,
                downstream=last.downstream.sha,
                pins=tuple(pins[number : number + 1]),
                parts=tuple(part.id for part in gate.parts[:2]),
            )
            for number, gate in enumerate(tracker.gates)
        },
        verdicts={
            "no-resets": Verdict(
                id=new_id(newest, 1),
                signal="no-resets",
                state="partial",
                reason="The last two migrations kept everything.",
                by="other",
                at=newest,
                upstream=last.upstream.sha,
                measured=last.signals[-1].state,
                fingerprint=last.signals[-1].fingerprint,
            )
        },
        reviews=reviews,
        log=tuple(sorted(log, key=lambda change: change.id)),
        pinned_states={pin: _sha("blob", pin) for pin in pins if ":" in pin},
    )
