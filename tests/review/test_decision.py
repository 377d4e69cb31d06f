"""The decision for a record, and when a verdict needs renewal."""

import datetime as dt
from typing import Literal, get_args

import msgspec
import pytest

from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Drift, DriftState, PartReading, SignalReading
from pawtui.review.decision import Reason, ReasonKind
from pawtui.review.gate_actions import add_pin, set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.overview import make_overview, reading_summary
from pawtui.review.pin_actions import remove_pin
from pawtui.review.record_types import Note, Record
from pawtui.review.verdict_actions import give_verdict
from pawtui.tracker.probe_types import PathsProbe
from pawtui.tracker.rules_fingerprint import rules_fingerprint
from pawtui.tracker.tracker_types import Part, Policy, Signal
from tests.review.decision_samples import PIN, TODAY, measured, probe_of, reading_of, satisfied, with_drift
from tests.review.review_samples import ANN, NOON, TRACKER, UP, apply, context_of, reading, record, refresh


def drift_states(now: Record) -> list[DriftState]:
    """Return the drift state of each pin of a record."""
    return [drift.state for drift in make_overview(TRACKER, now, TODAY).drift.values()]


def test_go_needs_everything() -> None:
    overview = make_overview(TRACKER, satisfied(measured()), TODAY)
    assert (overview.decision, len(overview.reasons)) == ("go", 0)
    assert [gate.reopened_reason for gate in overview.gates] == ["", ""]


def test_every_kind_of_reason_has_its_own_label() -> None:
    # `ReasonKind` is a union of literals.
    kinds = [kind for part in get_args(ReasonKind) for kind in get_args(part)]
    assert len({Reason(kind=kind).label for kind in kinds}) == len(kinds) >= 12


def test_a_refresh_with_another_tracker_is_hold() -> None:
    now = satisfied(measured())
    last = msgspec.structs.replace(now.refreshes[-1], rules=rules_fingerprint(TRACKER))
    now = msgspec.structs.replace(now, refreshes=(last,))
    assert make_overview(TRACKER, now, TODAY).decision == "go"
    overview = make_overview(msgspec.structs.replace(TRACKER, policy=Policy(soak="both")), now, TODAY)
    assert (overview.decision, [reason.kind for reason in overview.reasons]) == ("hold", ["new-rules"])


def test_a_gate_that_was_satisfied_before_the_tracker_gave_it_a_part_is_hold() -> None:
    plan, value = TRACKER.gates
    other = msgspec.structs.replace(plan, parts=(plan.parts[0], Part(id="web", title="Web")))
    overview = make_overview(msgspec.structs.replace(TRACKER, gates=(other, value)), satisfied(measured()), TODAY)
    assert (overview.decision, overview.reasons[0].text) == (
        "hold",
        'Untested: "There is a plan": was satisfied; the tracker has a new part; 1 of 2 parts',
    )


def test_a_gate_that_lost_its_last_evidence_is_hold() -> None:
    now = satisfied(measured())
    for gate, missing in (("plan", "; 2 of 2 parts"), ("value", "")):
        overview = make_overview(TRACKER, apply(now, remove_pin(context_of(now), f"gate:{gate}", PIN)), TODAY)
        assert (overview.decision, overview.gate(gate).state, overview.gate(gate).summary) == (
            "hold",
            "untested",
            f"was satisfied; no evidence left{missing}",
        )


@pytest.mark.parametrize("state", ["unknown", "unmet", "partial"])
def test_a_signal_that_is_not_met_is_hold(state: State) -> None:
    overview = make_overview(TRACKER, satisfied(measured(calm=state)), TODAY)
    assert overview.decision == "hold"
    assert (overview.reasons[0].kind, overview.reasons[0].subject) == (state, "signal:calm")


def test_the_reason_of_a_signal_with_a_verdict_is_that_of_the_verdict() -> None:
    now = measured(calm="unknown")
    partial = apply(now, give_verdict(context_of(now), "calm", "partial", reason="only the README"))
    assert (
        make_overview(TRACKER, partial, TODAY).reasons[0].text == 'Partial: "It is calm": by verdict: only the README'
    )
    same = apply(now, give_verdict(context_of(now), "calm", "unknown", reason="nobody asked"))
    assert "no answer" in make_overview(TRACKER, same, TODAY).reasons[0].detail, "such a verdict does not override"


