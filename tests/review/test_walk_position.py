"""`Walk`: the current item after a decision, an undo, a renewal, a skip, and a change by another user."""

import datetime as dt

import pytest
from msgspec.structs import replace

from pawtui.refresh.refresh_types import Drift
from pawtui.review.actions import Actor
from pawtui.review.gate_actions import add_pin, set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.overview import Overview, make_overview
from pawtui.review.pin_actions import renew_pins
from pawtui.review.record_types import Record
from pawtui.review.undo import redo, undo
from pawtui.review.verdict_actions import give_verdict
from pawtui.review.walk import Walk, agree
from tests.review.review_samples import NOON, TRACKER, UP, apply, context_of, reading, refresh

RECORD = Record(refreshes=(refresh(reading("calm", "met"), reading("default", "met")),))
ORDER = ["gate:plan", "gate:value", "signal:calm", "signal:default"]


def actor(minutes: int, by: str = "ann") -> Actor:
    return Actor(by=by, at=NOON + dt.timedelta(minutes=minutes))


def overview_of(record: Record) -> Overview:
    return make_overview(TRACKER, record, NOON.date())


def advance(walk: Walk, record: Record) -> bool:
    """Reload the walk in a session that recorded all changes of ann."""
    own = {change.id for change in record.log if change.by == "ann"}
    return walk.reload_and_move(overview_of(record), own)


def test_the_walk_begins_at_the_first_undecided_item() -> None:
    assert [item.subject for item in Walk(overview_of(RECORD)).items] == ORDER
    agreed = apply(RECORD, agree(context_of(RECORD, actor(1, "ben")), "plan"))
    walk = Walk(overview_of(agreed))
    assert (walk.subject, walk.index, walk.decided_count) == ("gate:value", 1, 1)


def test_without_a_refresh_the_walk_is_at_its_end() -> None:
    walk = Walk(overview_of(Record()))
    assert (walk.items, walk.item, walk.subject) == ((), None, "")
    assert (walk.deciding_change, walk.evidence_problem) == (None, "")
    walk.skip()
    walk.go_back()
    assert (walk.index, walk.skipped) == (0, set())


def test_a_decision_goes_to_the_next_item_and_updates_the_reasons() -> None:
    walk = Walk(overview_of(RECORD))
    blocked = apply(RECORD, set_gate(context_of(RECORD, actor(1)), "plan", "blocked", reason="no sdk"))
    assert advance(walk, blocked)
    assert walk.subject == "gate:value"
    assert [item.subject for item in walk.items] == ORDER, "a blocked gate is less urgent, but the order stays"
    assert walk.items[0].why == "blocked: no sdk"
    walk.go_back()
    assert walk.deciding_change == blocked.log[-1]
    assert not advance(walk, blocked), "the decision is not new"


@pytest.mark.parametrize("is_decided", [False, True])
def test_what_does_not_decide_the_item_stays_there(is_decided: bool) -> None:
    start = apply(RECORD, agree(context_of(RECORD, actor(1)), "plan")) if is_decided else RECORD
    walk = Walk(overview_of(start))
    walk.go_to("gate:plan")
    for change in (
        add_pin(context_of(start, actor(2)), "plan", "up/stream#1"),
        add_note(context_of(start, actor(2)), "plan", "seen"),
        agree(context_of(start, actor(2)), "calm"),
    ):
        assert not advance(walk, apply(start, change))
        assert walk.subject == "gate:plan"


def test_a_decision_of_another_user_is_shown_at_the_item() -> None:
    walk = Walk(overview_of(RECORD))
    record = apply(RECORD, agree(context_of(RECORD, actor(1, "ben")), "plan"))
    assert not advance(walk, record)
    assert walk.subject == "gate:plan"
    assert walk.deciding_change == record.log[-1]
    record = apply(record, agree(context_of(record, actor(2)), "plan"))
    assert not walk.reload_and_move(overview_of(record), own_changes=set()), "another session of the same user"
    record = apply(record, agree(context_of(record, actor(3)), "plan"))
    assert walk.reload_and_move(overview_of(record), {record.log[-1].id}), "the user agrees too"


def test_reload_never_leaves_the_item() -> None:
    walk = Walk(overview_of(RECORD))
    record = apply(RECORD, agree(context_of(RECORD, actor(1)), "plan"))
    walk.reload(overview_of(record))
    assert (walk.subject, walk.deciding_change) == ("gate:plan", record.log[-1])


def test_an_undo_stays_at_the_item_and_a_redo_goes_on() -> None:
    once = apply(RECORD, agree(context_of(RECORD, actor(1)), "plan"))
    twice = apply(once, set_gate(context_of(once, actor(2)), "plan", "blocked", reason="no"))
    walk = Walk(overview_of(twice))
    walk.go_to("gate:plan")
    undone = apply(twice, undo(context_of(twice, actor(3))))
    assert not advance(walk, undone)
    assert walk.deciding_change == once.log[-1], "the earlier decision counts again, but it is not new"
    undone = apply(undone, undo(context_of(undone, actor(4))))
    assert not advance(walk, undone)
    assert (walk.subject, walk.decided_count) == ("gate:plan", 0)
    assert advance(walk, apply(undone, redo(context_of(undone, actor(5)))))


