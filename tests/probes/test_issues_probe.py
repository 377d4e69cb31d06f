"""`issues`: open, done, closed for other reasons, moved and deleted issues, and searches."""

import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.probes.kinds.issues_probe import rule
from pawtui.probes.probe_facts import IssuesFacts
from pawtui.probes.repo_reader import RESERVED_REQUESTS
from pawtui.tracker.probe_types import IssuesProbe
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

WATCH = IssuesProbe(watch=(3, 1, 4, 2), met=1, partial=2)
QUERY = 'is:issue is:open label:"2.0" lost in:title'


@pytest.fixture
def issues(up: FakeRepo) -> FakeRepo:
    up.git.commit({"a": "1"}, at="2026-01-01")
    for number in (1, 2, 3, 4):
        up.issue(number, f"sessions are lost {number}", at=f"2026-0{number}-01", labels=("2.0",))
    return up


@pytest.mark.parametrize(("still", "state"), [(0, "met"), (1, "met"), (2, "partial"), (3, "unmet"), (4, "unmet")])
async def test_the_number_of_open_issues_decides_the_state(
    issues: FakeRepo, open_source: OpenSource, still: int, state: str
) -> None:
    for number in range(1, 5 - still):
        issues.set_issue_state(number, state="closed", at="2026-10-01")
    found = (await measure(open_source(), WATCH)).reading
    facts = facts_of(found, IssuesFacts)
    assert (found.state, facts.open, facts.undone) == (state, still, still)
    assert found.summary == f"{still} of 4 watched issues not done"
    # Issues that are not done are first, in the order of their numbers.
    first, words, day = (5 - still, "open", f"2026-0{5 - still}-01") if still else (1, "closed", "2026-10-01")
    assert found.evidence[0].text == f"#{first} {words}  sessions are lost {first}"
    assert str(found.evidence[0].at)[:10] == day


CLOSED = [
    # the reason, the labels, the state
    ("completed", ("bug",), "closed"),
    (None, ("bug",), "closed"),
    ("not_planned", ("bug",), "not planned"),
    ("duplicate", ("bug",), "duplicate"),
    ("a_new_reason", ("bug",), "not done"),
    (None, ("bug", "Stale"), "stale"),
    ("completed", ("stale",), "stale"),
]


@pytest.mark.parametrize(("reason", "labels", "shown"), CLOSED)
async def test_only_some_reasons_of_closing_are_done(
    issues: FakeRepo, open_source: OpenSource, reason: str | None, labels: tuple[str, ...], shown: str
) -> None:
    issues.issue(5, "sessions are lost", labels=labels, at="2026-02-01")
    issues.set_issue_state(5, state="closed", reason=reason, at="2026-10-01")
    found = (await measure(open_source(), IssuesProbe(watch=(5,), met=0, partial=0))).reading
    facts = facts_of(found, IssuesFacts)
    done = shown == "closed"
    assert facts.watched == {"5": shown}
    assert (found.state, facts.undone, facts.open) == ("met" if done else "unmet", 0 if done else 1, 0)
    words = shown if done else f"closed as {shown}"
    assert found.evidence[0].text == f"#5 {words}  sessions are lost"
    assert found.summary == ("0 of 1 watched issue not done" if done else "1 of 1 watched issue not done (0 open)")


@pytest.mark.parametrize(
    ("events", "state", "text"),
    [
        (("labeled", "closed", "locked"), "met", "#1 closed  "),
        (("labeled",) * 120 + ("converted_to_discussion", "locked"), "unmet", "#1 converted to a discussion  "),
    ],
)
@pytest.mark.parametrize("reason", [None, "completed"])
async def test_an_issue_that_became_a_discussion_is_not_done(
    fake: FakeGitHub,
    issues: FakeRepo,
    open_source: OpenSource,
    events: tuple[str, ...],
    state: str,
    text: str,
    reason: str | None,
) -> None:
    issues.set_issue_state(1, state="closed", reason=reason, at="2026-03-01")
    issues.issues[1].locked, issues.issues[1].events = True, events
    for _ in range(2):
        found = (await measure(open_source(), IssuesProbe(watch=(1,), met=0, partial=0))).reading
        assert (found.state, found.evidence[0].text.startswith(text)) == (state, True)
    assert len(fake.requests("/issues/1/events")) == (1 if state == "met" else 2)


async def test_a_locked_issue_without_its_events_is_unknown(
    fake: FakeGitHub, issues: FakeRepo, open_source: OpenSource
) -> None:
    issues.set_issue_state(1, state="closed", at="2026-03-01")
    issues.issues[1].locked = True
    fake.fail("/issues/1/events", 502, times=None)
    found = (await measure(open_source(), IssuesProbe(watch=(1,), met=0))).reading
    assert found.state == "unknown"


