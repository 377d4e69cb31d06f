"""Changes of evidence: an item that left the window is not gone, and cut lists are compared with care."""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.probes.probe_facts import (
    ChurnFacts,
    Facts,
    IssuesFacts,
    JsonFacts,
    NamesFacts,
    NewFilesFacts,
    PathsFacts,
    PullFacts,
    PullsFacts,
    ReleaseFacts,
    SoakFacts,
    SubjectsFacts,
    TextFacts,
)
from pawtui.probes.reading import Evidence
from pawtui.refresh.refresh_types import SignalReading
from pawtui.report import evidence_changes
from pawtui.report.evidence_changes import ChangeKind, EvidenceChange
from tests.report import samples

REPO = "up/stream"
DAY = dt.date(2026, 11, 20)
SHOWN = 12


def changes_between(
    before: SignalReading | None, after: SignalReading | None, *, same_tracker: bool = True
) -> tuple[EvidenceChange, ...]:
    """Return the changes of evidence alone."""
    return evidence_changes.evidence_changes(before, after, same_tracker=same_tracker)[0]


def incomplete_changes(before: SignalReading | None, after: SignalReading | None) -> tuple[ChangeKind, ...]:
    """Return the kinds of change of which there may be more."""
    return evidence_changes.evidence_changes(before, after)[1]


def at(day: dt.date) -> dt.datetime:
    """Return noon of a day (UTC)."""
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def commit(days_ago: int) -> Evidence:
    """Return a commit that many days before 20 November."""
    sha = f"{days_ago:040x}"
    return Evidence(
        text=f"{sha[:10]}  commit of day {days_ago}", pin=f"{REPO}@{sha}", at=at(DAY - dt.timedelta(days=days_ago))
    )


def changed(before: Facts, old: Iterable[Evidence], after: Facts, new: Iterable[Evidence]) -> dict[str, str]:
    """Return the kind of change by the text of the evidence."""
    first = samples.reading("calm", "met", "x", *old, facts=before)
    second = samples.reading("calm", "met", "x", *new, facts=after)
    return {item.evidence.text: item.change for item in changes_between(first, second)}


def window(total: int, since: dt.date) -> ChurnFacts:
    """Return the facts of a churn probe: the number of commits since a day."""
    return ChurnFacts(total=total, since=since)


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


def name(sign: str, word: str) -> Evidence:
    """Return evidence of a removed (-) or added (+) name."""
    return Evidence(text=f"{sign} {word}  src/events.ts:4", pin=f"{REPO}@{'a' * 40}:src/events.ts#L4")


def test_names_are_compared_with_all_names_of_the_facts() -> None:
    many = tuple(f"n{number:02}" for number in range(20))
    since = dt.date(2026, 10, 23)
    between = Evidence(text="aaaaaaaaaa..bbbbbbbbbb  all changes between", url="https://x")
    before = NamesFacts(removed=many, since=since)
    # A new first name shifts the listed names by one.
    after = NamesFacts(removed=("a", *many), since=since + dt.timedelta(days=7))
    shown = [name("-", word) for word in many]
    found = changed(before, [*shown[:12], between], after, [name("-", "a"), *shown[:11], between])
    assert found == {"- a  src/events.ts:4": "new"}
    fewer = NamesFacts(removed=many[1:], since=since + dt.timedelta(days=7))
    # Its removal may have left the window, or the name may be back.
    assert changed(before, shown[:12], fewer, shown[1:13]) == {"- n00  src/events.ts:4": "no longer counted"}
    added = NamesFacts(removed=many, added=("b",), since=since)
    assert changed(before, shown[:12], added, [*shown[:12], name("+", "b")]) == {"+ b  src/events.ts:4": "new"}
    for first, second in ((None, since), (since, None)):
        old, new = (NamesFacts(removed=names, since=day) for names, day in ((many, first), (many[1:], second)))
        assert changed(old, shown[:12], new, shown[1:13]) == {"- n00  src/events.ts:4": "gone"}
    same_window = NamesFacts(removed=many[1:], since=since)
    assert changed(before, shown[:12], same_window, shown[1:13]) == {"- n00  src/events.ts:4": "gone"}


@pytest.mark.parametrize(
    ("added_on", "removed", "change"),
    [
        (dt.date(2026, 9, 26), (), "left the window"),
        # The file may have been added after the new window opened, and removed.
        (dt.date(2026, 9, 27), (), "no longer counted"),
        (None, (), "no longer counted"),
        (dt.date(2026, 9, 26), ("m/1.ts",), "gone"),
    ],
)
def test_new_files_leave_the_window_or_are_removed(
    added_on: dt.date | None, removed: tuple[str, ...], change: str
) -> None:
    def file(path: str) -> Evidence:
        return Evidence(text=f"{path}:3  drop table", pin=f"{REPO}@{'a' * 40}:{path}#L3")

    since = dt.date(2026, 9, 20)
    before = NewFilesFacts(matching=("m/1.ts", "m/2.ts"), since=since, added_on=added_on)
    after = NewFilesFacts(matching=("m/2.ts",), since=since + dt.timedelta(days=7), removed=removed)
    found = changed(before, [file("m/1.ts"), file("m/2.ts")], after, [file("m/2.ts")])
    assert found == {"m/1.ts:3  drop table": change}
    # The day is not that of a file that deletes only some rows.
    partly = msgspec.structs.replace(before, partly=("m/1.ts",))
    found = changed(partly, [file("m/1.ts"), file("m/2.ts")], after, [file("m/2.ts")])
    assert found == {"m/1.ts:3  drop table": "gone" if removed else "no longer counted"}
    none = Evidence(text="m  no match", pin=f"{REPO}@{'a' * 40}:m")
    assert changed(NewFilesFacts(), [none], after, [file("m/2.ts")]) == {"m/2.ts:3  drop table": "new"}


