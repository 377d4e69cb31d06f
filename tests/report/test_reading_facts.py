"""The facts of one type in the readings of signals."""

import datetime as dt

from pawtui.probes.probe_facts import ChurnFacts, ReleaseFacts, SoakFacts
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.refresh_types import SignalReading
from pawtui.report.reading_facts import churn_facts, soak_facts

RELEASE = ProbeReading(kind="release", state="met", summary="2.3 is out", rule="met with a tag", facts=ReleaseFacts())


def test_churn_facts_are_those_that_count_commits_by_week() -> None:
    facts = ChurnFacts(total=3, weeks=(2, 1))
    churn = ProbeReading(kind="churn", state="met", summary="3 commits", rule="met up to 8 commits", facts=facts)
    assert churn_facts(SignalReading(id="calm", state="met", probes=(RELEASE, churn))) == facts
    assert churn_facts(SignalReading(id="calm", state="met", probes=(RELEASE,))) is None
    assert churn_facts(None) is None


def test_soak_facts_are_those_of_a_window_that_has_started() -> None:
    started = SoakFacts(anchor="v2.0.0", anchor_at=dt.datetime(2026, 11, 16, tzinfo=dt.UTC))
    probes = tuple(
        ProbeReading(kind="soak", state="unmet", summary="0 days", rule="met after 28 days", facts=facts)
        for facts in (SoakFacts(), started)
    )
    assert soak_facts(SignalReading(id="window", state="unmet", probes=probes)) == started
    assert soak_facts(SignalReading(id="window", state="unmet", probes=probes[:1])) is None
    assert soak_facts(None) is None
