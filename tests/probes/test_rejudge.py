"""Recorded facts are judged again by other thresholds."""

import datetime as dt

import msgspec
import pytest

from pawtui.probes.probe_facts import (
    ChurnFacts,
    Facts,
    IssuesFacts,
    NamesFacts,
    NewFilesFacts,
    PullFacts,
    PullsFacts,
    ReleaseFacts,
    SubjectsFacts,
)
from pawtui.probes.reading import ProbeReading
from pawtui.probes.rejudge import rejudge
from pawtui.probes.state import State
from pawtui.tracker.tracker_types import (
    PROBE_TYPES,
    ChurnProbe,
    IssuesProbe,
    NamesProbe,
    NewFilesProbe,
    Policy,
    Probe,
    PullsProbe,
    ReleaseProbe,
    SubjectsProbe,
    kind_of,
)

# A probe of each kind that has the threshold `met`, and facts with a count of 2.
COUNTS_OF_TWO: list[tuple[Probe, Facts]] = [
    (ReleaseProbe(line="v2.*"), ReleaseFacts(stable=2)),
    (ChurnProbe(surfaces=("a",), partial=2), ChurnFacts(total=2)),
    (SubjectsProbe(surfaces=("a",), pattern="b"), SubjectsFacts(matching=2)),
    (NamesProbe(files=("a",)), NamesFacts(removed=("a", "b"))),
    (NewFilesProbe(paths=("a",), partial=2), NewFilesFacts(matching=("a", "b"))),
    (IssuesProbe(watch=(1, 2), partial=2), IssuesFacts(undone=2)),
    (PullsProbe(surfaces=("a",)), PullsFacts(open=(PullFacts(number=1, title="a"),), unnumbered=1)),
]


def _rejudged(probe: Probe, facts: Facts, met: int) -> State:
    reading = ProbeReading(kind=kind_of(probe), state="unmet", summary="", rule="", facts=facts)
    return rejudge(msgspec.structs.replace(probe, met=met), reading, Policy(), dt.date(2026, 11, 20))


@pytest.mark.parametrize(("probe", "facts"), COUNTS_OF_TWO, ids=[kind_of(probe) for probe, _ in COUNTS_OF_TWO])
def test_another_threshold_changes_the_state(probe: Probe, facts: Facts) -> None:
    # Releases are the only count that must be high enough.
    is_minimum = isinstance(probe, ReleaseProbe)
    assert _rejudged(probe, facts, 2) == "met"
    assert _rejudged(probe, facts, 3 if is_minimum else 1) == ("unmet" if is_minimum else "partial")


def test_every_kind_with_the_threshold_is_in_the_table() -> None:
    with_threshold = {kind_of(probe) for probe in PROBE_TYPES if "met" in probe.__struct_fields__}
    assert {kind_of(probe) for probe, _ in COUNTS_OF_TWO} == with_threshold
