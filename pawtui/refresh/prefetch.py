"""What a refresh can ask before it knows any commit: the places beside the two heads are free meanwhile.

The same questions come up again in the probes and are then answered by what is under way: a source asks none twice.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Any

from pawtui.moments import is_in_future
from pawtui.probes.context import watched_issues
from pawtui.probes.repo_view import day_start
from pawtui.probes.rules import window_start
from pawtui.probes.versions import prefix_of, stable_tags
from pawtui.refresh.refresh_types import Baseline
from pawtui.sources.facts import Head, RefMoment
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.tracker_types import (
    IssuesProbe,
    JsonProbe,
    NamesProbe,
    NewFilesProbe,
    ReleaseProbe,
    SoakProbe,
    Tracker,
)

# Issues that find a place beside the heads and the first comparison.
_FEW = 8
# Made when it is asked: a coroutine that was made and is then not wanted any more would complain.
Question = Callable[[], Coroutine[Any, Any, object]]


def questions(tracker: Tracker, source: Source, *, past: bool) -> list[Question]:
    """Return what some probe will need: tags, the dates of the first and last, searches, documents and issues.

    No search and no document where a past day is meant. Upstream issues are left for later where there are many: the
    trees would have to wait behind them.
    """
    repos = {"upstream": tracker.upstream.repo, "downstream": tracker.downstream.repo}
    probes = [probe for signal in tracker.signals for probe in signal.probes]
    lines = {
        (repos[probe.side], probe.line)
        for probe in probes
        if isinstance(probe, ReleaseProbe | SoakProbe) and probe.line
    }
    asked: list[Question] = [partial(_dated_ends, source, repo, line) for repo, line in sorted(lines)]
    if not past:
        searching = (probe for probe in probes if isinstance(probe, IssuesProbe) and probe.query)
        queries = {(repos[probe.side], probe.query) for probe in searching}
        asked += [partial(source.search, repo, query) for repo, query in sorted(queries)]
        urls = {probe.url for probe in probes if isinstance(probe, JsonProbe)}
        asked += [partial(source.document, url) for url in sorted(urls)]
    down = tracker.downstream.repo
    linked = [one.ref.rpartition("#") for one in tracker.related]
    if numbers := [int(number) for name, _, number in linked if name == down]:
        asked.append(partial(source.issues, down, numbers))
    up = tracker.upstream.repo
    if 0 < len(watched := watched_issues(tracker, (up,))) <= _FEW:
        asked.append(partial(source.issues, up, watched))
    return asked


async def _dated_ends(source: Source, repo: str, line: str) -> None:
    """The dates of a line's first and last stable tag, which say since when it is out."""
    stable = stable_tags(line, await source.tags(repo, prefix_of(line)))
    await asyncio.gather(*(source.dated_tag(repo, tag) for _, tag in [*stable[:1], *stable[1:][-1:]]))


def history_questions(
    tracker: Tracker, source: Source, head: Head, recorded: Sequence[RefMoment], today: dt.date
) -> list[Question]:
    """Return what the upstream's branch held when its probes' windows opened: none of it needs the tree of the head."""
    probes = [probe for signal in tracker.signals for probe in signal.probes]
    days = {
        window_start(today, probe.days)
        for probe in probes
        if isinstance(probe, NewFilesProbe | NamesProbe) and probe.side == "upstream"
    }
    return [partial(source.branch_point, head, day_start(day), recorded) for day in sorted(days, reverse=True)]


async def ask(wanted: Iterable[Question]) -> None:
    """Ask all at once. What goes wrong is said where the answer is wanted."""
    for answer in await asyncio.gather(*(question() for question in wanted), return_exceptions=True):
        if isinstance(answer, BaseException) and not isinstance(answer, SourceError):
            raise answer


def is_due(baseline: Baseline, rules: str, now: dt.datetime) -> bool:
    """Whether a refresh is due wherever the heads stand: no last one, or one of another day or rules, or with gaps.

    One that is dated in the future is due too: nothing is known of when it was made.
    """
    last = baseline.last
    return (
        last is None
        or last.moment.date() != now.date()
        or is_in_future(last.moment, now)
        or last.rules != rules
        or bool(last.errors)
        or not {drift.pin for drift in last.drift} >= set(baseline.pins)
    )
