"""The commits that touched a path. The last list of each path is cached."""

import contextlib
import datetime as dt

import msgspec

from pawtui.sources.facts import Commits
from pawtui.sources.github.api import MAX_PAGES, PAGE_SIZE, Api, is_last_page
from pawtui.sources.github.request import COMMIT_PAGES_RESERVE, Rank, RequestOptions, Response
from pawtui.sources.github.wire import WireCommit
from pawtui.sources.protocol import Source
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import BudgetSpent, SourceError

# If at most `_FEW_REQUESTS` requests are left, further pages of a list are optional.
_FEW_REQUESTS = 20
_PAGES = RequestOptions(rank=Rank.HISTORY)
_LATER_PAGES = RequestOptions(reserve=COMMIT_PAGES_RESERVE)
# Days for which a cached list of commits is used for later heads.
_VALID_DAYS = 7


class _CachedCommits(msgspec.Struct, frozen=True):
    """The newest commits of a path at `head`; older ones may follow. `listed` is the day of the request."""

    head: str
    listed: dt.date
    commits: Commits


async def commits(api: Api, source: Source, repo: str, head: str, path: str, since: dt.date) -> Commits:
    """Return the commits that touched `path` since the start of that UTC day, newest first.

    Pages are read until a page ends before that day. GitHub's parameter `since` is not used: without it, a list that
    fits on one page also contains the path's first commit. `source` has the trees and the comparison that show whether
    a cached list is still valid: other callers read the same ones.
    """
    key = api.identity_key("path history", api.current_name(repo), path)
    cached = await api.load_fact(key, _CachedCommits)
    if cached is None or not await _is_valid(api, source, repo, head, cached):
        nothing = Commits(path=path, since=since, items=(), complete=False)
        cached = _CachedCommits(head, api.client.clock().date(), nothing)
    elif cached.head != head:
        cached = msgspec.structs.replace(cached, head=head)
        await api.store_fact(key, cached)
    if not cached.commits.reaches(since):
        # A list for a later day, or one that was cut off when the budget was spent, is continued.
        cached = await _request_pages(api, repo, cached, since)
        await api.store_fact(key, cached)
    return msgspec.structs.replace(cached.commits, since=since, complete=cached.commits.reaches(since))


async def _is_valid(api: Api, source: Source, repo: str, head: str, cached: _CachedCommits) -> bool:
    """Return whether a cached list has the commits of `head`.

    A list for an ancestor of `head` is valid for a week, if the object at the path is still the same. It would lack a
    change and its revert, so no commit message in between may mention one.
    """
    if cached.head == head:
        return True
    if (api.client.clock().date() - cached.listed).days > _VALID_DAYS:
        return False
    try:
        comparison = await source.compare(repo, cached.head, head)
        if not (comparison.ancestor and comparison.without_reverts):
            return False
        trees = [await source.tree(repo, sha) for sha in (cached.head, head)]
    except SourceError:
        return False
    before, now = [tree.entries.get(cached.commits.path) for tree in trees]
    # A path that is missing at both may have existed in between.
    return before is not None and before == now


async def _request_pages(api: Api, repo: str, cached: _CachedCommits, since: dt.date) -> _CachedCommits:
    """Return the list with the pages that follow its commits, until a page ends before a day or the budget is spent."""
    found = cached.commits
    what = f"the commits of {safe_line(found.path, 120)} of {repo}"
    params = {"sha": cached.head, "path": found.path}
    # If the budget is spent, the list is cut off.
    with contextlib.suppress(BudgetSpent):
        response: Response | None = None
        for number in range(len(found.items) // PAGE_SIZE + 1, MAX_PAGES + 1):
            has_few = api.client.counter.requests_left() <= _FEW_REQUESTS
            options = _LATER_PAGES if number > 1 and has_few else _PAGES
            response = await api.page(repo, "/commits", params, number, response, what=what, options=options)
            page = [wire.to_fact() for wire in response.decode(list[WireCommit])]
            has_first = is_last_page(response, len(page))
            found = msgspec.structs.replace(found, items=(*found.items, *page), has_first=has_first)
            if found.reaches(since):
                break
    return msgspec.structs.replace(cached, commits=found)
