"""The order of the walk, and the subjects that count as decided."""

import datetime as dt

import pytest
from msgspec.structs import replace

from pawtui.probes.state import STATES
from pawtui.refresh.refresh_types import Drift, DriftState
from pawtui.review.actions import ActionError, Actor, close_review
from pawtui.review.gate_actions import add_pin, set_gate, tick_part
from pawtui.review.note_actions import add_note
from pawtui.review.overview import make_overview
from pawtui.review.pin_actions import remove_pin
from pawtui.review.record_types import Change, Edit, Record, plain_entry
from pawtui.review.undo import redo, undo
from pawtui.review.verdict_actions import give_verdict
from pawtui.review.walk import Walk, agree, compared_refresh, decided_since_refresh, walk_items
from pawtui.store.edits import apply
from tests.review.review_samples import NOON, TRACKER, context_of, reading, refresh

TODAY = NOON.date()
BEFORE = refresh(reading("calm", "met"), reading("default", "met"), at=NOON - dt.timedelta(days=7))
LAST_WEEK = Actor(by="ann", at=BEFORE.at - dt.timedelta(days=1))
LATER = Actor(by="ann", at=NOON + dt.timedelta(hours=1))


def after(record: Record, *changes: Change) -> Record:
    for change in changes:
        record = apply(record, change)[0]
    return record


def order(record: Record) -> list[tuple[str, int]]:
    return [(item.subject, item.urgency) for item in walk_items(make_overview(TRACKER, record, TODAY))]


def decided(record: Record) -> dict[str, Change]:
    return decided_since_refresh(make_overview(TRACKER, record, TODAY))


def test_every_signal_and_gate_comes_once() -> None:
    assert sorted(subject for subject, _ in order(Record())) == [
        "gate:plan",
        "gate:value",
        "signal:calm",
        "signal:default",
    ]


def test_urgent_subjects_come_first() -> None:
    record = Record(refreshes=(BEFORE,))
    pin = f"up/stream@{'a' * 40}:src/a.ts"
    early = Actor(by="ann", at=NOON - dt.timedelta(days=6))
    record = after(record, give_verdict(context_of(record, early), "default", "unmet", reason="no"))
    record = after(record, add_pin(context_of(record, early), "value", pin))
    record = after(record, set_gate(context_of(record, early), "value", "satisfied"))
    now = refresh(
        reading("calm", "unmet"), reading("default", "partial"), drift=(Drift(pin=pin, state="gone", summary="gone"),)
    )
    record = replace(record, refreshes=(BEFORE, now))
    found = walk_items(make_overview(TRACKER, record, TODAY))
    assert [item.subject for item in found] == ["gate:value", "signal:default", "signal:calm", "gate:plan"]
    assert [item.why for item in found] == [
        "evidence is gone",
        "verdict needs renewal: the measured state went from met to partial",
        "measured state changed: met to unmet",
        "untested",
    ]
    assert [(item.urgency, item.needs_decision) for item in found] == [(0, True), (1, True), (2, True), (3, True)]


def test_blocked_gates_and_decided_subjects_come_last() -> None:
    now = refresh(reading("calm", "met"), reading("default", "unknown"))
    record = Record(refreshes=(BEFORE, now))
    record = after(record, set_gate(context_of(record, LATER), "plan", "blocked", reason="no sdk"))
    record = after(record, add_pin(context_of(record, LATER), "value", "up/stream#1"))
    record = after(record, set_gate(context_of(record, LATER), "value", "satisfied"))
    assert order(record) == [("signal:default", 2), ("gate:plan", 5), ("signal:calm", 6), ("gate:value", 6)]
    blocked, *last = walk_items(make_overview(TRACKER, record, TODAY))[1:]
    assert (blocked.why, blocked.needs_decision) == ("blocked: no sdk", True)
    assert [(item.why, item.needs_decision) for item in last] == [("met, unchanged", False), ("satisfied", False)]


def test_an_unknown_signal_is_urgent_only_without_a_verdict() -> None:
    before = refresh(reading("calm", "unknown"), reading("default", "unknown"), at=NOON - dt.timedelta(days=7))
    record = Record(refreshes=(before, refresh(reading("calm", "unknown"), reading("default", "unknown"))))
    record = after(record, give_verdict(context_of(record, LATER), "default", "unmet", reason="I looked"))
    reasons = {item.subject: (item.urgency, item.why) for item in walk_items(make_overview(TRACKER, record, TODAY))}
    assert reasons["signal:calm"] == (4, "unknown, no verdict")
    assert reasons["signal:default"] == (6, "unmet, unchanged")


