"""GitHub as a source of facts, each requested once."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from pawtui.moments import utc_now
from pawtui.sources import facts
from pawtui.sources.github import git_objects, issues_and_pulls, path_commits, ref_lookup, web_documents
from pawtui.sources.github.api import Api
from pawtui.sources.github.cache import Cache
from pawtui.sources.github.client import Client
from pawtui.sources.github.middleware.timing import Timing
from pawtui.sources.github.past_heads import PastHeads
from pawtui.sources.github.token import Secret
from pawtui.sources.single_flight import SingleFlight
from pawtui.sources.source_errors import BudgetSpent, SourceError
from pawtui.sources.waiting import REFRESH_TIME_LIMIT, WaitTracker

_T = TypeVar("_T")
_P = ParamSpec("_P")

# Requests of one refresh: GitHub allows 60 an hour without a token, and 5,000 with one.
BUDGET, BUDGET_WITH_TOKEN = 45, 150


def _once(
    read: Callable[Concatenate[Api, _P], Coroutine[Any, Any, _T]],
) -> Callable[Concatenate["GitHubSource", _P], Coroutine[Any, Any, _T]]:
    """Return a method that returns the result of `read`, which runs once for the same arguments."""

    async def method(self: "GitHubSource", /, *args: _P.args, **flags: _P.kwargs) -> _T:
        def read_once() -> Coroutine[Any, Any, _T]:
            return self._shared.run((read, args), lambda: read(self._api, *args, **flags))

        try:
            return await read_once()
        except BudgetSpent:
            if flags.get("optional"):
                raise
            # This call is not optional, but may have shared the task of an optional one.
            return await read_once()

    return method


class GitHubSource:
    """A `Source` that reads GitHub during one refresh. `async with` opens it, and starts the time limit.

    All requests end `time_limit` seconds after the start. Each fact is requested once, except `comments`; the next
    refresh opens another source with the same cache. `cache` is a folder, or None for no disk cache. With `budget`
    None, the number of requests is not limited. `api_url` comes from `server.py`, `token` from `token.py`. `bot` is the
    login of a token that must not read its own login, such as a workflow's. Every method raises only `SourceError`. The
    functions that it calls state GitHub's limits.
    """

    def __init__(
        self,
        *,
        api_url: str,
        token: Secret | None,
        cache: Path | None,
        time_limit: float = REFRESH_TIME_LIMIT,
        budget: int | None = BUDGET,
        transport: httpx.AsyncBaseTransport | None = None,
        web_transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], dt.datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        bot: str = "",
    ) -> None:
        self.token = token
        self.label = "live"
        self._bot = bot
        self._cache = Cache(cache, token) if cache is not None else None
        timing = Timing(time_limit, clock, sleep, WaitTracker(urlsplit(api_url).netloc, clock))
        self._client = Client(
            api_url=api_url, token=token, cache=self._cache, budget=budget, timing=timing, transport=transport
        )
        self._api = Api(self._client, self._cache)
        self._past_heads = PastHeads(self._api)
        self._web_transport = web_transport
        self._shared = SingleFlight()
        self.can_write = token is not None
        self.requests_left = self._client.counter.requests_left
        self.waiting = timing.waits.current

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._client.open)
        self._client.timing.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._shared.close()
        await self._client.close()
        if self._cache is not None:
            await asyncio.to_thread(self._cache.remove_unused)

    ref_head = _once(ref_lookup.ref_head)
    commit = _once(git_objects.commit)
    commit_detail = _once(git_objects.commit_detail)
    tree = _once(git_objects.tree)
    blob = _once(git_objects.blob)
    tags = _once(git_objects.tags)
    dated_tag = _once(git_objects.dated_tag)
    search = _once(issues_and_pulls.search)
    open_pulls = _once(issues_and_pulls.open_pulls)
    merged_pull = _once(issues_and_pulls.merged_pull)
    pull_files = _once(issues_and_pulls.pull_files)
    compare = _once(git_objects.compare)
    _late_commits = _once(git_objects.late_commits)
    _issues = _once(issues_and_pulls.issues)

    def origin(self, repo: str, ref: str) -> facts.Origin:
        return facts.Origin()

    def usage(self) -> facts.RequestUsage:
        """See `Source.usage`. `remaining` belongs to the core limit."""
        return self._client.counter.usage

    async def is_archived(self, repo: str) -> bool:
        return (await self._api.repository(repo)).archived

    async def past_head(
        self, head: facts.Head, when: dt.datetime, recorded: Sequence[facts.RecordedHead] = ()
    ) -> facts.PastHead:
        """See `Source.past_head` and `past_heads.py`."""
        key = ("past head", head, when, tuple(recorded))
        return await self._shared.run(key, lambda: self._past_heads.find(head, when, recorded))

    async def commits(self, repo: str, head: str, path: str, since: dt.date) -> facts.Commits:
        """See `Source.commits`. At most 3,000 commits are listed."""
        key = ("commits", repo, head, path, since)
        return await self._shared.run(key, lambda: path_commits.commits(self._api, self, repo, head, path, since))

    async def glob_commits(self, repo: str, head: str, glob: str, since: dt.date) -> facts.Commits | None:
        """Return None: GitHub lists the commits of one path."""
        return None

    async def late_commits(self, repo: str, base: str, head: str, before: dt.date) -> Mapping[str, dt.datetime]:
        """See `Source.late_commits`. The search for `base` may have listed all of them."""
        if (known := self._past_heads.late_commits(repo, base, head, before)) is not None:
            return known
        return await self._late_commits(repo, base, head, before)

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, facts.Issue | SourceError]:
        return await self._issues(repo, tuple(numbers))

    async def comments(self, repo: str, number: int) -> tuple[facts.Comment, ...]:
        """See `Source.comments`. Comments are requested each time."""
        return await issues_and_pulls.comments(self._api, repo, number)

    async def web_document(self, url: str) -> facts.WebDocument:
        async def fetch() -> facts.WebDocument:
            self._client.counter.count()
            return await web_documents.fetch(url, self._web_transport)

        return await self._shared.run(("web document", url), fetch)

    async def user(self) -> str:
        return await issues_and_pulls.user(self._api, self._bot)

    async def post_comment(self, repo: str, number: int, body: str) -> facts.Comment:
        return await issues_and_pulls.post_comment(self._api, repo, number, body)

    async def edit_comment(self, repo: str, comment_id: int, body: str) -> facts.Comment:
        return await issues_and_pulls.edit_comment(self._api, repo, comment_id, body)
