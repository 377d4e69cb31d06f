"""`issues`: are the watched issues done, and how many open ones does a search find?

Closed is not done: GitHub says why an issue was closed (`state_reason`), and only `completed`, or closed before reasons
were kept, counts. One closed as a duplicate is as done as its original.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from pawtui.probes.context import ProbeContext
from pawtui.probes.finding import Evidence, Finding, State
from pawtui.probes.probe_facts import IssuesFacts
from pawtui.probes.repo_view import RepoView, Unmeasurable
from pawtui.probes.rules import join_names, not_listed, plural, state_for_count, worst
from pawtui.sources.facts import Issue
from pawtui.sources.source_errors import Deleted, SourceError
from pawtui.tracker.tracker_types import IssuesProbe, Policy

_SHOWN = 12
_MOST_ORIGINALS = 3  # duplicates of duplicates
_KEPT_FREE = 6  # requests that are left for the other probes

IssueState = Literal["open", "closed", "merged", "not planned", "duplicate", "stale", "not yet"]
DONE: frozenset[IssueState] = frozenset({"closed", "merged"})
_REASONS: Mapping[str, IssueState] = {"not_planned": "not planned", "duplicate": "duplicate"}


class _Half(msgspec.Struct, frozen=True, kw_only=True):
    """What one half of the probe (the watch list, the search) found; `cause` where it is unknown."""

    state: State
    summary: str
    facts: IssuesFacts
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[str, ...] = ()
    cause: str = ""


class _Watched(msgspec.Struct, frozen=True, kw_only=True):
    """One watched issue: as it stands itself, and as it counts (a duplicate by its original)."""

    issue: Issue
    state: IssueState
    counts_as: IssueState
    original: Issue | None = None


def state_at(issue: Issue, when: dt.datetime | None) -> IssueState:
    """How an issue stands, or stood at a past moment, as far as its last closing tells. `not yet`: opened later."""
    if when is not None and issue.created_at is not None and issue.created_at > when:
        return "not yet"
    if when is not None and issue.closed_at is not None and issue.closed_at > when:
        return "open"
    if issue.merged:
        return "merged"
    if issue.state == "open":
        return "open"
    if issue.is_pull:
        # Closed without being merged.
        return "not planned"
    if issue.reason in _REASONS:
        return _REASONS[issue.reason]
    # A bot may close what nobody answered without giving a reason; its label tells.
    return "stale" if any("stale" in label.lower() for label in issue.labels) else "closed"


def rule(probe: IssuesProbe, _policy: Policy) -> str:
    """Say the rule in words."""
    parts = []
    if probe.watch:
        watched = plural(len(probe.watch), "watched issue")
        parts.append(f"up to {probe.met} of {watched} not done, partial up to {probe.partial}")
    if probe.query:
        parts.append(f"up to {probe.query_met} open found by {probe.query!r}, partial up to {probe.query_partial}")
    return "met with " + " and ".join(parts)


async def measure(probe: IssuesProbe, context: ProbeContext) -> Finding:
    """The watched issues' states and the search's count; one that cannot be had makes it unknown, never done."""
    view = await context.repo(probe)
    halves = [await _watched(probe, context, view)] if probe.watch else []
    if probe.query:
        halves.append(await _searched(probe, context, view))
    state = worst(half.state for half in halves)
    facts = halves[0].facts
    if len(halves) > 1:
        facts = msgspec.structs.replace(facts, query=halves[1].facts.query, found=halves[1].facts.found)
    return Finding(
        state=state,
        summary=", ".join(half.summary for half in halves),
        facts=facts,
        evidence=tuple(evidence for half in halves for evidence in half.evidence),
        cause=next((half.cause for half in halves if half.cause), "") if state == "unknown" else "",
        gaps=tuple(gap for half in halves for gap in half.gaps),
    )


async def _watched(probe: IssuesProbe, context: ProbeContext, view: RepoView) -> _Half:
    answers = await context.issues(view, probe.watch)
    lost = [one for one in answers.values() if isinstance(one, SourceError)]
    # One that was deleted is a finding about the tracker, which stays the same however often it is asked for.
    context.missed += [error for error in lost if not isinstance(error, Deleted)]
    found = {
        number: await _followed(context, view, issue) for number, issue in answers.items() if isinstance(issue, Issue)
    }
    undone = [number for number, one in found.items() if one.counts_as not in DONE and one.counts_as != "not yet"]
    later = [number for number, one in found.items() if one.counts_as == "not yet"]
    state = state_for_count(len(undone), probe.met, probe.partial)
    cause = ""
    at_worst = state_for_count(len(undone) + len(lost), probe.met, probe.partial)
    if lost and (state == "met" or state != at_worst) and state != "unmet":
        # What is not known is never met, and partial only where it is so whatever became of the rest.
        state, cause = "unknown", str(lost[0])
    elif later and len(later) == len(probe.watch):
        state, cause = "unknown", f"none of the watched issues had been opened by {view.today}"
    order = sorted(found.items(), key=lambda pair: (pair[1].counts_as in DONE, pair[0]))
    still_open = sum(one.state == "open" for one in found.values())
    return _Half(
        state=state,
        summary=_summary(len(undone), still_open, len(probe.watch)),
        facts=IssuesFacts(
            watched={str(number): one.state for number, one in found.items()},
            originals={
                str(number): f"{one.original.repo}#{one.original.number}"
                for number, one in found.items()
                if one.original is not None
            },
            open=still_open,
            undone=len(undone),
        ),
        evidence=tuple(_evidence(view, one, number) for number, one in order),
        gaps=(*(str(one) for one in lost), *_past_gaps(context, view, later)),
        cause=cause,
    )


def _summary(undone: int, still_open: int, watched: int) -> str:
    words = f"{undone} of {plural(watched, 'watched issue')} not done"
    return f"{words} ({still_open} open)" if undone != still_open else words


async def _followed(context: ProbeContext, view: RepoView, issue: Issue) -> _Watched:
    """Return an issue with, where it is a duplicate, the original that decides whether it is done.

    With few requests left it is not asked for: the duplicate is then not done.
    """
    state = state_at(issue, context.as_of)
    original, at, seen = None, issue, {f"{issue.repo}#{issue.number}".lower()}
    while state_at(at, context.as_of) == "duplicate" and at.original and len(seen) <= _MOST_ORIGINALS:
        if at.original.lower() in seen or view.spare() <= _KEPT_FREE:
            break
        seen.add(at.original.lower())
        repo, _, number = at.original.rpartition("#")
        answer = await context.issue(repo, int(number))
        if isinstance(answer, SourceError):
            context.missed.append(answer)
            break
        original = at = answer
    counts_as = state_at(original, context.as_of) if original is not None and state == "duplicate" else state
    return _Watched(issue=issue, state=state, counts_as=counts_as, original=original)


async def _searched(probe: IssuesProbe, context: ProbeContext, view: RepoView) -> _Half:
    try:
        answer = await context.search(view, probe.query)
    except (SourceError, Unmeasurable) as error:
        summary = "no search of a past day"
        if isinstance(error, SourceError):
            summary = "the search failed"
            context.missed.append(error)
        return _Half(
            state="unknown", summary=summary, facts=IssuesFacts(query=probe.query), gaps=(str(error),), cause=str(error)
        )
    state = state_for_count(answer.total, probe.query_met, probe.query_partial)
    cause = ""
    if not answer.complete:
        cause = f"the search for {probe.query!r} ran out of time: there may be more"
        state = state if state == "unmet" else "unknown"
    return _Half(
        state=state,
        summary=f"{plural(answer.total, 'issue')} found",
        facts=IssuesFacts(query=probe.query, found=answer.total),
        evidence=tuple(
            _evidence(view, _Watched(issue=issue, state=issue.state, counts_as=issue.state), issue.number)
            for issue in answer.items[:_SHOWN]
        ),
        gaps=(*((cause,) if cause else ()), *not_listed(answer.total, "issue found", _SHOWN)),
        cause=cause,
    )


def _past_gaps(context: ProbeContext, view: RepoView, later: list[int]) -> tuple[str, ...]:
    """What is not known of a past moment."""
    if context.as_of is None:
        return ()
    known = "an issue counts by its last closing: one closed and opened again in between is not seen"
    if not later:
        return (known,)
    return (f"{join_names(f'#{number}' for number in later)} had not been opened by {view.today}", known)


def _evidence(view: RepoView, watched: _Watched, asked: int) -> Evidence:
    issue = watched.issue
    moved = issue.number != asked or issue.repo.lower() not in (view.head.repo.lower(), view.head.asked.lower())
    name = f"#{asked}, now {issue.repo}#{issue.number}," if moved else f"#{asked}"
    pull = " (pull request)" if issue.is_pull else ""
    state = watched.state
    words = f"closed as {state}" if state in ("not planned", "duplicate", "stale") else state
    if watched.original is not None:
        words += f" of {watched.original.repo}#{watched.original.number} ({watched.counts_as})"
    return Evidence(
        text=f"{name} {words}  {issue.title}{pull}",
        url=issue.url,
        pin=f"{issue.repo}#{issue.number}",
        at=issue.closed_at or issue.created_at,
    )