def test_readings_are_compared_with_the_last_closed_review() -> None:
    middle = refresh(reading("calm", "unmet"), at=NOON - dt.timedelta(days=3))
    now = refresh(reading("calm", "unmet"))
    record = Record(refreshes=(BEFORE, middle, now))
    assert compared_refresh(record) == middle
    closed = after(
        Record(refreshes=(BEFORE,)),
        close_review(context_of(Record(refreshes=(BEFORE,)), Actor(by="ann", at=BEFORE.at)), "wait"),
    )
    record = replace(record, reviews=closed.reviews)
    assert compared_refresh(record) == BEFORE
    assert ("signal:calm", 2) in order(record)


def test_readings_are_compared_with_the_newest_closed_review() -> None:
    earlier = [refresh(reading("calm", "met"), at=NOON - dt.timedelta(days=days)) for days in (14, 7)]
    record = Record()
    for found in earlier:
        record = replace(record, refreshes=(*record.refreshes, found))
        record = after(record, close_review(context_of(record, Actor(by="ann", at=found.at)), "wait"))
    assert compared_refresh(replace(record, refreshes=(*earlier, refresh(reading("calm", "met"))))) == earlier[1]


def test_agreeing_removes_only_a_verdict_that_needs_renewal() -> None:
    record = Record(refreshes=(BEFORE,))
    record = after(record, give_verdict(context_of(record, LATER), "calm", "partial", reason="so"))
    assert after(record, agree(context_of(record, LATER), "calm")).verdicts == record.verdicts
    record = replace(record, refreshes=(BEFORE, refresh(reading("calm", "unmet"))))
    assert after(record, agree(context_of(record, LATER), "calm")).verdicts == {}


def test_without_a_refresh_every_decision_counts() -> None:
    assert set(decided(after(Record(), agree(context_of(Record(), LATER), "calm")))) == {"signal:calm"}


def test_a_gate_that_is_set_for_the_first_time_is_decided_in_every_state() -> None:
    record = Record(refreshes=(BEFORE,))
    for change in (
        set_gate(context_of(record, LATER), "plan", "untested"),
        set_gate(context_of(record, LATER), "plan", "untested", reason="no time", pins=("up/stream#1",)),
    ):
        assert set(decided(after(record, change))) == {"gate:plan"}


def test_a_decision_in_the_second_of_the_refresh_counts() -> None:
    record = Record(refreshes=(BEFORE,))
    record = after(record, agree(context_of(record, Actor(by="ann", at=BEFORE.at)), "calm"))
    assert set(decided(record)) == {"signal:calm"}


def test_one_ticked_part_of_a_set_gate_does_not_decide_it() -> None:
    record = Record(refreshes=(BEFORE,))
    record = after(record, set_gate(context_of(record, LAST_WEEK), "plan", "blocked", reason="waits"))
    record = after(record, tick_part(context_of(record, LATER), "plan", "app"))
    assert decided(record) == {}


def test_a_new_pin_does_not_decide_a_set_gate() -> None:
    record = Record(refreshes=(BEFORE,))
    record = after(record, set_gate(context_of(record, LAST_WEEK), "plan", "blocked", reason="waits"))
    record = after(record, add_pin(context_of(record, LATER), "plan", "up/stream#1"))
    assert decided(record) == {}


def test_a_pin_to_another_repository_is_not_fresh_at_once() -> None:
    record = Record(refreshes=(BEFORE,))
    record = after(record, add_pin(context_of(record, LATER), "value", f"other/repo@{'a' * 40}:src/a.ts"))
    (drift,) = make_overview(TRACKER, record, TODAY).drift.values()
    assert drift.state == "unchecked"


def test_the_first_refresh_has_no_refresh_to_compare_with() -> None:
    assert compared_refresh(Record()) is None
    first = Record(refreshes=(BEFORE,))
    assert compared_refresh(first) is None
    assert [item.why for item in walk_items(make_overview(TRACKER, first, TODAY))][-2:] == ["met", "met"]


