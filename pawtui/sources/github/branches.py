"""Find the commit that a branch itself held at a past moment.

The commits listed for a branch are its whole ancestry: a side branch's commits stand among them under their own dates,
also those that were merged much later. A branch's own states are its head's first parents (git-log(1),
`--first-parent`): the newest of them that is not later than a moment is what the branch held then.

GitHub lists no first parents, but each listed commit names its parents, so the chain is walked page by page and
cached: a commit's parents never change. Where the walk is long, the repository's activity (a list of pushes) may be
shorter.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pawtui.sources.branch_search import BranchSearch, begin_search, rewritten
from pawtui.sources.facts import BranchPoint, Head, RefMoment
from pawtui.sources.github.api import Api
from pawtui.sources.github.wire import WireActivity, WireCommit
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import BadAnswer, BeginsLater, NotSettled, SourceError

_PAGE = 100
# The first pages of a walk are asked for at once; further ones wait until nothing else is under way, and leave some
# requests for what a state is decided by: trees, files, commits.
_FIRST_PAGES = 2
_MAX_PAGES = 30
_RESERVE = 12
_ACTIVITY_RESERVE = 6
_ACTIVITY_PAGES = 2
_MAX_LINKS = 20_000
_NO_COMMIT_SHA = "0" * 40
# Names that GitHub gives to periods, with the days that they are sure to reach back.
_PERIODS = ((1, "day"), (7, "week"), (31, "month"), (92, "quarter"), (365, "year"))
_NO_ACTIVITY = frozenset({401, 403, 404, 410, 422})
_ASK_ACTIVITY_AGAIN = dt.timedelta(days=7)


class Link(msgspec.Struct, frozen=True, array_like=True):
    """One commit of a chain: when it was committed (seconds since 1970) and its first parent (empty: it has none)."""

    at: int
    parent: str

    @property
    def when(self) -> dt.datetime:
        """The committer's date."""
        return dt.datetime.fromtimestamp(self.at, dt.UTC)

    @property
    def is_dated(self) -> bool:
        """Whether the date is usable: 1970 stands for whatever is earlier or cannot be read."""
        return self.at > 0


def _first_parents(links: Mapping[str, Link], start: str) -> Iterator[tuple[str, Link]]:
    """Yield a commit and its first parents as far as they are known, each once."""
    at, seen = start, set[str]()
    while (link := links.get(at)) is not None and at not in seen:
        yield at, link
        seen.add(at)
        at = link.parent


class _Chain:
    """The first parents of one commit, as far as they are known."""

    def __init__(self, links: dict[str, Link], repo: str, start: str) -> None:
        self._links = links
        self._repo = repo
        self._start = start
        # The first commit on the way that is not known yet.
        self.end = start
        self._last: Link | None = None
        self._count = 0

    def at(self, when: dt.datetime) -> str | None:
        """Return the newest commit of the chain that is not later than `when`; None where the known part is all later.

        A commit without a usable date is passed by, unless it is the first of all.

        Raises `BeginsLater` where the chain's first commit is later, `BadAnswer` for a chain that is a circle, which
        git cannot make: a SHA covers the parents.
        """
        limit = int(when.timestamp())
        while (link := self._links.get(self.end)) is not None:
            if self._count > len(self._links):
                raise BadAnswer(f"The history of {self._repo} goes in a circle. Check that this is GitHub's API.")
            if link.at <= limit and (link.is_dated or not link.parent):
                return self.end
            self._last = link
            self._count += 1
            if not link.parent:
                raise BeginsLater(f"The history of {self._repo} begins on {link.when:%Y-%m-%d}, after {when:%Y-%m-%d}.")
            self.end = link.parent
        return None

    def pace(self) -> float:
        """Return the seconds between two commits of the chain, on average; 0 where that is not known."""
        first, last = self._links.get(self._start), self._last
        return max(0.0, (first.at - last.at) / self._count) if first and last and self._count else 0.0

    def pages_to(self, when: dt.datetime) -> float:
        """Return how many more pages lead to that moment at the chain's pace; infinite where that is not known."""
        pace = self.pace()
        return (self._last.at - when.timestamp()) / (pace * _PAGE) if self._last and pace > 0 else float("inf")

    def misses(self, found: str, before: RefMoment) -> bool:
        """Return whether the chain from `found` back is known not to hold the commit that was seen earlier."""
        for sha, link in _first_parents(self._links, found):
            if sha == before.sha:
                return False
            if (link.is_dated and link.when < before.committed_at) or not link.parent:
                return True
        return False

    def reached(self) -> str:
        """Return how far back the chain is known, for a sentence."""
        return f", followed back to {self._last.when:%Y-%m-%d} so far" if self._last else ""


