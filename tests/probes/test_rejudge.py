"""Recorded facts are judged again by other thresholds."""

import datetime as dt
from typing import Literal

import msgspec
import pytest

from pawtui.probes.probe_facts import (
    ChurnFacts,
    Facts,
    FileRead,
    IssuesFacts,
    NamesFacts,
    NewFilesFacts,
    PullFacts,
    PullsFacts,
    ReleaseFacts,
    SoakFacts,
    SubjectsFacts,
    SurfaceFacts,
)
from pawtui.probes.reading import ProbeReading
from pawtui.probes.rejudge import rejudge
from pawtui.probes.state import State
from pawtui.tracker.probe_types import (
    PROBE_TYPES,
    ChurnProbe,
    IssuesProbe,
    Limits,
    NamesProbe,
    NewFilesProbe,
    Probe,
    PullsProbe,
    ReleaseProbe,
    SoakProbe,
    SubjectsProbe,
    kind_of,
)
from pawtui.tracker.tracker_types import Policy

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


TODAY = dt.date(2026, 11, 20)


def _rejudged(probe: Probe, facts: Facts, recorded: State = "unmet") -> State:
    reading = ProbeReading(kind=kind_of(probe), state=recorded, summary="", rule="", facts=facts)
    return rejudge(probe, reading, Policy(), TODAY)


@pytest.mark.parametrize(("probe", "facts"), COUNTS_OF_TWO, ids=[kind_of(probe) for probe, _ in COUNTS_OF_TWO])
def test_another_threshold_changes_the_state(probe: Probe, facts: Facts) -> None:
    # Releases are the only count that must be high enough.
    is_minimum = isinstance(probe, ReleaseProbe)
    assert _rejudged(msgspec.structs.replace(probe, met=2), facts) == "met"
    other = msgspec.structs.replace(probe, met=3 if is_minimum else 1)
    assert _rejudged(other, facts) == ("unmet" if is_minimum else "partial")


def test_every_kind_with_the_threshold_is_in_the_table() -> None:
    with_threshold = {kind_of(probe) for probe in PROBE_TYPES if "met" in probe.__struct_fields__}
    assert {kind_of(probe) for probe, _ in COUNTS_OF_TWO} == with_threshold


def _ago(days: int) -> dt.datetime:
    return dt.datetime.combine(TODAY - dt.timedelta(days=days), dt.time(12), dt.UTC)


