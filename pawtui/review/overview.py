"""The overview that screens, commands and exports show: computed from the tracker and the record, never stored."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from pawtui.ids import is_after
from pawtui.phrases import short_sha
from pawtui.probes.signal_state import deciding_summary
from pawtui.probes.state import State
from pawtui.refresh.pins import pin_or_none
from pawtui.refresh.refresh_types import (
    LINK_SUMMARY,
    Decision,
    Drift,
    PlanStatus,
    Refresh,
    RepoSnapshot,
    SignalReading,
    other_repo_summary,
)
from pawtui.review.decision import Reason, decide
from pawtui.review.record_types import Note, PinnedEntry, Record, Verdict
from pawtui.review.subject_status import EvaluationStepStatus, GateStatus, SignalStatus
from pawtui.tracker.rules_fingerprint import rules_fingerprint
from pawtui.tracker.tracker_types import EvaluationStep, Gate, Signal, Tracker


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """All data that screens, commands and exports show. `reasons` are why the decision is not `go`.

    `earliest` is the first day on which the decision can become `go`, from the signals whose day is known. `last` is
    the last refresh. `drift` has the drift of each pin, `replacements` the pin that replaces each stale pin whose new
    place is known. `notes` has the notes on each subject, oldest first. `due` is the day of the next review. `plan` is
    the state of the plan: found by the last refresh, or recorded by a maintainer since.
    """

    tracker: Tracker
    record: Record
    today: dt.date
    last: Refresh | None
    signals: tuple[SignalStatus, ...]
    gates: tuple[GateStatus, ...]
    steps: tuple[EvaluationStepStatus, ...]
    decision: Decision
    reasons: tuple[Reason, ...]
    earliest: dt.date | None
    drift: Mapping[str, Drift]
    replacements: Mapping[str, str]
    notes: Mapping[str, Sequence[Note]]
    due: dt.date | None
    plan: PlanStatus | None = None

    @property
    def met_count(self) -> int:
        """The number of signals that are met, by measurement or verdict."""
        return sum(status.effective == "met" for status in self.signals)

    @property
    def satisfied_count(self) -> int:
        """The number of gates that count as satisfied."""
        return sum(status.counts_as_satisfied for status in self.gates)

    @property
    def is_due(self) -> bool:
        """Whether the day of the next review has come."""
        return self.due is not None and self.due <= self.today

    @property
    def statuses(self) -> dict[str, SignalStatus | GateStatus]:
        """The statuses of all signals, then of all gates, by `signal:ID` and `gate:ID`."""
        return {status.subject: status for status in self.signals} | {status.subject: status for status in self.gates}

    @property
    def undefined_subjects(self) -> tuple[str, ...]:
        """The subjects with a decision that the tracker does not define, such as a gate whose id was changed."""
        record = self.record
        decided = [f"signal:{signal_id}" for signal_id in record.verdicts]
        decided += [f"gate:{entry.id}" for entry in record.gates.values() if entry.state != "untested"]
        decided += [f"step:{entry.id}" for entry in record.steps.values() if entry.state != "planned"]
        defined = {*self.statuses, *(f"step:{status.step.id}" for status in self.steps)}
        return tuple(subject for subject in decided if subject not in defined)

    def status(self, subject: str) -> SignalStatus | GateStatus | None:
        """Return the status of `signal:ID` or `gate:ID`; None for another subject."""
        return self.statuses.get(subject)

    def note(self, subject: str) -> Note | None:
        """Return the note of `note:ID`; None for another subject, or if there is no such note."""
        return self.record.notes.get(subject.removeprefix("note:")) if subject.startswith("note:") else None

    def renewable_pins(self, subject: str) -> Mapping[str, str]:
        """Return the stale pins of a subject that can be renewed, each with the pin that replaces it."""
        pins = (pin for _, entry in self.pin_entries(subject) for pin in entry.pins)
        return {pin: self.replacements[pin] for pin in pins if pin in self.replacements}

    def pin_entries(self, subject: str) -> Iterator[tuple[str, PinnedEntry]]:
        """Yield the entries that have the pins of `signal:ID`, `gate:ID`, `step:ID` or `note:ID`, with their tables.

        A gate has its own pins, those of its evaluation steps and those of its notes; a signal and `review` have those
        of their notes.
        """
        kind, _, subject_id = subject.partition(":")
        if kind == "gate" and subject_id in self.record.gates:
            yield "gates", self.record.gates[subject_id]
        for step in self.steps:
            serves_gate = kind == "gate" and subject_id in step.step.gates
            if step.entry and (serves_gate or step.subject == subject):
                yield "steps", step.entry
        note = self.note(subject)
        yield from (("notes", each) for each in ([note] if note else self.notes.get(subject, ())))

    def signal(self, signal_id: str) -> SignalStatus:
        """Return the status of that signal. Raises `KeyError` if the tracker does not have it."""
        return {status.signal.id: status for status in self.signals}[signal_id]

    def gate(self, gate_id: str) -> GateStatus:
        """Return the status of that gate. Raises `KeyError` if the tracker does not have it."""
        return {status.gate.id: status for status in self.gates}[gate_id]

    def step(self, step_id: str) -> EvaluationStepStatus:
        """Return the status of that evaluation step. Raises `KeyError` if the tracker does not have it."""
        return {status.step.id: status for status in self.steps}[step_id]

    def steps_of(self, gate_id: str) -> tuple[EvaluationStepStatus, ...]:
        """Return the evaluation steps that serve a gate."""
        return tuple(status for status in self.steps if gate_id in status.step.gates)


def make_overview(tracker: Tracker, record: Record, today: dt.date) -> Overview:
    """Return the overview on that day (UTC)."""
    drift = _pin_drift(record)
    notes: dict[str, list[Note]] = {}
    # In the record, a note whose removal was undone is the last one.
    for note in sorted(record.notes.values(), key=lambda note: note.id):
        notes.setdefault(note.subject, []).append(note)
    signals = tuple(
        _signal_status(signal, record, tuple(notes.get(f"signal:{signal.id}", ())), drift, today)
        for signal in tracker.signals
    )
    steps = tuple(_step_status(step, record, drift) for step in tracker.steps)
    gates = tuple(_gate_status(gate, record, tuple(notes.get(f"gate:{gate.id}", ())), drift) for gate in tracker.gates)
    last = record.last
    decision, reasons, earliest = decide(
        signals,
        gates,
        why_unread=last.upstream.doubt if last else "no refresh is recorded",
        has_new_rules=last is not None and bool(last.rules) and last.rules != rules_fingerprint(tracker),
    )
    return Overview(
        tracker=tracker,
        record=record,
        today=today,
        last=last,
        signals=signals,
        gates=gates,
        steps=steps,
        decision=decision,
        reasons=reasons,
        earliest=earliest,
        drift=drift,
        notes=notes,
        replacements={pin: new for pin, each in drift.items() if (new := replacement_of(each))},
        due=_due(last.at, tracker.policy.recheck_days) if last else None,
        plan=record.current_plan,
    )


def _pin_drift(record: Record) -> dict[str, Drift]:
    """Return the drift of each pin at the last refresh; a pin that it did not check is new or restored."""
    pins, known, last = record.pins, record.last_drift, record.last
    new: set[str] = set()
    unchecked: set[str] = set()
    if set(pins) - known.keys():
        for change in record.effective_changes():
            made = set(change.new_pins())
            unchecked = (unchecked - made) | set(change.unchecked)
            # A change while the refresh was running has an earlier id than the refresh.
            if last is None or is_after(change, last) or change.at >= last.at:
                new |= made
    heads = record.heads.values()
    return {
        pin: known.get(pin) or new_pin_drift(pin, heads, is_restored=pin not in new, is_unchecked=pin in unchecked)
        for pin in pins
    }


def new_pin_drift(
    text: str, heads: Collection[RepoSnapshot], *, is_restored: bool = False, is_unchecked: bool = False
) -> Drift:
    """Return the drift of a pin that the last refresh, which found these heads, did not check.

    It is unchecked if only the next refresh finds out whether the pinned file, commit or issue exists. This is so for
    each pin that could not be checked when it was made (`is_unchecked`). A restored pin is older than the last refresh,
    but had been removed before: its issue may have changed since it was pinned.
    """
    pin = pin_or_none(text)
    if pin is not None and pin.kind == "url":
        return Drift(pin=text, state="unchecked", summary=LINK_SUMMARY)
    unchecked = Drift(pin=text, state="unchecked", summary="pinned after the last refresh: refresh to check it")
    if pin is not None and pin.kind in ("file", "commit") and heads:
        shas = [head.sha for head in heads if head.has_name(pin.repo)]
        if not shas:
            return replace(unchecked, summary=other_repo_summary(pin.repo))
        if not is_unchecked and (sha := next((sha for sha in shas if sha.startswith(pin.sha)), "")):
            return Drift(pin=text, state="fresh", summary=f"pinned at {short_sha(sha)}, the commit of the last refresh")
        if pin.kind == "file":
            # The file may have changed between its commit and that of the last refresh.
            return replace(unchecked, failed=True)
    if is_restored:
        return replace(unchecked, summary="restored after the last refresh: refresh to check it", failed=True)
    return replace(unchecked, failed=is_unchecked)


def replacement_of(drift: Drift) -> str:
    """Return the pin that replaces a stale pin; empty if the pin is not stale, or its new place is not known."""
    if not drift.is_stale:
        return ""
    if drift.place:
        return drift.place
    pin = pin_or_none(drift.pin)
    return drift.pin if pin and pin.kind == "issue" else ""


def _signal_status(
    signal: Signal, record: Record, notes: tuple[Note, ...], drift: Mapping[str, Drift], today: dt.date
) -> SignalStatus:
    reading = record.last.signal(signal.id) if record.last else None
    measured: State = reading.state if reading else "unknown"
    verdict = record.verdicts.get(signal.id)
    renewal_reason = _renewal_reason(signal, verdict, reading, record, today) if verdict else ""
    valid = None if renewal_reason else verdict
    newest = next((note for note in reversed(notes) if note.pins), None)
    # A valid verdict is newer evidence than a note before it.
    pins = newest.pins if newest and not (valid and is_after(valid, newest)) else ()
    return SignalStatus(
        subject=f"signal:{signal.id}",
        title=signal.title,
        signal=signal,
        reading=reading,
        measured=measured,
        effective=valid.state if valid else measured,
        summary=reading_summary(signal, reading),
        verdict=verdict,
        renewal_reason=renewal_reason,
        notes=notes,
        evidence=tuple(drift[pin] for pin in dict.fromkeys(pins)),
    )


def _renewal_reason(
    signal: Signal, verdict: Verdict, reading: SignalReading | None, record: Record, today: dt.date
) -> str:
    """Return why a verdict needs renewal; empty if it applies."""
    if verdict.until is not None and today >= verdict.until:
        return f"it expired on {verdict.until}"
    if reading is None:
        return ""
    if reading.state != verdict.measured:
        return f"the measured state went from {verdict.measured} to {reading.state}"
    # Two empty fingerprints prove nothing, unless the signal reads no files.
    if reading.fingerprint == verdict.fingerprint and (reading.fingerprint or not _reads_upstream_files(signal)):
        return ""
    since = short_sha(verdict.upstream) or "it was given"
    if reading.fingerprint and verdict.fingerprint:
        seen = next((refresh for refresh in reversed(record.refreshes) if is_after(verdict, refresh)), None)
        same_tracker = seen is None or record.last is None or seen.rules == record.last.rules
        what = "its files changed upstream" if same_tracker else "its files or the tracker changed"
        return f"{what} since {since}"
    # The files of one commit are the same.
    if not reading.fingerprint and record.last and record.last.upstream.sha == verdict.upstream:
        return ""
    return f"could not check whether its files changed since {since}"


def _reads_upstream_files(signal: Signal) -> bool:
    keys = ("surfaces", "exist", "absent", "files", "paths", "file")
    return any(getattr(probe, key, ()) for probe in signal.probes if probe.side == "upstream" for key in keys)


def reading_summary(signal: Signal | None, reading: SignalReading | None) -> str:
    """Return the summary of the probe that decides a signal's state; its cause if the state is unknown.

    `signal` is None for a reading of a signal that the tracker no longer has.
    """
    if reading is None:
        return "not measured yet"
    deciding = [probe for probe in reading.probes if probe.decides]
    if not deciding:
        return "no probe decides: only a verdict counts"
    summary = deciding_summary(deciding)
    if reading.parts:
        states, kind = [part.state for part in reading.parts], "parts"
    elif signal is not None and signal.combine == "parts" and len(deciding) > 1:
        states, kind = [probe.state for probe in deciding], "probes"
    else:
        return summary
    met = states.count("met")
    counts = f"{met} of {len(states)} {kind} met"
    return f"{counts}; {summary}" if met < len(states) else counts


def _gate_status(gate: Gate, record: Record, notes: tuple[Note, ...], drift: Mapping[str, Drift]) -> GateStatus:
    entry = record.gates.get(gate.id)
    pins = (entry.pins if entry else ()) or tuple(pin for note in notes for pin in note.pins)
    return GateStatus(
        subject=f"gate:{gate.id}",
        title=gate.title,
        gate=gate,
        entry=entry,
        notes=notes,
        evidence=tuple(drift[pin] for pin in dict.fromkeys(pins)),
    )


def _step_status(step: EvaluationStep, record: Record, drift: Mapping[str, Drift]) -> EvaluationStepStatus:
    entry = record.steps.get(step.id)
    pins = entry.pins if entry else ()
    return EvaluationStepStatus(
        subject=f"step:{step.id}",
        title=step.title,
        step=step,
        entry=entry,
        state=entry.state if entry else "planned",
        evidence=tuple(drift[pin] for pin in dict.fromkeys(pins)),
    )


def _due(at: dt.datetime, days: int) -> dt.date | None:
    """Return the day of the next review; None if it is after the last day of the calendar."""
    try:
        return at.date() + dt.timedelta(days=days)
    except OverflowError:
        return None