def test_an_untested_gate_is_hold_and_a_blocked_gate_is_no_go() -> None:
    assert make_overview(TRACKER, measured(), TODAY).decision == "hold"
    now = apply(measured(), set_gate(context_of(measured()), "value", "blocked", reason="nobody asked"))
    overview = make_overview(TRACKER, now, TODAY)
    assert overview.decision == "no-go"
    assert overview.reasons[0].text == 'Blocked: "There is value": nobody asked'


@pytest.mark.parametrize(
    ("state", "decision", "summary"),
    [
        ("changed", "hold", "evidence changed"),
        ("moved", "hold", "evidence moved"),
        ("gone", "hold", "evidence is gone"),
        ("fresh", "go", ""),
    ],
)
def test_a_gate_with_stale_evidence_is_not_satisfied(state: DriftState, decision: str, summary: str) -> None:
    overview = make_overview(TRACKER, with_drift(satisfied(measured()), state), TODAY)
    assert overview.decision == decision
    assert overview.gate("value").state == "satisfied"
    assert overview.gate("value").counts_as_satisfied is (decision == "go")
    assert overview.gate("value").summary == summary


def test_a_blocked_gate_with_stale_evidence_keeps_its_reason() -> None:
    now = with_drift(satisfied(measured()), "changed")
    now = apply(now, set_gate(context_of(now), "value", "blocked", reason="nobody asked"))
    assert make_overview(TRACKER, now, TODAY).gate("value").summary == "nobody asked"


def test_evidence_that_could_not_be_checked_is_hold() -> None:
    now = satisfied(measured())
    last = msgspec.structs.replace(now.refreshes[-1], drift=(Drift(pin=PIN, state="unchecked", failed=True),))
    overview = make_overview(TRACKER, msgspec.structs.replace(now, refreshes=(last,)), TODAY)
    assert overview.decision == "hold"
    assert overview.reasons[0].text == f'Evidence not checked: "There is a plan": {PIN}'


@pytest.mark.parametrize(("state", "label"), [("gone", "Stale evidence"), ("unchecked", "Evidence not checked")])
def test_a_reason_counts_the_pins_that_are_not_fresh(state: DriftState, label: str) -> None:
    now, other = satisfied(measured()), f"up/stream@{UP}:src/b.ts"
    now = apply(now, add_pin(context_of(now), "value", other))
    drift = tuple(Drift(pin=pin, state=state, failed=state == "unchecked") for pin in (PIN, other))
    last = msgspec.structs.replace(now.refreshes[-1], drift=drift)
    overview = make_overview(TRACKER, msgspec.structs.replace(now, refreshes=(last,)), TODAY)
    first = f"{PIN} gone" if state == "gone" else PIN
    assert [reason.text for reason in overview.reasons] == [
        f'{label}: "There is a plan": {first}',
        f'{label}: "There is value": 2 pins, first {first}',
    ]


def test_the_reason_of_an_unknown_signal_has_the_cause() -> None:
    assert "no answer" in make_overview(TRACKER, measured(calm="unknown"), TODAY).reasons[0].detail


def test_an_empty_record_is_hold_and_unknown() -> None:
    overview = make_overview(TRACKER, Record(), TODAY)
    assert overview.decision == "hold"
    assert {signal.effective for signal in overview.signals} == {"unknown"}


def test_without_a_refresh_the_decision_is_never_go() -> None:
    now = Record()
    for signal in TRACKER.signals:
        now = apply(now, give_verdict(context_of(now), signal.id, "met", reason="seen"))
    overview = make_overview(TRACKER, satisfied(now), TODAY)
    assert {signal.effective for signal in overview.signals} == {"met"}
    assert (overview.decision, [reason.text for reason in overview.reasons]) == (
        "hold",
        ["Upstream not read: no refresh is recorded"],
    )