RESETS = NewFilesProbe(paths=("a",), days_unmet=7, partial=2)
# 30 days since the start, with fewer quiet days if not every commit was listed.
SOAKED = SoakFacts(anchor_at=_ago(30), age_days=30, quiet_days=30, quiet_at_most=True)
FILE_READ = SoakFacts(
    anchor_at=_ago(50),
    age_days=50,
    quiet_days=50,
    releases=5,
    minors=2,
    file_read=FileRead(since=TODAY - dt.timedelta(days=27), releases=2),
)
ON_SURFACES = ChurnFacts(total=10, surfaces=(SurfaceFacts(name="a", count=3), SurfaceFacts(name="b", count=7)))
CERTAIN: list[tuple[Probe, Facts, State, State]] = [
    # the probe, the facts, the recorded state, the state
    (NamesProbe(files=("a", "b")), NamesFacts(before="a", file="b"), "partial", "partial"),
    (NamesProbe(files=("a", "b")), NamesFacts(before="b", file="b"), "met", "met"),
    (NamesProbe(files=("a",)), NamesFacts(unsure=("x",)), "unknown", "unknown"),
    (RESETS, NewFilesFacts(matching=("a",), added_on=_ago(7).date()), "unmet", "unmet"),
    (RESETS, NewFilesFacts(matching=("a",), added_on=_ago(8).date()), "unmet", "partial"),
    # The holidays after a busy week.
    (ChurnProbe(surfaces=("a",), met=9, met_week=5), ChurnFacts(total=8, busiest_week=6), "partial", "partial"),
    (ChurnProbe(surfaces=("a",), met=9, met_week=6), ChurnFacts(total=8, busiest_week=6), "partial", "met"),
    # A record of an older version does not have the busiest week.
    (ChurnProbe(surfaces=("a",), met=9, met_week=7), ChurnFacts(total=8), "met", "unknown"),
    (ChurnProbe(surfaces=("a",), met=9, met_week=8), ChurnFacts(total=8), "met", "met"),
    # Earlier files are gone.
    (RESETS, NewFilesFacts(gone=1), "partial", "partial"),
    # Files moved to a folder that is not watched: a higher limit is not enough.
    (NewFilesProbe(paths=("a",), met=9), NewFilesFacts(matching=("a",), incomplete=("b",)), "unmet", "unknown"),
    (NewFilesProbe(paths=("a",)), NewFilesFacts(matching=("a",), incomplete=("b",)), "unmet", "unmet"),
    # The age of the file is not known.
    (RESETS, NewFilesFacts(matching=("a",)), "unmet", "unmet"),
    (RESETS, NewFilesFacts(matching=("a",)), "unknown", "unknown"),
    # Not every file was read.
    (NewFilesProbe(paths=("a",), partial=2), NewFilesFacts(matching=("a",), unread=1), "partial", "unknown"),
    (SoakProbe(line="v2.*"), SOAKED, "unknown", "unknown"),
    (SoakProbe(line="v2.*"), msgspec.structs.replace(SOAKED, quiet_at_most=False), "met", "met"),
    (SoakProbe(line="v2.*", days=60, days_partial=0), SOAKED, "unmet", "unmet"),
    (SoakProbe(line="v2.*"), msgspec.structs.replace(SOAKED, releases=3, minors=1), "met", "met"),
    # The file was read since 28 days, in which two releases were made.
    (SoakProbe(line="v2.*", days=28, file="a"), FILE_READ, "met", "met"),
    (SoakProbe(line="v2.*", days=29, file="a"), FILE_READ, "met", "unknown"),
    (SoakProbe(line="v2.*", days=51, days_partial=0, releases=2, minors=0, file="a"), FILE_READ, "met", "met"),
    (SoakProbe(line="v2.*", days=51, days_partial=0, releases=3, minors=0, file="a"), FILE_READ, "met", "unknown"),
    (SoakProbe(line="v2.*", days=51, days_partial=0, releases=2, minors=1, file="a"), FILE_READ, "met", "unknown"),
    (SoakProbe(line="v2.*", days=51, days_partial=0, releases=6, file="a"), FILE_READ, "met", "unmet"),
    (
        SoakProbe(line="v2.*", days=40, days_partial=20, file="a"),
        msgspec.structs.replace(FILE_READ, quiet_days=10, releases=2, minors=0),
        "partial",
        "unknown",
    ),
    # The window was not open.
    (SoakProbe(line="v2.*", releases=1, minors=0), SoakFacts(releases=1), "unmet", "unmet"),
    # Too many for the limits of that day, but the count may be too low for a higher limit.
    (ChurnProbe(surfaces=("a",), met=9), ChurnFacts(total=5, incomplete=("a is gone",)), "unmet", "unknown"),
    (ChurnProbe(surfaces=("a",), met=3, partial=4), ChurnFacts(total=5, incomplete=("a is gone",)), "unmet", "unmet"),
    (
        SubjectsProbe(surfaces=("a",), pattern="x", met=9),
        SubjectsFacts(matching=5, incomplete=("x",)),
        "unmet",
        "unknown",
    ),
    (PullsProbe(surfaces=("a",), met=9), PullsFacts(unnumbered=5, incomplete=("not known",)), "unmet", "unknown"),
    (IssuesProbe(watch=(1, 2), met=1), IssuesFacts(undone=1, unread=1), "unmet", "unknown"),
    (IssuesProbe(watch=(1, 2), met=2), IssuesFacts(undone=1, unread=1), "unmet", "unknown"),
    (IssuesProbe(watch=(1, 2), partial=2), IssuesFacts(watched={"1": "open"}, undone=1, unread=1), "unmet", "partial"),
    # The reading was unknown for a reason that its facts do not have.
    (ChurnProbe(surfaces=("a",), met=9), ChurnFacts(total=5), "unknown", "unknown"),
    # Only the search counts, and the worst of both if issues are watched too.
    (IssuesProbe(query="x", query_met=2), IssuesFacts(undone=5, found=2), "unmet", "met"),
    (IssuesProbe(query="x", query_met=2, query_partial=3), IssuesFacts(found=3), "unmet", "partial"),
    (IssuesProbe(query="x", query_met=2), IssuesFacts(), "unmet", "unknown"),
    (IssuesProbe(watch=(1,), query="x", query_met=2), IssuesFacts(found=3), "met", "unmet"),
    # The limits of single surfaces, with or without one for all of them.
    (ChurnProbe(surfaces=("a", "b"), limits={"a": Limits(met=2)}), ON_SURFACES, "unmet", "unmet"),
    (ChurnProbe(surfaces=("a", "b"), limits={"a": Limits(met=3)}), ON_SURFACES, "unmet", "met"),
    (ChurnProbe(surfaces=("a", "b"), met=9, limits={"a": Limits(met=3)}), ON_SURFACES, "met", "unmet"),
    # There are more such files than the limit allows, even if not every file was read.
    (NewFilesProbe(paths=("a",)), NewFilesFacts(matching=("a", "b"), unread=1), "partial", "unmet"),
]


