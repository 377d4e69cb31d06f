"""Find the head of a branch at a past time.

The list of a branch's commits is its whole ancestry, so it also contains commits of branches that were merged later.
The branch's own past heads are the first parents of its head (git-log(1), `--first-parent`), or the second parent of a
merge of the branch itself (`past_head_search.py`). The past head at a time is the newest of them that is not later.

GitHub does not list first parents, but each listed commit names its parents. The chain is read page by page and cached:
a commit's parents never change. If the chain is long, the repository's activity (a list of pushes) may be shorter.
"""

import asyncio
import datetime as dt
from collections.abc import Container, Iterator, Mapping, Sequence

import msgspec

from pawtui.moments import day_text
from pawtui.phrases import short_sha
from pawtui.repo_names import branch_name
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Head, PastHead, RecordedHead
from pawtui.sources.github.api import PAGE_SIZE, Api
from pawtui.sources.github.client import Params
from pawtui.sources.github.request import ACTIVITY_RESERVE, FIRST_PARENTS_RESERVE, Rank, RequestOptions
from pawtui.sources.github.wire import WireActivity, WireCommit
from pawtui.sources.past_head_search import (
    CLOCK_SKEW,
    PastHeadSearch,
    begin_search,
    begins_later_error,
    is_unordered,
    merged_branch,
    rewritten_error,
    unordered_error,
)
from pawtui.sources.source_errors import BadResponse, SourceError, Undetermined

# The first pages of a chain are requested immediately. Later pages are optional.
_FIRST_PAGES = 2
_MAX_PAGES = 30
_ACTIVITY = RequestOptions(reserve=ACTIVITY_RESERVE)
_MAX_PUSHES = 2 * PAGE_SIZE
_NO_COMMIT_SHA = "0" * 40
# The days of each period (a month may be shorter: then a time at its start is not found), and GitHub's name of it.
_PERIODS = ((1, "day"), (7, "week"), (31, "month"), (92, "quarter"), (365, "year"))


class _ChainCommit(msgspec.Struct, frozen=True, array_like=True):
    """One commit of a chain: its date in `seconds` since 1970, and its first parent (empty for a root commit).

    `merged` are the other parents; None if they are not known. `merged_branch` is that of `past_head_search`.
    """

    seconds: int
    parent: str
    merged: tuple[str, ...] | None = None
    merged_branch: str = ""

    @property
    def at(self) -> dt.datetime:
        """The committer's date."""
        return dt.datetime.fromtimestamp(self.seconds, dt.UTC)

    @property
    def is_dated(self) -> bool:
        """Whether the date is usable: 1970 means an earlier or invalid date."""
        return self.seconds > 0

    def parent_on(self, branch: str) -> str:
        """Return the commit that a branch had before this one."""
        return self.merged[0] if self.merged and self.merged_branch == branch else self.parent


_UNKNOWN = _ChainCommit(0, "")


