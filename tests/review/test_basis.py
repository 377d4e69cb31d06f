"""An action is refused if its subject changed since it was shown, and the error states the change."""

import datetime as dt

import msgspec
import pytest

from pawtui.refresh.refresh_types import Drift, DriftState, PlanStatus, Refresh
from pawtui.review.actions import Actor, close_review
from pawtui.review.basis import Basis, SubjectChanged
from pawtui.review.gate_actions import add_pin, attach_evidence, set_gate, tick_part
from pawtui.review.note_actions import add_note, edit_note, remove_note
from pawtui.review.overview import Overview, make_overview
from pawtui.review.pin_actions import remove_pin
from pawtui.review.plan_actions import set_plan_state
from pawtui.review.record_types import Change, Record
from pawtui.review.undo import undo
from pawtui.review.verdict_actions import clear_verdict, give_verdict
from pawtui.tracker.tracker_types import Gate
from tests.review.review_samples import ANN, NOON, TRACKER, UP, apply, context_of, reading, record, refresh

LATER = NOON + dt.timedelta(minutes=7)
BOB = Actor(by="bob", at=LATER)
PIN = f"up/stream@{UP}:src/a.ts#L3"
RECORD = record(refresh(reading("calm", "met"), reading("default", "met")))


def shown(record: Record, at: dt.datetime = NOON) -> Overview:
    """Return the overview as a screen shows it at that time."""
    return make_overview(TRACKER, record, at.date())


def refusal(subject: str, before: Record, after: Record, own: tuple[str, ...] = (), actor: Actor = ANN) -> str:
    """Return why an action on a subject of `before` is refused on `after`; empty if it is accepted."""
    try:
        Basis(subject, shown(before)).check(context_of(after, actor), own)
    except SubjectChanged as error:
        refused = error
    else:
        return ""
    assert refused.now == shown(after, actor.at)
    assert str(refused) == f"{refused.what} Nothing was recorded: check it, then do it again."
    # The action is accepted on the overview of the error.
    Basis(subject, refused.now).check(context_of(after, actor))
    return refused.what


def measured_again(before: Record, *changed: Refresh) -> Record:
    """Return the record with one more refresh."""
    return msgspec.structs.replace(before, refreshes=(*before.refreshes, *changed))


def blocked(before: Record, actor: Actor = BOB, gate: str = "value") -> Change:
    """Return the change of a user who blocks a gate."""
    return set_gate(context_of(before, actor), gate, "blocked", reason="nobody asked")


def test_the_error_states_the_measured_state_and_the_state_before() -> None:
    after = measured_again(RECORD, refresh(reading("calm", "unmet"), reading("default", "met"), at=LATER))
    assert refusal("signal:calm", RECORD, after) == (
        "Signal 'calm' changed since it was shown: the refresh of 2026-11-20 12:07 UTC was recorded; "
        "it is unmet (before: met)."
    )
    assert refusal("signal:default", RECORD, after) == ""
    assert refusal("gate:value", RECORD, after) == ""


def test_the_same_state_with_changed_files_is_another_basis() -> None:
    other = reading("calm", "met", fingerprint="l2")
    after = measured_again(RECORD, refresh(other, reading("default", "met"), at=LATER))
    assert refusal("signal:calm", RECORD, after).endswith("the refresh of 2026-11-20 12:07 UTC was recorded.")


def test_a_first_refresh_is_a_change_too() -> None:
    after = record(refresh(reading("calm", "met"), reading("default", "unknown")))
    assert "it is met (before: unknown)" in refusal("signal:calm", record(), after)


def test_the_error_states_who_set_a_gate_when_and_both_states() -> None:
    after = apply(RECORD, blocked(RECORD))
    assert refusal("gate:value", RECORD, after) == (
        "Gate 'value' changed since it was shown: bob set value to blocked at 2026-11-20 12:07 UTC; "
        "it is blocked (before: untested)."
    )
    assert refusal("gate:plan", RECORD, after) == ""
    assert refusal("signal:calm", RECORD, after) == ""


def test_the_error_states_the_verdict_of_another_user() -> None:
    after = apply(RECORD, give_verdict(context_of(RECORD, BOB), "calm", "unmet", reason="no"))
    change = "bob gave calm the verdict unmet at 2026-11-20 12:07 UTC; it is unmet (before: met)."
    assert refusal("signal:calm", RECORD, after).endswith(change)
    cleared = apply(after, clear_verdict(context_of(after, BOB), "calm"))
    assert "bob cleared the verdict on calm at 2026-11-20 12:07 UTC; it is met (before: unmet)" in refusal(
        "signal:calm", after, cleared
    )
    assert refusal("signal:calm", RECORD, cleared) == "", "the state is the shown state"


