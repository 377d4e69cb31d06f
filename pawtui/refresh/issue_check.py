"""Check issues and pull requests: those that are pinned, and the related ones.

A pinned one may have been reopened, closed or merged since the pin was made. The related ones are shown with their
current state; they are outside the scope of the review.
"""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from pawtui.moments import day_text
from pawtui.probes.context import ProbeContext
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.kinds.issues_probe import state_at
from pawtui.probes.probe_facts import IssuesFacts
from pawtui.refresh.pins import pin_or_none
from pawtui.refresh.refresh_types import SEE_ERRORS, Drift, RefreshBaseline, RelatedStatus
from pawtui.sources.facts import CONVERTED, Head, Issue
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError

# Issues read for the first time in one refresh, one request each. Known issues cost one request per repository.
_MAX_NEW = 20
_Issues = Mapping[int, Issue | SourceError]
# The words for each state that is stored. `closed` is a pull request.
_WORDS: Mapping[str, str] = {
    "open": "open",
    "closed": "closed",
    "completed": "closed",
    "merged": "merged",
    "not_planned": "closed as not planned",
    "duplicate": "closed as a duplicate",
    CONVERTED: "converted to a discussion",
}
# The stored states by the names that the facts of an `issues` probe have; any other closed issue is `completed`.
_STATE_BY_NAME = {
    "open": "open",
    "merged": "merged",
    "merged elsewhere": "merged",
    "not planned": "not_planned",
    "duplicate": "duplicate",
    "converted to a discussion": CONVERTED,
}


async def check_issues(
    baseline: RefreshBaseline, source: Source, error_log: ErrorLog
) -> tuple[dict[str, Drift], dict[str, str]]:
    """Return the drift of each pin to an issue, and the state that later refreshes compare it with.

    An unreadable issue is `unchecked`; its cause goes to `error_log`.
    """
    pins = {text: pin for text in baseline.pins if (pin := pin_or_none(text)) and pin.kind == "issue"}
    new = [text for text in pins if text not in baseline.pinned_states]
    unread = frozenset(new[_MAX_NEW:])
    wanted = [pin for text, pin in pins.items() if text not in unread]
    issues = await _fetch_issues(source.issues, ((pin.repo, pin.number) for pin in wanted))
    drifts: dict[str, Drift] = {}
    pinned_states: dict[str, str] = {}
    for text, pin in pins.items():
        issue = issues.get((pin.repo, pin.number))
        if isinstance(issue, Issue):
            then = _state_when_made(baseline, text, issue)
            drifts[text] = _issue_drift(text, issue, then)
            pinned_states[text] = _state_with_time(then, baseline.pin_times.get(text))
            continue
        summary = f"could not be checked: {SEE_ERRORS}"
        if issue is None:
            summary = f"not checked yet: each refresh reads at most {_MAX_NEW} new pinned issues"
        error_log.add(issue or "Some pinned issues were not read yet. Refresh again to read more of them.")
        drifts[text] = Drift(pin=text, state="unchecked", summary=summary, failed=True)
    return drifts, pinned_states


async def related_statuses(context: ProbeContext, down: Head) -> tuple[RelatedStatus, ...]:
    """Return the states of related issues and pull requests; the cause of an unreadable one goes to the error log.

    Upstream ones share the request for watched issues. `down` is the head of the downstream.
    """
    tracker, source, up = context.tracker, context.source, context.upstream.head
    names = {tracker.downstream.repo.lower(): down.repo}
    names |= {name.lower(): up.repo for name in (tracker.upstream.repo, up.repo)}
    places: dict[str, tuple[str, int]] = {}
    for related in tracker.related:
        repo, _, number = related.ref.rpartition("#")
        places[related.ref] = (names.get(repo.lower(), repo), int(number))

    async def request(repo: str, numbers: Sequence[int]) -> _Issues:
        if repo == up.repo:
            return await context.issues(context.upstream, numbers)
        return await source.issues(repo, numbers)

    issues = await _fetch_issues(request, places.values())
    statuses = []
    for ref, place in places.items():
        issue = issues[place]
        if isinstance(issue, Issue):
            state = state_at(issue, context.as_of)
            statuses.append(RelatedStatus(ref=ref, title=issue.title, state=state, url=issue.url))
        else:
            context.error_log.add(issue)
            statuses.append(RelatedStatus(ref=ref, cause=str(issue)))
    return tuple(statuses)


