"""`issues`: are the watched issues closed, and how many open ones does a search find?"""

from __future__ import annotations

from pawtui.probes.look import Look
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import at_most, plural, worst
from pawtui.sources.errors import SourceError
from pawtui.sources.facts import Issue
from pawtui.tracker.model import IssuesProbe

_SHOWN = 12


def _evidence(issue: Issue) -> Evidence:
    what = "pull request" if issue.is_pull else "issue"
    state = "merged" if issue.merged else issue.state
    return Evidence(
        text=f"#{issue.number} {state}  {issue.title}" + ("" if what == "issue" else f" ({what})"),
        url=issue.url,
        pin=f"{issue.repo}#{issue.number}",
        at=issue.closed_at or issue.created_at,
    )


def _rule(probe: IssuesProbe) -> str:
    parts = []
    if probe.watch:
        parts.append(
            f"up to {probe.met} of {plural(len(probe.watch), 'watched issue')} open, partly up to {probe.partly}"
        )
    if probe.query:
        parts.append(f"up to {probe.query_met} found by {probe.query!r}, partly up to {probe.query_partly}")
    return "met with " + " and ".join(parts)


async def measure(probe: IssuesProbe, look: Look) -> ProbeReading:
    """The watched issues' states and the search's count; one that cannot be had makes it unknown, never closed."""
    states: list[State] = []
    evidence: list[Evidence] = []
    unseen: list[str] = []
    said: list[str] = []
    facts: dict[str, object] = {}
    if probe.watch:
        found = await look.issues(probe.watch)
        issues = {number: one for number, one in found.items() if isinstance(one, Issue)}
        unseen += [str(one) for one in found.values() if isinstance(one, SourceError)]
        still_open = [number for number, issue in issues.items() if issue.state == "open"]
        watched = at_most(len(still_open), probe.met, probe.partly)
        states.append("unknown" if unseen and watched != "unmet" else watched)
        facts["watched"] = {str(number): issue.state for number, issue in issues.items()}
        facts["open"] = len(still_open)
        said.append(f"{len(still_open)} of {plural(len(probe.watch), 'watched issue')} open")
        evidence += [
            _evidence(issue) for issue in sorted(issues.values(), key=lambda one: (one.state != "open", one.number))
        ]
    if probe.query:
        answer = await look.search(probe.query)
        searched = at_most(answer.total, probe.query_met, probe.query_partly)
        if not answer.complete:
            unseen.append(f"the search for {probe.query!r} ran out of time: there may be more")
        states.append("unknown" if not answer.complete and searched != "unmet" else searched)
        facts["query"] = probe.query
        facts["found"] = answer.total
        said.append(f"{plural(answer.total, 'issue')} found")
        evidence += [_evidence(issue) for issue in answer.items[:_SHOWN]]
    state = worst(states)
    return ProbeReading(
        kind="issues",
        state=state,
        said=", ".join(said),
        rule=_rule(probe),
        facts=facts,
        evidence=tuple(evidence),
        cause=(unseen[0] if unseen else "") if state == "unknown" else "",
        unseen=tuple(unseen),
    )
