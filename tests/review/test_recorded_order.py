"""The order of recorded entries does not depend on clocks."""

import datetime as dt
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pawtui.ids import is_after
from pawtui.refresh.refresh_types import Drift, Refresh
from pawtui.report.refresh_difference import compare_refreshes
from pawtui.review.actions import Actor
from pawtui.review.gate_actions import add_pin, set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.overview import make_overview
from pawtui.review.pin_actions import remove_pin
from pawtui.review.record_types import PlanEntry, Record
from pawtui.review.verdict_actions import give_verdict
from pawtui.review.walk import agree, decided_since_refresh
from tests.review.review_samples import NOON, TRACKER, UP, apply, context_of, reading, refresh

_JUMPS = st.lists(
    st.tuples(st.sampled_from(["refresh", "gate", "agree", "verdict"]), st.integers(-(10**7), 10**7)), max_size=12
)


def measured(record: Record, at: dt.datetime) -> Record:
    """Return the record with one more refresh, as the workspace adds it."""
    made = msgspec.structs.replace(refresh(reading("calm", "met"), at=at), id=record.next_id(at))
    return msgspec.structs.replace(record, refreshes=(*record.refreshes, made))


@given(_JUMPS)
def test_decisions_since_the_last_refresh_are_found_by_the_recorded_order(steps: list[tuple[str, int]]) -> None:
    now = measured(Record(), NOON)
    decided: set[str] = set()
    for step, seconds in steps:
        actor = Actor(by="ann", at=NOON + dt.timedelta(seconds=seconds))
        match step:
            case "refresh":
                now, decided = measured(now, actor.at), set()
            case "gate":
                now = apply(now, set_gate(context_of(now, actor), "value", "blocked", reason="no"))
                decided.add("gate:value")
            case "agree":
                now = apply(now, agree(context_of(now, actor), "gate:plan"))
                decided.add("gate:plan")
            case _:
                now = apply(now, give_verdict(context_of(now, actor), "calm", "partial", reason="r"))
                decided.add("signal:calm")
        assert decided_since_refresh(make_overview(TRACKER, now, NOON.date())).keys() == decided
    assert all(is_after(later, earlier) for earlier, later in pairwise(now.log))
    assert all(is_after(later, earlier) for earlier, later in pairwise(now.refreshes))


def test_changes_between_two_refreshes_are_found_by_the_recorded_order() -> None:
    back = Actor(by="ann", at=NOON - dt.timedelta(days=3))
    now = measured(Record(), NOON)
    now = apply(now, set_gate(context_of(now, back), "value", "blocked", reason="no"))
    now = measured(now, NOON - dt.timedelta(days=2))
    after = Actor(by="ann", at=NOON - dt.timedelta(days=5))
    now = apply(now, set_gate(context_of(now, after), "plan", "blocked", reason="no"))
    first, second = now.refreshes
    change = compare_refreshes(TRACKER, now, first, second)
    assert (change.first.id, change.second.id) == (first.id, second.id)
    assert [folded.change.summary for folded in change.changes] == ["set value to blocked"]


def test_a_verdict_after_a_note_counts_if_its_clock_was_behind() -> None:
    pin = f"up/stream@{UP}:src/a.ts"
    now = measured(Record(), NOON)
    now = apply(now, add_note(context_of(now, Actor(by="ann", at=NOON)), "calm", "seen", pins=[pin]))
    late: Refresh = msgspec.structs.replace(now.refreshes[0], drift=(Drift(pin=pin, state="gone"),))
    now = msgspec.structs.replace(now, refreshes=(late,))
    assert make_overview(TRACKER, now, NOON.date()).signal("calm").stale
    back = Actor(by="bob", at=NOON - dt.timedelta(days=1))
    now = apply(now, give_verdict(context_of(now, back), "calm", "met", reason="looked at it"))
    assert not make_overview(TRACKER, now, NOON.date()).signal("calm").stale


def test_an_entry_is_not_after_itself() -> None:
    now = apply(Record(), agree(context_of(Record(), Actor(by="ann", at=NOON)), "gate:plan"))
    (change,) = now.log
    assert not is_after(change, change)
    old = msgspec.structs.replace(change, id="c1")
    assert not is_after(old, msgspec.structs.replace(old, id="c0"))


def test_the_id_of_a_plan_entry_is_older_than_the_next_id() -> None:
    entry = PlanEntry(
        id=Record().next_id(NOON), state="waiting", reason="r", by="ann", at=NOON, plan="", plan_since=None
    )
    now = Record(rulings={"": entry})
    assert now.next_id(NOON - dt.timedelta(days=1)) > entry.id


def test_a_removed_pin_has_no_time_and_a_pin_set_twice_the_last_time() -> None:
    later = Actor(by="ann", at=NOON + dt.timedelta(hours=1))
    now = apply(Record(), add_pin(context_of(Record(), Actor(by="ann", at=NOON)), "value", "up/stream#1"))
    now = apply(now, add_pin(context_of(now, later), "value", "up/stream#2"))
    assert now.pin_times == {"up/stream#1": NOON, "up/stream#2": later.at}
    assert apply(now, remove_pin(context_of(now, later), "gate:value", "up/stream#2")).pin_times == {
        "up/stream#1": NOON
    }


def test_the_baseline_of_a_past_time_includes_the_refresh_of_that_time() -> None:
    past = msgspec.structs.replace(refresh(at=NOON), as_of=NOON)
    now = Record(past={"k": past})
    assert now.baseline_at(NOON).refreshes == (past,)
    assert now.baseline_at(NOON - dt.timedelta(seconds=1)).refreshes == ()