@pytest.mark.parametrize(
    ("make", "summary"),
    [
        (lambda record: tick_part(context_of(record, BOB), "plan", "app"), "bob ticked part app of plan at"),
        (lambda record: add_pin(context_of(record, BOB), "plan", PIN), f"bob pinned {PIN} to plan at"),
        (lambda record: add_note(context_of(record, BOB), "plan", "seen"), "bob wrote a note on plan at"),
    ],
)
def test_parts_pins_and_notes_belong_to_the_basis_of_a_gate(make: object, summary: str) -> None:
    assert callable(make)
    found = refusal("gate:plan", RECORD, apply(RECORD, make(RECORD)))
    assert summary in found
    assert "(before:" not in found, "its state is the same"


def test_the_error_states_changed_and_removed_notes() -> None:
    noted = apply(RECORD, add_note(context_of(RECORD), "calm", "seen"))
    (note,) = noted.notes.values()
    edited = apply(noted, edit_note(context_of(noted, BOB), note.id, "other"))
    removed = apply(noted, remove_note(context_of(noted, BOB), note.id))
    assert refusal("signal:calm", noted, edited) == (
        "Signal 'calm' changed since it was shown: bob changed a note on calm at 2026-11-20 12:07 UTC."
    )
    assert refusal(f"note:{note.id}", noted, edited) == (
        "The note changed since it was shown: bob changed a note on calm at 2026-11-20 12:07 UTC."
    )
    assert "bob removed a note on calm at" in refusal("signal:calm", noted, removed)
    assert "bob removed a note on calm at" in refusal(f"note:{note.id}", noted, removed)
    assert refusal("gate:plan", noted, removed) == ""


@pytest.mark.parametrize("state", ["gone", "unchecked", "fresh"])
def test_evidence_that_was_compared_again_is_another_basis(state: DriftState) -> None:
    pinned = apply(RECORD, set_gate(context_of(RECORD), "value", "satisfied", pins=[PIN]))
    drift = (Drift(pin=PIN, state=state, failed=state == "unchecked"),)
    again = measured_again(pinned, refresh(reading("calm", "met"), at=LATER, drift=drift))
    assert refusal("gate:value", pinned, again).endswith(": the refresh of 2026-11-20 12:07 UTC was recorded.")
    still = measured_again(again, refresh(at=LATER + dt.timedelta(days=1), drift=drift))
    assert refusal("gate:value", again, still) == ""


def test_the_error_states_a_verdict_that_ended() -> None:
    until = NOON.date() + dt.timedelta(days=1)
    judged = apply(RECORD, give_verdict(context_of(RECORD), "calm", "unmet", reason="r", until=until))
    tomorrow = Actor(by="ann", at=NOON + dt.timedelta(days=1))
    assert refusal("signal:calm", judged, judged, actor=tomorrow).endswith("it is met (before: unmet).")
    assert refusal("signal:default", judged, judged, actor=tomorrow) == ""


def test_the_basis_of_a_review_is_its_refresh_decision_and_reasons() -> None:
    assert "the refresh of 2026-11-20 12:07 UTC was recorded" in refusal(
        "review", RECORD, measured_again(RECORD, refresh(reading("calm", "met"), reading("default", "met"), at=LATER))
    )
    after = apply(RECORD, blocked(RECORD))
    assert refusal("review", RECORD, after) == (
        "The review changed since it was shown: bob set value to blocked at 2026-11-20 12:07 UTC; "
        "it is no-go (before: hold)."
    )
    again = apply(after, blocked(after, gate="plan"))
    assert "bob set plan to blocked at 2026-11-20 12:07 UTC." in refusal("review", after, again)
    closed = apply(RECORD, close_review(context_of(RECORD, BOB), "Wait."))
    assert "bob closed the review with hold at" in refusal("review", RECORD, closed)
    # A note changes neither the decision nor its reasons.
    for before in (RECORD, Record()):
        assert refusal("review", before, apply(before, add_note(context_of(before, BOB), "calm", "seen"))) == ""
    assert "was recorded" in refusal("review", Record(), RECORD)
    assert "was recorded" not in refusal("review", RECORD, Record())


def test_a_review_that_was_closed_again_has_another_decision() -> None:
    before = apply(RECORD, close_review(context_of(RECORD), "Wait."))
    ready = apply(before, set_gate(context_of(before, BOB), "value", "satisfied", pins=[PIN]))
    ready = apply(ready, set_gate(context_of(ready, BOB), "plan", "satisfied", pins=[PIN]))
    after = apply(ready, close_review(context_of(ready, BOB), "Start."))
    assert refusal("review", before, after).endswith(
        "bob closed the review with go at 2026-11-20 12:07 UTC; it is go (before: hold)."
    )