def issue(number: int, state: str) -> Evidence:
    """Return an issue as evidence."""
    return Evidence(text=f"#{number} {state}  Lost data", pin=f"{REPO}#{number}")


def test_a_closed_issue_is_a_change() -> None:
    before = IssuesFacts(watched={"5": "open", "6": "open"})
    after = IssuesFacts(watched={"5": "closed", "6": "open"})
    first = samples.reading("calm", "met", "x", issue(5, "open"), issue(6, "open"), facts=before)
    second = samples.reading("calm", "met", "x", issue(5, "closed"), issue(6, "open"), facts=after)
    (change,) = changes_between(first, second)
    assert (change.change, change.evidence.text, change.before) == (
        "changed",
        "#5 closed  Lost data",
        "#5 open  Lost data",
    )


def test_a_transferred_issue_is_the_same_issue() -> None:
    before, after = (IssuesFacts(watched={"5": state}) for state in ("open", "closed"))
    moved = Evidence(text="#5, now other/repo#77, closed  Lost data", pin="other/repo#77")
    assert changed(before, [issue(5, "open")], after, [moved]) == {moved.text: "changed"}


def test_an_item_that_was_not_read_is_neither_gone_nor_new() -> None:
    items = [issue(5, "open"), issue(6, "open")]
    read, unread = IssuesFacts(watched={"5": "open", "6": "open"}), IssuesFacts(watched={"6": "open"}, unread=1)
    assert changed(read, items, unread, items[1:]) == changed(unread, items[1:], read, items) == {}
    assert changed(read, items, msgspec.structs.replace(unread, unread=0), items[1:]) == {items[0].text: "gone"}
    # The changes of the others are known.
    closed = msgspec.structs.replace(unread, watched={"6": "closed"})
    assert changed(read, items, closed, [issue(6, "closed")]) == {"#6 closed  Lost data": "changed"}
    file = Evidence(text="m/1.ts:3  drop table", pin=f"{REPO}@{'a' * 40}:m/1.ts#L3")
    matching, skipped = NewFilesFacts(since=DAY, matching=("m/1.ts",)), NewFilesFacts(since=DAY, unread=1)
    assert changed(matching, [file], skipped, []) == changed(skipped, [], matching, [file]) == {}


@pytest.mark.parametrize(
    ("found", "after", "expected"),
    [
        ((2, 2), (11, 13), {"#12 open  Lost data": "gone", "#13 open  Lost data": "new"}),
        ((20, 20), (11, 13), {}),
    ],
)
def test_a_search_is_compared_only_if_all_results_are_listed(
    found: tuple[int, int], after: tuple[int, int], expected: Mapping[str, str]
) -> None:
    first, second = (IssuesFacts(query="lost", found=count) for count in found)
    results = [issue(number, "open") for number in after]
    assert changed(first, [issue(11, "open"), issue(12, "open")], second, results) == expected


def test_watched_issues_are_no_results_of_the_search() -> None:
    facts = IssuesFacts(watched={"5": "open"}, query="lost", found=2)
    watched = issue(5, "open")
    assert changed(facts, [watched, issue(11, "open")], facts, [watched, issue(12, "open")]) == {}
    # The search is new.
    assert changed(IssuesFacts(), [], IssuesFacts(query="lost", found=1), [issue(11, "open")]) == {}


COUNTED = ChurnFacts(since=DAY - dt.timedelta(days=9))


def test_probes_with_other_rules_are_compared_only_with_the_same_tracker() -> None:
    def measured(*items: Evidence, rule: str = "at most 4", facts: Facts | None = COUNTED) -> SignalReading:
        found = samples.reading("calm", "met", "x", *items)
        (probe,) = found.probes
        probe = msgspec.structs.replace(probe, kind="churn", rule=rule, facts=facts)
        return msgspec.structs.replace(found, probes=(probe,))

    first, same_rule, other = measured(), measured(commit(1)), measured(commit(1), rule="at most 5")
    unmeasured = measured(commit(1), facts=None)
    assert len(changes_between(first, other)) == 1
    assert changes_between(first, other, same_tracker=False) == ()
    assert len(changes_between(first, same_rule, same_tracker=False)) == 1
    for before, after in ((first, unmeasured), (unmeasured, other), (first, None)):
        assert changes_between(before, after) == ()
    assert changes_between(msgspec.structs.replace(first, probes=()), other) == ()


