"""GitHub as a source of facts: the protocol's questions, each asked once."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from pawtui.sources.facts import (
    BranchPoint,
    Comment,
    Commit,
    CommitDetail,
    Commits,
    Comparison,
    DatedTag,
    Document,
    Found,
    Head,
    Issue,
    MissingRef,
    Origin,
    Pulls,
    RefMoment,
    Spent,
    Tag,
    Tree,
)
from pawtui.sources.github import discussions, documents, history, ref_lookup
from pawtui.sources.github.api import Api
from pawtui.sources.github.branches import Branches
from pawtui.sources.github.cache import Cache
from pawtui.sources.github.client import Client
from pawtui.sources.github.single_flight import SingleFlight
from pawtui.sources.github.token import Secret
from pawtui.sources.github.urls import host_of
from pawtui.sources.protocol import NO_HINTS, ListHints
from pawtui.sources.source_errors import SourceError
from pawtui.sources.waiting import DEADLINE, Waiting

# Requests that one refresh may take: without a token there are 60 an hour.
BUDGET = 45
# What is left of it when files that only make a reading more exact are read: for the commits that brought them.
_KEPT_FOR_DATES = 3


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class GitHubSource:
    """GitHub for the length of one refresh: `async with` opens it, and from then on `deadline` seconds count.

    A question is asked once, however often it comes up, but for `comments` and what writes; the next refresh has a
    source of its own over the same cache. `cache` is a folder, or None to remember nothing on disk. `api_url` and
    `token` are those of `token.py`; `bot` is the login behind a token that may not ask for it itself, as a workflow's
    may not. Every method raises a `SourceError` with a sentence, and nothing else.
    """

    def __init__(
        self,
        *,
        api_url: str,
        token: Secret | None,
        cache: Path | None,
        deadline: float = DEADLINE,
        budget: int = BUDGET,
        transport: httpx.AsyncBaseTransport | None = None,
        web_transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], dt.datetime] = _now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        label: str = "live",
        bot: str = "",
    ) -> None:
        self.token = token
        self._label = label
        self._bot = bot
        self._cache = Cache(cache, token) if cache is not None else None
        self._client = Client(
            api_url=api_url,
            token=token,
            cache=self._cache,
            deadline=deadline,
            budget=budget,
            transport=transport,
            clock=clock,
            sleep=sleep,
        )
        self._api = Api(self._client, self._cache)
        self._branches = Branches(self._api)
        self._web_transport = web_transport
        self._shared = SingleFlight(remember=True)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._client.open)
        self._client.deadline.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._shared.close()
        await self._client.close()
        if self._cache is not None:
            await asyncio.to_thread(self._cache.sweep)

    @property
    def label(self) -> str:
        """How this source is called in the record."""
        return self._label

    def origin(self, repo: str) -> Origin:
        """See `Source.origin`."""
        return Origin()

    @property
    def web(self) -> str:
        """The web root that links begin with."""
        return self._api.web

    def spent(self) -> Spent:
        """What this source has cost so far; `remaining` is of the core limit."""
        return self._client.spent

    def spare(self) -> int:
        """See `Source.spare`."""
        return self._client.counter.spare()

    def waiting(self) -> Waiting | None:
        """See `Source.waiting`."""
        return self._client.waits.current()

    async def repo_size(self, repo: str) -> int | None:
        """The size of a repository on the forge with all its history, in bytes; None where the forge does not say."""
        return await self._api.repo_size(repo)

    async def ref_head(self, repo: str, ref: str) -> Head | MissingRef:
        """See `Source.ref_head`. A branch is preferred to a tag of the same name."""
        return await self._shared(("ref", repo, ref), lambda: ref_lookup.ref_head(self._api, repo, ref))

    async def branch_point(
        self, head: Head, when: dt.datetime, recorded: Sequence[RefMoment] = (), *, thorough: bool = False
    ) -> BranchPoint:
        """See `Source.branch_point` and `branches.py`."""
        self._api.reads_all = self._api.reads_all or thorough
        key = ("branch point", head.repo, head.ref, head.sha, when)
        return await self._shared(key, lambda: self._branches.point(head, when, recorded, thorough=thorough))

    async def commit(self, repo: str, sha: str) -> Commit:
        """See `Source.commit`."""
        return await self._shared(("commit", repo, sha), lambda: history.commit(self._api, repo, sha))

    async def commit_detail(self, repo: str, sha: str) -> CommitDetail:
        """See `Source.commit_detail`. The first 300 files are given."""
        return await self._shared(("detail", repo, sha), lambda: history.commit_detail(self._api, repo, sha))

    async def tree(self, repo: str, sha: str) -> Tree:
        """See `Source.tree`. Paths are keyed by their safe form (`safe_path`)."""
        return await self._shared(("tree", repo, sha), lambda: history.tree(self._api, repo, sha))

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        """See `Source.blob`. The bytes are as they are: decode and make safe what is shown of them."""
        reserve = _KEPT_FOR_DATES if optional else None
        return await self._shared(("blob", repo, sha), lambda: history.blob(self._api, repo, sha, reserve))

    async def commits(
        self, repo: str, head: str, path: str, since: dt.date, hints: ListHints = NO_HINTS, *, beginning: bool = False
    ) -> Commits:
        """See `Source.commits`. At most 3,000 commits are listed; `complete` says whether that was all."""
        key = ("commits", repo, head, path, since)
        return await self._shared(key, lambda: history.commits(self._api, repo, head, path, since, hints))

    async def tags(self, repo: str, prefix: str) -> tuple[Tag, ...]:
        """See `Source.tags`."""
        return await self._shared(("tags", repo, prefix), lambda: history.tags(self._api, repo, prefix))

    async def dated_tag(self, repo: str, tag: Tag) -> DatedTag:
        """See `Source.dated_tag`."""
        return await self._shared(("tag", repo, tag.name, tag.sha), lambda: history.dated_tag(self._api, repo, tag))

    async def compare(self, repo: str, base: str, head: str, *, files: bool = True) -> Comparison:
        """See `Source.compare` and `history.compare`: files are those changed since the merge base, always counted."""
        return await self._shared(("compare", repo, base, head), lambda: history.compare(self._api, repo, base, head))

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        """See `Source.issues`."""
        key = ("issues", repo, tuple(numbers))
        return await self._shared(key, lambda: discussions.issues(self._api, repo, numbers))

    async def search(self, repo: str, query: str) -> Found:
        """See `Source.search`. The first 30 are given."""
        return await self._shared(("search", repo, query), lambda: discussions.search(self._api, repo, query))

    async def comments(self, repo: str, number: int) -> tuple[Comment, ...]:
        """Every comment on an issue or pull request, oldest first."""
        return await discussions.comments(self._api, repo, number)

    async def open_pulls(self, repo: str, branch: str) -> Pulls:
        """See `Source.open_pulls`. The first 50 are given."""
        return await self._shared(("pulls", repo, branch), lambda: discussions.open_pulls(self._api, repo, branch))

    async def pull_files(self, repo: str, number: int, head: str) -> tuple[str, ...]:
        """See `Source.pull_files`. The first 100 are given."""
        key = ("pull files", repo, number, head)
        return await self._shared(key, lambda: discussions.pull_files(self._api, repo, number, head))

    async def document(self, url: str) -> Document:
        """See `Source.document`."""
        return await self._shared(("document", url), lambda: self._document(url))

    async def _document(self, url: str) -> Document:
        self._client.counter.count()
        with self._client.waits.request(host_of(url)):
            return await documents.fetch(url, self._web_transport)

    @property
    def can_write(self) -> bool:
        """Whether there is a token."""
        return self._client.has_token

    async def user(self) -> str:
        """The login behind the token; `Unauthorized` without one."""
        return await discussions.user(self._api, self._bot)

    async def post_comment(self, repo: str, number: int, body: str) -> Comment:
        """Writes a comment: exactly one request, never sent again, never to a repository's new place by itself."""
        return await discussions.post_comment(self._api, repo, number, body)

    async def edit_comment(self, repo: str, comment_id: int, body: str) -> Comment:
        """Replaces a comment's text, as `post_comment` does."""
        return await discussions.edit_comment(self._api, repo, comment_id, body)
