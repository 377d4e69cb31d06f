"""The check of issues with a source in memory: the state when a pin was made, and the requests."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from pawtui.probes.context import ProbeContext
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.probe_facts import IssuesFacts
from pawtui.probes.reading import Evidence, ProbeReading
from pawtui.refresh.issue_check import check_issues, related_statuses
from pawtui.refresh.refresh_types import Refresh, RefreshBaseline, SignalReading
from pawtui.sources.facts import CONVERTED, Head, Issue
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import NotFound, SourceError
from pawtui.tracker.tracker_types import Related
from tests.review.review_samples import NOON, TRACKER, UP, refresh

PIN = "up/stream#7"
HOUR = dt.timedelta(hours=1)
OPEN = Issue(repo="up/stream", number=7, title="Lost messages", state="open", url="https://git.example/7")
CLOSED = msgspec.structs.replace(OPEN, state="closed", closed_at=NOON)
PULL = msgspec.structs.replace(CLOSED, is_pull=True)


class Issues:
    """A source of issues; each is `CLOSED` with another number, unless it is given."""

    def __init__(self, *issues: Issue, error: SourceError | None = None) -> None:
        self._issues = {issue.number: issue for issue in issues}
        self._error = error
        self.read: list[Sequence[int]] = []

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        self.read.append(numbers)
        if self._error is not None:
            raise self._error
        return {number: self._issues.get(number, CLOSED) for number in numbers}


def shown(state: str, at: dt.datetime, *, evidence: str = PIN, number: str = "7") -> Refresh:
    """Return a refresh that showed this state of a watched issue."""
    probe = ProbeReading(
        kind="issues",
        state="unmet",
        summary="s",
        rule="r",
        facts=IssuesFacts(watched={number: state}),
        evidence=(Evidence(text="t", pin=evidence),),
    )
    return refresh(SignalReading(id="s", state="unmet", probes=(probe,)), at=at)


async def state_when_made(
    issue: Issue, *, stored: str = "", made_at: dt.datetime | None = None, ordinary: tuple[Refresh, ...] = ()
) -> str:
    """Return the state when the pin was made, as it is stored."""
    baseline = RefreshBaseline(
        pins=(PIN,),
        pinned_states={PIN: stored} if stored else {},
        pin_times={} if made_at is None else {PIN: made_at},
        ordinary=ordinary,
    )
    _, states = await check_issues(baseline, cast(Source, Issues(issue)), ErrorLog())
    state, blank, when = states[PIN].partition(" ")
    assert (bool(blank), when) == (made_at is not None, made_at.isoformat() if made_at else "")
    return state


@pytest.mark.parametrize(
    ("issue", "state"),
    [
        (OPEN, "open"),
        (CLOSED, "completed"),
        *(
            (msgspec.structs.replace(CLOSED, reason=reason), reason)
            for reason in ("not_planned", "duplicate", CONVERTED)
        ),
        (msgspec.structs.replace(CLOSED, reason="another"), "completed"),
        (PULL, "closed"),
        (msgspec.structs.replace(PULL, merged=True), "merged"),
    ],
)
async def test_without_a_known_state_it_is_the_present_one(issue: Issue, state: str) -> None:
    assert await state_when_made(issue) == state
    assert await state_when_made(issue, stored="unreadable") == state
    # It was closed in the second of the pin, or after it.
    assert await state_when_made(issue, made_at=NOON) == state
    assert await state_when_made(issue, made_at=NOON - HOUR) == ("open" if issue.closed_at else state)


@pytest.mark.parametrize(
    ("stored", "made_at", "state"),
    [
        ("not_planned", None, "not_planned"),
        (f"not_planned {NOON.isoformat()}", NOON, "not_planned"),
        # The pin was made again: the stored state is an older one.
        (f"not_planned {NOON.isoformat()}", NOON + HOUR, "completed"),
        ("not_planned", NOON, "completed"),
    ],
)
async def test_a_stored_state_is_that_of_its_time(stored: str, made_at: dt.datetime | None, state: str) -> None:
    assert await state_when_made(CLOSED, stored=stored, made_at=made_at) == state


@pytest.mark.parametrize(
    ("name", "state", "of_pull"),
    [
        ("open", "open", "open"),
        ("merged", "merged", "merged"),
        ("merged elsewhere", "merged", "merged"),
        ("not planned", "not_planned", "closed"),
        ("duplicate", "duplicate", "closed"),
        ("converted to a discussion", CONVERTED, "closed"),
        ("completed", "completed", "closed"),
    ],
)
async def test_the_shown_state_counts(name: str, state: str, of_pull: str) -> None:
    for issue, expected in ((CLOSED, state), (PULL, of_pull)):
        assert await state_when_made(issue, made_at=NOON, ordinary=(shown(name, NOON),)) == expected


async def test_the_newest_refresh_before_the_pin_counts_if_it_has_the_issue() -> None:
    before, newest, after = shown("duplicate", NOON - HOUR), shown("not planned", NOON), shown("open", NOON + HOUR)
    assert await state_when_made(CLOSED, made_at=NOON, ordinary=(before, newest, after)) == "not_planned"
    assert await state_when_made(CLOSED, ordinary=(before,)) == "completed", "the time of the pin is not known"
    assert await state_when_made(CLOSED, made_at=NOON, ordinary=(after,)) == "completed"
    for other in (shown("open", NOON, evidence="else/where#7"), shown("open", NOON, number="8")):
        assert await state_when_made(CLOSED, made_at=NOON, ordinary=(other,)) == "completed"


async def test_twenty_new_issues_are_read_in_one_refresh_and_all_known_ones() -> None:
    pins = tuple(f"up/stream#{number}" for number in range(1, 23))
    source, errors = Issues(), ErrorLog()
    drifts, states = await check_issues(
        RefreshBaseline(pins=pins, pinned_states={pins[0]: "completed"}), cast(Source, source), errors
    )
    assert source.read == [list(range(1, 22))]
    assert list(states) == list(pins[:-1])
    assert (drifts[pins[-1]].state, drifts[pins[-1]].failed) == ("unchecked", True)
    assert errors.messages == ["Some pinned issues were not read yet. Refresh again to read more of them."]


async def test_a_failed_request_leaves_the_issues_of_its_repository_unchecked() -> None:
    errors = ErrorLog()
    baseline = RefreshBaseline(pins=(PIN, "up/stream#8"))
    drifts, states = await check_issues(baseline, cast(Source, Issues(error=NotFound("no such repository"))), errors)
    assert [(drift.state, drift.failed) for drift in drifts.values()] == [("unchecked", True)] * 2
    assert (states, errors.messages) == ({}, ["no such repository"])


@pytest.mark.parametrize(
    ("stored", "issue", "summary"),
    [
        ("completed", CLOSED, "closed: Lost messages"),
        ("open", CLOSED, "closed on 2026-11-20, open when it was pinned: Lost messages"),
        (
            "open",
            msgspec.structs.replace(CLOSED, reason="completed"),
            "closed as completed on 2026-11-20, open when it was pinned: Lost messages",
        ),
        (
            "open",
            msgspec.structs.replace(CLOSED, closed_at=None, reason="not_planned"),
            "closed as not planned, open when it was pinned: Lost messages",
        ),
        (
            "not_planned",
            msgspec.structs.replace(CLOSED, state="open"),
            "reopened, closed as not planned when it was pinned: Lost messages",
        ),
    ],
)
async def test_the_summary_has_both_states(stored: str, issue: Issue, summary: str) -> None:
    baseline = RefreshBaseline(pins=(PIN,), pinned_states={PIN: stored})
    drifts, _ = await check_issues(baseline, cast(Source, Issues(issue)), ErrorLog())
    assert drifts[PIN].summary == summary


async def test_related_issues_are_requested_by_the_present_names_of_both_repositories() -> None:
    requested: list[str] = []

    async def issues(repo: object, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        requested.append(f"{repo} {list(numbers)}")
        return {number: OPEN if number != 2 else NotFound("no such issue") for number in numbers}

    up, down = (
        Head(repo=repo, requested_repo=repo, ref="v2", sha=UP, committed_at=NOON) for repo in ("new/up", "new/down")
    )
    refs = ("Up/stream#1", "new/UP#2", "down/Stream#3", "else/where#4")
    tracker = msgspec.structs.replace(TRACKER, related=tuple(Related(ref=ref) for ref in refs))
    tracker = msgspec.structs.replace(
        tracker, downstream=msgspec.structs.replace(tracker.downstream, repo="Down/stream")
    )

    async def shared_issues(reader: object, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        assert reader is upstream
        return await issues("watched and", numbers)

    upstream = SimpleNamespace(head=up)
    source = SimpleNamespace(issues=issues)
    context = SimpleNamespace(
        tracker=tracker, source=source, upstream=upstream, issues=shared_issues, error_log=ErrorLog(), as_of=None
    )
    found = await related_statuses(cast(ProbeContext, context), down)
    assert sorted(requested) == ["else/where [4]", "new/down [3]", "watched and [1, 2]"]
    assert [(each.ref, each.state, each.cause) for each in found] == [
        (ref, "unknown", "no such issue") if ref == "new/UP#2" else (ref, "open", "") for ref in refs
    ]
    assert context.error_log.messages == ["no such issue"]