def test_only_changes_of_other_sessions_are_stated_the_last_three() -> None:
    after = apply(RECORD, add_note(context_of(RECORD, BOB), "calm", "seen"))
    for gate in ("value", "plan", "value"):
        after = apply(after, blocked(after, gate=gate))
    after = apply(after, add_note(context_of(after), "calm", "seen"))
    what = refusal("review", RECORD, after, (after.log[-1].id,))
    assert what.count("bob set ") == 3
    assert "note" not in what
    what = refusal("gate:value", RECORD, after)
    assert what.count("bob set value to blocked") == 2
    assert what.count("bob") == 2


def test_a_change_of_several_entries_is_stated_once() -> None:
    after = apply(RECORD, attach_evidence(context_of(RECORD, BOB), "plan", "replayed", parts=["app"]))
    assert refusal("gate:plan", RECORD, after) == (
        "Gate 'plan' changed since it was shown: bob attached evidence to plan and ticked app at 2026-11-20 12:07 UTC."
    )


PLAN = PlanStatus(state="waiting", url="https://github.com/a/b/issues/1#issuecomment-1", since=NOON)
OTHER_PLAN = msgspec.structs.replace(PLAN, url="https://github.com/a/b/issues/1#issuecomment-2")


def planned(before: Record, plan: PlanStatus | None) -> Record:
    """Return the record with a refresh that found that plan."""
    return measured_again(before, msgspec.structs.replace(refresh(at=LATER), plan=plan))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (PLAN, PLAN, None),
        (None, PLAN, "; it is waiting (before: none)"),
        (PLAN, None, "; it is none (before: waiting)"),
        (PLAN, msgspec.structs.replace(PLAN, state="approved"), "; it is approved (before: waiting)"),
        (PLAN, msgspec.structs.replace(PLAN, answered_at=LATER), ""),
    ],
)
def test_the_error_states_the_plan_that_a_refresh_found(
    before: PlanStatus | None, after: PlanStatus | None, words: str | None
) -> None:
    first = planned(Record(), before)
    found = "The plan changed since it was shown: the refresh of 2026-11-20 12:07 UTC was recorded"
    assert refusal("plan", first, planned(first, after)) == ("" if words is None else f"{found}{words}.")


def test_a_plan_entry_belongs_to_the_basis_of_the_plan() -> None:
    first = planned(Record(), PLAN)
    ruled = apply(first, set_plan_state(context_of(first, BOB), "approved", reason="so"))
    assert refusal("plan", first, ruled) == (
        "The plan changed since it was shown: bob recorded the plan as approved at 2026-11-20 12:07 UTC; "
        "it is approved (before: waiting)."
    )
    own = apply(first, set_plan_state(context_of(first), "approved", reason="so"))
    assert refusal("plan", first, own, (own.log[-1].id,)) == ""
    # A plan entry replaces what a refresh found: another state of the same plan and comments changes nothing.
    withdrawn = msgspec.structs.replace(PLAN, state="withdrawn")
    assert refusal("plan", ruled, planned(ruled, withdrawn)) == ""
    assert refusal("plan", Record(), planned(Record(), PLAN)).endswith("it is waiting (before: none).")
    # After the own entry, a refresh found another plan.
    assert "was recorded" in refusal("plan", first, planned(own, OTHER_PLAN), (own.log[-1].id,))


def test_undo_is_for_the_change_that_was_shown() -> None:
    first = apply(RECORD, blocked(RECORD, ANN))
    elsewhere = Actor(by="ann", at=LATER)
    second = apply(first, add_note(context_of(first, elsewhere), "calm", "seen"))
    assert refusal("undo", first, second) == (
        'The change to undo changed since it was shown: it is "wrote a note on calm" of 2026-11-20 12:07 UTC '
        '(before: "set value to blocked" of 2026-11-20 12:00 UTC).'
    )
    undone = apply(first, undo(context_of(first, elsewhere)))
    assert 'it is nothing (before: "set value to blocked"' in refusal("undo", first, undone)
    assert refusal("redo", first, undone).startswith(
        'The change to redo changed since it was shown: it is "set value to blocked"'
    )
    assert refusal("undo", first, apply(first, blocked(first, BOB, gate="plan"))) == "", "it is not undone"


def test_a_change_of_a_gate_with_the_id_of_a_signal_is_not_stated_for_the_signal() -> None:
    tracker = msgspec.structs.replace(TRACKER, gates=(Gate(id="calm", title="We are calm"),))
    blocking = set_gate(context_of(RECORD, BOB, tracker=tracker), "calm", "blocked", reason="no")
    after = apply(measured_again(RECORD, refresh(reading("calm", "unmet"), at=LATER)), blocking)
    basis = Basis("signal:calm", make_overview(tracker, RECORD, NOON.date()))
    with pytest.raises(SubjectChanged, match="since it was shown: the refresh of"):
        basis.check(context_of(after, tracker=tracker))