@pytest.mark.parametrize(("contained", "state"), [(True, "met"), (False, "unmet")])
async def test_a_pull_request_merged_into_another_branch_is_done_if_the_followed_branch_contains_it(
    fake: FakeGitHub, issues: FakeRepo, open_source: OpenSource, contained: bool, state: str
) -> None:
    issues.issue(5, "resume after a crash", is_pull=True, merged=True)
    issues.git.branch("stack")
    other = issues.git.commit({"b": "1"}, at="2026-01-02", branch="stack")
    sha = issues.git.sha("main" if contained else other)
    issues.issues[5].merged_into = ("stack", sha)
    for _ in range(2):
        found = (await measure(open_source(), IssuesProbe(watch=(5,), met=0, partial=0))).reading
        shown = "merged" if contained else "merged elsewhere"
        assert (found.state, facts_of(found, IssuesFacts).watched) == (state, {"5": shown})
    words = "merged" if contained else "merged into stack"
    assert found.evidence[0].text == f"#5 {words}  resume after a crash (pull request)"
    assert len(fake.requests("/pulls/5")) == 1


async def test_a_merge_that_cannot_be_read_is_unknown(
    fake: FakeGitHub, issues: FakeRepo, open_source: OpenSource
) -> None:
    issues.issue(5, "resume after a crash", is_pull=True, merged=True)
    doubted = (await measure(open_source(), IssuesProbe(watch=(5,), met=0), doubt="main lacks v2.0.0")).reading
    assert (doubted.state, doubted.cause) == ("unknown", "main lacks v2.0.0")
    fake.fail("/pulls/5", 502, times=None)
    found = (await measure(open_source(), IssuesProbe(watch=(5,), met=0))).reading
    assert (found.state, found.summary) == ("unknown", "1 of 1 watched issue not read")
    assert found.gaps == (found.cause,)


async def test_a_pull_request_that_was_not_merged_is_not_done(issues: FakeRepo, open_source: OpenSource) -> None:
    issues.issue(5, "resume after a crash", is_pull=True, state="closed", at="2026-02-01")
    found = (await measure(open_source(), IssuesProbe(watch=(5,), met=0))).reading
    assert (found.state, facts_of(found, IssuesFacts).watched) == ("partial", {"5": "not planned"})


@pytest.mark.parametrize(("original", "state"), [("open", "partial"), ("closed", "met")])
async def test_a_duplicate_counts_like_its_original(
    issues: FakeRepo, open_source: OpenSource, original: str, state: str
) -> None:
    issues.set_issue_state(1, state="closed", reason="duplicate", at="2026-03-01")
    issues.comment(1, "Duplicate of #2", association="MEMBER")
    if original == "closed":
        issues.set_issue_state(2, state="closed", at="2026-04-01")
    found = (await measure(open_source(), IssuesProbe(watch=(1,), met=0))).reading
    facts = facts_of(found, IssuesFacts)
    assert (found.state, facts.watched, facts.originals) == (state, {"1": "duplicate"}, {"1": "up/stream#2"})
    assert found.evidence[0].text == f"#1 closed as duplicate of up/stream#2 ({original})  sessions are lost 1"


@pytest.mark.parametrize(
    ("body", "original"),
    [
        ("Closing as a duplicate of #3, thanks.", "3"),
        ("Thank you.\n\nDuplicate of #3", "3"),
        ("Thank you! This is a duplicate of #3.", "3"),
        ("This is not a duplicate of #3.", "2"),
        ("> Duplicate of #3\n\nNo.", "2"),
        ("> Thank you. Duplicate of #3", "2"),
    ],
)
async def test_a_quoted_or_denied_original_does_not_count(
    issues: FakeRepo, open_source: OpenSource, body: str, original: str
) -> None:
    issues.set_issue_state(1, state="closed", reason="duplicate", at="2026-03-01")
    issues.comment(1, "Duplicate of #2", association="MEMBER")
    issues.comment(1, body, association="MEMBER")
    found = (await measure(open_source(), IssuesProbe(watch=(1,), met=0))).reading
    assert facts_of(found, IssuesFacts).originals == {"1": f"up/stream#{original}"}


async def test_a_later_comment_corrects_the_original(issues: FakeRepo, open_source: OpenSource) -> None:
    issues.set_issue_state(1, state="closed", reason="duplicate", at="2026-03-01")
    for original in ("2", "3"):
        issues.comment(1, f"Duplicate of #{original}", association="MEMBER", at=f"2026-04-0{original}")
        found = (await measure(open_source(), IssuesProbe(watch=(1,), met=0))).reading
        assert facts_of(found, IssuesFacts).originals == {"1": f"up/stream#{original}"}