def test_a_verdict_applies_and_is_shown_as_override() -> None:
    now = measured(calm="unmet")
    now = apply(now, give_verdict(context_of(now), "calm", "met", reason="tests only"))
    status = make_overview(TRACKER, now, TODAY).signal("calm")
    assert (status.measured, status.effective, status.overridden, status.renewal_reason) == ("unmet", "met", True, "")


@pytest.mark.parametrize(
    ("now_reading", "day", "cause"),
    [
        (reading("calm", "unmet"), TODAY + dt.timedelta(days=10), "it expired on 2026-11-30"),
        (reading("calm", "partial"), TODAY, "went from unmet to partial"),
        (reading("calm", "unmet", fingerprint="l2"), TODAY, "changed upstream since aaaaaaaaaa"),
        (reading("calm", "unmet"), TODAY + dt.timedelta(days=9), ""),
    ],
)
def test_a_verdict_needs_renewal(now_reading: SignalReading, day: dt.date, cause: str) -> None:
    now = measured(calm="unmet")
    until = dt.date(2026, 11, 30)
    now = apply(now, give_verdict(context_of(now), "calm", "met", reason="tests only", until=until))
    now = msgspec.structs.replace(now, refreshes=(*now.refreshes, refresh(now_reading, up="c" * 40)))
    status = make_overview(TRACKER, now, day).signal("calm")
    assert cause in status.renewal_reason
    assert bool(status.renewal_reason) is bool(cause)
    assert status.effective == (now_reading.state if cause else "met")


def test_a_verdict_that_needs_renewal_is_a_reason_even_if_its_signal_is_met() -> None:
    now = satisfied(measured(calm="unmet"))
    now = apply(now, give_verdict(context_of(now), "calm", "met", reason="seen"))
    overview = make_overview(
        TRACKER, msgspec.structs.replace(now, refreshes=(*now.refreshes, *measured().refreshes)), TODAY
    )
    assert (overview.decision, overview.signal("calm").effective) == ("hold", "met")
    assert [(reason.kind, reason.subject, reason.detail) for reason in overview.reasons] == [
        ("renewal", "signal:calm", "the measured state went from unmet to met")
    ]
    partial = make_overview(
        TRACKER, msgspec.structs.replace(now, refreshes=(*now.refreshes, *measured("partial").refreshes)), TODAY
    )
    assert [reason.kind for reason in partial.reasons] == ["partial", "renewal"]


def test_no_go_lists_the_other_reasons_too() -> None:
    now = measured(calm="unmet")
    now = apply(now, set_gate(context_of(now), "value", "blocked", reason="nobody asked"))
    overview = make_overview(TRACKER, now, TODAY)
    assert overview.decision == "no-go"
    assert overview.reasons[0].text == 'Blocked: "There is value": nobody asked'
    assert len(overview.reasons) == 3
    assert overview.reasons[1].text.startswith('Unmet: "It is calm"')
    assert overview.reasons[2].text.startswith('Untested: "There is a plan"')


def test_without_signals_or_gates_the_decision_is_never_go() -> None:
    everything = satisfied(measured())
    assert make_overview(TRACKER, everything, TODAY).decision == "go"
    for lacking, words in (("signals", "No signals: "), ("gates", "No gates: ")):
        overview = make_overview(msgspec.structs.replace(TRACKER, **{lacking: ()}), everything, TODAY)
        assert overview.decision == "hold"
        assert [reason.text.startswith(words) for reason in overview.reasons] == [True]


def test_a_ref_that_may_be_the_wrong_one_is_never_go() -> None:
    now = satisfied(measured())
    last = now.refreshes[-1]
    doubted = msgspec.structs.replace(last.upstream, doubt="v2 does not contain v2.3.2")
    now = msgspec.structs.replace(now, refreshes=(msgspec.structs.replace(last, upstream=doubted),))
    overview = make_overview(TRACKER, now, TODAY)
    assert overview.decision == "hold"
    assert [reason.text for reason in overview.reasons] == ["Upstream not read: v2 does not contain v2.3.2"]


