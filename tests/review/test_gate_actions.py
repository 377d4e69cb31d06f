"""Actions that change a gate: its state, its parts and its evidence."""

import datetime as dt

import msgspec
import pytest

from pawtui.review import actions
from pawtui.review.actions import ActionError, Actor, AlreadyDone, NeedsEvidence
from pawtui.review.gate_actions import add_pin, attach_evidence, set_gate, tick_part
from pawtui.review.note_actions import add_note
from pawtui.review.overview import make_overview
from pawtui.review.pin_actions import remove_pin
from pawtui.review.record_types import Record
from pawtui.tracker.tracker_types import Gate, Part
from tests.review.review_samples import (
    ANN,
    DOWN,
    NOON,
    TRACKER,
    UP,
    apply,
    context_of,
    reading,
    record,
    refresh,
    with_stale_pin,
)

PIN = f"up/stream@{UP}:src/a.ts#L3"
RECORD = record(refresh(reading("calm", "unmet"), reading("default", "met")))
# A signal and a gate have the same id.
SAME_IDS = msgspec.structs.replace(TRACKER, gates=(Gate(id="calm", title="Calm"),))


def test_satisfied_needs_evidence_and_records_it() -> None:
    with pytest.raises(NeedsEvidence, match="needs evidence"):
        set_gate(context_of(RECORD), "value", "satisfied", reason="users say so")
    after = apply(RECORD, set_gate(context_of(RECORD), "value", "satisfied", reason="users say so", pins=[PIN]))
    entry = after.gates["value"]
    assert (entry.state, entry.pins, entry.by, entry.at) == ("satisfied", (PIN,), "ann", NOON)
    assert (entry.upstream, entry.downstream) == (UP, DOWN)


def test_a_note_on_the_gate_is_evidence() -> None:
    noted = apply(RECORD, add_note(context_of(RECORD), "value", "Three users asked for it."))
    after = apply(noted, set_gate(context_of(noted), "value", "satisfied"))
    assert after.gates["value"].state == "satisfied"
    with pytest.raises(NeedsEvidence, match="needs evidence"):
        set_gate(context_of(noted), "plan", "satisfied")


def test_evidence_that_is_given_twice_is_recorded_once() -> None:
    now = RECORD
    for _ in range(2):
        now = apply(now, add_pin(context_of(now), "value", PIN))
        now = apply(now, set_gate(context_of(now), "value", "satisfied", pins=[PIN, PIN]))
    now = apply(now, add_note(context_of(now), "value", "seen", pins=[PIN, PIN]))
    assert (now.gates["value"].pins, *(note.pins for note in now.notes.values())) == ((PIN,), (PIN,))


def test_blocked_needs_a_reason() -> None:
    with pytest.raises(ActionError, match="without a reason"):
        set_gate(context_of(RECORD), "value", "blocked", reason="  ")


def test_the_last_part_satisfies_a_gate_with_evidence_and_an_untick_makes_it_untested() -> None:
    now = apply(RECORD, add_pin(context_of(RECORD), "plan", PIN))
    now = apply(now, tick_part(context_of(now), "plan", "app"))
    assert now.gates["plan"].state == "untested"
    now = apply(now, tick_part(context_of(now), "plan", "sdk"))
    assert (now.gates["plan"].state, now.gates["plan"].parts) == ("satisfied", ("app", "sdk"))
    assert now.log[-1].summary == "set plan to satisfied and ticked sdk"
    now = apply(now, tick_part(context_of(now), "plan", "app"))
    assert (now.gates["plan"].state, now.gates["plan"].parts) == ("untested", ("sdk",))
    assert now.log[-1].summary == "set plan to untested and unticked app"


def test_a_tick_that_changes_the_state_removes_its_reason() -> None:
    done = apply(RECORD, set_gate(context_of(RECORD), "plan", "satisfied", reason="all maps", pins=[PIN]))
    unticked = apply(done, tick_part(context_of(done), "plan", "app"))
    assert (unticked.gates["plan"].state, unticked.gates["plan"].reason) == ("untested", "")
    waits = apply(unticked, set_gate(context_of(unticked), "plan", "untested", reason="waits for app"))
    attached = apply(waits, attach_evidence(context_of(waits), "plan", "replayed", parts=["app"]))
    assert (attached.gates["plan"].state, attached.gates["plan"].reason) == ("satisfied", "")
    blocked = apply(done, set_gate(context_of(done), "plan", "blocked", reason="no sdk"))
    assert apply(blocked, tick_part(context_of(blocked), "plan", "app")).gates["plan"].reason == "no sdk"


