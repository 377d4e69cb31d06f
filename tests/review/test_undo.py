"""The record after undo and redo equals the replay of its log, also with changes of other users between."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.review.actions import ActionError, Actor
from pawtui.review.gate_actions import set_gate, tick_part
from pawtui.review.note_actions import add_note, remove_note
from pawtui.review.overview import make_overview
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


def _at(seconds: int, by: str) -> Actor:
    return Actor(by=by, at=NOON + dt.timedelta(seconds=seconds))


def _satisfied_by_a_note() -> Record:
    """Return a record in which ann satisfied a gate with the note of bob."""
    noted = apply(RECORD, add_note(context_of(RECORD, _at(1, "bob")), "value", "seen"))
    return apply(noted, set_gate(context_of(noted, _at(2, "ann")), "value", "satisfied"))


def _with_other_evidence(now: Record) -> Record:
    """Return a record in which bob replaced his note by another one."""
    now = apply(now, add_note(context_of(now, _at(4, "bob")), "value", "other evidence"))
    return apply(now, remove_note(context_of(now, _at(5, "bob")), next(iter(now.notes))))


def test_redo_does_not_satisfy_a_gate_by_evidence_that_was_added_since() -> None:
    now = _satisfied_by_a_note()
    now = _with_other_evidence(apply(now, undo(context_of(now, _at(3, "ann")))))
    with pytest.raises(ActionError, match="cannot be redone: bob changed the notes on gate 'value' since"):
        redo(context_of(now, _at(6, "ann")))


def test_undo_does_not_satisfy_a_gate_by_evidence_that_was_added_since() -> None:
    now = _satisfied_by_a_note()
    now = _with_other_evidence(apply(now, set_gate(context_of(now, _at(3, "ann")), "value", "blocked", reason="r")))
    with pytest.raises(ActionError, match="cannot be undone: bob changed the notes on gate 'value' since"):
        undo(context_of(now, _at(6, "ann")))


def test_undo_of_a_note_does_not_satisfy_a_gate_by_a_later_note() -> None:
    now = _satisfied_by_a_note()
    now = apply(now, remove_note(context_of(now, _at(3, "bob")), next(iter(now.notes))))
    now = apply(now, add_note(context_of(now, _at(4, "ann")), "value", "new evidence"))
    assert now.gates["value"].state == "untested"
    now = apply(now, add_note(context_of(now, _at(5, "bob")), "value", "other evidence"))
    with pytest.raises(ActionError, match="cannot be undone: bob changed the notes on gate 'value' since"):
        undo(context_of(now, _at(6, "ann")))


def test_redo_satisfies_a_gate_whose_notes_are_unchanged() -> None:
    now = _satisfied_by_a_note()
    now = apply(now, undo(context_of(now, _at(3, "ann"))))
    now = apply(now, add_note(context_of(now, _at(4, "bob")), "plan", "on another gate"))
    assert apply(now, redo(context_of(now, _at(5, "ann")))).gates["value"].state == "satisfied"


def test_a_blocked_gate_is_undone_after_a_note_of_another_user() -> None:
    blocked = apply(RECORD, set_gate(context_of(RECORD, _at(1, "ann")), "value", "blocked", reason="r"))
    now = apply(blocked, add_note(context_of(blocked, _at(2, "bob")), "value", "seen"))
    assert apply(now, undo(context_of(now, _at(3, "ann")))).gates == {}


def test_the_reason_of_a_satisfied_gate_is_undone_after_a_note_of_another_user() -> None:
    now = _satisfied_by_a_note()
    changed = apply(now, set_gate(context_of(now, _at(3, "ann")), "value", "satisfied", reason="r"))
    noted = apply(changed, add_note(context_of(changed, _at(4, "bob")), "value", "more evidence"))
    assert apply(noted, undo(context_of(noted, _at(5, "ann")))).gates == now.gates


def test_a_restored_note_that_was_no_evidence_of_the_change_does_not_satisfy_the_gate_again() -> None:
    now = apply(RECORD, add_note(context_of(RECORD, _at(1, "bob")), "value", "withdrawn"))
    now = apply(now, remove_note(context_of(now, _at(2, "bob")), next(iter(now.notes))))
    now = apply(now, add_note(context_of(now, _at(3, "ann")), "value", "seen"))
    now = apply(now, set_gate(context_of(now, _at(4, "ann")), "value", "satisfied"))
    now = apply(now, undo(context_of(now, _at(5, "ann"))))
    now = apply(now, undo(context_of(now, _at(6, "bob"))))
    now = apply(now, remove_note(context_of(now, _at(7, "eve")), next(iter(now.notes))))
    assert [note.text for note in now.notes.values()] == ["withdrawn"]
    with pytest.raises(ActionError, match="cannot be redone: bob changed the notes on gate 'value' since"):
        redo(context_of(now, _at(8, "ann")))


def test_a_restored_note_does_not_satisfy_a_gate_that_lost_other_evidence() -> None:
    now = apply(RECORD, add_note(context_of(RECORD, _at(1, "ann")), "value", "withdrawn"))
    now = apply(now, remove_note(context_of(now, _at(2, "ann")), next(iter(now.notes))))
    now = apply(now, add_note(context_of(now, _at(3, "bob")), "value", "seen"))
    now = apply(now, set_gate(context_of(now, _at(4, "bob")), "value", "satisfied"))
    now = apply(now, remove_note(context_of(now, _at(5, "bob")), next(iter(now.notes))))
    with pytest.raises(ActionError, match="cannot be undone: bob changed the notes on gate 'value' since"):
        undo(context_of(now, _at(6, "ann")))
    # The note of bob was the evidence.
    now = apply(now, undo(context_of(now, _at(7, "bob"))))
    assert make_overview(TRACKER, now, NOON.date()).gate("value").state == "satisfied"
    # Now the gate has its evidence, and another note is only one more.
    assert len(apply(now, undo(context_of(now, _at(8, "ann")))).notes) == 2


def test_the_removal_of_a_later_note_on_a_satisfied_gate_is_undone() -> None:
    now = _with_other_evidence(_satisfied_by_a_note())
    removed = apply(now, remove_note(context_of(now, _at(6, "bob")), next(iter(now.notes))))
    assert make_overview(TRACKER, removed, NOON.date()).gate("value").state == "untested"
    assert _tables(apply(removed, undo(context_of(removed, _at(7, "bob"))))) == _tables(now)


def test_a_note_on_a_gate_that_lost_its_evidence_is_undone_and_redone() -> None:
    now = _satisfied_by_a_note()
    now = apply(now, remove_note(context_of(now, _at(3, "bob")), next(iter(now.notes))))
    noted = apply(now, add_note(context_of(now, _at(4, "bob")), "value", "other evidence"))
    undone = apply(noted, undo(context_of(noted, _at(5, "bob"))))
    assert _tables(apply(undone, redo(context_of(undone, _at(6, "bob"))))) == _tables(noted)


def test_a_restored_note_is_not_the_newest_evidence_of_a_signal() -> None:
    now = RECORD
    for second, issue in enumerate((1, 2)):
        now = apply(now, add_note(context_of(now, _at(second, "ann")), "calm", "seen", pins=[f"up/stream#{issue}"]))
    restored = apply(now, remove_note(context_of(now, _at(3, "ann")), next(iter(now.notes))))
    restored = apply(restored, undo(context_of(restored, _at(4, "ann"))))
    for each in (now, restored):
        (newest,) = make_overview(TRACKER, each, NOON.date()).signal("calm").evidence
        assert newest.pin == "up/stream#2"


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