async def _fetch_issues(
    request: Callable[[str, Sequence[int]], Awaitable[_Issues]], wanted: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], Issue | SourceError]:
    """Return issues, or the errors, by repository and number, with one request for each repository."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for repo, number in wanted:
        numbers[repo].add(number)

    async def fetch(repo: str) -> _Issues:
        try:
            return await request(repo, sorted(numbers[repo]))
        except SourceError as error:
            return dict.fromkeys(numbers[repo], error)

    responses = await asyncio.gather(*map(fetch, numbers))
    return {
        (repo, number): issue
        for repo, response in zip(numbers, responses, strict=True)
        for number, issue in response.items()
    }


def _issue_state(issue: Issue) -> str:
    """Return the state of an issue as it is stored: a key of `_WORDS`."""
    if issue.merged:
        return "merged"
    if issue.state == "open" or issue.is_pull:
        return issue.state
    return issue.reason if issue.reason in _WORDS else "completed"


def _state_with_time(state: str, made_at: dt.datetime | None) -> str:
    """Return the state as stored: with the time of the pin, because a renewed pin is compared from then on."""
    return f"{state} {made_at.isoformat() if made_at else ''}".strip()


def _state_when_made(baseline: RefreshBaseline, text: str, issue: Issue) -> str:
    """Return the stored state; if there is none, the state that was shown when the pin was made.

    If none was shown it is derived from the issue, which does not show whether it was closed and reopened in between.
    """
    made_at = baseline.pin_times.get(text)
    stored = baseline.pinned_states.get(text, "")
    state = stored.partition(" ")[0]
    if state in _WORDS and stored == _state_with_time(state, made_at):
        return state
    if made_at is not None and (shown := _shown_state(baseline, text, made_at)):
        known = _STATE_BY_NAME.get(shown, "completed")
        # A pull request that was closed without a merge is shown as not planned.
        return "closed" if issue.is_pull and known not in ("open", "merged") else known
    closed_since = made_at is not None and issue.closed_at is not None and issue.closed_at > made_at
    return "open" if closed_since else _issue_state(issue)


def _shown_state(baseline: RefreshBaseline, text: str, made_at: dt.datetime) -> str:
    """Return the state of an issue in the newest refresh before its pin was made; empty if it was not watched."""
    last = next((refresh for refresh in reversed(baseline.ordinary) if refresh.at <= made_at), None)
    number = text.rpartition("#")[2]
    for signal in last.signals if last else ():
        for probe in signal.probes:
            facts = probe.facts
            if not isinstance(facts, IssuesFacts) or number not in facts.watched:
                continue
            # Another repository may have an issue of that number.
            if any(item.pin == text for item in probe.evidence):
                return facts.watched[number]
    return ""


def _issue_drift(text: str, issue: Issue, then: str) -> Drift:
    """Return the drift of the pin `text` to an issue whose stored state was `then` when the pin was made."""
    now = _issue_state(issue)
    if now == then:
        return Drift(pin=text, state="fresh", summary=f"{_WORDS[now]}: {issue.title}", url=issue.url)
    words = "reopened" if now == "open" else _WORDS[now]
    if now == "completed" and issue.reason:
        words += f" as {issue.reason.replace('_', ' ')}"
    when = f" on {day_text(issue.closed_at)}" if now != "open" and issue.closed_at else ""
    summary = f"{words}{when}, {_WORDS[then]} when it was pinned: {issue.title}"
    return Drift(pin=text, state="changed", summary=summary, url=issue.url)
