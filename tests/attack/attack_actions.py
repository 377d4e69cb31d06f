"""Several users change one record, each based on their screen: a change never replaces a state its author has not seen.

Each session stores the state of every document that it has seen: the shown state, and its own later changes. A change
must be accepted if and only if this state equals the record.
"""

import datetime as dt
from collections.abc import Iterable
from random import Random
from typing import Any

import msgspec

from pawtui.probes.state import State
from pawtui.review.actions import ActionContext, ActionError, Actor, ChangeFactory
from pawtui.review.basis import Basis, SubjectChanged
from pawtui.review.gate_actions import add_pin, set_gate, tick_part
from pawtui.review.note_actions import add_note, edit_note, remove_note
from pawtui.review.overview import Overview, make_overview
from pawtui.review.record_types import KEYED_TABLES, Change, Record
from pawtui.review.verdict_actions import clear_verdict, give_verdict
from pawtui.review.walk import agree
from tests.attack.cases import each_case
from tests.review.review_samples import NOON, TRACKER, UP, apply, reading, refresh

TITLE = "changes of several users, each based on a screen"
CASES = 40

_STATES: tuple[State, ...] = ("met", "partial", "unmet", "unknown")
Documents = dict[tuple[str, str], Any]


def run(seed: int, cases: int) -> None:
    """Run cases."""
    each_case("actions", seed, cases, _attack)


class _Session:
    """One open screen: the state that it shows, and the state that its user knows."""

    def __init__(self, name: str, record: Record) -> None:
        self.name = name
        self.own: set[str] = set()
        self.shown: Overview
        self.known: Documents
        self.show(record)

    def show(self, record: Record) -> None:
        """Show the current record on the screen."""
        self.shown = make_overview(TRACKER, record, NOON.date())
        self.known = _documents(record)

    def recorded(self, change: Change, record: Record) -> None:
        """Add the user's own change to the known state, before the screen shows it."""
        self.own.add(change.id)
        for edit in change.edits:
            self.known[edit.table, edit.key] = _documents(record).get((edit.table, edit.key))


def _documents(record: Record) -> Documents:
    found: Documents = {
        (table, key): document for table in KEYED_TABLES for key, document in getattr(record, table).items()
    }
    for signal in record.last.signals if record.last else ():
        found["reading", signal.id] = (signal.state, signal.fingerprint)
    return found


def _relevant(subject: str, documents: Iterable[Documents]) -> set[tuple[str, str]]:
    """Return the data of a subject in these records: its document, its reading, and its notes."""
    kind, _, name = subject.partition(":")
    own = {"signal": [("verdicts", name), ("reading", name)], "gate": [("gates", name)], "note": [("notes", name)]}
    notes = {
        key
        for known in documents
        for key, note in known.items()
        if key[0] == "notes" and note and note.subject == subject
    }
    return {*own[kind], *notes}


def _attack(rng: Random) -> None:
    record = _measured(rng, Record(), NOON)
    names = rng.choice((("ann", "bob"), ("ann", "ann"), ("ann", "bob", "cem")))
    sessions = [_Session(name, record) for name in names]
    at = NOON
    for _ in range(60):
        at += dt.timedelta(seconds=1)
        session = rng.choice(sessions)
        if rng.random() < 0.15:
            session.show(record)
        elif rng.random() < 0.05:
            record = _measured(rng, record, at)
        else:
            record = _change(rng, session, record, Actor(by=session.name, at=at))


def _change(rng: Random, session: _Session, record: Record, actor: Actor) -> Record:
    context = ActionContext(TRACKER, record, actor)
    subject, make = _random_change(rng, session, actor)
    now = _documents(record)
    same = all(session.known.get(key) == now.get(key) for key in _relevant(subject, (session.known, now)))
    refused = _refused(Basis(subject, session.shown), context, session.own)
    assert (refused is None) == same, (subject, session.name, refused and refused.what)
    if refused is not None:
        assert refused.now.record is record
        if rng.random() < 0.7:
            session.show(record)
        return record
    try:
        change = make(context)
    except ActionError:
        return record
    after = apply(record, change)
    session.recorded(change, after)
    return after


def _refused(basis: Basis, context: ActionContext, own: set[str]) -> SubjectChanged | None:
    try:
        basis.check(context, own)
    except SubjectChanged as error:
        return error
    return None


def _random_change(rng: Random, session: _Session, actor: Actor) -> tuple[str, ChangeFactory]:
    """Return a change of a subject that the screen of the session shows."""
    gate, signal = rng.choice(TRACKER.gates).id, rng.choice(TRACKER.signals).id
    notes = sorted(key for (table, key), note in session.known.items() if table == "notes" and note)
    choices: list[tuple[str, ChangeFactory]] = [
        (
            f"gate:{gate}",
            lambda context: set_gate(context, gate, "blocked", reason=f"{actor.by} {actor.at}"),
        ),
        (f"gate:{gate}", lambda context: set_gate(context, gate, "untested")),
        (
            f"gate:{gate}",
            lambda context: add_pin(context, gate, f"up/stream@{UP}:{actor.at:%M%S}.ts"),
        ),
        ("gate:plan", lambda context: tick_part(context, "plan", "app")),
        (
            f"signal:{signal}",
            lambda context: give_verdict(context, signal, "met", reason=f"{actor.at}"),
        ),
        (f"signal:{signal}", lambda context: clear_verdict(context, signal)),
        (f"signal:{signal}", lambda context: agree(context, f"signal:{signal}")),
        (f"gate:{gate}", lambda context: add_note(context, f"gate:{gate}", "seen")),
    ]
    if notes:
        note = rng.choice(notes)
        choices.append((f"note:{note}", lambda context: edit_note(context, note, f"{actor.by} {actor.at}")))
        choices.append((f"note:{note}", lambda context: remove_note(context, note)))
    return rng.choice(choices)


def _measured(rng: Random, record: Record, at: dt.datetime) -> Record:
    """Return one more refresh, in which some signals change."""
    last = record.last
    signals = []
    for signal in TRACKER.signals:
        before = last.signal(signal.id) if last else None
        if before is not None and rng.random() < 0.5:
            signals.append(before)
        else:
            state = rng.choice(_STATES)
            signals.append(reading(signal.id, state, fingerprint=rng.choice(("f1", "f2"))))
    made = msgspec.structs.replace(refresh(*signals, at=at), id=record.next_id(at))
    return msgspec.structs.replace(record, refreshes=(*record.refreshes, made))
