"""`issues`: are the watched issues done, and how many issues does a search find?

Closed is not always done: GitHub gives a reason (`state_reason`), and only `completed`, or an old issue without a
reason, counts. A duplicate is done if its original is done.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from pawtui.phrases import counted
from pawtui.probes.context import ProbeContext
from pawtui.probes.probe_evidence import MAX_EVIDENCE, not_listed
from pawtui.probes.probe_facts import IssuesFacts
from pawtui.probes.reading import Evidence, Finding
from pawtui.probes.repo_reader import RESERVED_REQUESTS, RepoReader
from pawtui.probes.state import State, partial_clause, state_for_count, unknown_if_incomplete, worst
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.facts import CONVERTED, Issue
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.probe_types import IssuesProbe
from pawtui.tracker.tracker_types import Policy

IssueState = Literal[
    "converted to a discussion",
    "merged elsewhere",
    "open",
    "closed",
    "merged",
    "not planned",
    "duplicate",
    "stale",
    "not done",
    "not opened yet",
]
DONE: frozenset[IssueState] = frozenset({"closed", "merged"})
_REASONS: Mapping[str, IssueState] = {
    "not_planned": "not planned",
    "duplicate": "duplicate",
    CONVERTED: "converted to a discussion",
}
_LAST_CLOSING = "an issue counts by its last closing: earlier closings are not known"


class _IssuesFinding(Finding, frozen=True, kw_only=True):
    """The finding about the watched issues, or about the search."""

    facts: IssuesFacts


class _WatchedIssue(msgspec.Struct, frozen=True, kw_only=True):
    """A watched issue with its state and the state that counts: for a duplicate, the state of its original.

    `branch` is the branch that a pull request was `merged elsewhere` into.
    """

    issue: Issue
    state: IssueState
    counts_as: IssueState
    original: Issue | None = None
    branch: str = ""


def state_at(issue: Issue, when: dt.datetime | None) -> IssueState:
    """Return the state of an issue now or, derived from its last closing, at a past time."""
    if when is not None and issue.created_at is not None and issue.created_at > when:
        return "not opened yet"
    if when is not None and issue.closed_at is not None and issue.closed_at > when:
        return "open"
    if issue.merged:
        return "merged"
    if issue.state == "open":
        return "open"
    if issue.is_pull:
        # Closed, not merged.
        return "not planned"
    if issue.reason in _REASONS:
        return _REASONS[issue.reason]
    if issue.reason not in ("", "completed"):
        # GitHub may add reasons.
        return "not done"
    # A bot may close an inactive issue without a reason; then the label shows it.
    return "stale" if any("stale" in label.lower() for label in issue.labels) else "closed"


def rule(probe: IssuesProbe, _policy: Policy) -> str:
    parts = []
    if probe.watch:
        watched = counted(len(probe.watch), "watched issue")
        parts.append(f"met up to {probe.met} of {watched} not done{partial_clause(probe.met, probe.partial)}")
    if probe.query:
        found = f"met up to {counted(probe.query_met, 'issue')} found by {probe.query!r}"
        parts.append(f"{found}{partial_clause(probe.query_met, probe.query_partial)}")
    return "; ".join(parts)


def judge(probe: IssuesProbe, facts: IssuesFacts) -> State:
    """Return the worst state of the watched issues and of the search; unknown for a search without a result."""
    states: list[State] = []
    if probe.watch:
        states.append(_judge_watched(probe, facts))
    if probe.query:
        found = facts.found
        states.append("unknown" if found is None else state_for_count(found, probe.query_met, probe.query_partial))
    return worst(states)


def _judge_watched(probe: IssuesProbe, facts: IssuesFacts) -> State:
    """Return the state for the number of issues that are not done; unknown if the unread ones could change it.

    With an unread one, it is never met.
    """
    state = state_for_count(facts.undone, probe.met, probe.partial)
    at_worst = state_for_count(facts.undone + facts.unread, probe.met, probe.partial)
    return state if state == at_worst and (state != "met" or not facts.unread) else "unknown"


async def measure(probe: IssuesProbe, context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the states of watched issues and the search's count; an issue that cannot be fetched is never done."""
    findings = [await _measure_watched(probe, context, reader)] if probe.watch else []
    if probe.query:
        findings.append(await _measure_search(probe, context, reader))
    state = worst(finding.state for finding in findings)
    facts = findings[0].facts
    if len(findings) > 1:
        search = findings[1].facts
        facts = msgspec.structs.replace(facts, query=search.query, found=search.found)
    # An issue that is watched and also found by the search is listed once.
    listed: dict[str, Evidence] = {}
    for finding in findings:
        for item in finding.evidence:
            listed.setdefault(item.pin, item)
    return Finding(
        state=state,
        summary=", ".join(finding.summary for finding in findings),
        facts=facts,
        evidence=tuple(listed.values()),
        cause=next((finding.cause for finding in findings if finding.cause), "") if state == "unknown" else "",
        gaps=tuple(gap for finding in findings for gap in finding.gaps),
    )


