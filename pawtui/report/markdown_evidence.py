"""The summary's evidence: what went stale, what was not checked or not looked at, and the notes of this review.

A record grows for as long as it is kept, the summary must not: of older notes only those are repeated that something
rests on, and only pins that are shown or rested on are told of.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from pawtui.refresh.model import STALE, Drift, Refresh
from pawtui.report import escape
from pawtui.report.markdown_tables import pin_link
from pawtui.report.words import counted
from pawtui.review.model import Note, Record
from pawtui.review.steps import last_reviewed
from pawtui.review.views import Overview

# A comment on GitHub holds 65,536 characters; what is above the notes and below them takes the rest.
NOTES_BUDGET = 30_000
_UNSEEN_SHOWN = 12


def notes_of_now(overview: Overview) -> tuple[Note, ...]:
    """The notes of this review and those that a satisfied gate or a standing verdict rests on, newest first.

    A review begins when the one before was closed, or else with the last refresh but one.
    """
    begun = _begun(overview.record)
    kept = {note.id for note in overview.record.notes.values() if begun is None or note.at > begun}
    for gate in overview.gates:
        if gate.state == "satisfied" and not (gate.entry and gate.entry.pins):
            kept |= {note.id for note in gate.notes if note.pins} or {note.id for note in gate.notes[-1:]}
    for signal in overview.signals:
        if signal.verdict is not None and not signal.renewal:
            kept |= {note.id for note in [note for note in signal.notes if note.pins][-1:]}
    found = (note for note in overview.record.notes.values() if note.id in kept)
    return tuple(sorted(found, key=lambda note: note.id, reverse=True))


def _begun(record: Record) -> dt.datetime | None:
    before = last_reviewed(record)
    if before is None:
        return None
    review = record.reviews.get(before.id)
    return review.at if review else before.at


def _pins_of_now(overview: Overview) -> tuple[Drift, ...]:
    """What became of the pins that are shown or rested on."""
    pins = [pin for gate in overview.gates if gate.entry for pin in gate.entry.pins]
    pins += [pin for note in notes_of_now(overview) for pin in note.pins]
    pins += [drift.pin for view in overview.signals for drift in (*view.stale, *view.unchecked)]
    resting = (view for view in overview.gates if view.state == "satisfied")
    pins += [drift.pin for view in resting for drift in (*view.stale, *view.unchecked)]
    return tuple(overview.drift[pin] for pin in dict.fromkeys(pins))


def stale_evidence(overview: Overview, web: str) -> Iterator[str]:
    """Pins that no longer stand as they were taken, each with what happened and where that can be seen."""
    for drift in _pins_of_now(overview):
        if drift.state in STALE:
            label = "the difference" if "/compare/" in drift.url else "the file now"
            there = f" ({escape.link(label, drift.url)})" if drift.url else ""
            # The words mostly begin with the state already.
            summary = drift.summary.removeprefix(f"{drift.state} ")
            joint = ": " if summary == drift.summary else " "
            yield f"- {pin_link(drift.pin, web)} **{drift.state}**{joint}{escape.outside(summary)}{there}"


def unchecked_evidence(overview: Overview, web: str) -> Iterator[str]:
    """Pins that a failure kept from being checked, each; of the others how many, and why."""
    unchecked = [drift for drift in _pins_of_now(overview) if drift.state == "unchecked"]
    for drift in unchecked:
        if drift.failed:
            yield f"- {pin_link(drift.pin, web)}: {escape.outside(drift.summary)}"
    for summary, number in Counter(drift.summary for drift in unchecked if not drift.failed).items():
        yield f"- {counted(number, 'pin')}: {escape.outside(summary)}"


def missing(last: Refresh) -> Iterator[str]:
    """What the refresh could not have, and what its probes did not look at."""
    for error in last.errors:
        yield f"- {escape.code(error)}"
    gaps = [
        f"- {escape.code(reading.id)}: {escape.outside(one)}"
        for reading in last.signals
        for probe in reading.probes
        for one in probe.gaps
    ]
    gaps = list(dict.fromkeys(gaps))
    yield from gaps[:_UNSEEN_SHOWN]
    if len(gaps) > _UNSEEN_SHOWN:
        yield f"- and {counted(len(gaps) - _UNSEEN_SHOWN, 'more such gap')}"


def notes(overview: Overview, web: str) -> Iterator[str]:
    """The notes of now, as many as fit in a comment; how many older ones there are."""
    shown = notes_of_now(overview)
    yield from _fitting(overview, shown, web)
    older = len(overview.record.notes) - len(shown)
    if older:
        yield f"{counted(older, 'older note is', 'older notes are')} on record (`pawtui notes` lists them)."


def _fitting(overview: Overview, shown: Sequence[Note], web: str) -> Iterator[str]:
    left = NOTES_BUDGET
    for index, note in enumerate(shown):
        block = _note(overview, note, web)
        left -= len(block)
        if left < 0:
            yield f"{counted(len(shown) - index, 'earlier note')} on record, not shown here for length."
            yield ""
            return
        yield block


def _note(overview: Overview, note: Note, web: str) -> str:
    head = f"On {_subject(overview, note.subject)}, {note.at:%Y-%m-%d}, {escape.code(note.by)}:"
    pins = [f"- {pin_link(pin, web, overview.drift.get(pin))}" for pin in note.pins]
    lines = [head, "", escape.quoted(note.text), ""]
    return "\n".join([*lines, *pins, ""] if pins else lines)


def _subject(overview: Overview, subject: str) -> str:
    kind, _, name = subject.partition(":")
    signal, gate = overview.tracker.signal(name), overview.tracker.gate(name)
    if kind == "signal" and signal:
        return escape.outside(signal.title)
    if kind == "gate" and gate:
        return escape.outside(gate.title)
    return "the review as a whole" if subject == "review" else escape.code(subject)