def test_a_tick_that_keeps_the_state_keeps_its_author_time_and_commits() -> None:
    blocked = apply(RECORD, set_gate(context_of(RECORD), "plan", "blocked", reason="no sdk"))
    later = Actor(by="bob", at=ANN.at + dt.timedelta(days=7))
    moved = msgspec.structs.replace(blocked, refreshes=())
    for change in (
        tick_part(context_of(moved, later), "plan", "app"),
        attach_evidence(context_of(moved, later), "plan", "replayed", parts=["app"]),
    ):
        ticked = apply(moved, change).gates["plan"]
        assert ticked == msgspec.structs.replace(blocked.gates["plan"], parts=("app",))
    satisfied = apply(moved, set_gate(context_of(moved), "plan", "satisfied", pins=[PIN]))
    unticked = apply(satisfied, tick_part(context_of(satisfied, later), "plan", "app")).gates["plan"]
    assert (unticked.by, unticked.at, unticked.upstream) == ("bob", later.at, "")


def test_a_part_is_ticked_unticked_or_toggled() -> None:
    with pytest.raises(AlreadyDone, match="app of plan is already unticked"):
        tick_part(context_of(RECORD), "plan", "app", ticked=False)
    tick = tick_part(context_of(RECORD), "plan", "app", ticked=True)
    now = apply(RECORD, tick)
    assert (tick.summary, now.gates["plan"].parts) == ("ticked part app of plan", ("app",))
    with pytest.raises(AlreadyDone, match="app of plan is already ticked"):
        tick_part(context_of(now), "plan", "app", ticked=True)
    untick = tick_part(context_of(now), "plan", "app", ticked=False)
    assert (untick.summary, apply(now, untick).gates["plan"].parts) == ("unticked part app of plan", ())


def test_the_last_part_satisfies_a_gate_with_a_note() -> None:
    now = apply(RECORD, add_note(context_of(RECORD), "gate:plan", "seen"))
    for part in ("app", "sdk"):
        now = apply(now, tick_part(context_of(now), "plan", part))
    assert now.gates["plan"].state == "satisfied"


def test_a_gate_can_be_satisfied_by_its_own_fresh_pin_and_before_the_first_refresh() -> None:
    now = apply(RECORD, add_pin(context_of(RECORD), "value", PIN))
    assert apply(now, set_gate(context_of(now), "value", "satisfied")).gates["value"].pins == (PIN,)
    first = apply(Record(), set_gate(context_of(Record()), "value", "satisfied", pins=[PIN]))
    assert first.gates["value"].pins == (PIN,)


def test_a_pin_that_a_gate_does_not_have_cannot_be_removed() -> None:
    pinned = apply(RECORD, add_pin(context_of(RECORD), "value", f"{PIN}-L9"))
    for now, known in ((RECORD, "It has no pins."), (pinned, f"Its pins: {PIN}-L9.")):
        with pytest.raises(ActionError) as refused:
            remove_pin(context_of(now), "gate:value", PIN)
        assert str(refused.value) == f"Gate 'value' has no pin {PIN}. {known}"


def test_the_log_names_the_parts_that_satisfied_ticks() -> None:
    one = apply(RECORD, tick_part(context_of(RECORD), "plan", "app"))
    done = set_gate(context_of(one), "plan", "satisfied", pins=[PIN])
    assert done.summary == "set plan to satisfied and ticked sdk"
    again = set_gate(context_of(apply(one, done)), "plan", "satisfied", reason="seen")
    assert again.summary == "set plan to satisfied"


def test_a_blocked_gate_keeps_all_its_ticks() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "plan", "satisfied", pins=[PIN]))
    now = apply(now, set_gate(context_of(now), "plan", "blocked", reason="no sdk"))
    assert now.gates["plan"].parts == ("app", "sdk")


