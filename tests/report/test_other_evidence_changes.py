"""Changes of names, files, issues, pull requests, releases and documents."""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec
import pytest

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
    TextFacts,
)
from pawtui.probes.reading import Evidence
from pawtui.refresh.refresh_types import SignalReading
from tests.report import samples
from tests.report.evidence_comparison import DAY, REPO, at, changed, changes_between, commit, window


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
    ("days", "change"),
    [
        # The file may have been removed, or it left the window.
        (7, "no longer counted"),
        (0, "gone"),
    ],
)
def test_a_new_file_is_gone_only_if_the_window_is_the_same(days: int, change: str) -> None:
    def file(path: str) -> Evidence:
        return Evidence(text=f"{path}:3  drop table", pin=f"{REPO}@{'a' * 40}:{path}#L3")

    since = dt.date(2026, 9, 20)
    before = NewFilesFacts(matching=("m/1.ts", "m/2.ts"), since=since)
    after = NewFilesFacts(matching=("m/2.ts",), since=since + dt.timedelta(days=days))
    found = changed(before, [file("m/1.ts"), file("m/2.ts")], after, [file("m/2.ts")])
    assert found == {"m/1.ts:3  drop table": change}
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