def test_an_undo_goes_back_to_the_item_whose_decision_was_undone() -> None:
    walk = Walk(overview_of(RECORD))
    record = apply(RECORD, agree(context_of(RECORD, actor(1)), "plan"))
    assert advance(walk, record)
    record = apply(record, add_pin(context_of(record, actor(2)), "plan", "up/stream#1"))
    advance(walk, record)
    record = apply(record, undo(context_of(record, actor(3))))
    assert not advance(walk, record)
    assert walk.subject == "gate:value", "a pin alone is no decision"
    record = apply(record, undo(context_of(record, actor(4))))
    assert not walk.reload_and_move(overview_of(record), own_changes=set()), "another session of the same user"
    assert walk.subject == "gate:value"
    walk = Walk(overview_of(apply(RECORD, agree(context_of(RECORD, actor(1)), "plan"))))
    assert walk.subject == "gate:value"
    assert advance(walk, record)
    assert (walk.subject, walk.decided_count) == ("gate:plan", 0)
    walk.skip()
    assert not advance(walk, record), "the undo is not new"
    assert walk.subject == "gate:value"


def test_an_item_stays_if_the_record_was_restored_to_a_version_without_changes() -> None:
    walk = Walk(overview_of(apply(RECORD, add_note(context_of(RECORD, actor(1)), "calm", "seen"))))
    assert not advance(walk, RECORD)
    assert walk.subject == "gate:plan"


def test_after_a_renewal_an_item_with_other_stale_evidence_stays() -> None:
    moved, gone = (f"up/stream@{'c' * 40}:src/{name}.ts" for name in ("a", "b"))
    early = Actor(by="ann", at=NOON - dt.timedelta(days=1))
    place = f"up/stream@{UP}:src/a.ts"

    def with_pins(*pins: str) -> Record:
        drift = (Drift(pin=moved, state="moved", place=place), Drift(pin=gone, state="gone"))
        record = Record(refreshes=(refresh(reading("calm", "met"), drift=drift),))
        return apply(record, set_gate(context_of(record, early), "value", "satisfied", pins=pins))

    for record, is_decided in ((with_pins(moved, gone), False), (with_pins(moved), True)):
        walk = Walk(overview_of(record))
        assert (walk.subject, walk.evidence_problem) == ("gate:value", "evidence moved")
        renewed = apply(record, renew_pins(context_of(record, actor(1)), "gate:value"))
        assert advance(walk, renewed) == is_decided
        assert (walk.evidence_problem == "evidence is gone") != is_decided


def test_after_a_renewal_a_verdict_that_needs_renewal_is_still_to_be_decided() -> None:
    pin = f"up/stream@{'c' * 40}:src/a.ts"
    before = refresh(reading("calm", "met"), at=NOON - dt.timedelta(days=7))
    early = Actor(by="ann", at=NOON - dt.timedelta(days=6))
    record = Record(refreshes=(before,))
    record = apply(record, give_verdict(context_of(record, early), "calm", "partial", reason="so"))
    record = apply(record, add_note(context_of(record, early), "signal:calm", "seen", pins=[pin]))
    moved = Drift(pin=pin, state="moved", place=f"up/stream@{UP}:src/b.ts")
    record = replace(record, refreshes=(before, refresh(reading("calm", "unmet"), drift=(moved,))))
    walk = Walk(overview_of(record))
    assert walk.subject == "signal:calm"
    renewed = apply(record, renew_pins(context_of(record, actor(1)), "signal:calm"))
    assert not advance(walk, renewed)
    assert walk.item is not None
    assert walk.item.why.startswith("verdict needs renewal")
    assert walk.decided_count == 0
    assert Walk(overview_of(renewed)).subject == "signal:calm"
    agreed = apply(renewed, agree(context_of(renewed, actor(2)), "calm"))
    assert advance(walk, agreed)


def test_a_skipped_item_counts_until_it_is_decided() -> None:
    record = apply(RECORD, agree(context_of(RECORD, actor(1)), "plan"))
    walk = Walk(overview_of(record))
    walk.go_back()
    walk.skip()
    assert walk.skipped == set(), "a decided item is not skipped"
    walk.skip()
    assert (walk.subject, walk.skipped) == ("signal:calm", {"gate:value"})
    advance(walk, apply(record, agree(context_of(record, actor(2, "ben")), "value")))
    assert (walk.subject, walk.skipped) == ("signal:calm", set())


def test_the_end_and_the_way_back() -> None:
    walk = Walk(overview_of(RECORD))
    walk.go_to_end()
    assert (walk.item, walk.subject, walk.skipped) == (None, "", set())
    walk.skip()
    assert walk.index == len(ORDER)
    walk.go_back()
    assert walk.subject == "signal:default"
    walk.go_to("gate:value")
    walk.go_to("note:other")
    assert walk.subject == "gate:value"
    walk.go_back()
    walk.go_back()
    assert walk.index == 0


def test_a_new_verdict_decides_a_decided_signal_again() -> None:
    record = apply(RECORD, give_verdict(context_of(RECORD, actor(1)), "calm", "partial", reason="so"))
    walk = Walk(overview_of(record))
    walk.go_to("signal:calm")
    record = apply(record, give_verdict(context_of(record, actor(2)), "calm", "unmet", reason="no"))
    assert advance(walk, record)
    assert walk.subject == "signal:default"