class PastHeads:
    """Finds past heads by the first-parent chains of branches. Each search continues the cached chain."""

    def __init__(self, api: Api) -> None:
        self._api = api
        # One search at a time: two would request the same pages.
        self._turn = asyncio.Lock()
        # By the name of the repository: its known commits by SHA, and the number of pages that were read.
        self._commits: dict[str, dict[str, _ChainCommit]] = {}
        self._pages: dict[str, int] = {}

    async def find(self, head: Head, when: dt.datetime, recorded: Sequence[RecordedHead]) -> PastHead:
        """See `Source.past_head`. Raises `BeginsLater` if the branch's history begins later."""
        search = begin_search(head, when, recorded)
        if isinstance(search, PastHead):
            return search
        if search.start_at <= when and search.before is None:
            return PastHead(sha=search.start, found_by="first parents")
        async with self._turn:
            if head.repo not in self._commits:
                self._commits[head.repo] = await self._cached(head.repo)
            known = len(self._commits[head.repo])
            try:
                return await self._search(head, search, when)
            except BadResponse:
                # The next search must not continue a chain with wrong commits.
                self._commits[head.repo] = {}
                raise
            finally:
                if len(self._commits[head.repo]) > known:
                    # Without the commits of merged branches, which are most of the listed commits.
                    chain = dict(_heads_of(branch_name(head.ref), self._commits[head.repo], search.start))
                    await self._api.store_fact(self._key(head.repo), {**await self._cached(head.repo), **chain})

    def late_commits(self, repo: str, base: str, head: str, before: dt.date) -> dict[str, dt.datetime] | None:
        """Return the commits of `base..head` that are dated before a day; None if not all of them are known."""
        commits = self._commits.get(repo, {})
        # With the commits of merged branches: such a branch may be merged again.
        in_base = {sha for sha, _ in _ancestors(commits, base, set())}
        late: dict[str, dt.datetime] = {}
        for sha, commit in _ancestors(commits, head, in_base):
            if commit.merged is None:
                return None
            if commit.at < day_start(before):
                late[sha] = commit.at
        return late

    async def _cached(self, repo: str) -> dict[str, _ChainCommit]:
        return await self._api.load_fact(self._key(repo), dict[str, _ChainCommit]) or {}

    def _key(self, repo: str) -> str:
        return self._api.identity_key("branch heads", repo)

    async def _search(self, head: Head, search: PastHeadSearch, when: dt.datetime) -> PastHead:
        """Return the first commit of the chain that is not later than `when`. Unknown commits are requested.

        A commit without a usable date is skipped, unless it is the root commit.
        """
        commits, limit = self._commits[head.repo], int(when.timestamp())
        # Without a budget, the complete chain is read.
        tried_activity = self._api.client.counter.budget is None
        sha, later, seen = search.start, list[_ChainCommit](), set[str]()
        while sha not in seen:
            if sha not in commits and not tried_activity and self._pages.get(head.repo, 0) >= _FIRST_PAGES:
                tried_activity = True
                if (pushed := await self._from_activity(head, when, _pace(later))) is not None:
                    return pushed
            if sha not in commits:
                try:
                    await self._read_page(head.repo, sha)
                except Undetermined as cause:
                    so_far = f", read back to {day_text(later[-1].at)} so far" if later else ""
                    raise Undetermined(
                        f"The commit of {head.ref} on {day_text(when)} is not known yet{so_far}. {cause}"
                    ) from None
            commit = commits[sha]
            if commit.seconds <= limit and (commit.is_dated or not commit.parent):
                return await self._confirm(head, search.before, sha, when, _pace(later))
            if not commit.parent:
                raise begins_later_error(head.repo, commit.at, when)
            later.append(commit)
            seen.add(sha)
            sha = commit.parent_on(branch_name(head.ref))
        # Impossible in git: a SHA depends on the parents.
        raise BadResponse(f"The history of {head.repo} is a loop. Check that this is GitHub's API.")

    async def _from_activity(self, head: Head, when: dt.datetime, pace: float) -> PastHead | None:
        """Return the past head from the repository's activity; None if it is not there.

        Each push in it has the branch's head before and after. A past head is used only if the pushes before and after
        that time agree on it. Tags and SHAs have no activity. `pace` is that of `_period`.
        """
        api = self._api
        period = _period(when, api.client.clock(), pace)
        if not period:
            return None
        what = f"the activity on {head.ref} of {head.repo}"
        ref = f"refs/heads/{branch_name(head.ref)}"
        params: Params = {"ref": ref, "time_period": period, "direction": "asc", "per_page": PAGE_SIZE}
        try:
            response = await api.get(head.repo, "/activity", params, what=what, options=_ACTIVITY)
            pushes = response.decode(list[WireActivity])
            if response.next and not (pushes and pushes[-1].at > when):
                response = await api.client.get(response.next, what=what, options=_ACTIVITY)
                pushes += response.decode(list[WireActivity])
        except SourceError:
            # It is not readable with every token. The chain gives the same commit with more requests.
            return None
        pushes = [push for push in pushes if push.ref == ref]
        return _head_between(pushes, when, complete=not response.next, head=head.sha)

    async def _read_page(self, repo: str, sha: str) -> None:
        api = self._api
        what = f"the history of {repo} at {short_sha(sha)}"
        pages = self._pages[repo] = self._pages.get(repo, 0) + 1
        if pages > _MAX_PAGES:
            raise Undetermined(f"{_MAX_PAGES} pages of {what} were read. Refresh again to continue.")
        options = RequestOptions(rank=Rank.FIRST, reserve=None if pages <= _FIRST_PAGES else FIRST_PARENTS_RESERVE)
        params: Params = {"sha": sha, "per_page": PAGE_SIZE}
        response = await api.get(repo, "/commits", params, what=what, options=options)
        commits = self._commits[repo]
        for commit in response.decode(list[WireCommit]):
            parent = commit.parents[0].sha if commit.parents else ""
            subject = commit.commit.message.partition("\n")[0]
            commits[commit.sha] = _ChainCommit(
                int(commit.at.timestamp()),
                parent,
                tuple(merged.sha for merged in commit.parents[1:]),
                merged_branch(subject, repo),
            )
        if sha not in commits:
            raise Undetermined(f"{api.client.host} listed other commits than those of {short_sha(sha)}. Refresh again.")

    async def _confirm(
        self, head: Head, before: RecordedHead | None, past_sha: str, when: dt.datetime, pace: float
    ) -> PastHead:
        """Return a found past head, or that of the list of pushes if the branch was rewritten or its dates disagree."""
        heads = dict(_heads_of(branch_name(head.ref), self._commits[head.repo], past_sha))
        lacks_before = before is not None and _lacks(heads, before)
        if lacks_before or is_unordered((commit.seconds for commit in heads.values()), when):
            pushed = await self._from_activity(head, when, pace)
            if pushed is not None:
                return pushed
            if before is not None and lacks_before:
                raise rewritten_error(head, when, before)
            raise unordered_error(head, when)
        return PastHead(sha=past_sha, found_by="first parents")


