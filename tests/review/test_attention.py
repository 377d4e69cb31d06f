"""The changes that a maintainer must check after a refresh, and the subjects that are marked as changed."""

import datetime as dt

import pytest
from msgspec.structs import replace

from pawtui.refresh.refresh_types import Drift, DriftState
from pawtui.review.actions import Actor, close_review
from pawtui.review.attention import changed_since_review, find_attention, update_changed
from pawtui.review.gate_actions import set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.overview import Overview, make_overview
from pawtui.review.pin_actions import renew_pins
from pawtui.review.record_types import Record
from pawtui.review.verdict_actions import give_verdict
from pawtui.review.walk import agree
from pawtui.store.edits import apply
from tests.review.review_samples import NOON, TRACKER, context_of, reading, refresh

WEEK = dt.timedelta(days=7)
BEFORE = refresh(reading("calm", "met"), reading("default", "met"), at=NOON - WEEK)
PIN = f"up/stream@{'a' * 40}:src/a.ts"
LAST_WEEK = Actor(by="ann", at=NOON - WEEK + dt.timedelta(hours=1))
NOW = Actor(by="ann", at=NOON + dt.timedelta(hours=1))


def record_with_evidence() -> Record:
    """Return a record in which one pin is the evidence of a satisfied gate and of a signal."""
    record = Record(refreshes=(BEFORE,))
    record = apply(record, set_gate(context_of(record, LAST_WEEK), "value", "satisfied", pins=[PIN]))[0]
    return apply(record, add_note(context_of(record, LAST_WEEK), "signal:default", "seen", pins=[PIN]))[0]


def shown(record: Record) -> Overview:
    return make_overview(TRACKER, record, NOON.date())


def drifted(state: DriftState) -> tuple[Drift, ...]:
    return (Drift(pin=PIN, state=state, summary="so", failed=state == "unchecked"),)


def test_without_a_change_there_is_nothing_to_check() -> None:
    record = record_with_evidence()
    same = replace(record, refreshes=(BEFORE, replace(refresh(*BEFORE.signals), drift=drifted("fresh"))))
    found = find_attention(record, shown(same))
    assert (found.text, found.subjects) == ("", frozenset())


def test_each_kind_is_counted() -> None:
    record = record_with_evidence()
    verdict = give_verdict(context_of(record, LAST_WEEK), "calm", "partial", reason="so")
    record = apply(record, verdict)[0]
    later = refresh(reading("calm", "unmet"), reading("default", "met"), drift=drifted("moved"))
    found = find_attention(record, shown(replace(record, refreshes=(BEFORE, later))))
    assert found.text == (
        "1 signal changed, 1 gate has stale evidence, 1 signal has stale evidence, 1 verdict needs renewal"
    )
    assert found.subjects == {"signal:calm", "signal:default", "gate:value"}


def test_a_first_measurement_is_no_change() -> None:
    assert find_attention(Record(), shown(Record(refreshes=(BEFORE,)))).text == ""


def test_evidence_that_could_not_be_checked_again_is_reported_once() -> None:
    record = record_with_evidence()
    once, again = (refresh(*BEFORE.signals, at=at, drift=drifted("unchecked")) for at in (NOON, NOON + WEEK))
    earlier = replace(record, refreshes=(BEFORE, once))
    assert (
        find_attention(record, shown(earlier)).text == "1 gate has unchecked evidence, 1 signal has unchecked evidence"
    )
    assert find_attention(earlier, shown(replace(record, refreshes=(BEFORE, once, again)))).text == ""


def test_a_verdict_that_needed_renewal_before_is_not_counted_again() -> None:
    record = record_with_evidence()
    record = apply(record, give_verdict(context_of(record, LAST_WEEK), "calm", "partial", reason="so"))[0]
    unmet, again = (refresh(reading("calm", "unmet"), reading("default", "met"), at=at) for at in (NOON, NOON + WEEK))
    earlier = replace(record, refreshes=(BEFORE, unmet))
    assert find_attention(earlier, shown(replace(record, refreshes=(BEFORE, unmet, again)))).text == ""


@pytest.mark.parametrize("days", [0, 1])
def test_a_verdict_that_ended_since_the_refresh_is_counted_once(days: int) -> None:
    record = record_with_evidence()
    end = NOON.date() - dt.timedelta(days)
    record = apply(record, give_verdict(context_of(record, LAST_WEEK), "calm", "partial", reason="so", until=end))[0]
    once, again = (refresh(*BEFORE.signals, at=at) for at in (NOON, NOON + dt.timedelta(hours=1)))
    earlier = replace(record, refreshes=(BEFORE, once))
    assert find_attention(record, shown(earlier)).text == "1 verdict needs renewal"
    assert find_attention(earlier, shown(replace(record, refreshes=(BEFORE, once, again)))).text == ""


