"""`issues`: are the watched issues closed, and how many open ones does a search find?"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from pawtui.probes.context import ProbeContext, Unmeasurable
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import join_names, not_listed, plural, state_for_count, worst
from pawtui.sources.facts import Issue
from pawtui.sources.source_errors import Deleted, SourceError
from pawtui.tracker.model import IssuesProbe

_SHOWN = 12

IssueState = Literal["open", "closed", "merged", "not yet"]


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one half of the probe (the watch list, the search) found; `cause` where it is unknown."""

    state: State
    summary: str
    facts: dict[str, object]
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[str, ...] = ()
    cause: str = ""


def state_at(issue: Issue, when: dt.datetime | None) -> IssueState:
    """How an issue stands, or stood at a past moment, as far as its last closing tells. `not yet`: opened later."""
    if when is not None and issue.created_at is not None and issue.created_at > when:
        return "not yet"
    if when is not None and issue.closed_at is not None and issue.closed_at > when:
        return "open"
    return "merged" if issue.merged else issue.state


def rule(probe: IssuesProbe) -> str:
    """The rule in words."""
    parts = []
    if probe.watch:
        parts.append(
            f"up to {probe.met} of {plural(len(probe.watch), 'watched issue')} open, partial up to {probe.partial}"
        )
    if probe.query:
        parts.append(f"up to {probe.query_met} open found by {probe.query!r}, partial up to {probe.query_partial}")
    return "met with " + " and ".join(parts)


async def measure(probe: IssuesProbe, context: ProbeContext) -> ProbeReading:
    """The watched issues' states and the search's count; one that cannot be had makes it unknown, never closed."""
    parts = [await _watched(probe, context)] if probe.watch else []
    if probe.query:
        parts.append(await _searched(probe, context))
    state = worst(part.state for part in parts)
    return ProbeReading(
        kind="issues",
        state=state,
        summary=", ".join(part.summary for part in parts),
        rule=rule(probe),
        facts={key: value for part in parts for key, value in part.facts.items()},
        evidence=tuple(evidence for part in parts for evidence in part.evidence),
        cause=next((part.cause for part in parts if part.cause), "") if state == "unknown" else "",
        gaps=tuple(gaps for part in parts for gaps in part.gaps),
    )


async def _watched(probe: IssuesProbe, context: ProbeContext) -> _Part:
    found = await context.issues(probe.watch)
    issues = {number: one for number, one in found.items() if isinstance(one, Issue)}
    lost = [one for one in found.values() if isinstance(one, SourceError)]
    # One that was deleted is a finding about the tracker, which stays the same however often it is asked for.
    context.missed += [error for error in lost if not isinstance(error, Deleted)]
    states = {number: state_at(issue, context.as_of) for number, issue in issues.items()}
    still_open = [number for number, state in states.items() if state == "open"]
    later = [number for number, state in states.items() if state == "not yet"]
    state = state_for_count(len(still_open), probe.met, probe.partial)
    cause = ""
    if lost and state != "unmet":
        state, cause = "unknown", str(lost[0])
    elif later and len(later) == len(probe.watch):
        state, cause = "unknown", f"none of the watched issues had been opened by {context.today}"
    order = sorted(issues.items(), key=lambda pair: (states[pair[0]] != "open", pair[0]))
    return _Part(
        state=state,
        summary=f"{len(still_open)} of {plural(len(probe.watch), 'watched issue')} open",
        facts={"watched": {str(number): state for number, state in states.items()}, "open": len(still_open)},
        evidence=tuple(_evidence(context, issue, states[number], number) for number, issue in order),
        gaps=(*(str(one) for one in lost), *_told(context, later)),
        cause=cause,
    )


async def _searched(probe: IssuesProbe, context: ProbeContext) -> _Part:
    facts: dict[str, object] = {"query": probe.query, "found": None}
    try:
        answer = await context.search(probe.query)
    except (SourceError, Unmeasurable) as error:
        summary = "no search of a past day"
        if isinstance(error, SourceError):
            summary = "the search failed"
            context.missed.append(error)
        return _Part(state="unknown", summary=summary, facts=facts, gaps=(str(error),), cause=str(error))
    state = state_for_count(answer.total, probe.query_met, probe.query_partial)
    cause = ""
    if not answer.complete:
        cause = f"the search for {probe.query!r} ran out of time: there may be more"
        state = state if state == "unmet" else "unknown"
    return _Part(
        state=state,
        summary=f"{plural(answer.total, 'issue')} found",
        facts=facts | {"found": answer.total},
        evidence=tuple(_evidence(context, issue, issue.state, issue.number) for issue in answer.items[:_SHOWN]),
        gaps=(*((cause,) if cause else ()), *not_listed(answer.total, "issue found", _SHOWN)),
        cause=cause,
    )


def _told(context: ProbeContext, later: list[int]) -> tuple[str, ...]:
    """What is not known of a past moment."""
    if context.as_of is None:
        return ()
    known = "an issue counts by its last closing: one closed and opened again in between is not seen"
    if not later:
        return (known,)
    return (f"{join_names(f'#{number}' for number in later)} had not been opened by {context.today}", known)


def _evidence(context: ProbeContext, issue: Issue, state: str, asked: int) -> Evidence:
    moved = issue.number != asked or issue.repo.lower() not in (context.head.repo.lower(), context.head.asked.lower())
    name = f"#{asked}, now {issue.repo}#{issue.number}," if moved else f"#{asked}"
    pull = " (pull request)" if issue.is_pull else ""
    return Evidence(
        text=f"{name} {state}  {issue.title}{pull}",
        url=issue.url,
        pin=f"{issue.repo}#{issue.number}",
        at=issue.closed_at or issue.created_at,
    )
