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
from pawtui.store.edits import apply as store_apply
from pawtui.tracker.tracker_types import Signal
from tests.review.review_samples import NOON, TRACKER, apply, context_of, reading, record, refresh

RECORD = record(refresh(reading("calm", "unmet"), reading("default", "met")))
BOB = Actor(by="bob", at=NOON)


def _tables(of: Record) -> tuple[object, ...]:
    return (of.gates, of.verdicts, of.notes, of.reviews)


def test_any_number_of_changes_is_undone_and_redone() -> None:
    states = [RECORD]
    for state in ("blocked", "untested", "blocked"):
        states.append(apply(states[-1], set_gate(context_of(states[-1]), "value", state, reason="r")))
    now = states[-1]
    for before in reversed(states[:-1]):
        now = apply(now, undo(context_of(now)))
        assert _tables(now) == _tables(before)
    with pytest.raises(ActionError, match="no change to undo"):
        undo(context_of(now))
    for after in states[1:]:
        now = apply(now, redo(context_of(now)))
        assert _tables(now) == _tables(after)
    with pytest.raises(ActionError, match="no change to redo"):
        redo(context_of(now))


def test_a_new_change_clears_redo() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "value", "blocked", reason="r"))
    now = apply(now, undo(context_of(now)))
    now = apply(now, add_note(context_of(now), "calm", "x"))
    with pytest.raises(ActionError, match="no change to redo"):
        redo(context_of(now))


def test_undo_does_not_replace_a_later_change_of_another_user() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "value", "blocked", reason="r"))
    now = apply(now, set_gate(context_of(now, BOB), "value", "untested"))
    # A change of another gate is not the cause.
    now = apply(now, set_gate(context_of(now, BOB), "plan", "untested"))
    with pytest.raises(ActionError, match='bob made a later change: "set value to untested"'):
        undo(context_of(now))
    now = apply(now, undo(context_of(now, BOB)))
    assert _tables(apply(now, undo(context_of(now, BOB))))[0] != {}


def test_the_later_change_is_one_of_the_same_entry() -> None:
    """A signal and a gate can have the same id."""
    both = msgspec.structs.replace(TRACKER, signals=(Signal(id="value", title="Value"),))
    now = apply(RECORD, set_gate(context_of(RECORD, tracker=both), "value", "blocked", reason="r"))
    now = apply(now, set_gate(context_of(now, BOB, tracker=both), "value", "untested"))
    now = apply(now, give_verdict(context_of(now, BOB, tracker=both), "value", "met", reason="r"))
    with pytest.raises(ActionError, match='bob made a later change: "set value to untested"'):
        undo(context_of(now))


def test_a_redo_does_not_replace_a_later_change_of_another_user() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "value", "blocked", reason="r"))
    now = apply(now, undo(context_of(now)))
    now = apply(now, set_gate(context_of(now, BOB), "value", "untested"))
    now = apply(now, add_note(context_of(now, BOB), "calm", "x"))
    with pytest.raises(ActionError, match='cannot be redone: bob made a later change: "set value to untested"'):
        redo(context_of(now))


def test_users_undo_their_own_changes() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "value", "blocked", reason="r"))
    now = apply(now, add_note(context_of(now, BOB), "calm", "x"))
    now = apply(now, undo(context_of(now)))
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
            return set_gate(context_of(now, actor), "value", "blocked", reason=f"{actor.by} says so")
        case "clear":
            return set_gate(context_of(now, actor), "value", "untested")
        case "tick":
            return tick_part(context_of(now, actor), "plan", "app")
        case "note":
            return add_note(context_of(now, actor), "calm", "seen")
        case "verdict":
            return give_verdict(context_of(now, actor), "calm", "met", reason="r")
        case "drop":
            return remove_note(context_of(now, actor), next(iter(now.notes), "none"))
        case "undo":
            return undo(context_of(now, actor))
        case _:
            return redo(context_of(now, actor))


def test_a_change_of_an_older_version_without_a_later_key_is_undone_and_redone() -> None:
    blocked = apply(RECORD, set_gate(context_of(RECORD), "value", "blocked", reason="nobody asked"))
    (change,) = blocked.log
    (edit,) = change.edits
    assert edit.after is not None
    older = {key: value for key, value in edit.after.items() if key != "parts"}
    old_edit = msgspec.structs.replace(edit, after=older)
    old = msgspec.structs.replace(blocked, log=(msgspec.structs.replace(change, edits=(old_edit,)),))
    undone = store_apply(old, undo(context_of(old)))[0]
    assert undone.gates == {}
    assert store_apply(undone, redo(context_of(undone)))[0].gates == old.gates


def test_a_change_whose_logged_entry_is_not_readable_is_not_undone() -> None:
    blocked = apply(RECORD, set_gate(context_of(RECORD), "value", "blocked", reason="nobody asked"))
    (change,) = blocked.log
    (edit,) = change.edits
    unreadable = msgspec.structs.replace(edit, after={"id": 3})
    old = msgspec.structs.replace(blocked, log=(msgspec.structs.replace(change, edits=(unreadable,)),))
    with pytest.raises(ActionError, match="cannot be undone"):
        undo(context_of(old))