class Branches:
    """Walks the chains of one source's branches; a walk goes on where an earlier one stopped."""

    def __init__(self, api: Api) -> None:
        self._api = api
        # One walk at a time: a second one would ask for the same pages.
        self._turn = asyncio.Lock()
        self._links: dict[str, dict[str, Link]] = {}
        self._pages: dict[str, int] = {}

    async def point(
        self, head: Head, when: dt.datetime, recorded: Sequence[RefMoment], *, thorough: bool
    ) -> BranchPoint:
        """See `Source.branch_point`. Raises `BeginsLater` where the branch's history begins later."""
        search = begin_search(head, when, recorded)
        if isinstance(search, BranchPoint):
            return search
        async with self._turn:
            known = len(await self._load(head.repo))
            try:
                return await self._settle(head, search, when, thorough=thorough)
            except BadAnswer:
                self._links[head.repo] = {}
                raise
            finally:
                if len(self._links[head.repo]) > known:
                    await self._save(head.repo, search.start)

    async def _settle(self, head: Head, search: BranchSearch, when: dt.datetime, *, thorough: bool) -> BranchPoint:
        start, before = search
        chain = _Chain(self._links[head.repo], head.repo, start)
        asked_activity = thorough
        while (found := chain.at(when)) is None:
            if not asked_activity and self._pages.get(head.repo, 0) >= _FIRST_PAGES:
                asked_activity = True
                if chain.pages_to(when) > _ACTIVITY_PAGES:
                    point = await self._from_activity(head, when, chain.pace())
                    if point is not None:
                        return point
            try:
                await self._page(head.repo, chain.end, thorough=thorough)
            except NotSettled as spent:
                raise NotSettled(
                    f"The commit of {head.ref} on {when:%Y-%m-%d} is not known yet{chain.reached()}. {spent} "
                    "Refresh again to go on."
                ) from None
        if before is not None and chain.misses(found, before):
            # The branch was rewritten since: what it held is not in its present history.
            point = await self._from_activity(head, when, chain.pace())
            if point is not None:
                return point
            raise rewritten(head, when, before)
        return BranchPoint(sha=found, source="first parents")

    async def _page(self, repo: str, sha: str, *, thorough: bool) -> None:
        api = self._api
        what = f"the history of {repo} at {sha[:10]}"
        pages = self._pages[repo] = self._pages.get(repo, 0) + 1
        if pages > _MAX_PAGES:
            raise NotSettled(f"{_MAX_PAGES} pages of {what} were read.")
        reserve = None if thorough or pages <= _FIRST_PAGES else _RESERVE
        params: dict[str, str | int] = {"sha": sha, "per_page": _PAGE}
        answer = await api.get(repo, "/commits", params, what=what, cached=False, reserve=reserve)
        links = self._links[repo]
        for commit in api.decode(answer, list[WireCommit], what):
            parent = commit.parents[0].sha if commit.parents else ""
            links[commit.sha] = Link(int(commit.at.timestamp()), parent)
        if sha not in links:
            raise NotSettled(f"{api.client.host} listed other commits than those of {sha[:10]}.")

    async def _from_activity(self, head: Head, when: dt.datetime, pace: float) -> BranchPoint | None:
        """The commit by the repository's activity; None where that does not reach back, fit together or exist.

        A ref of another kind (a tag, a SHA) has none. The list says what each push moved the branch from and to: the
        state at a moment is trusted only where the pushes on both sides of it name the same commit. It is asked for
        from the beginning of a period on, and not at all where that is too many pushes away at the branch's `pace`.
        """
        api = self._api
        now = api.client.clock()
        key = f"activity {api.client.identity} {head.repo.lower()}"
        refused = await api.cached(key, dt.datetime)
        days, period = next(((days, name) for days, name in _PERIODS if now - when <= dt.timedelta(days=days)), (0, ""))
        if not period or (refused is not None and abs(now - refused) < _ASK_ACTIVITY_AGAIN):
            return None
        between = dt.timedelta(days=days) - (now - when)
        if pace > 0 and between.total_seconds() / pace > _ACTIVITY_PAGES * _PAGE:
            return None
        what = f"the activity on {head.ref} of {head.repo}"
        ref = f"refs/heads/{head.ref.removeprefix('refs/').removeprefix('heads/')}"
        params: dict[str, str | int] = {"ref": ref, "time_period": period, "direction": "asc", "per_page": _PAGE}
        try:
            answer = await api.get(
                head.repo, "/activity", params, what=what, allow=_NO_ACTIVITY, cached=False, reserve=_ACTIVITY_RESERVE
            )
            if answer.status in _NO_ACTIVITY:
                await api.store(key, now)
                return None
            moves: list[WireActivity] = []
            async for page in api.pages(
                answer, what=what, cached=False, reserve=_ACTIVITY_RESERVE, limit=_ACTIVITY_PAGES
            ):
                answer = page
                moves += _moves(api.decode(page, list[WireActivity], what), ref)
                if moves and moves[-1].at > when:
                    break
        except SourceError:
            # The walk finds the same, with more requests.
            return None
        return _held(moves, when, complete=not answer.next, head=head.sha)

    async def _load(self, repo: str) -> dict[str, Link]:
        if repo not in self._links:
            self._links[repo] = await self._api.cached(self._key(repo), dict[str, Link]) or {}
        return self._links[repo]

    async def _save(self, repo: str, start: str) -> None:
        """Cache the chain, without the commits of merged branches, which are most of what the pages list."""
        links = self._links[repo]
        stored = await self._api.cached(self._key(repo), dict[str, Link]) or {}
        # Also beyond what an earlier walk stored: that is where this one went on.
        stored.update(_first_parents(links, start))
        if len(stored) > _MAX_LINKS:
            newest = sorted(stored.items(), key=lambda item: item[1].at, reverse=True)[:_MAX_LINKS]
            stored = dict(newest)
        await self._api.store(self._key(repo), stored)

    def _key(self, repo: str) -> str:
        return f"first parents {self._api.client.identity} {safe_line(repo, 200).lower()}"


def _moves(items: Sequence[WireActivity], ref: str) -> list[WireActivity]:
    return [item for item in items if item.ref == ref]


def _held(moves: Sequence[WireActivity], when: dt.datetime, *, complete: bool, head: str) -> BranchPoint | None:
    """The commit between the last move until `when` and the first one after it."""
    earlier = [move for move in moves if move.at <= when]
    later = [move for move in moves if move.at > when]
    if not earlier or earlier[-1].after == _NO_COMMIT_SHA:
        return None
    sha = earlier[-1].after
    follows = later[0].before if later else head if complete else None
    return BranchPoint(sha=sha, source="activity") if follows == sha else None