def test_the_doubt_about_a_ref_is_named_once() -> None:
    now = measured(calm="unknown", default="unknown")
    last = now.refreshes[-1]
    # The cause of an unknown reading in the samples.
    doubted = msgspec.structs.replace(last.upstream, doubt="no answer")
    now = msgspec.structs.replace(now, refreshes=(msgspec.structs.replace(last, upstream=doubted),))
    assert [reason.text for reason in make_overview(TRACKER, now, TODAY).reasons[:3]] == [
        "Upstream not read: no answer",
        'Unknown: "It is calm"',
        'Unknown: "It is the default"',
    ]


def test_parts_are_counted_in_the_summary() -> None:
    parts = (
        PartReading(id="a", title="A", state="met"),
        PartReading(id="b", title="B", state="unmet", summary="no"),
        PartReading(id="c", title="C", state="unknown"),
    )
    partial = msgspec.structs.replace(reading_of(probe_of("unmet", summary="no match")), parts=parts)
    assert (
        make_overview(TRACKER, record(refresh(partial)), TODAY).signal("calm").summary == "1 of 3 parts met; no match"
    )


@pytest.mark.parametrize(
    ("combine", "probes", "summary"),
    [
        ("parts", ("unmet", "met"), "1 of 2 probes met; no match"),
        ("parts", ("met", "met"), "2 of 2 probes met"),
        ("parts", ("unmet",), "no match"),
        ("worst", ("unmet", "met"), "no match"),
    ],
)
def test_probes_that_are_parts_are_counted_in_the_summary(
    combine: Literal["parts", "worst"], probes: tuple[State, ...], summary: str
) -> None:
    found = reading_of(*(probe_of(state, summary="no match") for state in probes))
    assert reading_summary(msgspec.structs.replace(TRACKER.signals[0], combine=combine), found) == summary
    assert reading_summary(None, found) == "no match"


@pytest.mark.parametrize(
    ("at_verdict", "now", "up", "rules", "renewal"),
    [
        # The files were not listed now. They are those of the same commit, or may have changed with it.
        ("l1", "", UP, "a", ""),
        ("l1", "", "c" * 40, "a", f"could not check whether its files changed since {UP[:10]}"),
        # No path of the upstream is read.
        ("", "", "c" * 40, "a", ""),
        # The files were not listed then: later changes of them would never be noticed.
        ("", "l2", UP, "a", f"could not check whether its files changed since {UP[:10]}"),
        ("l1", "l2", UP, "a", f"its files changed upstream since {UP[:10]}"),
        ("l1", "l2", UP, "b", f"its files or the tracker changed since {UP[:10]}"),
    ],
)
def test_a_verdict_needs_renewal_if_its_files_are_other_ones(
    at_verdict: str, now: str, up: str, rules: str, renewal: str
) -> None:
    before = refresh(reading("calm", "unmet", fingerprint=at_verdict), at=NOON - dt.timedelta(days=1))
    before = msgspec.structs.replace(before, rules="a")
    judged = apply(record(before), give_verdict(context_of(record(before)), "calm", "met", reason="seen"))
    after = msgspec.structs.replace(
        refresh(reading("calm", "unmet", fingerprint=now), at=NOON + dt.timedelta(hours=1), up=up), rules=rules
    )
    # The verdict was given at `before`, so an earlier tracker does not matter.
    earliest = msgspec.structs.replace(before, at=NOON - dt.timedelta(days=2), rules="c")
    judged = msgspec.structs.replace(judged, refreshes=(earliest, before, after))
    assert make_overview(TRACKER, judged, TODAY).signal("calm").renewal_reason == renewal


@pytest.mark.parametrize(("up", "is_renewed"), [(UP, False), ("c" * 40, True)])
@pytest.mark.parametrize(("side", "reads_upstream"), [("upstream", True), ("downstream", False)])
def test_a_verdict_on_files_that_were_never_listed_needs_renewal(
    side: Literal["upstream", "downstream"], reads_upstream: bool, up: str, is_renewed: bool
) -> None:
    probe = PathsProbe(exist=("src",), side=side)
    tracker = msgspec.structs.replace(TRACKER, signals=(Signal(id="calm", title="It is calm", probes=(probe,)),))
    before = record(refresh(reading("calm", "unmet", fingerprint="")))
    judged = apply(before, give_verdict(context_of(before, tracker=tracker), "calm", "met", reason="seen"))
    after = refresh(reading("calm", "unmet", fingerprint=""), at=NOON + dt.timedelta(hours=1), up=up)
    judged = msgspec.structs.replace(judged, refreshes=(*judged.refreshes, after))
    wanted = f"could not check whether its files changed since {UP[:10]}"
    assert make_overview(tracker, judged, TODAY).signal("calm").renewal_reason == (
        wanted if reads_upstream and is_renewed else ""
    )