def test_agreeing_only_adds_a_line_to_the_log() -> None:
    record = Record(refreshes=(BEFORE,))
    agreed = after(record, agree(context_of(record, LATER), "signal:calm"), agree(context_of(record, LATER), "plan"))
    assert [change.summary for change in agreed.log] == ["agreed that calm is met", "agreed that plan is untested"]
    assert replace(agreed, log=()) == record
    assert set(decided(agreed)) == {"signal:calm", "gate:plan"}


def test_agreeing_with_an_unknown_subject_is_refused() -> None:
    with pytest.raises(ActionError, match="no signal 'clam': did you mean 'calm'"):
        agree(context_of(Record(), LATER), "signal:clam")


def test_decisions_count_pins_and_single_parts_do_not() -> None:
    record = Record(refreshes=(BEFORE,))
    assert decided(after(record, tick_part(context_of(record, LATER), "plan", "app"))) == {}
    record = after(record, add_pin(context_of(record, LATER), "plan", "up/stream#1"))
    record = after(record, tick_part(context_of(record, LATER), "plan", "app"))
    assert decided(record) == {}
    record = after(record, tick_part(context_of(record, LATER), "plan", "sdk"))
    assert set(decided(record)) == {"gate:plan"}
    record = after(record, give_verdict(context_of(record, LATER), "calm", "partial", reason="so"))
    assert set(decided(record)) == {"gate:plan", "signal:calm"}


def test_setting_a_gate_to_the_same_state_counts() -> None:
    record = Record(refreshes=(BEFORE,))
    record = after(
        record, set_gate(context_of(record, Actor(by="ann", at=BEFORE.at - dt.timedelta(1))), "plan", "untested")
    )
    assert decided(record) == {}
    record = after(record, set_gate(context_of(record, LATER), "plan", "untested"))
    assert set(decided(record)) == {"gate:plan"}


def test_setting_a_gate_twice_in_the_same_second_counts_twice() -> None:
    record = Record(refreshes=(BEFORE,))
    for _ in range(2):
        record = after(record, set_gate(context_of(record, LATER), "plan", "untested"))
    assert decided(record)["gate:plan"] == record.log[-1]


def test_setting_a_gate_with_other_evidence_counts_and_pins_alone_do_not() -> None:
    record = Record(refreshes=(BEFORE,))
    early = Actor(by="ann", at=BEFORE.at - dt.timedelta(1))
    record = after(record, set_gate(context_of(record, early), "value", "satisfied", pins=["up/stream#1"]))
    pinned = after(record, add_pin(context_of(record, LATER), "value", "up/stream#2"))
    assert decided(after(pinned, remove_pin(context_of(pinned, LATER), "gate:value", "up/stream#1"))) == {}
    renewal = after(record, set_gate(context_of(record, LATER), "value", "satisfied", pins=["up/stream#2"]))
    assert set(decided(renewal)) == {"gate:value"}


def test_renewed_evidence_decides_its_subject() -> None:
    checked = replace(BEFORE, drift=(Drift(pin="up/stream#1", state="fresh"),))
    record = Record(refreshes=(checked,))
    record = after(record, set_gate(context_of(record, LAST_WEEK), "value", "satisfied", pins=["up/stream#1"]))
    record = after(record, add_note(context_of(record, LAST_WEEK), "signal:calm", "seen", pins=["up/stream#1"]))
    pinned = add_pin(context_of(record, LATER), "value", "up/stream#2")
    (note,) = record.notes.values()
    old, new = plain_entry(note), plain_entry(replace(note, pins=("up/stream#2",)))
    edits = (*pinned.edits, Edit(table="notes", key=note.id, before=old, after=new))
    assert decided(after(record, replace(pinned, edits=edits))) == {}
    assert set(decided(after(record, replace(pinned, action="renew", edits=edits)))) == {
        "gate:value",
        "signal:calm",
    }


@pytest.mark.parametrize(("commit", "state"), [("a" * 40, "fresh"), ("A" * 7, "fresh"), ("c" * 40, "unchecked")])
def test_a_pin_to_the_commit_of_the_last_refresh_is_fresh_at_once(commit: str, state: str) -> None:
    record = Record(refreshes=(BEFORE,))
    record = after(record, add_pin(context_of(record, LATER), "value", f"Up/Stream@{commit.lower()}:src/a.ts"))
    for repo in ("up/stream", "up/STREAM"):
        named = replace(BEFORE, upstream=replace(BEFORE.upstream, repo=repo))
        (drift,) = make_overview(TRACKER, replace(record, refreshes=(named,)), TODAY).drift.values()
        assert drift.state == state


