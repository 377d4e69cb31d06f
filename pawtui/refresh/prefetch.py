"""Requests that a refresh can send before it knows any commit, while it waits for the two heads.

The probes need the same facts later; the source then shares the running or finished request.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Any

from pawtui.probes.probe_inputs import watched_issues
from pawtui.probes.release_line import stable_releases
from pawtui.probes.windows import window_start
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Head, RecordedHead
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.probe_types import IssuesProbe, JsonProbe, NamesProbe, NewFilesProbe, ReleaseProbe, SoakProbe
from pawtui.tracker.tracker_types import Tracker

# At most this number of upstream issues is requested together with the heads and the first comparison.
_MAX_EARLY_ISSUES = 8
# A function, not a coroutine: Python warns about a coroutine that is never awaited.
Request = Callable[[], Coroutine[Any, Any, object]]


def early_requests(tracker: Tracker, source: Source, *, is_past: bool) -> list[Request]:
    """Return the requests that some probe needs: tags and the date of the first, searches, documents and issues.

    A past day needs no searches or documents. More than `_MAX_EARLY_ISSUES` upstream issues are requested later: they
    would delay the lists of paths.
    """
    repos = {"upstream": tracker.upstream.repo, "downstream": tracker.downstream.repo}
    lines = {
        (repos[probe.side], probe.line)
        for probe in tracker.probes
        if isinstance(probe, ReleaseProbe | SoakProbe) and probe.line
    }
    wanted: list[Request] = [partial(_fetch_first_date, source, repo, line) for repo, line in sorted(lines)]
    if not is_past:
        searches = (probe for probe in tracker.probes if isinstance(probe, IssuesProbe) and probe.query)
        queries = {(repos[probe.side], probe.query) for probe in searches}
        wanted += [partial(source.search, repo, query) for repo, query in sorted(queries)]
        urls = {probe.url for probe in tracker.probes if isinstance(probe, JsonProbe)}
        wanted += [partial(source.web_document, url) for url in sorted(urls)]
    down = tracker.downstream.repo
    linked = [related.ref.rpartition("#") for related in tracker.related]
    if numbers := [int(number) for name, _, number in linked if name == down]:
        wanted.append(partial(source.issues, down, numbers))
    up = tracker.upstream.repo
    watched = watched_issues(tracker, (up,))
    if watched and len(watched) <= _MAX_EARLY_ISSUES:
        wanted.append(partial(source.issues, up, watched))
    return wanted


async def _fetch_first_date(source: Source, repo: str, line: str) -> None:
    """Fetch the date of a line's first stable tag. That of the newest comes with its comparison with the head."""
    releases = await stable_releases(source, repo, line)
    if releases:
        await source.dated_tag(repo, releases[0].tag)


def history_requests(
    tracker: Tracker, source: Source, head: Head, recorded: Sequence[RecordedHead], today: dt.date
) -> list[Request]:
    """Return the requests for the upstream's commits, and their files, at which the probes' windows opened."""
    days = {
        window_start(today, probe.days)
        for probe in tracker.probes
        if isinstance(probe, NewFilesProbe | NamesProbe) and probe.side == "upstream"
    }
    return [partial(_fetch_past, source, head, day, recorded) for day in sorted(days, reverse=True)]


async def _fetch_past(source: Source, head: Head, day: dt.date, recorded: Sequence[RecordedHead]) -> None:
    past = await source.past_head(head, day_start(day), recorded)
    await source.tree(head.repo, past.sha)


async def prefetch(wanted: Iterable[Request]) -> None:
    """Send all requests in parallel. The code that needs a response reports its failure."""
    for result in await asyncio.gather(*(request() for request in wanted), return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, SourceError):
            raise result