def test_attached_evidence_keeps_ticked_parts() -> None:
    now = apply(RECORD, attach_evidence(context_of(RECORD), "plan", "replayed", parts=["app"]))
    assert (now.gates["plan"].parts, now.gates["plan"].state) == (("app",), "untested")
    attached = attach_evidence(context_of(now), "plan", "replayed", parts=["sdk"])
    assert attached.summary == "set plan to satisfied: attached evidence to plan and ticked sdk"
    now = apply(now, attached)
    assert (now.gates["plan"].parts, now.gates["plan"].state) == (("app", "sdk"), "satisfied")
    bob = Actor(by="bob", at=NOON + dt.timedelta(days=1))
    entry = apply(now, tick_part(context_of(now, bob), "plan", "app")).gates["plan"]
    assert (entry.by, entry.at) == (bob.by, bob.at)


def test_the_same_evidence_is_attached_once_at_each_refresh() -> None:
    now = apply(RECORD, attach_evidence(context_of(RECORD), "plan", "replayed", parts=["app"], pins=[PIN]))
    with pytest.raises(AlreadyDone, match=r"plan already has this evidence\. Nothing was recorded"):
        attach_evidence(context_of(now), "plan", " replayed ", parts=["app"], pins=[PIN])
    moved = msgspec.structs.replace(now, refreshes=())
    for refreshed, text, pins in ((now, "replayed again", [PIN]), (now, "replayed", []), (moved, "replayed", [PIN])):
        change = attach_evidence(context_of(refreshed), "plan", text, parts=["app"], pins=pins)
        assert [edit.table for edit in change.edits] == ["notes"]
    unticked = apply(now, tick_part(context_of(now), "plan", "app"))
    change = attach_evidence(context_of(unticked), "plan", "replayed", parts=["app"], pins=[PIN])
    assert [edit.table for edit in change.edits] == ["notes", "gates"]


def test_all_parts_ticked_without_evidence_leave_a_gate_untested() -> None:
    now = apply(RECORD, tick_part(context_of(RECORD), "plan", "app"))
    now = apply(now, tick_part(context_of(now), "plan", "sdk"))
    assert now.gates["plan"].state == "untested"


def test_fresh_evidence_replaces_stale_evidence() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "value", "satisfied", reason="asked for", pins=[PIN]))
    now = with_stale_pin(now, PIN)
    with pytest.raises(NeedsEvidence, match="is stale"):
        set_gate(context_of(now), "value", "satisfied")
    fresh = f"up/stream@{UP}:src/b.ts"
    now = apply(now, set_gate(context_of(now), "value", "satisfied", pins=[fresh]))
    assert (now.gates["value"].pins, now.gates["value"].reason) == ((fresh,), "asked for")


def test_a_note_with_stale_pins_is_not_evidence() -> None:
    fresh = f"up/stream@{UP}:src/b.ts"
    now = apply(RECORD, add_note(context_of(RECORD), "value", "seen", pins=[fresh, PIN]))
    with pytest.raises(NeedsEvidence, match=rf"is stale \({PIN} changed\)"):
        set_gate(context_of(with_stale_pin(now, PIN)), "value", "satisfied")


def test_the_evidence_of_a_gate_is_its_own_pins_if_it_has_any() -> None:
    now = apply(RECORD, add_note(context_of(RECORD), "value", "seen", pins=[PIN]))
    now = apply(now, set_gate(context_of(now), "value", "satisfied", pins=[f"up/stream@{UP}:src/b.ts"]))
    assert make_overview(TRACKER, with_stale_pin(now, PIN), NOON.date()).gate("value").counts_as_satisfied


def test_a_pin_alone_does_not_change_author_and_time_of_a_gate_and_can_be_removed() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "value", "blocked", reason="nobody asked"))
    bob = Actor(by="bob", at=NOON + dt.timedelta(days=3))
    now = apply(now, add_pin(context_of(now, bob), "value", PIN))
    entry = now.gates["value"]
    assert (entry.by, entry.at, entry.state, entry.pins) == ("ann", NOON, "blocked", (PIN,))
    now = apply(now, remove_pin(context_of(now, bob), "gate:value", PIN))
    assert now.gates["value"].pins == ()
    with pytest.raises(ActionError, match="has no pin"):
        remove_pin(context_of(now, bob), "gate:value", PIN)