def pull(number: int, state: str, days_ago: int) -> Evidence:
    """Return a pull request as evidence."""
    when = at(DAY - dt.timedelta(days=days_ago))
    return Evidence(text=f"#{number} {state}  fix", pin=f"{REPO}#{number}", at=when)


def test_pull_requests_are_merged_closed_or_leave_the_window() -> None:
    def facts(open_: Iterable[int], merged: Iterable[int], since: dt.date) -> PullsFacts:
        return PullsFacts(
            since=since,
            open=tuple(PullFacts(number=number, title="fix") for number in open_),
            merged=tuple(PullFacts(number=number, title="fix") for number in merged),
        )

    since = DAY - dt.timedelta(days=28)
    found = changed(
        facts([1, 2, 4], [3], since - dt.timedelta(days=7)),
        [pull(1, "open", 1), pull(2, "open", 1), pull(4, "open", 99), pull(3, "merged", 30)],
        facts([], [1], since),
        [pull(1, "merged", 0)],
    )
    assert found == {
        "#1 merged  fix": "changed",
        "#2 open  fix": "gone",
        "#4 open  fix": "gone",
        "#3 merged  fix": "left the window",
    }


def test_a_pull_request_is_not_gone_if_pull_requests_may_be_missing() -> None:
    since = DAY - dt.timedelta(days=28)
    complete = PullsFacts(since=since, open=(PullFacts(number=2, title="fix"),))
    unread = PullsFacts(since=since, incomplete=("the open pull requests were not read",))
    assert changed(complete, [pull(2, "open", 1)], unread, []) == {}
    assert changed(unread, [], complete, [pull(2, "open", 1)]) == {}
    # As in a cut list of commits, an item is new if it is newer than the oldest known one.
    merged = tuple(PullFacts(number=number, title="fix") for number in (3, 4, 5))
    before, after = (msgspec.structs.replace(unread, merged=pulls) for pulls in (merged[:1], merged))
    old = [pull(3, "merged", 5)]
    assert changed(before, old, after, [pull(4, "merged", 1), *old, pull(5, "merged", 9)]) == {"#4 merged  fix": "new"}
    assert changed(after, [pull(4, "merged", 1), *old], before, old) == {}


def test_a_commit_that_mentions_a_pull_request_is_not_its_evidence() -> None:
    facts = PullsFacts(merged=(PullFacts(number=9, title="fix"),), unnumbered=1)
    mention = msgspec.structs.replace(commit(0), text="0000000000  fix: what #9 broke")
    assert changed(PullsFacts(), [], facts, [pull(9, "merged", 1), mention]) == {"#9 merged  fix": "new"}


def test_another_newest_release_is_a_change() -> None:
    def tag(version: str) -> Evidence:
        return Evidence(text=f"{version}  newest stable tag of the line", pin=f"{REPO}@{'a' * 40}")

    assert changed(ReleaseFacts(), [tag("v2.1")], ReleaseFacts(), [tag("v2.2")]) == {
        "v2.2  newest stable tag of the line": "changed"
    }


def test_a_moved_line_is_not_a_change() -> None:
    def line(number: int, words: str) -> Evidence:
        path = f"src/run.ts:{number}"
        return Evidence(text=f"{path}  {words}", pin=f"{REPO}@{'a' * 40}:src/run.ts#L{number}")

    assert changed(TextFacts(), [line(4, "settle()")], TextFacts(), [line(9, "settle()")]) == {}
    assert changed(TextFacts(), [line(4, "settle()")], TextFacts(), [line(4, "drop()")]) == {
        "src/run.ts:4  drop()": "changed"
    }


def test_a_cut_list_of_paths_is_not_compared() -> None:
    def path(number: int) -> Evidence:
        return Evidence(text=f"src/{number}.ts  exists")

    def compared(*gaps: str) -> list[str]:
        first = samples.reading("calm", "met", "x", path(1), facts=PathsFacts(), gaps=gaps)
        second = samples.reading("calm", "met", "x", path(2), facts=PathsFacts(), gaps=gaps)
        return [item.change for item in changes_between(first, second)]

    assert compared() == ["new", "gone"]
    assert compared("3 more matches of src/*.ts not listed") == []


def test_evidence_of_a_failed_measurement_is_not_gone() -> None:
    for facts in (window(1, DAY), TextFacts()):
        measured = samples.reading("calm", "met", "x", commit(1), facts=facts)
        failed = samples.reading("calm", "unknown", "x", cause="No network.", facts=facts)
        assert changes_between(measured, failed) == ()
        assert changes_between(failed, measured) == ()
        assert changes_between(None, measured) == ()


def test_another_value_of_a_document_is_a_change() -> None:
    old, new = Evidence(text="version is '2.1.1' at host"), Evidence(text="version is '2.1.2' at host")
    before, after = (JsonFacts(field="version", value=value) for value in ("2.1.1", "2.1.2"))
    assert changed(before, [old], after, [new]) == {new.text: "changed"}
    assert changed(before, [old], before, [old]) == {}
