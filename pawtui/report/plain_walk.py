"""The walk as plain text: one stop with everything needed to judge it, what is left to do, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pawtui.refresh.model import Drift
from pawtui.report.difference import ReadingChange, difference
from pawtui.report.plain import aligned, headline, short_pin
from pawtui.report.plain_difference import reading_lines
from pawtui.report.words import DRIFT_GLYPH, GATE_GLYPH, STATE_GLYPH, counted, doubt
from pawtui.review.model import Change, Note
from pawtui.review.steps import Step, last_reviewed
from pawtui.review.views import GateView, Overview, SignalView

# From this urgency on nothing asks for a person any more.
CALM = 6
_EVIDENCE_SHOWN = 3
_NOTES_SHOWN = 3


def step_text(overview: Overview, step: Step, place: str, done: Change | None) -> str:
    """One stop: sentence, why it comes now, the reading with its rule, what changed since the last closed review,
    evidence and the earlier notes. `place` is where in the walk it stands; `done` what was decided already."""
    kind, _, name = step.subject.partition(":")
    if kind == "signal":
        view: SignalView | GateView = (signal := overview.signal(name))
        title, about = signal.signal.title, signal.signal.about
        rows = [*_signal(signal), *_changed(overview, name)]
    else:
        view = (gate := overview.gate(name))
        title, about = gate.gate.title, gate.gate.about
        rows = list(_gate(gate, overview.drift))
    head = [("why now", step.why)]
    if about:
        head.append(("about", " ".join(about.split())))
    rows = [*head, *rows, *_doubtful("stale", view.stale), *_doubtful("unchecked", view.unchecked), *_notes(view.notes)]
    if done is not None:
        rows.append(("decided", f"{done.summary}, by {done.by}"))
    return "\n".join([f"{place}  {kind} {name}: {' '.join(title.split())}", *aligned(rows)]) + "\n"


def _signal(view: SignalView) -> Iterator[tuple[str, str]]:
    yield "measured", f"{STATE_GLYPH[view.measured]} {view.measured}"
    verdict = view.verdict
    if verdict is not None:
        stands = "is asked for again" if view.renewal else "stands"
        until = f", until {verdict.until}" if verdict.until else ""
        reason = " ".join(verdict.reason.split())
        yield "verdict", f"{verdict.state} {stands}: {reason} ({verdict.by}, {verdict.at:%Y-%m-%d}{until})"
    for probe in view.reading.probes if view.reading else ():
        yield probe.kind, f"{STATE_GLYPH[probe.state]} {probe.state}: {probe.cause or probe.summary}"
        yield "rule", probe.rule
        for evidence in probe.evidence[:_EVIDENCE_SHOWN]:
            yield "evidence", f"{evidence.text}  {evidence.url}".rstrip()
        if len(probe.evidence) > _EVIDENCE_SHOWN:
            yield "evidence", f"{len(probe.evidence) - _EVIDENCE_SHOWN} more"
        for gap in probe.gaps:
            yield "not seen", gap


def _changed(overview: Overview, name: str) -> Iterator[tuple[str, str]]:
    before, last = last_reviewed(overview.record), overview.last
    if before is None or last is None:
        return
    readings = difference(overview.tracker, overview.record, before, last).readings
    change: ReadingChange | None = next((one for one in readings if one.id == name), None)
    since = f"since {before.at:%m-%d}"
    if change is None:
        yield since, "nothing changed"
        return
    # The first line says both states and why; what it reads now stands above, and evidence that left would fill a page.
    yield since, next(reading_lines(change)).strip().removeprefix(f"{name}: ")
    if change.new or change.gone:
        yield since, f"{len(change.new)} new, {len(change.gone)} gone among the evidence (`pawtui diff` lists them)"


def _gate(view: GateView, drift: Mapping[str, Drift]) -> Iterator[tuple[str, str]]:
    entry = view.entry
    stale = f", on {doubt(view)}: does not count" if view.state == "satisfied" and not view.holds else ""
    yield "state", f"{GATE_GLYPH[view.state]} {view.state}{stale}"
    if entry is not None:
        reason = " ".join(entry.reason.split()) or "no reason given"
        yield "set", f"{reason} ({entry.by}, {entry.at:%Y-%m-%d})"
    for number, part in enumerate(view.gate.parts, start=1):
        ticked = "ticked" if entry and part.id in entry.parts else "not ticked"
        yield f"part {number}", f"{ticked}: {part.title} ({part.id})"
    for pin in entry.pins if entry else ():
        yield "pinned", f"{short_pin(pin)} {DRIFT_GLYPH[drift[pin].state]} {drift[pin].state}"
    for path in view.gate.look:
        yield "look at", path


def _doubtful(word: str, drifts: Sequence[Drift]) -> Iterator[tuple[str, str]]:
    for drift in drifts:
        yield word, " ".join(part for part in (short_pin(drift.pin), drift.summary or drift.state, drift.url) if part)


def _notes(notes: Sequence[Note]) -> Iterator[tuple[str, str]]:
    newest = sorted(notes, key=lambda note: note.id, reverse=True)
    for note in newest[:_NOTES_SHOWN]:
        pins = f" [{', '.join(short_pin(pin) for pin in note.pins)}]" if note.pins else ""
        yield "note", f"{note.at:%Y-%m-%d} {note.by}: {' '.join(note.text.split())}{pins}"
    if len(newest) > _NOTES_SHOWN:
        yield "note", counted(len(newest) - _NOTES_SHOWN, "earlier one")


def waiting_text(overview: Overview, steps: Sequence[Step], done: Mapping[str, Change]) -> str:
    """What asks for a person and has not been decided since the last refresh, in the walk's order."""
    left = [step for step in steps if step.urgency < CALM and step.subject not in done]
    if not left:
        return f"Nothing asks for you. {headline(overview)}.\n"
    rows = [(step.subject, step.why, _title(overview, step)) for step in left]
    return "\n".join([f"{counted(len(left), 'thing')} to look at. {headline(overview)}.", *aligned(rows)]) + "\n"


def _title(overview: Overview, step: Step) -> str:
    kind, _, name = step.subject.partition(":")
    return overview.signal(name).signal.title if kind == "signal" else overview.gate(name).gate.title


def end_text(overview: Overview, steps: Sequence[Step], done: Mapping[str, Change]) -> str:
    """What was decided, what is left open, and the decision that it adds up to, with its reasons."""
    decided = [
        (step.subject, f"{done[step.subject].summary}, by {done[step.subject].by}")
        for step in steps
        if step.subject in done
    ]
    left = [(step.subject, step.why) for step in steps if step.subject not in done]
    lines = ["The walk is over.", f"Decided: {counted(len(decided), 'thing')}", *aligned(decided)]
    lines += [f"Left open: {counted(len(left), 'thing')}", *aligned(left), f"{headline(overview)}."]
    lines += [f"  - {' '.join(reason.split())}" for reason in overview.reasons]
    if overview.earliest:
        lines.append(f"  It could change on {overview.earliest} at the earliest.")
    return "\n".join(lines) + "\n"