def test_a_blocked_gate_that_is_set_to_untested_keeps_its_ticks() -> None:
    now = apply(RECORD, tick_part(context_of(RECORD), "plan", "app"))
    now = apply(now, set_gate(context_of(now), "plan", "blocked", reason="waits"))
    now = apply(now, set_gate(context_of(now), "plan", "untested"))
    assert now.gates["plan"].parts == ("app",)


def test_satisfying_a_gate_ticks_all_its_parts_and_untested_clears_them() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "plan", "satisfied", pins=[PIN]))
    assert now.gates["plan"].parts == ("app", "sdk")
    now = apply(now, set_gate(context_of(now), "plan", "untested"))
    assert (now.gates["plan"].parts, now.gates["plan"].pins) == ((), (PIN,))


def test_a_longer_reason_of_a_gate_is_refused() -> None:
    longest = "x" * actions.MAX_TEXT
    assert (
        apply(RECORD, set_gate(context_of(RECORD), "value", "blocked", reason=longest)).gates["value"].reason == longest
    )
    with pytest.raises(ActionError, match="reason has 20,001 characters; at most 20,000 are allowed"):
        set_gate(context_of(RECORD), "value", "blocked", reason=f"{longest}x")


def test_a_gate_keeps_its_reason_only_with_its_state() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "value", "blocked", reason="no users"))
    assert apply(now, set_gate(context_of(now), "value", "blocked")).gates["value"].reason == "no users"
    assert apply(now, set_gate(context_of(now), "value", "untested")).gates["value"].reason == ""


def test_evidence_for_ticked_parts_is_only_a_note() -> None:
    now = apply(RECORD, tick_part(context_of(RECORD), "plan", "app"))
    change = attach_evidence(context_of(now), "plan", "seen", parts=["app"])
    assert [edit.table for edit in change.edits] == ["notes"]


def test_evidence_for_ticked_parts_keeps_the_tick_of_a_part_that_the_tracker_no_longer_has() -> None:
    (plan, value), app = TRACKER.gates, TRACKER.gates[0].parts[0]
    now = apply(RECORD, set_gate(context_of(RECORD), "plan", "satisfied", pins=[PIN]))
    shorter = msgspec.structs.replace(TRACKER, gates=(msgspec.structs.replace(plan, parts=(app,)), value))
    change = attach_evidence(context_of(now, tracker=shorter), "plan", "seen", parts=["app"])
    assert [edit.table for edit in change.edits] == ["notes"]


def test_one_of_several_new_parts_keeps_the_state_its_reason_and_author() -> None:
    plan, value = TRACKER.gates
    now = apply(RECORD, set_gate(context_of(RECORD), "plan", "satisfied", reason="all maps", pins=[PIN]))
    new_parts = (*plan.parts, Part(id="cli", title="CLI"), Part(id="web", title="Web"))
    longer = msgspec.structs.replace(TRACKER, gates=(msgspec.structs.replace(plan, parts=new_parts), value))
    bob = Actor(by="bob", at=NOON + dt.timedelta(days=1))
    once = apply(now, attach_evidence(context_of(now, bob, tracker=longer), "plan", "replayed", parts=["cli"]))
    assert once.gates["plan"] == msgspec.structs.replace(now.gates["plan"], parts=("app", "sdk", "cli"))
    assert apply(now, tick_part(context_of(now, bob, tracker=longer), "plan", "cli")).gates == once.gates
    status = make_overview(longer, once, NOON.date()).gate("plan")
    assert (status.state, status.reopened_reason) == ("untested", "was satisfied; the tracker has a new part")


def test_evidence_for_the_last_part_leaves_a_blocked_gate_blocked() -> None:
    now = apply(RECORD, set_gate(context_of(RECORD), "plan", "blocked", reason="waits"))
    now = apply(now, attach_evidence(context_of(now), "plan", "seen", parts=["app", "sdk"]))
    assert (now.gates["plan"].state, now.gates["plan"].parts) == ("blocked", ("app", "sdk"))