def test_only_a_verdict_that_counts_and_differs_overrides() -> None:
    same = apply(measured(), give_verdict(context_of(measured()), "calm", "met", reason="r"))
    assert not make_overview(TRACKER, same, TODAY).signal("calm").overridden
    now = apply(measured(), give_verdict(context_of(measured()), "calm", "unmet", reason="r"))
    assert make_overview(TRACKER, now, TODAY).signal("calm").overridden
    later = msgspec.structs.replace(now, refreshes=(*now.refreshes, refresh(reading("calm", "partial"))))
    assert not make_overview(TRACKER, later, TODAY).signal("calm").overridden


def test_a_gate_whose_evidence_could_not_be_checked_does_not_count() -> None:
    now = satisfied(measured())
    assert make_overview(TRACKER, now, TODAY).gate("value").counts_as_satisfied
    last = msgspec.structs.replace(now.refreshes[-1], drift=(Drift(pin=PIN, state="unchecked", failed=True),))
    gate = make_overview(TRACKER, msgspec.structs.replace(now, refreshes=(last,)), TODAY).gate("value")
    assert [drift.pin for drift in gate.problem_pins] == [PIN]
    assert not gate.counts_as_satisfied
    assert gate.summary == "evidence was not checked"


@pytest.mark.parametrize("pin", ["not a pin", f"up/stream@{'dead' * 10}", "up/stream#7"])
def test_a_new_pin_to_something_else_than_a_file_is_unchecked_until_a_refresh(pin: str) -> None:
    note = Note(id="n", subject="review", text="seen", by="ann", at=NOON, pins=(pin,))
    now = msgspec.structs.replace(measured(), notes={"n": note})
    assert make_overview(TRACKER, now, TODAY).drift[pin].state == "unchecked"


def test_pins_are_counted_by_drift_state() -> None:
    now = satisfied(measured())
    now = apply(now, add_pin(context_of(now), "value", f"{PIN}#L3"))
    assert drift_states(now).count("fresh") == 2


def test_a_removed_pin_is_not_counted() -> None:
    now = apply(satisfied(measured()), add_note(context_of(satisfied(measured())), "value", "seen"))
    now = with_drift(apply(now, add_pin(context_of(now), "value", f"{PIN}#L3")), "gone")
    assert drift_states(now).count("gone") == 1
    for gate in ("plan", "value"):
        now = apply(now, set_gate(context_of(now), gate, "untested"))
        now = apply(now, remove_pin(context_of(now), f"gate:{gate}", PIN))
    assert drift_states(now).count("gone") == 0


def test_a_verdict_that_needs_renewal_does_not_replace_the_pins_of_an_older_note() -> None:
    now = apply(measured(), add_note(context_of(measured()), "calm", "seen", pins=[PIN]))
    now = apply(now, give_verdict(context_of(now), "calm", "met", reason="r", until=TODAY + dt.timedelta(days=1)))
    now = with_drift(now, "gone")
    assert not make_overview(TRACKER, now, TODAY).signal("calm").stale
    assert make_overview(TRACKER, now, TODAY + dt.timedelta(days=1)).signal("calm").stale


def test_a_note_after_a_verdict_is_evidence_again() -> None:
    now = apply(measured(), give_verdict(context_of(measured()), "calm", "met", reason="r"))
    later = msgspec.structs.replace(ANN, at=NOON + dt.timedelta(hours=1))
    now = apply(now, add_note(context_of(now, later), "calm", "seen", pins=[PIN]))
    assert [drift.state for drift in make_overview(TRACKER, with_drift(now, "gone"), TODAY).signal("calm").stale] == [
        "gone"
    ]