async def _measure_watched(probe: IssuesProbe, context: ProbeContext, reader: RepoReader) -> _IssuesFinding:
    issues = await context.issues(reader, probe.watch)
    judged = {
        number: await _judge_issue(context, reader, issue) if isinstance(issue, Issue) else issue
        for number, issue in issues.items()
    }
    errors = [error for error in judged.values() if isinstance(error, SourceError)]
    for error in errors:
        context.error_log.add(error)
    by_number = {number: watched for number, watched in judged.items() if isinstance(watched, _WatchedIssue)}
    undone = [number for number, watched in by_number.items() if watched.counts_as not in {*DONE, "not opened yet"}]
    not_yet_open = [number for number, watched in by_number.items() if watched.counts_as == "not opened yet"]
    still_open = sum(watched.state == "open" for watched in by_number.values())
    facts = IssuesFacts(
        watched={str(number): watched.state for number, watched in by_number.items()},
        originals={
            str(number): f"{watched.original.repo}#{watched.original.number}"
            for number, watched in by_number.items()
            if watched.original is not None
        },
        open=still_open,
        undone=len(undone),
        unread=len(errors),
    )
    state = _judge_watched(probe, facts)
    cause = str(errors[0]) if state == "unknown" else ""
    if len(not_yet_open) == len(probe.watch):
        state, cause = "unknown", f"none of the watched issues had been opened by {reader.today}"
    order = sorted(by_number.items(), key=lambda pair: (pair[1].counts_as in DONE, pair[0]))
    return _IssuesFinding(
        state=state,
        summary=_summary(len(undone), still_open, len(probe.watch), len(errors)),
        facts=facts,
        evidence=tuple(_evidence(reader, watched, number) for number, watched in order),
        gaps=(*map(str, errors), *((_LAST_CLOSING,) if context.as_of else ())),
        cause=cause,
    )


def _summary(undone: int, still_open: int, total: int, unread: int) -> str:
    issues = counted(total, "watched issue")
    if unread == total:
        return f"{unread} of {issues} not read"
    words = f"{undone} of {issues} not done" + (f" ({still_open} open)" if undone != still_open else "")
    return f"{words}, {unread} not read" if unread else words


async def _judge_issue(context: ProbeContext, reader: RepoReader, issue: Issue) -> _WatchedIssue | SourceError:
    """Return an issue with the state that counts, or why that is not known.

    The original of a duplicate decides. With few requests left it is not fetched: then the duplicate is not done. Nor
    is the duplicate of another duplicate.
    """
    state = state_at(issue, context.as_of)
    watched = _WatchedIssue(issue=issue, state=state, counts_as=state)
    if state == "merged":
        try:
            branch = await context.merged_elsewhere(reader, issue)
        except SourceError as error:
            return error
        if branch:
            elsewhere: IssueState = "merged elsewhere"
            return msgspec.structs.replace(watched, state=elsewhere, counts_as=elsewhere, branch=branch)
    if state == "duplicate" and issue.original and reader.source.requests_left() > RESERVED_REQUESTS:
        repo, _, number = issue.original.rpartition("#")
        original = (await context.source.issues(repo, (int(number),)))[int(number)]
        if isinstance(original, Issue):
            return msgspec.structs.replace(watched, original=original, counts_as=state_at(original, context.as_of))
        context.error_log.add(original)
    return watched


async def _measure_search(probe: IssuesProbe, context: ProbeContext, reader: RepoReader) -> _IssuesFinding:
    try:
        context.refuse_past(f"a search finds today's issues, not those of {reader.today}")
        result = await context.source.search(reader.head.requested_repo, probe.query)
    except (SourceError, Unmeasurable) as error:
        context.error_log.add(error)
        summary = "the search failed" if isinstance(error, SourceError) else "no search for a past day"
        return _IssuesFinding(
            state="unknown", summary=summary, facts=IssuesFacts(query=probe.query), gaps=(str(error),), cause=str(error)
        )
    counted_state = state_for_count(result.total, probe.query_met, probe.query_partial)
    state = unknown_if_incomplete(counted_state, not result.complete)
    cause = "" if result.complete else f"the search for {probe.query!r} timed out: there may be more issues"
    return _IssuesFinding(
        state=state,
        summary=f"{counted(result.total, 'issue')} found",
        facts=IssuesFacts(query=probe.query, found=result.total),
        evidence=tuple(
            _evidence(reader, _WatchedIssue(issue=issue, state=issue.state, counts_as=issue.state), issue.number)
            for issue in result.items[:MAX_EVIDENCE]
        ),
        gaps=(*((cause,) if cause else ()), *not_listed(result.total, "more issue")),
        cause=cause,
    )


def _evidence(reader: RepoReader, watched: _WatchedIssue, number: int) -> Evidence:
    issue = watched.issue
    moved = issue.repo.lower() not in (reader.head.repo.lower(), reader.head.requested_repo.lower())
    name = f"#{number}, now {issue.repo}#{issue.number}," if moved else f"#{number}"
    pull = " (pull request)" if issue.is_pull else ""
    state = watched.state
    words = f"closed as {state}" if state in ("not planned", "duplicate", "stale", "not done") else state
    if watched.branch:
        words = f"merged into {watched.branch}"
    if watched.original is not None:
        words += f" of {watched.original.repo}#{watched.original.number} ({watched.counts_as})"
    return Evidence(
        text=f"{name} {words}  {issue.title}{pull}",
        url=issue.url,
        pin=f"{issue.repo}#{issue.number}",
        at=issue.closed_at or issue.created_at,
    )
