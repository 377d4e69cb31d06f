"""`issues`: are the watched issues closed, and how many open ones does a search find?"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from pawtui.probes.look import Look, Unmeasurable
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import at_most, listed, not_shown, plural, worst
from pawtui.sources.errors import Deleted, SourceError
from pawtui.sources.facts import Issue
from pawtui.tracker.model import IssuesProbe

_SHOWN = 12

IssueState = Literal["open", "closed", "merged", "not yet"]


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one half of the probe (the watch list, the search) found; `cause` where it is unknown."""

    state: State
    said: str
    facts: dict[str, object]
    evidence: tuple[Evidence, ...] = ()
    unseen: tuple[str, ...] = ()
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
            f"up to {probe.met} of {plural(len(probe.watch), 'watched issue')} open, partly up to {probe.partly}"
        )
    if probe.query:
        parts.append(f"up to {probe.query_met} open found by {probe.query!r}, partly up to {probe.query_partly}")
    return "met with " + " and ".join(parts)


async def measure(probe: IssuesProbe, look: Look) -> ProbeReading:
    """The watched issues' states and the search's count; one that cannot be had makes it unknown, never closed."""
    parts = [await _watched(probe, look)] if probe.watch else []
    if probe.query:
        parts.append(await _searched(probe, look))
    state = worst(part.state for part in parts)
    return ProbeReading(
        kind="issues",
        state=state,
        said=", ".join(part.said for part in parts),
        rule=rule(probe),
        facts={key: value for part in parts for key, value in part.facts.items()},
        evidence=tuple(evidence for part in parts for evidence in part.evidence),
        cause=next((part.cause for part in parts if part.cause), "") if state == "unknown" else "",
        unseen=tuple(unseen for part in parts for unseen in part.unseen),
    )


async def _watched(probe: IssuesProbe, look: Look) -> _Part:
    found = await look.issues(probe.watch)
    issues = {number: one for number, one in found.items() if isinstance(one, Issue)}
    lost = [one for one in found.values() if isinstance(one, SourceError)]
    # One that was deleted is a finding about the tracker, which stays the same however often it is asked for.
    look.missed += [error for error in lost if not isinstance(error, Deleted)]
    states = {number: state_at(issue, look.as_of) for number, issue in issues.items()}
    still_open = [number for number, state in states.items() if state == "open"]
    later = [number for number, state in states.items() if state == "not yet"]
    state = at_most(len(still_open), probe.met, probe.partly)
    cause = ""
    if lost and state != "unmet":
        state, cause = "unknown", str(lost[0])
    elif later and len(later) == len(probe.watch):
        state, cause = "unknown", f"none of the watched issues had been opened by {look.today}"
    order = sorted(issues.items(), key=lambda pair: (states[pair[0]] != "open", pair[0]))
    return _Part(
        state=state,
        said=f"{len(still_open)} of {plural(len(probe.watch), 'watched issue')} open",
        facts={"watched": {str(number): state for number, state in states.items()}, "open": len(still_open)},
        evidence=tuple(_evidence(look, issue, states[number], number) for number, issue in order),
        unseen=(*(str(one) for one in lost), *_told(look, later)),
        cause=cause,
    )


async def _searched(probe: IssuesProbe, look: Look) -> _Part:
    facts: dict[str, object] = {"query": probe.query, "found": None}
    try:
        answer = await look.search(probe.query)
    except (SourceError, Unmeasurable) as error:
        said = "no search of a past day"
        if isinstance(error, SourceError):
            said = "the search failed"
            look.missed.append(error)
        return _Part(state="unknown", said=said, facts=facts, unseen=(str(error),), cause=str(error))
    state = at_most(answer.total, probe.query_met, probe.query_partly)
    cause = ""
    if not answer.complete:
        cause = f"the search for {probe.query!r} ran out of time: there may be more"
        state = state if state == "unmet" else "unknown"
    return _Part(
        state=state,
        said=f"{plural(answer.total, 'issue')} found",
        facts=facts | {"found": answer.total},
        evidence=tuple(_evidence(look, issue, issue.state, issue.number) for issue in answer.items[:_SHOWN]),
        unseen=(*((cause,) if cause else ()), *not_shown(answer.total, "issue found", _SHOWN)),
        cause=cause,
    )


def _told(look: Look, later: list[int]) -> tuple[str, ...]:
    """What is not known of a past moment."""
    if look.as_of is None:
        return ()
    known = "an issue counts by its last closing: one closed and opened again in between is not seen"
    if not later:
        return (known,)
    return (f"{listed(f'#{number}' for number in later)} had not been opened by {look.today}", known)


def _evidence(look: Look, issue: Issue, state: str, asked: int) -> Evidence:
    moved = issue.number != asked or issue.repo.lower() not in (look.head.repo.lower(), look.head.asked.lower())
    name = f"#{asked}, now {issue.repo}#{issue.number}," if moved else f"#{asked}"
    pull = " (pull request)" if issue.is_pull else ""
    return Evidence(
        text=f"{name} {state}  {issue.title}{pull}",
        url=issue.url,
        pin=f"{issue.repo}#{issue.number}",
        at=issue.closed_at or issue.created_at,
    )
