"""The record after undo and redo equals the replay of its log, also with changes of other users between."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.review.actions import ActionError, Actor
from pawtui.review.gate_actions import set_gate, tick_part
from pawtui.review.note_actions import add_note, remove_note
from pawtui.review.record_types import Change, Record
from pawtui.review.undo import redo, undo
from pawtui.review.verdict_actions import give_verdict
from pawtui.tracker.tracker_types import Signal
from tests.review.review_samples import ANN, NOON, TRACKER, apply, reading, record, refresh

RECORD = record(refresh(reading("calm", "unmet"), reading("default", "met")))
BOB = Actor(by="bob", at=NOON)


def _tables(of: Record) -> tuple[object, ...]:
    return (of.gates, of.verdicts, of.notes, of.reviews)


def test_any_number_of_changes_is_undone_and_redone() -> None:
    states = [RECORD]
    for state in ("blocked", "untested", "blocked"):
        states.append(apply(states[-1], set_gate(states[-1], TRACKER, "value", state, ANN, reason="r")))
    now = states[-1]
    for before in reversed(states[:-1]):
        now = apply(now, undo(now, ANN))
        assert _tables(now) == _tables(before)
    with pytest.raises(ActionError, match="no change to undo"):
        undo(now, ANN)
    for after in states[1:]:
        now = apply(now, redo(now, ANN))
        assert _tables(now) == _tables(after)
    with pytest.raises(ActionError, match="no change to redo"):
        redo(now, ANN)


def test_a_new_change_clears_redo() -> None:
    now = apply(RECORD, set_gate(RECORD, TRACKER, "value", "blocked", ANN, reason="r"))
    now = apply(now, undo(now, ANN))
    now = apply(now, add_note(now, TRACKER, "calm", "x", ANN))
    with pytest.raises(ActionError, match="no change to redo"):
        redo(now, ANN)


def test_undo_does_not_replace_a_later_change_of_another_user() -> None:
    now = apply(RECORD, set_gate(RECORD, TRACKER, "value", "blocked", ANN, reason="r"))
    now = apply(now, set_gate(now, TRACKER, "value", "untested", BOB))
    # A change of another gate is not the cause.
    now = apply(now, set_gate(now, TRACKER, "plan", "untested", BOB))
    with pytest.raises(ActionError, match='bob made a later change: "set value to untested"'):
        undo(now, ANN)
    now = apply(now, undo(now, BOB))
    assert _tables(apply(now, undo(now, BOB)))[0] != {}


def test_the_later_change_is_one_of_the_same_entry() -> None:
    """A signal and a gate can have the same id."""
    both = msgspec.structs.replace(TRACKER, signals=(Signal(id="value", title="Value"),))
    now = apply(RECORD, set_gate(RECORD, both, "value", "blocked", ANN, reason="r"))
    now = apply(now, set_gate(now, both, "value", "untested", BOB))
    now = apply(now, give_verdict(now, both, "value", "met", BOB, reason="r"))
    with pytest.raises(ActionError, match='bob made a later change: "set value to untested"'):
        undo(now, ANN)


def test_a_redo_does_not_replace_a_later_change_of_another_user() -> None:
    now = apply(RECORD, set_gate(RECORD, TRACKER, "value", "blocked", ANN, reason="r"))
    now = apply(now, undo(now, ANN))
    now = apply(now, set_gate(now, TRACKER, "value", "untested", BOB))
    now = apply(now, add_note(now, TRACKER, "calm", "x", BOB))
    with pytest.raises(ActionError, match='cannot be redone: bob made a later change: "set value to untested"'):
        redo(now, ANN)


def test_users_undo_their_own_changes() -> None:
    now = apply(RECORD, set_gate(RECORD, TRACKER, "value", "blocked", ANN, reason="r"))
    now = apply(now, add_note(now, TRACKER, "calm", "x", BOB))
    now = apply(now, undo(now, ANN))
    assert now.gates == {}
    assert len(now.notes) == 1


_ACTIONS = st.sampled_from(["block", "clear", "tick", "note", "verdict", "drop", "undo", "redo"])


@given(st.lists(st.tuples(_ACTIONS, st.sampled_from(["ann", "bob"])), max_size=40))
def test_the_log_replayed_is_the_record(steps: list[tuple[str, str]]) -> None:
    now = RECORD
    for number, (step, by) in enumerate(steps):
        actor = Actor(by=by, at=NOON + dt.timedelta(seconds=number))
        try:
            now = apply(now, _change(now, step, actor))
        except ActionError:
            continue
    assert _tables(apply(RECORD, *now.log)) == _tables(now)


def _change(now: Record, step: str, actor: Actor) -> Change:
    match step:
        case "block":
            return set_gate(now, TRACKER, "value", "blocked", actor, reason=f"{actor.by} says so")
        case "clear":
            return set_gate(now, TRACKER, "value", "untested", actor)
        case "tick":
            return tick_part(now, TRACKER, "plan", "app", actor)
        case "note":
            return add_note(now, TRACKER, "calm", "seen", actor)
        case "verdict":
            return give_verdict(now, TRACKER, "calm", "met", actor, reason="r")
        case "drop":
            return remove_note(now, next(iter(now.notes), "none"), actor)
        case "undo":
            return undo(now, actor)
        case _:
            return redo(now, actor)
