"""`SelectedSubject`: which actions apply to each kind of subject, and where its pins and its notes are."""

import datetime as dt

import pytest
from msgspec.structs import replace

from pawtui.refresh.refresh_types import Drift
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.gate_actions import add_pin
from pawtui.review.note_actions import add_note
from pawtui.review.overview import make_overview
from pawtui.review.record_types import Record
from pawtui.review.step_actions import set_step
from pawtui.tracker.tracker_types import EvaluationStep
from pawtui.tui.selected_subject import SelectedSubject
from tests.review.review_samples import NOON, TRACKER, UP, apply, reading, refresh

ANN = Actor(by="ann", at=NOON - dt.timedelta(days=1))
STEPS = replace(TRACKER, steps=(EvaluationStep(id="try", title="Try it", gates=("plan",)),))
MOVED = f"up/stream@{'c' * 40}:src/a.ts"
DRIFT = (Drift(pin=MOVED, state="moved", place=f"up/stream@{UP}:src/b.ts"),)
RECORD = Record(refreshes=(refresh(reading("calm", "met"), drift=DRIFT),))
GATE = {"gate", "next_state", "explain_verdict", "pin"}
EVERYWHERE = {"note", "open", "copy"}
ACTIONS = {*GATE, *EVERYWHERE, "set_step", "verdict", "edit_note", "remove", "renew"}


def selected(record: Record, subject: str) -> SelectedSubject:
    return SelectedSubject(make_overview(STEPS, record, NOON.date()), subject)


def allowed(record: Record, subject: str) -> set[str]:
    """Return the actions that apply to the subject, apart from those that always apply."""
    at = selected(record, subject)
    actions = {action for action in ACTIONS if at.allows(action)}
    assert actions >= EVERYWHERE
    return actions - EVERYWHERE


def noted(*pins: str) -> Record:
    """Return the record with a note on `calm` that has these pins."""
    return apply(RECORD, add_note(ActionContext(STEPS, RECORD, ANN), "signal:calm", "seen", pins=pins))


@pytest.mark.parametrize(
    ("subject", "actions"),
    [
        ("signal:calm", {"verdict", "pin"}),
        ("gate:value", GATE),
        ("gate:plan", {*GATE, "set_step"}),
        ("note:other", {"edit_note", "remove", "pin"}),
        ("refresh:r1", set()),
        ("", {"pin"}),
    ],
)
def test_each_kind_of_subject_has_its_actions(subject: str, actions: set[str]) -> None:
    assert allowed(RECORD, subject) == actions


def test_pins_of_a_gate_and_of_its_steps_can_be_removed() -> None:
    record = apply(
        RECORD, set_step(ActionContext(STEPS, RECORD, ANN), "try", "done", pins=("up/stream#1", "up/stream#2"))
    )
    assert "remove" in allowed(record, "gate:plan")
    assert "remove" not in allowed(record, "gate:value")
    record = apply(RECORD, add_pin(ActionContext(STEPS, RECORD, ANN), "plan", "up/stream#2"))
    assert "remove" in allowed(record, "gate:plan")
    assert selected(record, "gate:plan").pins == ("up/stream#2",)


def test_a_stale_pin_with_a_new_place_can_be_renewed() -> None:
    record = noted(MOVED)
    (note_id,) = record.notes
    for subject in ("signal:calm", f"note:{note_id}"):
        assert "renew" in allowed(record, subject)
    assert "renew" not in allowed(noted("up/stream#1"), "signal:calm")


def test_a_note_is_written_on_the_subject_or_on_that_of_the_note() -> None:
    record = noted("up/stream#1")
    (note_id,) = record.notes
    assert selected(record, "gate:plan").note_subject == "gate:plan"
    assert selected(record, f"note:{note_id}").note_subject == "signal:calm"
    assert selected(record, "refresh:r1").note_subject == "review"
    assert selected(record, f"note:{note_id}").pins == ("up/stream#1",)