@pytest.mark.parametrize(("soak", "state"), [("either", "met"), ("both", "unknown")])
def test_uncertain_quiet_days_do_not_matter_if_releases_alone_decide(
    soak: Literal["either", "both"], state: State
) -> None:
    facts = msgspec.structs.replace(SOAKED, releases=3, minors=1)
    reading = ProbeReading(kind="soak", state="met", summary="", rule="", facts=facts)
    assert rejudge(SoakProbe(line="v2.*"), reading, Policy(soak=soak), TODAY) == state


def test_facts_in_doubt_are_not_judged_better() -> None:
    wrong = [(probe, facts) for probe, facts, recorded, state in CERTAIN if _rejudged(probe, facts, recorded) != state]
    assert wrong == []


LONG_AGO = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
OTHERS: list[tuple[Probe, Facts]] = [
    (ChurnProbe(surfaces=("a",), days=90, met=9), ChurnFacts(total=5, since=TODAY - dt.timedelta(days=7))),
    (ChurnProbe(surfaces=("b",), met=9), ChurnFacts(total=5, surfaces=(SurfaceFacts(name="a"),))),
    (SubjectsProbe(surfaces=("a",), pattern="x", met=9), SubjectsFacts(matching=5, pattern="y")),
    (NamesProbe(files=("a",), pattern="x", met=9), NamesFacts(removed=("a",), since=TODAY - dt.timedelta(days=7))),
    (NewFilesProbe(paths=("a",), name="x", met=9), NewFilesFacts(matching=("a",), name="y")),
    (IssuesProbe(query="x", query_met=9), IssuesFacts(found=5, query="y")),
    (IssuesProbe(watch=(1,)), IssuesFacts(watched={"2": "closed"})),
    (ReleaseProbe(line="v3.*"), ReleaseFacts(line="v2.*", stable=1)),
    (SoakProbe(line="v3.*"), SoakFacts(anchor="v2.0.0", anchor_at=LONG_AGO, quiet_days=292)),
    (SoakProbe(date=dt.date(2026, 11, 1)), SoakFacts(anchor="2026-02-01", anchor_at=LONG_AGO, quiet_days=292)),
    (SoakProbe(commit="abcdef1234567"), SoakFacts(anchor="1234567 abcdef1234", anchor_at=LONG_AGO, quiet_days=292)),
    (SubjectsProbe(surfaces=("a",), pattern="x", met=9), SubjectsFacts(since=TODAY - dt.timedelta(days=7))),
    (SubjectsProbe(surfaces=("a",), pattern="x", breaking="y", met=9), SubjectsFacts(breaking="z")),
    (NewFilesProbe(paths=("a",), met=9), NewFilesFacts(since=TODAY - dt.timedelta(days=7))),
    (NewFilesProbe(paths=("a",), body="x", met=9), NewFilesFacts(body="y")),
    (NewFilesProbe(paths=("a",), discards="x", met=9), NewFilesFacts(discards="y")),
    (PullsProbe(surfaces=("a",), met=9), PullsFacts(since=TODAY - dt.timedelta(days=7))),
    # One watched issue is missing, or there is one more.
    (IssuesProbe(watch=(1, 2), met=9), IssuesFacts(watched={"1": "closed"})),
    (IssuesProbe(watch=(1,), met=9), IssuesFacts(watched={"1": "closed"}, unread=1)),
    # Facts of another kind.
    *((probe, SoakFacts(anchor="a", anchor_at=LONG_AGO, quiet_days=292)) for probe, _ in COUNTS_OF_TWO),
    (SoakProbe(line="v2.*"), ChurnFacts()),
]


