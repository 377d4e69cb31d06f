"""What holds for every kind of probe: the built-in tracker's sentences, and how states combine."""

from __future__ import annotations

import pytest

from pawtui.probes.finding import State
from pawtui.probes.kinds import ProbeReading
from pawtui.probes.measure import combine, rule_of
from pawtui.tracker.model import AttestedProbe, Policy, Signal
from pawtui.tracker.reader import builtin_tracker
from tests.probes.measuring import measure
from tests.support.fake_github import FakeRepo
from tests.support.fixtures import OpenSource


def _reading(state: State) -> ProbeReading:
    return ProbeReading(kind="text", state=state, summary="", rule="")


@pytest.mark.parametrize(
    ("states", "worst", "parts"),
    [
        (("met", "met"), "met", "met"),
        (("met", "partial"), "partial", "partial"),
        (("met", "unmet"), "unmet", "partial"),
        (("met", "unknown"), "unknown", "partial"),
        (("unmet", "unknown"), "unmet", "unmet"),
        (("unknown", "unknown"), "unknown", "unknown"),
        (("unmet", "unmet"), "unmet", "unmet"),
        ((), "unknown", "unknown"),
    ],
)
def test_states_combine(states: tuple[State, ...], worst: str, parts: str) -> None:
    readings = [_reading(state) for state in states]
    assert combine(Signal(id="s", title="S"), readings) == worst
    assert combine(Signal(id="s", title="S", combine="parts"), readings) == parts


async def test_attested_waits_for_a_person(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a": "1"})
    found = (await measure(open_source(), AttestedProbe(ask="Is it promised?"))).reading
    assert (found.state, found.rule) == ("unknown", "only a person's verdict answers it")
    assert (found.summary, found.cause) == ("waits for a person's verdict", "no machine can answer “Is it promised?”")
    assert found.facts["head"] == up.git.sha("main")


def test_every_threshold_of_the_built_in_tracker_has_its_reason_and_rule() -> None:
    for signal in builtin_tracker().signals:
        for probe in signal.probes:
            assert probe.why.endswith(".")
            assert "\n" not in probe.why
            assert len(probe.why) <= 130
            rule = rule_of(probe, Policy())
            assert rule.startswith("met ")
            assert len(rule) <= 260
