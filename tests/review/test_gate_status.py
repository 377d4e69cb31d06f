"""The summary of a gate: its reason and its parts; and the pins that are its evidence."""

import pytest
from msgspec.structs import replace

from pawtui.refresh.refresh_types import Drift
from pawtui.review.gate_actions import add_pin, set_gate, tick_part
from pawtui.review.note_actions import add_note
from pawtui.review.overview import make_overview
from pawtui.review.pin_actions import remove_pin
from pawtui.review.record_types import Record
from pawtui.review.subject_status import GateStatus
from tests.review.review_samples import NOON, TRACKER, UP, apply, context_of, reading, record, refresh

FIRST = record(refresh(reading("calm", "met"), reading("default", "met")))
PIN, OTHER, NEW = (f"up/stream@{UP}:src/{name}.ts" for name in "abc")


def gate_of(now: Record, gate: str = "plan") -> GateStatus:
    return make_overview(TRACKER, now, NOON.date()).gate(gate)


def ticked(now: Record, *parts: str) -> Record:
    for part in parts:
        now = apply(now, tick_part(context_of(now), "plan", part))
    return now


def test_the_summary_counts_parts_until_the_gate_is_satisfied() -> None:
    assert gate_of(FIRST).summary == "0 of 2 parts"
    one = ticked(FIRST, "app")
    assert gate_of(one).summary == "1 of 2 parts"
    assert gate_of(apply(one, set_gate(context_of(one), "plan", "blocked", reason="Late."))).summary == (
        "Late; 1 of 2 parts"
    )
    done = apply(one, set_gate(context_of(one), "plan", "satisfied", reason="all maps", pins=[PIN]))
    assert gate_of(done).summary == "all maps"
    assert gate_of(FIRST, "value").summary == ""


def test_the_summary_states_if_all_parts_are_ticked_without_evidence() -> None:
    every = ticked(FIRST, "app", "sdk")
    assert (gate_of(every).state, gate_of(every).summary) == ("untested", "2 of 2 parts, no evidence yet")
    for evidence in (
        add_pin(context_of(every), "plan", PIN),
        add_note(context_of(every), "gate:plan", "seen"),
    ):
        assert gate_of(apply(every, evidence)).summary == "2 of 2 parts"


@pytest.mark.parametrize(("repo", "counts"), [("up/stream", False), ("other/repo", True)])
def test_a_new_pin_to_an_older_commit_of_a_tracked_repository_is_not_checked(repo: str, counts: bool) -> None:
    pin = f"{repo}@{'d' * 40}:src/a.ts"
    now = apply(FIRST, set_gate(context_of(FIRST), "value", "satisfied", reason="seen", pins=[pin]))
    assert gate_of(now, "value").counts_as_satisfied == counts


def test_a_new_link_is_evidence_that_no_refresh_checks() -> None:
    link = "https://example.org/plan"
    now = apply(FIRST, set_gate(context_of(FIRST), "value", "satisfied", reason="seen", pins=[link]))
    assert gate_of(now, "value").counts_as_satisfied
    drift = make_overview(TRACKER, now, NOON.date()).drift[link]
    assert (drift.state, drift.summary, drift.failed) == ("unchecked", "links are never checked", False)


@pytest.mark.parametrize(("own_pin", "stale"), [(False, [OTHER]), (True, [])])
def test_the_pins_of_notes_are_evidence_only_without_own_pins(own_pin: bool, stale: list[str]) -> None:
    now = apply(FIRST, add_note(context_of(FIRST), "gate:value", "seen", pins=[OTHER]))
    if own_pin:
        now = apply(now, add_pin(context_of(now), "value", PIN))
    now = apply(now, add_note(context_of(now), "gate:value", "seen again", pins=[OTHER]))
    last = replace(now.refreshes[-1], drift=(Drift(pin=OTHER, state="moved", place=NEW), Drift(pin=PIN, state="fresh")))
    now = replace(now, refreshes=(last,))
    assert [drift.pin for drift in gate_of(now, "value").stale] == stale
    assert make_overview(TRACKER, now, NOON.date()).renewable_pins("gate:value") == {OTHER: NEW}
    last = replace(last, drift=(Drift(pin=OTHER, state="unchecked", failed=True), Drift(pin=PIN, state="fresh")))
    assert [drift.pin for drift in gate_of(replace(now, refreshes=(last,)), "value").unchecked] == stale


def test_new_evidence_does_not_satisfy_a_gate_that_lost_its_evidence() -> None:
    done = apply(FIRST, set_gate(context_of(FIRST), "value", "satisfied", reason="seen", pins=[PIN]))
    lost = apply(done, remove_pin(context_of(done), "gate:value", PIN))
    for change in (add_note(context_of(lost), "gate:value", "new"), add_pin(context_of(lost), "value", PIN)):
        assert gate_of(apply(lost, change), "value").state == "untested"
    assert gate_of(apply(done, add_note(context_of(done), "gate:value", "new")), "value").state == "satisfied"
