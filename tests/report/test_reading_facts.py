"""The facts of one type in the readings of signals."""

from pawtui.probes.probe_facts import ChurnFacts, ReleaseFacts
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.refresh_types import SignalReading
from pawtui.report.reading_facts import churn_facts

RELEASE = ProbeReading(kind="release", state="met", summary="2.3 is out", rule="met with a tag", facts=ReleaseFacts())


def test_churn_facts_are_those_that_count_commits_by_week() -> None:
    facts = ChurnFacts(total=3, weeks=(2, 1))
    churn = ProbeReading(kind="churn", state="met", summary="3 commits", rule="met up to 8 commits", facts=facts)
    assert churn_facts(SignalReading(id="calm", state="met", probes=(RELEASE, churn))) == facts
    assert churn_facts(SignalReading(id="calm", state="met", probes=(RELEASE,))) is None
    assert churn_facts(None) is None