@pytest.mark.parametrize(
    ("probe", "facts"),
    [
        (SoakProbe(commit="abcdef1234567"), SoakFacts(anchor="abcdef1234", anchor_at=LONG_AGO, quiet_days=292)),
        (SoakProbe(line="v2.*"), SoakFacts(anchor_at=LONG_AGO, quiet_days=292)),
        (ChurnProbe(surfaces=("a",), met=9), ChurnFacts(surfaces=(SurfaceFacts(name="a"),))),
        (NamesProbe(files=("a",)), NamesFacts()),
    ],
)
def test_facts_of_the_same_measurement_are_judged_again(probe: Probe, facts: Facts) -> None:
    assert _rejudged(probe, facts) == "met"


@pytest.mark.parametrize(("merged", "state"), [((), "met"), ((PullFacts(number=2, title="b"),), "partial")])
def test_open_and_merged_pull_requests_are_counted(merged: tuple[PullFacts, ...], state: str) -> None:
    facts = PullsFacts(open=(PullFacts(number=1, title="a"),), merged=merged)
    assert _rejudged(PullsProbe(surfaces=("a",), met=1, partial=2), facts) == state


def test_a_window_that_began_again_is_judged_by_its_new_start() -> None:
    day = dt.date(2026, 11, 1)
    at = dt.datetime.combine(day, dt.time(), dt.UTC)
    facts = SoakFacts(anchor=str(day), anchor_at=at, age_days=20, quiet_days=20)
    today = day + dt.timedelta(days=20)
    reading = ProbeReading(kind="soak", state="met", summary="", rule="", facts=facts)
    probe = SoakProbe(line="v2.*", days=14, file="a", pattern="b")
    states = [rejudge(msgspec.structs.replace(probe, days=days), reading, Policy(), today) for days in (14, 28)]
    assert states == ["met", "partial"]


def test_releases_are_uncertain_if_the_file_is_not_known_to_match_all_the_time() -> None:
    facts = msgspec.structs.replace(SOAKED, releases=3, minors=1)
    reading = ProbeReading(kind="soak", state="unknown", summary="", rule="", facts=facts)
    probe = SoakProbe(line="v2.*", file="a", pattern="b")
    assert rejudge(probe, reading, Policy(soak="either"), TODAY) == "unknown"


@pytest.mark.parametrize(("probe", "facts"), OTHERS, ids=[kind_of(probe) for probe, _ in OTHERS])
def test_facts_of_another_window_surface_or_pattern_keep_their_state(probe: Probe, facts: Facts) -> None:
    assert _rejudged(probe, facts) == "unmet"