def test_evidence_that_could_not_be_checked_comes_first_too() -> None:
    pin = f"up/stream@{'a' * 40}:src/a.ts"
    record = Record(refreshes=(BEFORE,))
    record = after(record, set_gate(context_of(record, LATER), "value", "satisfied", pins=[pin]))
    record = after(record, add_note(context_of(record, LATER), "signal:default", "seen", pins=[pin]))
    lost = Drift(pin=pin, state="unchecked", summary="could not be checked", failed=True)
    record = replace(record, refreshes=(replace(BEFORE, drift=(lost,)),))
    found = walk_items(make_overview(TRACKER, record, TODAY))
    assert {(item.subject, item.why) for item in found if item.urgency == 0} == {
        ("gate:value", "evidence was not checked"),
        ("signal:default", "evidence was not checked"),
    }


@pytest.mark.parametrize("drift", ["changed", "moved", "gone", "unchecked"])
@pytest.mark.parametrize("state", ["satisfied", "blocked", "untested"])
def test_agreeing_is_refused_with_stale_or_unchecked_evidence_in_every_state(drift: DriftState, state: str) -> None:
    pin = f"up/stream@{'a' * 40}:src/a.ts"
    record = Record(refreshes=(BEFORE,))
    record = after(record, set_gate(context_of(record, LATER), "value", state, reason="so", pins=[pin]))
    record = after(record, add_note(context_of(record, LATER), "signal:calm", "seen", pins=[pin]))
    found = Drift(pin=pin, state=drift, summary="seen", failed=drift == "unchecked")
    for measured in STATES:
        doubtful = replace(record, refreshes=(replace(refresh(reading("calm", measured)), drift=(found,)),))
        for subject, remedy in (("gate:value", "set the gate's state"), ("signal:calm", "give a verdict")):
            with pytest.raises(ActionError, match=remedy):
                agree(context_of(doubtful, Actor(by="ann", at=doubtful.refreshes[-1].at)), subject)


def test_decisions_before_the_last_refresh_do_not_count() -> None:
    record = Record(refreshes=(BEFORE,))
    record = after(record, agree(context_of(record, Actor(by="ann", at=BEFORE.at + dt.timedelta(hours=1))), "calm"))
    assert set(decided(record)) == {"signal:calm"}
    assert decided(replace(record, refreshes=(BEFORE, refresh(reading("calm", "met"))))) == {}


def test_an_undone_decision_does_not_count_until_it_is_redone() -> None:
    record = Record(refreshes=(BEFORE,))
    blocked = set_gate(context_of(record, LATER), "plan", "blocked", reason="waits")
    for decision, subject in ((agree(context_of(record, LATER), "calm"), "signal:calm"), (blocked, "gate:plan")):
        now = after(record, decision)
        now = after(now, undo(context_of(now, LATER)))
        assert decided(now) == {}
        now = after(now, redo(context_of(now, LATER)))
        assert decided(now) == {subject: decision}


@pytest.mark.parametrize("is_own", [True, False])
def test_the_walk_goes_back_only_to_a_decision_that_this_session_undid(is_own: bool) -> None:
    record = Record(refreshes=(BEFORE,))
    decided = after(record, agree(context_of(record, LATER), "calm"))
    walk = Walk(make_overview(TRACKER, decided, TODAY))
    before = walk.subject
    change = undo(context_of(decided, LATER))
    own = {change.id} if is_own else set()
    assert walk.reload_and_move(make_overview(TRACKER, after(decided, change), TODAY), own) == is_own
    assert before != "signal:calm"
    assert walk.subject == ("signal:calm" if is_own else before)


def test_a_tick_decides_a_gate_without_an_entry_only_if_it_gets_another_state() -> None:
    edit = Edit(table="gates", key="plan", before=None, after={"state": "untested"})
    change = Change(id="c1", action="tick", summary="ticked app", by="ann", at=LATER.at, edits=(edit,))
    assert decided(Record(refreshes=(BEFORE,), log=(change,))) == {}
    blocked = replace(change, edits=(replace(edit, after={"state": "blocked"}),))
    assert set(decided(Record(refreshes=(BEFORE,), log=(blocked,)))) == {"gate:plan"}
