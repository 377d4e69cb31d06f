"""The actions on signals, notes and the review, and the rules of all actions."""

import datetime as dt

import msgspec
import pytest

from pawtui.ids import newest_id
from pawtui.refresh.pins import PinError
from pawtui.review import actions
from pawtui.review.actions import ActionError, Actor, ChangeFactory, close_review
from pawtui.review.gate_actions import set_gate, tick_part
from pawtui.review.note_actions import add_note, edit_note, remove_note
from pawtui.review.overview import make_overview
from pawtui.review.record_types import Record
from pawtui.review.undo import undo
from pawtui.review.verdict_actions import clear_verdict, give_verdict
from pawtui.review.walk import agree
from pawtui.tracker.tracker_types import Gate
from tests.review.review_samples import (
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


def test_the_evidence_of_a_signal_is_its_newest_note_with_pins_or_a_later_verdict() -> None:
    now = apply(RECORD, add_note(context_of(RECORD), "default", "seen", pins=[PIN]))
    now = with_stale_pin(now, PIN)
    assert make_overview(TRACKER, now, NOON.date()).signal("default").stale
    later = Actor(by="ann", at=NOON + dt.timedelta(minutes=1))
    renewed = apply(now, add_note(context_of(now, later), "default", "again", pins=[f"up/stream@{UP}:src/b.ts"]))
    assert not make_overview(TRACKER, renewed, NOON.date()).signal("default").stale
    commented = apply(now, add_note(context_of(now, later), "default", "a note without pins"))
    assert make_overview(TRACKER, commented, NOON.date()).signal("default").stale
    judged = apply(now, give_verdict(context_of(now, later), "default", "met", reason="looked at it"))
    assert not make_overview(TRACKER, judged, NOON.date()).signal("default").stale


def test_a_verdict_records_the_reading_that_it_overrides() -> None:
    change = give_verdict(context_of(RECORD), "calm", "met", reason="the churn is in tests only")
    verdict = apply(RECORD, change).verdicts["calm"]
    assert (verdict.measured, verdict.fingerprint, verdict.upstream) == ("unmet", "l1", UP)


@pytest.mark.parametrize(("before", "upstream"), [(Record(), ""), (record(refresh()), UP)])
def test_a_verdict_without_a_reading_overrides_unknown(before: Record, upstream: str) -> None:
    verdict = apply(before, give_verdict(context_of(before), "calm", "met", reason="seen")).verdicts["calm"]
    assert (verdict.measured, verdict.fingerprint, verdict.upstream) == ("unknown", "", upstream)


@pytest.mark.parametrize("until", [NOON.date(), NOON.date() - dt.timedelta(days=3)])
def test_a_verdict_cannot_end_before_it_begins(until: dt.date) -> None:
    with pytest.raises(ActionError, match="not after today"):
        give_verdict(context_of(RECORD), "calm", "met", reason="r", until=until)


@pytest.mark.parametrize(
    ("action", "part"),
    [
        (lambda: set_gate(context_of(RECORD), "valu", "blocked", reason="r"), "did you mean 'value'"),
        (lambda: set_gate(context_of(RECORD), "value", "satisfy"), "did you mean 'satisfied'"),
        (lambda: give_verdict(context_of(RECORD), "clam", "met", reason="r"), "did you mean 'calm'"),
        (lambda: give_verdict(context_of(RECORD), "calm", "green", reason="r"), "no state 'green'"),
        (
            lambda: give_verdict(context_of(RECORD), "calm", "maybe", reason="r"),
            "There is no state 'maybe': choose one of: met, partial, unmet, unknown.",
        ),
        (lambda: give_verdict(context_of(RECORD), "calm", "met", reason=" "), "reason is empty"),
        (lambda: clear_verdict(context_of(RECORD), "calm"), "no verdict to clear"),
        (lambda: add_note(context_of(RECORD), "plan", "\n"), "note is empty"),
        (lambda: add_note(context_of(RECORD), "plan", "x" * 20_001), "20,001 characters"),
        (lambda: add_note(context_of(RECORD), "gate:calm", "x"), "no gate 'calm'"),
        (lambda: add_note(context_of(RECORD, tracker=SAME_IDS), "calm", "x"), "'calm' is a signal and a gate"),
        (lambda: tick_part(context_of(RECORD), "value", "app"), "has no parts"),
        (lambda: tick_part(context_of(RECORD), "plan", "ap"), "did you mean 'app'"),
        (lambda: remove_note(context_of(RECORD), "nope"), "no note 'nope'"),
        (lambda: close_review(context_of(record()), "wait"), "Refresh first"),
        (lambda: actions.find_step(TRACKER, "a"), r"add \[\[steps\]\] to the tracker file"),
    ],
)
def test_an_impossible_action_raises_one_message(action: object, part: str) -> None:
    assert callable(action)
    with pytest.raises(ActionError, match=part):
        action()


def test_a_bad_pin_changes_nothing() -> None:
    with pytest.raises(PinError):
        add_note(context_of(RECORD), "plan", "x", pins=["main.py"])


def test_a_bare_id_finds_its_subject() -> None:
    assert actions.find_subject(TRACKER, "plan") == "gate:plan"
    assert actions.find_subject(TRACKER, "calm") == "signal:calm"
    assert actions.find_subject(TRACKER, "review") == "review"
    for subject, known in (("clm", "calm"), ("valu", "value")):
        with pytest.raises(ActionError, match=f"did you mean {known!r}"):
            actions.find_subject(TRACKER, subject)
    for subject in ("signal", "gate", "note:plan"):
        with pytest.raises(ActionError, match=f"The tracker has no signal or gate '{subject}'"):
            actions.find_subject(TRACKER, subject)


def test_the_log_contains_changed_and_removed_notes() -> None:
    now = apply(RECORD, add_note(context_of(RECORD), "plan", "first", pins=["up:src/a.ts#L3"]))
    (note,) = now.notes.values()
    assert note.pins == (PIN,)
    assert (note.upstream, note.downstream) == (UP, DOWN)
    now = apply(now, edit_note(context_of(now), note.id, "second", pins=[]))
    assert (now.notes[note.id].text, now.notes[note.id].pins) == ("second", ())
    now = apply(now, remove_note(context_of(now), note.id))
    assert now.notes == {}
    assert [(change.action, change.by) for change in now.log] == [("note", "ann")] * 3
    assert now.log[-1].edits[0].before is not None


def test_closing_a_review_again_replaces_the_recommendation() -> None:
    now = apply(RECORD, close_review(context_of(RECORD), "Wait for 2.4."))
    now = apply(now, close_review(context_of(now), "Wait for 2.5."))
    (review,) = now.reviews.values()
    assert review.recommendation == "Wait for 2.5."


@pytest.mark.parametrize(
    "make",
    [
        lambda context: add_note(context, "calm", "later"),
        lambda context: give_verdict(context, "calm", "met", reason="x"),
        lambda context: agree(context, "calm"),
        undo,
    ],
    ids=["note", "verdict", "agree", "undo"],
)
def test_a_new_id_sorts_after_all_recorded_ids_if_the_clock_was_set_back(
    make: ChangeFactory,
) -> None:
    before = apply(RECORD, add_note(context_of(RECORD), "calm", "seen"))
    early = Actor(by="ann", at=NOON - dt.timedelta(days=400))
    change = make(context_of(before, early))
    assert change.at == early.at
    known = set(before.ids)
    new = set(apply(before, change).ids) - known
    assert new
    assert min(new) > newest_id(known)


def test_the_longest_text_is_accepted() -> None:
    now = apply(RECORD, add_note(context_of(RECORD), "plan", "x" * actions.MAX_TEXT))
    assert [len(note.text) for note in now.notes.values()] == [actions.MAX_TEXT]


def test_the_id_of_a_removed_entry_is_not_given_again() -> None:
    now = apply(RECORD, add_note(context_of(RECORD), "plan", "first"))
    (note,) = now.notes.values()
    now = apply(now, remove_note(context_of(now), note.id))
    early = Actor(by="ann", at=NOON - dt.timedelta(days=1))
    now = apply(now, add_note(context_of(now, early), "plan", "second"))
    (second,) = now.notes.values()
    assert second.id > note.id
