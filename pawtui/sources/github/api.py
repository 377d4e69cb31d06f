"""Requests about repositories: names, typed responses, pages, and the cache of facts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from pawtui.sources.github import failures
from pawtui.sources.github.cache import Cache
from pawtui.sources.github.client import ApiResponse, Client
from pawtui.sources.github.token import web_url
from pawtui.sources.github.transports.options import MAX_BYTES
from pawtui.sources.github.wire import WireRepo, is_repo_name
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import BadResponse, Refused

T = TypeVar("T")

MAX_PAGES = 30
# GitHub lists at most 100,000 of anything, in a tree.
MAX_ITEMS = 100_000
FULL_SHA = re.compile(r"[0-9a-f]{40}")


class Api:
    """Requests by repository name. A renamed repository is requested by its current name."""

    def __init__(self, client: Client, cache: Cache | None) -> None:
        self.client = client
        self.cache = cache
        self.web = web_url(client.api_url)
        # A past time is measured without the budget of a refresh: lists are read to their end.
        self.reads_all = False
        # Whether a cached missing ref has been requested again: one for each refresh.
        self.asked_missing_ref = False
        # By lower-case name: the current path of a renamed repository.
        self._roots: dict[str, str] = {}

    def is_scarce(self, requests: int) -> bool:
        """Return whether at most `requests` optional requests are left of the budget."""
        return not self.reads_all and self.client.counter.spare() <= requests

    def root(self, repo: str) -> str:
        """Return the path of a repository under its current name. Raises `Refused` if `repo` is not `owner/name`."""
        if not is_repo_name(repo):
            raise Refused(f"{safe_line(repo, 80)!r} is not a repository name. Give owner/name.")
        return self._roots.get(repo.lower(), f"/repos/{quote(repo, safe='/')}")

    def name(self, repo: str) -> str:
        """Return the repository's current name, as far as it is known."""
        root = self.root(repo)
        return root.removeprefix("/repos/") if root.startswith("/repos/") else repo

    def was_renamed(self, repo: str) -> bool:
        """Return whether a response redirected that name."""
        return repo.lower() in self._roots

    def learn(self, repo: str, present: str) -> None:
        """Use the current name `present` in all later requests for `repo`."""
        self._roots[repo.lower()] = f"/repos/{quote(present, safe='/')}"

    async def present_name(self, repo: str) -> str:
        """Request the current name of a renamed repository."""
        answer = await self.get(repo, "", what=f"repository {repo}")
        return self.decode(answer, WireRepo, f"repository {repo}").full_name

    async def repo_size(self, repo: str) -> int | None:
        """Return the size of a repository with its history, in bytes; None if the API does not state it."""
        answer = await self.get(repo, "", what=f"repository {repo}")
        size = self.decode(answer, WireRepo, f"repository {repo}").size
        return size * 1000 if size else None

    async def get(
        self,
        repo: str,
        tail: str,
        params: Mapping[str, str | int] | None = None,
        *,
        what: str,
        allow: frozenset[int] = frozenset(),
        max_bytes: int = MAX_BYTES,
        time_limit: float = 0.0,
        cached: bool = True,
        reserve: int | None = None,
    ) -> ApiResponse:
        """Read a path of a repository (see `Client.get`).

        `tail` is percent-encoded and begins with a slash, or is empty.
        """
        root = self.root(repo)
        answer = await self.client.get(
            root + tail,
            params,
            what=what,
            allow=allow,
            max_bytes=max_bytes,
            time_limit=time_limit,
            cached=cached,
            reserve=reserve,
        )
        if answer.moved and not tail.startswith("/issues/"):
            # The path ends as requested, so its beginning is the repository's new path.
            # An issue is excluded: it may have moved without its repository.
            path = answer.url.removeprefix(self.client.api_url).partition("?")[0]
            if path.endswith(tail) and path != root + tail:
                self._roots[repo.lower()] = path[: len(path) - len(tail)] if tail else path
        return answer

    async def list_all(
        self,
        repo: str,
        tail: str,
        params: Mapping[str, str | int],
        kind: type[list[T]],
        *,
        what: str,
    ) -> tuple[list[T], bool]:
        """Return the items of a list, and whether the list is complete: at most `MAX_PAGES` pages are read."""
        items: list[T] = []
        answer = await self.get(repo, tail, params, what=what)
        async for page in self.pages(answer, what=what):
            items += self.decode(page, kind, what)
            answer = page
        return items, not answer.next

    async def pages(
        self,
        first: ApiResponse,
        *,
        what: str,
        cached: bool = True,
        reserve: int | None = None,
        reserve_below: int | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[ApiResponse]:
        """Yield a list's first page and the following pages, at most `limit` (default: `MAX_PAGES`).

        With `reserve_below`, a page is optional (`reserve`) only if at most that many requests are left. If more pages
        exist, the last yielded page has a `next`. Raises `BadResponse` if the pages form a loop.
        """
        answer, seen = first, {first.url}
        yield answer
        for _ in range((limit or MAX_PAGES) - 1):
            if not answer.next:
                return
            if answer.next in seen:
                raise BadResponse(f"{self.client.host} lists {what} in an endless loop of pages. Try again.")
            seen.add(answer.next)
            optional = reserve_below is None or self.is_scarce(reserve_below)
            answer = await self.client.get(answer.next, what=what, cached=cached, reserve=reserve if optional else None)
            yield answer

    def decode(self, answer: ApiResponse, kind: type[T], what: str) -> T:
        """Return the response's JSON as typed structs. Raises `BadResponse` if it has another shape."""
        try:
            value = msgspec.json.decode(answer.body, type=kind)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            detail = safe_line(str(error), 120)
        else:
            if not isinstance(value, list) or len(value) <= MAX_ITEMS:
                return value
            detail = f"{len(value):,} items"
        path = urlsplit(answer.url).path
        raise failures.shape_error(f"{detail}, at {safe_line(path, 120)}", self.client.target(what))

    async def cached(self, key: str, kind: type[T]) -> T | None:
        """Return the facts that `store` cached under the key, or None."""
        return await asyncio.to_thread(self.cache.get_fact, key, kind) if self.cache else None

    async def store(self, key: str, value: object) -> None:
        """Cache facts under a key that contains everything they depend on."""
        if self.cache:
            await asyncio.to_thread(self.cache.put_fact, key, value)


def is_full_sha(text: str) -> bool:
    """Return whether the text is a full, lower-case SHA-1."""
    return FULL_SHA.fullmatch(text) is not None