def test_changes_of_the_same_session_are_accepted() -> None:
    ticked = apply(RECORD, tick_part(context_of(RECORD), "plan", "app"))
    own = (ticked.log[-1].id,)
    assert refusal("gate:plan", RECORD, ticked, own) == ""
    assert refusal("undo", RECORD, ticked, own) == ""
    twice = apply(ticked, tick_part(context_of(ticked), "plan", "sdk"))
    assert refusal("gate:plan", RECORD, twice, (*own, twice.log[-1].id)) == ""
    # A change of the session, then a change of another user.
    both = apply(ticked, tick_part(context_of(ticked, BOB), "plan", "sdk"))
    assert "bob ticked part sdk of plan" in refusal("gate:plan", RECORD, both, own)
    # A change of another user, then a change of the session that is based on it.
    other = apply(RECORD, tick_part(context_of(RECORD, BOB), "plan", "sdk"))
    mixed = apply(other, tick_part(context_of(other), "plan", "app"))
    assert refusal("gate:plan", RECORD, mixed, (mixed.log[-1].id,)) == ""
    judged = apply(RECORD, give_verdict(context_of(RECORD), "calm", "unmet", reason="r"))
    assert refusal("signal:calm", RECORD, judged, (judged.log[-1].id,)) == ""
    noted = apply(RECORD, add_note(context_of(RECORD), "plan", "seen"))
    (note,) = noted.notes.values()
    removed = apply(noted, remove_note(context_of(noted), note.id))
    assert refusal(f"note:{note.id}", noted, removed, (removed.log[-1].id,)) == ""


def test_the_error_states_an_own_note_that_another_user_removed() -> None:
    noted = apply(RECORD, add_note(context_of(RECORD), "plan", "seen"))
    (note,) = noted.notes.values()
    removed = apply(noted, remove_note(context_of(noted, BOB), note.id))
    assert "bob removed a note on plan at" in refusal("gate:plan", RECORD, removed, (noted.log[-1].id,))
    assert refusal("gate:plan", RECORD, removed) == "", "another session never knew the note"
    assert refusal("gate:value", RECORD, removed, (noted.log[-1].id,)) == "", "it was on another gate"


def test_undo_and_redo_are_accepted_before_the_screen_shows_the_last_change() -> None:
    first = apply(RECORD, blocked(RECORD, ANN))
    second = apply(first, add_note(context_of(first), "calm", "seen"))
    third = apply(second, undo(context_of(second)))
    own = (third.log[-1].id,)
    assert refusal("undo", second, third, own) == ""
    assert refusal("redo", second, third, own) == ""
    elsewhere = apply(third, undo(context_of(third)))
    assert refusal("gate:value", second, elsewhere, own).startswith("Gate 'value' changed")


def test_a_new_note_replaces_nothing() -> None:
    assert refusal("", RECORD, apply(RECORD, blocked(RECORD))) == ""
    own = apply(RECORD, blocked(RECORD, ANN))
    assert refusal("", own, apply(own, undo(context_of(own)))) == ""


def test_a_restored_older_record_is_compared() -> None:
    """The log of the previous version is shorter: it does not contain the change."""
    after = apply(RECORD, blocked(RECORD))
    assert refusal("gate:value", after, RECORD) == (
        "Gate 'value' changed since it was shown: it is untested (before: blocked)."
    )
    assert "it is nothing" in refusal("undo", after, RECORD, actor=BOB)
    assert refusal("signal:calm", RECORD, Record()) == (
        "Signal 'calm' changed since it was shown: it is unknown (before: met)."
    )


def test_a_stale_pin_that_the_same_session_added_was_known() -> None:
    drift = (Drift(pin=PIN, state="changed"),)
    pinned = apply(RECORD, add_pin(context_of(RECORD), "plan", PIN))
    stale = measured_again(pinned, refresh(reading("calm", "met"), at=LATER, drift=drift))
    change = add_pin(context_of(stale), "value", PIN)
    assert refusal("gate:value", stale, apply(stale, change), own=(change.id,)) == ""
    assert "bob pinned" in refusal("gate:value", stale, apply(stale, add_pin(context_of(stale, BOB), "value", PIN)))


def test_a_pin_of_the_same_session_that_another_user_added_again_is_a_change() -> None:
    before = apply(RECORD, add_pin(context_of(RECORD), "value", PIN))
    own = remove_pin(context_of(before), "gate:value", PIN)
    removed = apply(before, own)
    added = apply(removed, add_pin(context_of(removed, BOB), "value", PIN))
    stale = Drift(pin=PIN, state="changed", summary="changed")
    after = measured_again(added, msgspec.structs.replace(RECORD.refreshes[-1], id="r9", at=LATER, drift=(stale,)))
    assert "bob" in refusal("gate:value", before, after, (own.id,))
