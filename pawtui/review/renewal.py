"""Renew pins that went stale: take the place where the text stands now, as the last refresh found it.

The old pin stays in the log, in the document before the change. A pin to an issue keeps its name: it is taken again, so
that it is compared with the issue's state from now on.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pawtui.refresh.model import STALE, Drift
from pawtui.refresh.pins import PinError, parse_pin
from pawtui.review.actions import ActionError, Actor, find_subject, next_id
from pawtui.review.model import Change, Edit, GateEntry, Note, Record, document_of
from pawtui.review.order import is_after
from pawtui.tracker.model import Tracker


class NothingToRenew(ActionError):
    """No pin of the subject is stale and has a place now."""


def renewed_pin(drift: Drift) -> str:
    """Return the pin that a stale one is renewed to; empty where it is not stale, or has no place now."""
    if drift.state not in STALE:
        return ""
    if drift.place:
        return drift.place
    try:
        return drift.pin if parse_pin(drift.pin).kind == "issue" else ""
    except PinError:
        return ""


def renewals(record: Record, subject: str, drift: Iterable[Drift]) -> dict[str, str]:
    """Return the stale pins of a subject that can be renewed, with the pin that each becomes.

    The pins of a gate are its own and those of its notes, those of a signal are its notes', those of `note:ID` its own.
    """
    own = {pin for _table, _key, entry in _entries(record, subject) for pin in entry.pins}
    return {one.pin: now for one in drift if one.pin in own and (now := renewed_pin(one))}


def renew_pins(
    record: Record, tracker: Tracker, subject: str, actor: Actor, pins: Iterable[str] | None = None
) -> Change:
    """Renew those stale pins of a subject (None: all). Raises `NothingToRenew` where none of them can be."""
    if not subject.startswith("note:"):
        subject = find_subject(tracker, subject)
    wanted = None if pins is None else set(pins)
    already = {pin for pin, change in record.renewed.items() if record.last and is_after(change, record.last)}
    found = renewals(record, subject, record.last.drift if record.last else ())
    chosen = {pin: now for pin, now in found.items() if pin not in already and (wanted is None or pin in wanted)}
    if not chosen:
        raise NothingToRenew(
            f"No stale pin of {subject} has a place at the last refresh. Refresh, or pin what replaced it."
        )
    return Change(
        id=next_id(record, actor.at),
        action="renew",
        summary=_summary(subject, chosen),
        by=actor.by,
        at=actor.at,
        edits=tuple(_edits(record, subject, chosen)),
        renewed=tuple(pin for pin, now in chosen.items() if pin == now),
    )


def _summary(subject: str, chosen: dict[str, str]) -> str:
    name = "a note" if subject.startswith("note:") else subject.partition(":")[2] or subject
    if len(chosen) > 1:
        return f"renewed {len(chosen)} pins of {name}"
    ((pin, now),) = chosen.items()
    # The edits hold the whole pins.
    return f"renewed {pin} of {name}" if pin == now else f"renewed {_short(pin)} to {_short(now)} of {name}"


def _short(pin: str) -> str:
    """A pin to a file without its repository and commit."""
    return pin.partition(":")[2] or pin


def _edits(record: Record, subject: str, chosen: dict[str, str]) -> Iterable[Edit]:
    for table, key, entry in _entries(record, subject):
        pins = tuple(dict.fromkeys(chosen.get(pin, pin) for pin in entry.pins))
        if pins != entry.pins:
            after = msgspec.structs.replace(entry, pins=pins)
            yield Edit(table=table, key=key, before=document_of(entry), after=document_of(after))


def _entries(record: Record, subject: str) -> Iterable[tuple[str, str, GateEntry | Note]]:
    """The documents that a subject's pins are in, each with its table and key."""
    kind, _, name = subject.partition(":")
    if kind == "gate" and (entry := record.gates.get(name)):
        yield "gates", name, entry
    for note in record.notes.values():
        if note.subject == subject or (kind == "note" and note.id == name):
            yield "notes", note.id, note
