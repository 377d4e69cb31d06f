"""Changes of commits: one that left the window is not gone, and cut lists are compared with care."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.probes.probe_facts import (
    ChurnFacts,
    SoakFacts,
    SubjectsFacts,
)
from pawtui.probes.reading import Evidence
from pawtui.refresh.refresh_types import SignalReading
from tests.report import samples
from tests.report.evidence_comparison import DAY, REPO, at, changed, changes_between, commit, incomplete_changes, window

SHOWN = 12


def test_a_commit_that_is_older_than_the_window_left_the_window() -> None:
    old, common, new = commit(30), commit(5), commit(0)
    since = DAY - dt.timedelta(days=28)
    found = changed(window(2, since - dt.timedelta(days=7)), [common, old], window(2, since), [new, common])
    assert found == {new.text: "new", old.text: "left the window"}


def test_a_commit_within_the_window_that_is_missing_is_gone() -> None:
    since = DAY - dt.timedelta(days=28)
    found = changed(window(2, since), [commit(4), commit(5)], window(1, since), [commit(5)])
    assert found == {commit(4).text: "gone"}


@pytest.mark.parametrize("facts", [ChurnFacts, SubjectsFacts])
def test_a_commit_is_not_gone_if_commits_may_be_missing(facts: type[ChurnFacts | SubjectsFacts]) -> None:
    since = DAY - dt.timedelta(days=28)
    complete, without_path = facts(since=since), facts(since=since, incomplete=("path missing: src",))
    assert changed(complete, [commit(4), commit(5)], without_path, [commit(5)]) == {}
    assert changed(without_path, [], complete, [commit(4)]) == {}


def test_a_cut_list_proves_only_what_is_newer_than_its_oldest_item() -> None:
    since = DAY - dt.timedelta(days=28)
    same = msgspec.structs.replace(commit(9), at=commit(5).at)
    undated = msgspec.structs.replace(commit(1), at=None)
    listed = [commit(4), commit(5)]
    between = msgspec.structs.replace(commit(2), at=at(DAY - dt.timedelta(days=5)) + dt.timedelta(hours=1))
    more = [commit(3), between, *listed, same, commit(6), undated]
    found = changed(window(99, since), listed, window(99, since), more)
    assert found == {commit(3).text: "new", between.text: "new"}
    found = changed(window(99, since), more, window(99, since), listed)
    assert found == {commit(3).text: "gone", between.text: "gone"}
    assert changed(window(99, since), [undated, *listed], window(99, since), [between, undated, *listed])
    assert changed(window(9, since), [undated], window(9, since), listed) == {}
    assert changed(window(9, since), listed, window(9, since), [undated]) == {}


def test_without_a_window_a_commit_is_gone_only_from_a_complete_list() -> None:
    assert changed(ChurnFacts(total=1), [commit(9)], ChurnFacts(), []) == {commit(9).text: "gone"}
    assert changed(ChurnFacts(total=1), [commit(9)], ChurnFacts(total=9), []) == {}


def test_commits_without_a_pin_are_compared_by_their_texts() -> None:
    items = [msgspec.structs.replace(commit(day), pin="") for day in (3, 4)]
    assert changed(ChurnFacts(), [], ChurnFacts(total=2), items) == {item.text: "new" for item in items}


@given(st.sets(st.integers(8, 40), max_size=30), st.sets(st.integers(0, 7), max_size=30))
def test_every_reported_change_of_commits_is_true(before: set[int], arrived: set[int]) -> None:
    """A week later, each reported commit really is new or has left the window."""
    first_since, since = DAY - dt.timedelta(days=35), DAY - dt.timedelta(days=28)
    old = [days for days in sorted(before) if DAY - dt.timedelta(days=days) >= first_since]
    new = [days for days in sorted(before | arrived) if DAY - dt.timedelta(days=days) >= since]
    found = changed(
        window(len(old), first_since),
        map(commit, old[:SHOWN]),
        window(len(new), since),
        map(commit, new[:SHOWN]),
    )
    truth = {commit(days).text: "new" for days in new if days in arrived and days not in before}
    truth |= {commit(days).text: "left the window" for days in old if days not in new}
    assert found.items() <= truth.items()
    assert "gone" not in found.values()
    if len(new) <= SHOWN and len(old) <= SHOWN:
        assert found == truth, "complete lists are compared completely"


def test_breaking_subjects_and_soak_breaks_are_compared_as_commits() -> None:
    since = DAY - dt.timedelta(days=28)
    found = changed(
        SubjectsFacts(matching=1, since=since - dt.timedelta(days=7)),
        [commit(30)],
        SubjectsFacts(matching=0, since=since),
        [],
    )
    assert found == {commit(30).text: "left the window"}
    opened_at = at(DAY - dt.timedelta(days=50))
    tag = Evidence(text="v2.0.0  the window opens here", pin=f"{REPO}@{'a' * 40}", at=opened_at)
    facts = SoakFacts(breaks=1, anchor_at=opened_at)
    assert changed(facts, [tag, commit(9)], msgspec.structs.replace(facts, breaks=0), [tag]) == {commit(9).text: "gone"}
    # A break before another anchor left the window. The anchor, a file and a text without a pin are no breaks.
    later = SoakFacts(anchor_at=at(DAY - dt.timedelta(days=3)))
    others = [tag, Evidence(text="a comparison"), Evidence(text=f"{'b' * 10}  a file", pin=f"{REPO}@{'b' * 40}:a")]
    assert changed(facts, [*others, commit(9)], later, []) == {commit(9).text: "left the window"}
    assert changed(facts, [commit(9)], SoakFacts(), []) == {commit(9).text: "gone"}


def test_the_commit_that_opens_the_window_is_no_break() -> None:
    anchor = commit(60)
    before = SoakFacts(breaks=6, anchor_at=anchor.at)
    after = msgspec.structs.replace(before, breaks=7)
    old = [anchor, *map(commit, (10, 11, 12, 13, 14))]
    new = [anchor, *map(commit, (9, 10, 11, 12, 13))]
    # The break of day 14 is not listed any more.
    assert changed(before, old, after, new) == {commit(9).text: "new"}


def test_a_break_that_may_not_be_counted_any_more_is_not_gone() -> None:
    facts = SoakFacts(breaks=1, anchor_at=at(DAY - dt.timedelta(days=300)))
    # Commits before `history_start` are read only without a later break.
    assert changed(facts, [commit(250)], facts, [commit(1)]) == {commit(1).text: "new"}
    assert changed(facts, [commit(1), commit(2)], facts, [commit(2)]) == {commit(1).text: "gone"}
    incomplete = msgspec.structs.replace(facts, breaks=0, quiet_at_most=True)
    assert changed(facts, [commit(2)], incomplete, []) == {}


def test_a_commit_that_two_probes_list_is_one_change() -> None:
    def measured(*evidence: Evidence) -> SignalReading:
        since, total = DAY - dt.timedelta(days=28), len(evidence)
        found = samples.reading("calm", "met", "x", *evidence)
        probes = tuple(
            msgspec.structs.replace(found.probes[0], kind=kind, facts=facts)
            for kind, facts in (
                ("churn", window(total, since)),
                ("subjects", SubjectsFacts(matching=total, since=since)),
            )
        )
        return msgspec.structs.replace(found, probes=probes)

    assert len(changes_between(measured(), measured(commit(1)))) == 1


def test_the_number_of_changes_in_a_cut_list_is_a_lower_bound() -> None:
    def reading(total: int, since: dt.date, *evidence: Evidence) -> SignalReading:
        return samples.reading("calm", "met", "x", *evidence, facts=window(total, since))

    since = DAY - dt.timedelta(days=28)
    week_before = since - dt.timedelta(days=7)
    before = reading(1, since, commit(9))
    assert incomplete_changes(before, reading(3, since, commit(1), commit(2), commit(9))) == ()
    assert incomplete_changes(before, reading(4, since, commit(1), commit(2), commit(9))) == ()
    assert incomplete_changes(before, reading(4, since, commit(1), commit(2))) == ("new",)
    after = reading(1, since, commit(9))
    assert incomplete_changes(reading(3, week_before, commit(9), commit(30)), after) == ("left the window",)
    assert incomplete_changes(reading(2, week_before, commit(9), commit(30)), after) == ()
    assert incomplete_changes(None, after) == ()
    # In a fixed order: `diff --json` is the same each time.
    cut = reading(9, week_before, commit(7), commit(30))
    assert incomplete_changes(cut, reading(9, since, commit(1))) == ("new", "left the window")
