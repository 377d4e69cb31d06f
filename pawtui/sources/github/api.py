"""Questions about repositories: names, typed answers, pages, and what is kept by SHA."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from pawtui.sources.github import failures
from pawtui.sources.github.cache import Cache
from pawtui.sources.github.client import MOST_BYTES, Answer, Client
from pawtui.sources.github.token import web_url
from pawtui.sources.github.wire import WireRepo, is_repo_name
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import Refused

T = TypeVar("T")

MOST_PAGES = 30
FULL_SHA = re.compile(r"[0-9a-f]{40}")


class Api:
    """A client that speaks of repositories by name, and knows by which name each is to be asked for now."""

    def __init__(self, client: Client, cache: Cache | None) -> None:
        self.client = client
        self.cache = cache
        self.web = web_url(client.api_url)
        # A past moment is measured without the budget of a refresh: lists are read to their end.
        self.reads_all = False
        # Whether a ref that was missing before has been asked for again: one at each look.
        self.asked_missing_ref = False
        # By lower-case name: the path a renamed repository was found at.
        self._roots: dict[str, str] = {}

    def is_scarce(self, requests: int) -> bool:
        """Return whether no more than so many requests of the budget are left for what may be left out."""
        return not self.reads_all and self.client.spare() <= requests

    def root(self, repo: str) -> str:
        """The path of a repository, after what renames have been seen. `Refused` for what is no `owner/name`."""
        if not is_repo_name(repo):
            raise Refused(f"{safe_line(repo, 80)!r} is not a repository's name. Give it as owner/name.")
        return self._roots.get(repo.lower(), f"/repos/{quote(repo, safe='/')}")

    def name(self, repo: str) -> str:
        """The repository's present name, as far as it has been seen."""
        root = self.root(repo)
        return root.removeprefix("/repos/") if root.startswith("/repos/") else repo

    def was_renamed(self, repo: str) -> bool:
        """Whether a redirect has been seen for that name."""
        return repo.lower() in self._roots

    def learn(self, repo: str, present: str) -> None:
        """From now on `repo` is asked for by its present name."""
        self._roots[repo.lower()] = f"/repos/{quote(present, safe='/')}"

    async def present_name(self, repo: str) -> str:
        """Asks for the present name of a renamed repository."""
        answer = await self.get(repo, "", what=f"repository {repo}")
        return self.decode(answer, WireRepo, f"repository {repo}").full_name

    async def get(
        self,
        repo: str,
        tail: str,
        params: Mapping[str, str | int] | None = None,
        *,
        what: str,
        allow: frozenset[int] = frozenset(),
        most: int = MOST_BYTES,
        keep: bool = True,
        keep_back: int | None = None,
    ) -> Answer:
        """`Client.get` below a repository; `tail` is percent-encoded and begins with a slash, or is empty."""
        root = self.root(repo)
        answer = await self.client.get(
            root + tail, params, what=what, allow=allow, most=most, keep=keep, keep_back=keep_back
        )
        if answer.moved and not tail.startswith("/issues/"):
            # The rest of the path is as asked, so what stands before it is the repository's new place.
            # An issue may have moved by itself, which says nothing of its repository.
            path = answer.url.removeprefix(self.client.api_url).partition("?")[0]
            if path.endswith(tail) and path != root + tail:
                self._roots[repo.lower()] = path[: len(path) - len(tail)] if tail else path
        return answer

    async def pages(
        self,
        repo: str,
        tail: str,
        params: Mapping[str, str | int],
        kind: type[list[T]],
        *,
        what: str,
        keep: bool = True,
    ) -> tuple[list[T], bool]:
        """Every page of a list, and whether that was all of them: at most `MOST_PAGES` are read."""
        answer = await self.get(repo, tail, params, what=what, keep=keep)
        items = self.decode(answer, kind, what)
        for _ in range(MOST_PAGES - 1):
            if not answer.next:
                return items, True
            answer = await self.client.get(answer.next, what=what, keep=keep)
            items += self.decode(answer, kind, what)
        return items, not answer.next

    def decode(self, answer: Answer, kind: type[T], what: str) -> T:
        """The answer's JSON as typed structs; `BadAnswer` where it is another shape."""
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except (msgspec.MsgspecError, ValueError) as error:
            where = safe_line(str(error), 120)
        place = urlsplit(answer.url).path
        raise failures.other_shape(what, self.client.host, f"{where}, at {safe_line(place, 120)}")

    async def cached(self, key: str, kind: type[T]) -> T | None:
        """What `store` stored under that key, or None."""
        return await self.cache.aget_as(key, kind) if self.cache else None

    async def store(self, key: str, value: object) -> None:
        """Stores facts by a key that names all they depend on."""
        if self.cache:
            await self.cache.aput_as(key, value, self.client.clock())


def is_full_sha(text: str) -> bool:
    """Whether that is a full, lower-case SHA-1."""
    return FULL_SHA.fullmatch(text) is not None
