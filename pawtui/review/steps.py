"""The walk: every signal and gate once, what needs a person first, and which of them have been looked at since.

Nothing of a walk is stored but what people do in it. That one agreed is an act like any other, a line of the log
without edits; so a walk can be left and taken up again, on another machine too.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pawtui.refresh.model import Refresh
from pawtui.review.actions import ActionError, Actor, document, find_subject, next_id
from pawtui.review.model import Change, Edit, Record
from pawtui.review.order import is_after
from pawtui.review.overview import overview
from pawtui.review.views import GateView, Overview, SignalView
from pawtui.tracker.model import Tracker

_AGREED = "agree "
# Steps from this urgency on need nobody.
CALM = 6


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One stop: `subject` is `signal:ID` or `gate:ID`, `why` says in words why it stands where it stands.

    `urgency` counts from 0 (stale evidence) to 6 (nothing to do).
    """

    subject: str
    why: str
    urgency: int


def steps(now: Overview) -> tuple[Step, ...]:
    """All signals and gates: stale or unchecked evidence, verdicts to give again, changed readings, untested gates,
    unknown readings, blocked gates, the rest; within each in the tracker's order."""
    since = last_reviewed(now.record)
    found = [*(_signal(view, since) for view in now.signals), *(_gate(view) for view in now.gates)]
    return tuple(sorted(found, key=lambda step: step.urgency))


def last_reviewed(record: Record) -> Refresh | None:
    """The refresh to compare with: the newest one before the last whose review was closed, else the one before it."""
    earlier = record.refreshes[:-1]
    closed = (refresh for refresh in reversed(earlier) if refresh.id in record.reviews)
    return next(closed, earlier[-1] if earlier else None)


def _signal(view: SignalView, since: Refresh | None) -> Step:
    subject = f"signal:{view.signal.id}"
    if view.stale:
        return Step(subject=subject, why=f"evidence went stale: {view.stale[0].state}", urgency=0)
    if view.unchecked:
        return Step(subject=subject, why="evidence could not be checked", urgency=0)
    if view.renewal:
        return Step(subject=subject, why=f"verdict needs renewal: {view.renewal}", urgency=1)
    before = since.signal(view.signal.id) if since else None
    if before is not None and before.state != view.measured:
        return Step(subject=subject, why=f"reading changed: {before.state} to {view.measured}", urgency=2)
    if view.measured == "unknown" and not view.verdict:
        return Step(subject=subject, why="unknown, no verdict", urgency=4)
    return Step(subject=subject, why=f"{view.effective}, as before" if before else view.effective, urgency=6)


def _gate(view: GateView) -> Step:
    subject = f"gate:{view.gate.id}"
    if view.stale:
        return Step(subject=subject, why=f"evidence went stale: {view.stale[0].state}", urgency=0)
    if view.unchecked:
        return Step(subject=subject, why="evidence could not be checked", urgency=0)
    if view.state == "untested":
        return Step(subject=subject, why="untested", urgency=3)
    if view.state == "blocked":
        return Step(subject=subject, why=f"blocked: {view.entry.reason}" if view.entry else "blocked", urgency=5)
    return Step(subject=subject, why="satisfied", urgency=6)


def agree(record: Record, tracker: Tracker, subject: str, actor: Actor) -> Change:
    """Say that what counts of a signal or gate was looked at and is right.

    Changes nothing but the log, except that agreeing with a reading takes back a verdict that was asked for again.
    What rests on evidence that is stale, or could not be checked, cannot be agreed with, whatever its state: agreeing
    would settle nothing, and `ActionError` says what would.
    """
    subject = find_subject(tracker, subject)
    kind, _, name = subject.partition(":")
    now = overview(tracker, record, actor.at.date())
    if kind == "gate":
        gate = now.gate(name)
        _refuse_doubt(gate, gate.gate.title, "Pin it again, or set the gate's state.")
        return _agreed(record, actor, subject, name, gate.state)
    signal = now.signal(name)
    _refuse_doubt(signal, signal.signal.title, "Write a note with a new pin, or give a verdict.")
    if signal.renewal and signal.verdict:
        edit = Edit(table="verdicts", key=name, before=document(signal.verdict), after=None)
        return _agreed(record, actor, subject, name, signal.effective, edit)
    return _agreed(record, actor, subject, name, signal.effective)


def _refuse_doubt(view: SignalView | GateView, title: str, remedy: str) -> None:
    if view.stale or view.unchecked:
        what = "is stale" if view.stale else "could not be checked"
        raise ActionError(f'Cannot agree with "{title}": its evidence {what}. {remedy}')


def _agreed(record: Record, actor: Actor, subject: str, name: str, state: str, *edits: Edit) -> Change:
    return Change(
        id=next_id(record, actor.at),
        action=f"{_AGREED}{subject}",
        summary=f"agreed with {name}: {state}",
        by=actor.by,
        at=actor.at,
        edits=edits,
    )


def agreed_with(change: Change) -> str:
    """The subject that an agreement is about; empty for any other act."""
    return change.action.removeprefix(_AGREED) if change.action.startswith(_AGREED) else ""


def looked_at(record: Record) -> dict[str, Change]:
    """What has been decided since the last refresh: subject to the newest act on it that stands."""
    found: dict[str, Change] = {}
    for change in _standing(record):
        if record.last is None or not is_after(record.last, change):
            found.update(dict.fromkeys(_subjects(change), change))
    return found


def _standing(record: Record) -> Iterator[Change]:
    """The changes that have not been taken back, oldest first."""
    undone: set[str] = set()
    for change in record.log:
        if change.undoes:
            undone.add(change.undoes)
        elif change.redoes:
            undone.discard(change.redoes)
    return (change for change in record.log if not (change.undoes or change.redoes or change.id in undone))


def _subjects(change: Change) -> Iterator[str]:
    if agreed := agreed_with(change):
        yield agreed
    for edit in change.edits:
        if change.action == "renew":
            # Its author took the place where the evidence stands now.
            yield f"gate:{edit.key}" if edit.table == "gates" else str((edit.after or {}).get("subject", ""))
        elif edit.table == "gates" and _decided(edit.before, edit.after):
            yield f"gate:{edit.key}"
        elif edit.table == "verdicts":
            yield f"signal:{edit.key}"


def _decided(before: dict[str, object] | None, after: dict[str, object] | None) -> bool:
    """Whether a gate's state was set (to what it was, too), or its last part ticked; a pin or one part of several
    decides nothing yet."""
    old, new = before or {}, after or {}
    if any(old.get(key, none) != new.get(key, none) for key, none in (("state", "untested"), ("reason", ""))):
        return True
    if before is None:
        return not (new.get("pins") or new.get("parts"))
    # A pin alone leaves when the state was set as it is; a tick changes the parts.
    # Set again to what it was, on a clock that stood still, it is the same to the last key.
    return old == new or (old.get("at") != new.get("at") and old.get("parts") == new.get("parts"))