async def test_a_closed_issue_may_become_a_discussion_later(issues: FakeRepo, open_source: OpenSource) -> None:
    issues.set_issue_state(1, state="closed", at="2026-03-01")
    issues.issues[1].locked = True
    for events, state in (((), "met"), (("converted_to_discussion",), "partial")):
        issues.issues[1].events = events
        issues.issues[1].updated_at += dt.timedelta(days=1)
        assert (await measure(open_source(), IssuesProbe(watch=(1,), met=0))).reading.state == state


async def test_a_duplicate_of_a_duplicate_is_not_done(issues: FakeRepo, open_source: OpenSource) -> None:
    for number in (1, 2):
        issues.set_issue_state(number, state="closed", reason="duplicate", at="2026-06-01")
        issues.comment(number, f"Duplicate of #{number + 1}", association="MEMBER")
    issues.set_issue_state(3, state="closed", at="2026-06-02")
    found = (await measure(open_source(), IssuesProbe(watch=(1,), met=0))).reading
    assert (found.state, facts_of(found, IssuesFacts).originals) == ("partial", {"1": "up/stream#2"})


async def test_an_original_that_cannot_be_fetched_is_not_done(
    fake: FakeGitHub, issues: FakeRepo, open_source: OpenSource
) -> None:
    issues.set_issue_state(1, state="closed", reason="duplicate", at="2026-06-01")
    issues.comment(1, "Duplicate of #2", association="MEMBER")
    fake.fail("/issues/2", 502, times=None)
    found = await measure(open_source(), IssuesProbe(watch=(1,), met=0))
    assert (found.reading.state, len(found.errors)) == ("partial", 1)


async def test_an_original_is_not_read_with_the_last_requests(
    fake: FakeGitHub, issues: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    issues.set_issue_state(1, state="closed", reason="duplicate", at="2026-03-01")
    issues.comment(1, "Duplicate of #2", association="MEMBER")
    issues.set_issue_state(2, state="closed", at="2026-04-01")
    for left, state in ((RESERVED_REQUESTS, "partial"), (RESERVED_REQUESTS + 1, "met")):
        source = open_source()
        monkeypatch.setattr(source, "requests_left", lambda left=left: left)
        assert (await measure(source, IssuesProbe(watch=(1,), met=0))).reading.state == state


async def test_pull_requests_and_moved_issues_count_and_deleted_ones_are_unknown(
    fake: FakeGitHub, issues: FakeRepo, open_source: OpenSource, make_repo: Callable[..., GitRepo]
) -> None:
    issues.issue(5, "resume after a crash", is_pull=True, merged=True)
    elsewhere = fake.add("up/other", make_repo("other"))
    elsewhere.git.commit({"a": "1"})
    elsewhere.issue(70, "moved away")
    issues.issues[2].moved_to = ("up/other", 70)
    found = (await measure(open_source(), IssuesProbe(watch=(2, 5), met=1))).reading
    assert found.state == "met"
    assert [item.text for item in found.evidence] == [
        "#2, now up/other#70, open  moved away",
        "#5 merged  resume after a crash (pull request)",
    ]
    assert found.evidence[0].pin == "up/other#70"
    issues.issues[1].deleted = True
    gone = await measure(open_source(), IssuesProbe(watch=(1,)))
    assert gone.reading.state == "unknown"
    assert "Cannot read issue #1 of up/stream: deleted" in gone.reading.cause
    assert not gone.errors


async def test_a_failed_issue_is_unknown_unless_the_rest_is_unmet(
    fake: FakeGitHub, issues: FakeRepo, open_source: OpenSource
) -> None:
    fake.fail("/issues/4", 502, times=None)
    found = await measure(open_source(), WATCH)
    assert (found.reading.state, len(found.errors)) == ("unmet", 1)
    assert found.reading.gaps == (str(found.errors[0]),)
    for number in (1, 2, 3):
        issues.set_issue_state(number, state="closed")
    found = await measure(open_source(cache=None), WATCH)
    assert (found.reading.state, len(found.errors)) == ("unknown", 1)
    assert found.reading.cause == str(found.errors[0])


async def test_missing_issues_leave_a_certain_partial(issues: FakeRepo, open_source: OpenSource) -> None:
    probe = IssuesProbe(watch=(1, 900, 901), met=0, partial=3)
    found = await measure(open_source(), probe)
    assert (found.reading.state, found.reading.cause, len(found.errors)) == ("partial", "", 2)
    assert found.reading.summary == "1 of 3 watched issues not done, 2 not read"
    assert facts_of(found.reading, IssuesFacts).unread == 2
    less = IssuesProbe(watch=(1, 900, 901), met=0, partial=2)
    assert (await measure(open_source(), less)).reading.state == "unknown"
    unread = (await measure(open_source(), IssuesProbe(watch=(900, 901)))).reading
    assert unread.summary == "2 of 2 watched issues not read"


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        (IssuesProbe(watch=(1, 2), met=1, partial=1), "met up to 1 of 2 watched issues not done"),
        (IssuesProbe(query="x", query_met=0, query_partial=2), "met up to 0 issues found by 'x', partial up to 2"),
        (
            IssuesProbe(watch=(1,), met=0, partial=1, query="x", query_met=1, query_partial=1),
            "met up to 0 of 1 watched issue not done, partial up to 1; met up to 1 issue found by 'x'",
        ),
    ],
)
def test_the_rule_names_the_issues_and_the_search(probe: IssuesProbe, words: str) -> None:
    assert rule(probe, Policy()) == words