def _heads_of(branch: str, commits: Mapping[str, _ChainCommit], start: str) -> Iterator[tuple[str, _ChainCommit]]:
    """Yield a commit of a branch and those that the branch had before, as far as they are known, each once."""
    sha, seen = start, set[str]()
    while (commit := commits.get(sha)) is not None and sha not in seen:
        yield sha, commit
        seen.add(sha)
        sha = commit.parent_on(branch)


def _ancestors(
    commits: Mapping[str, _ChainCommit], start: str, without: Container[str]
) -> Iterator[tuple[str, _ChainCommit]]:
    """Yield a commit and its ancestors, each once, except those in `without` and behind them.

    Behind a commit that is not known (`_UNKNOWN`) no more is known.
    """
    seen, unvisited = {""}, [start]
    while unvisited:
        sha = unvisited.pop()
        if sha in seen or sha in without:
            continue
        seen.add(sha)
        commit = commits.get(sha, _UNKNOWN)
        yield sha, commit
        unvisited += (commit.parent, *(commit.merged or ()))


def _pace(later: Sequence[_ChainCommit]) -> float:
    """Return the average number of seconds between two commits of a chain, newest first; 0 if not known."""
    return max(0.0, (later[0].seconds - later[-1].seconds) / len(later)) if later else 0.0


def _lacks(heads: Mapping[str, _ChainCommit], before: RecordedHead) -> bool:
    """Return whether the recorded commit `before` is known not to be among the heads of a branch, newest first."""
    earlier = before.committed_at.timestamp() - CLOCK_SKEW
    for sha, commit in heads.items():
        if sha == before.sha:
            return False
        if (commit.is_dated and commit.seconds < earlier) or not commit.parent:
            return True
    return False


def _period(when: dt.datetime, now: dt.datetime, pace: float) -> str:
    """Return GitHub's name of the shortest period that includes a time.

    Return an empty text if there is none, or if the period probably has too many pushes before that time. `pace` is the
    average number of seconds between two commits, or 0 if not known.
    """
    for days, name in _PERIODS:
        before = dt.timedelta(days=days) - (now - when)
        if before >= dt.timedelta():
            has_too_many = pace > 0 and before.total_seconds() / pace > _MAX_PUSHES
            return "" if has_too_many else name
    return ""


def _head_between(pushes: Sequence[WireActivity], when: dt.datetime, *, complete: bool, head: str) -> PastHead | None:
    """Return the head between the last push until `when` and the next push, or None if they disagree.

    If no push is later, the present `head` must be that of the last push of a `complete` list.
    """
    earlier = [push for push in pushes if push.at <= when]
    later = [push for push in pushes if push.at > when]
    if not earlier or earlier[-1].after == _NO_COMMIT_SHA:
        return None
    sha = earlier[-1].after
    is_certain = later[0].before == sha if later else complete and head == sha
    return PastHead(sha=sha, found_by="activity") if is_certain else None
