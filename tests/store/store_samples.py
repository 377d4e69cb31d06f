"""Changes and refreshes for the tests of the store."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import msgspec

from pawtui.refresh.refresh_types import Refresh, RepoSnapshot
from pawtui.review.record_types import Change, Edit, GateEntry, GateState, Note, Record

AT = dt.datetime(2026, 11, 20, 14, 2, tzinfo=dt.UTC)
SHA = "041885d838" * 4
Made = TypeVar("Made", Change, Refresh)


def refresh(refresh_id: str = "r1") -> Refresh:
    """Return a small refresh."""
    side = RepoSnapshot(repo="owner/name", ref="main", sha=SHA, committed_at=AT)
    return Refresh(id=refresh_id, at=AT, duration=1.5, source="live", tool="t", upstream=side, downstream=side)


def as_is(made: Made) -> Callable[[Record], Made]:
    """Return a factory that returns this refresh or change for every record."""
    return lambda _record: made


def note(note_id: str, text: str = "seen", by: str = "ada") -> Callable[[Record], Change]:
    """Return a factory that adds a note. The change has the id of the note."""
    entry = Note(id=note_id, subject="review", text=text, by=by, at=AT)
    edit = Edit(table="notes", key=note_id, before=None, after=msgspec.to_builtins(entry))
    return lambda _record: change(note_id, edit)


def gate(change_id: str, gate_id: str, state: GateState) -> Callable[[Record], Change]:
    """Return a factory that sets the state of a gate."""
    entry = GateEntry(id=gate_id, state=state, reason="because", by="ada", at=AT)

    def make(record: Record) -> Change:
        known = record.gates.get(gate_id)
        before = None if known is None else msgspec.to_builtins(known)
        return change(change_id, Edit(table="gates", key=gate_id, before=before, after=msgspec.to_builtins(entry)))

    return make


def change(change_id: str, *edits: Edit) -> Change:
    """Return a change: one line of the log."""
    return Change(id=change_id, action="act", summary="did it", by="ada", at=AT, edits=edits)