async def test_a_search_counts_and_lists_issues(issues: FakeRepo, open_source: OpenSource) -> None:
    issues.issue(9, "a lost pull", is_pull=True, labels=("2.0",))
    issues.set_issue_state(3, state="closed")
    probe = IssuesProbe(query=QUERY, query_met=1, query_partial=3)
    found = (await measure(open_source(), probe)).reading
    assert (found.state, found.summary, facts_of(found, IssuesFacts).found) == ("partial", "3 issues found", 3)
    assert {item.pin for item in found.evidence} == {f"up/stream#{number}" for number in (1, 2, 4)}
    assert QUERY in found.rule
    both = IssuesProbe(watch=(2,), query=QUERY)
    found = (await measure(open_source(), both)).reading
    facts = facts_of(found, IssuesFacts)
    assert (facts.watched, facts.query, facts.found) == ({"2": "open"}, QUERY, 3)
    listed = [item.pin for item in found.evidence]
    assert sorted(listed) == [f"up/stream#{number}" for number in (1, 2, 4)]
    assert listed[0] == "up/stream#2"


async def test_only_some_found_issues_are_listed(issues: FakeRepo, open_source: OpenSource) -> None:
    for number in range(5, 15):
        issues.issue(number, "sessions are lost", labels=("2.0",))
    found = (await measure(open_source(), IssuesProbe(query=QUERY))).reading
    assert (len(found.evidence), found.gaps) == (12, ("2 more issues not listed",))


async def test_a_refused_search_does_not_affect_watched_issues(
    fake: FakeGitHub, issues: FakeRepo, open_source: OpenSource
) -> None:
    fake.fail("/search/issues", 422, "Validation Failed", times=None)
    both = IssuesProbe(watch=WATCH.watch, met=4, partial=4, query=QUERY, query_met=9, query_partial=9)
    found = await measure(open_source(), both)
    assert found.reading.state == "unknown"
    assert found.reading.summary == "4 of 4 watched issues not done, the search failed"
    assert facts_of(found.reading, IssuesFacts).query == QUERY
    assert "refused the search" in found.reading.cause
    assert len(found.errors) == 1
    worse = await measure(open_source(), IssuesProbe(watch=WATCH.watch, query=QUERY))
    assert worse.reading.state == "unmet"
    assert not worse.reading.cause
    assert "refused the search" in worse.reading.gaps[0]


async def test_an_incomplete_search_is_unknown(fake: FakeGitHub, issues: FakeRepo, open_source: OpenSource) -> None:
    fake.fail("/search/issues", 200, body={"total_count": 1, "incomplete_results": True, "items": []}, times=None)
    found = (await measure(open_source(), IssuesProbe(query=QUERY, query_met=1, query_partial=2))).reading
    assert found.state == "unknown"
    assert "timed out" in found.cause
    assert found.gaps == (found.cause,)


async def test_issues_have_their_state_of_a_past_time(issues: FakeRepo, open_source: OpenSource) -> None:
    issues.set_issue_state(1, state="closed", at="2026-02-15")
    issues.set_issue_state(2, state="closed", reason="duplicate", at="2026-10-15")
    issues.comment(2, "Duplicate of #1", association="MEMBER")
    when = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
    found = (await measure(open_source(), WATCH, today=when.date(), as_of=when)).reading
    facts = facts_of(found, IssuesFacts)
    assert facts.watched == {"1": "closed", "2": "open", "3": "open", "4": "not opened yet"}
    assert (found.state, facts.originals) == ("partial", {})
    assert "#4 not opened yet  " in found.evidence[2].text
    assert found.gaps == ("an issue counts by its last closing: earlier closings are not known",)
    early = dt.datetime(2026, 1, 20, tzinfo=dt.UTC)
    later = IssuesProbe(watch=(3, 4))
    found = (await measure(open_source(), later, today=early.date(), as_of=early)).reading
    assert (found.state, found.cause) == ("unknown", "none of the watched issues had been opened by 2026-01-20")
    searched = await measure(open_source(), IssuesProbe(query=QUERY), today=early.date(), as_of=early)
    assert searched.reading.summary == "no search for a past day"
    assert searched.reading.cause == "a search finds today's issues, not those of 2026-01-20"
    assert not searched.errors