def test_a_verdict_that_needs_renewal_since_an_earlier_refresh_is_not_counted_again() -> None:
    for end in (NOON.date(), NOON.date() + WEEK):
        record = record_with_evidence()
        verdict = give_verdict(context_of(record, LAST_WEEK), "calm", "partial", reason="so", until=end)
        record = apply(record, verdict)[0]
        unmet = (reading("calm", "unmet"), reading("default", "met"))
        once, again = (refresh(*unmet, at=at) for at in (NOON, NOON + dt.timedelta(hours=1)))
        earlier = replace(record, refreshes=(BEFORE, once))
        assert find_attention(earlier, shown(replace(record, refreshes=(BEFORE, once, again)))).text == ""


def test_several_are_counted_in_the_plural() -> None:
    record = record_with_evidence()
    lost = refresh(reading("calm", "unmet"), reading("default", "partial"), drift=drifted("unchecked"))
    found = find_attention(record, shown(replace(record, refreshes=(BEFORE, lost))))
    assert found.text == "2 signals changed, 1 gate has unchecked evidence, 1 signal has unchecked evidence"


def test_stale_evidence_is_reported_once_until_its_state_changes() -> None:
    record = record_with_evidence()
    moved = replace(record, refreshes=(BEFORE, refresh(*BEFORE.signals, at=NOON, drift=drifted("moved"))))
    later = NOON + WEEK
    still, gone = (refresh(*BEFORE.signals, at=later, drift=drifted(state)) for state in ("moved", "gone"))
    assert find_attention(moved, shown(replace(moved, refreshes=(*moved.refreshes, still)))).text == ""
    text = find_attention(moved, shown(replace(moved, refreshes=(*moved.refreshes, gone)))).text
    assert text == "1 gate has stale evidence, 1 signal has stale evidence"


@pytest.mark.parametrize("closed", [False, True])
def test_subjects_are_changed_until_they_are_decided_or_the_review_is_closed(closed: bool) -> None:
    record = record_with_evidence()
    later = refresh(reading("calm", "unmet"), reading("default", "met"), drift=drifted("moved"))
    record = replace(record, refreshes=(BEFORE, later))
    assert changed_since_review(shown(record)) == {"signal:calm", "signal:default", "gate:value"}
    record = apply(record, agree(context_of(record, NOW), "signal:calm"))[0]
    assert changed_since_review(shown(record)) == {"signal:default", "gate:value"}
    if closed:
        record = apply(record, close_review(context_of(record, NOW), "wait"))[0]
        assert changed_since_review(shown(record)) == frozenset()


def test_a_subject_as_at_the_last_review_is_unchanged_and_new_stale_evidence_is_a_change() -> None:
    record = record_with_evidence()
    later = refresh(reading("calm", "unmet"), reading("default", "met"), drift=drifted("moved"))
    for drift, stale in ((drifted("moved"), set()), (drifted("fresh"), {"gate:value", "signal:default"})):
        reviewed = replace(BEFORE, drift=drift)
        assert changed_since_review(shown(replace(record, refreshes=(reviewed, later)))) == {
            "signal:calm",
            *stale,
        }


def test_no_subject_is_changed_at_the_first_refresh() -> None:
    assert changed_since_review(shown(Record())) == frozenset()
    assert changed_since_review(shown(record_with_evidence())) == frozenset()


def test_a_new_refresh_adds_changed_subjects_and_a_decision_removes_one() -> None:
    record = record_with_evidence()
    later = replace(record, refreshes=(BEFORE, refresh(reading("calm", "unmet"), reading("default", "met"))))
    changed = update_changed(frozenset({"gate:value"}), shown(record), shown(later))
    assert changed == {"gate:value", "signal:calm"}
    assert update_changed(frozenset(), shown(later), shown(later)) == frozenset(), "only a new refresh adds rows"
    decided = apply(later, agree(context_of(later, NOW), "signal:calm"))[0]
    assert update_changed(changed, shown(later), shown(decided)) == {"gate:value"}


def test_a_subject_stays_changed_after_a_renewal_while_other_evidence_is_stale() -> None:
    other = f"up/stream@{'a' * 40}:src/b.ts"
    record = Record(refreshes=(BEFORE,))
    record = apply(record, set_gate(context_of(record, LAST_WEEK), "value", "satisfied", pins=[PIN, other]))[0]
    moved = Drift(pin=PIN, state="moved", place=f"up/stream@{'a' * 40}:src/new.ts")
    later = refresh(*BEFORE.signals, drift=(moved, Drift(pin=other, state="gone")))
    record = replace(record, refreshes=(BEFORE, later))
    record = apply(record, renew_pins(context_of(record, NOW), "gate:value"))[0]
    assert changed_since_review(shown(record)) == {"gate:value"}


def test_a_verdict_that_needs_renewal_and_unchecked_evidence_are_changes_since_the_last_review() -> None:
    record = record_with_evidence()
    end = NOON.date()
    record = apply(record, give_verdict(context_of(record, LAST_WEEK), "calm", "partial", reason="so", until=end))[0]
    later = refresh(*BEFORE.signals, drift=drifted("unchecked"))
    record = replace(record, refreshes=(BEFORE, later))
    assert changed_since_review(shown(record)) == {"signal:calm", "signal:default", "gate:value"}
