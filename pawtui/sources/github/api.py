"""Requests about repositories: names, typed responses, pages, and the cache of facts."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar
from urllib.parse import quote

from pawtui.phrases import short_sha
from pawtui.repo_names import is_repo_name
from pawtui.sources.github.cache import Cache, fact_key
from pawtui.sources.github.client import Client, Params
from pawtui.sources.github.request import CACHED, NOT_CACHED, RequestOptions, Response
from pawtui.sources.github.server import web_url
from pawtui.sources.github.wire import WireBranch, WireRepo
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import Refused

_T = TypeVar("_T")
_P = ParamSpec("_P")

MAX_PAGES = 30
PAGE_SIZE = 100  # GitHub's largest page
_FULL_SHA = re.compile(r"[0-9a-f]{40}")

# A function that reads a fact: the API, the name of a repository, and further arguments.
_Read: TypeAlias = Callable[Concatenate["Api", str, _P], Coroutine[Any, Any, _T]]


class Api:
    """Requests by repository name. A renamed repository is requested by its current name."""

    def __init__(self, client: Client, cache: Cache | None) -> None:
        self.client = client
        self.cache = cache
        self.web = web_url(client.api_url)
        # Refs that were found as branches: the lower-case name of the repository, and the branch.
        self.known_branches: set[tuple[str, str]] = set()
        # By lower-case name: the current name of a renamed repository.
        self._new_names: dict[str, str] = {}

    def repo_path(self, repo: str) -> str:
        """Return the path of a repository under its current name. Raises `Refused` if `repo` is not `owner/name`."""
        if not is_repo_name(repo):
            raise Refused(f"{safe_line(repo, 80)!r} is not a repository name. Give owner/name.")
        return f"/repos/{quote(self.current_name(repo), safe='/')}"

    def current_name(self, repo: str) -> str:
        """Return the repository's current name, or `repo` if no response redirected to it."""
        return self._new_names.get(repo.lower(), repo)

    async def repository(self, repo: str) -> WireRepo:
        """Return GitHub's description of a repository."""
        response = await self.get(repo, "", what=f"repository {repo}", options=CACHED)
        return response.decode(WireRepo)

    async def current_branch_name(self, repo: str, branch: str, options: RequestOptions = CACHED) -> str:
        """Return the name of a branch, which is its new name if it was renamed; empty if there is no such branch."""
        what = f"branch {safe_line(branch, 100)} of {repo}"
        tail = f"/branches/{quote(branch, safe='')}"
        response = await self.get(repo, tail, what=what, allow=frozenset({404, 422}), options=options)
        return response.decode(WireBranch).name if response.is_success else ""

    async def get(
        self,
        repo: str,
        tail: str,
        params: Params | None = None,
        *,
        what: str,
        allow: frozenset[int] = frozenset(),
        options: RequestOptions = NOT_CACHED,
    ) -> Response:
        """Read a path of a repository; see `Client.get`. `tail` begins with a slash, or is empty."""
        repo_path = self.repo_path(repo)
        response = await self.client.get(repo_path + tail, params, what=what, allow=allow, options=options)
        if not tail.startswith("/issues/"):
            # If a redirected path ends as requested, its beginning is the repository's new path, `/repositories/ID`.
            # Issues are excluded: they may have moved without their repository.
            path = response.request.url.removeprefix(self.client.api_url).partition("?")[0]
            if path.endswith(tail) and path != repo_path + tail:
                renamed = await self.client.get(path.removesuffix(tail), what=f"repository {repo}", options=CACHED)
                name = renamed.decode(WireRepo).full_name
                if is_repo_name(name):
                    self._new_names[repo.lower()] = name
        return response

    async def list_all(
        self, repo: str, tail: str, type_: type[list[_T]], *, what: str, options: RequestOptions = CACHED
    ) -> tuple[list[_T], bool]:
        """Return the items of a list, and whether the list is complete: at most `MAX_PAGES` pages are read."""
        items: list[_T] = []
        previous: Response | None = None
        for number in range(1, MAX_PAGES + 1):
            response = await self.page(repo, tail, {}, number, previous, what=what, options=options)
            if previous is not None and not previous.next and response.body == previous.body:
                # GitHub lists all refs on each page.
                return items, True
            found, previous = response.decode(type_), response
            items += found
            if is_last_page(response, len(found)):
                return items, True
        return items, False

    async def page(
        self,
        repo: str,
        tail: str,
        params: Params,
        number: int,
        previous: Response | None,
        *,
        what: str,
        options: RequestOptions,
    ) -> Response:
        """Return a page of a list: at the link of the page `previous`, or by its number if there is no link."""
        if previous is not None and previous.next:
            return await self.client.get(previous.next, what=what, options=options)
        params = {**params, "per_page": PAGE_SIZE, "page": number}
        return await self.get(repo, tail, params, what=what, options=options)

    def identity_key(self, kind: str, repo: str, *details: object) -> str:
        """Return the cache key of a fact that is not identified by a SHA: each host and each token has its own."""
        return fact_key(f"{kind} {self.client.identity}", repo, *details)

    async def load_fact(self, key: str, type_: type[_T]) -> _T | None:
        """Return the fact that `store_fact` cached under the key, or None."""
        return await asyncio.to_thread(self.cache.get, key, type_) if self.cache else None

    async def store_fact(self, key: str, value: object) -> None:
        """Cache a fact under a key that contains everything that it depends on."""
        if self.cache:
            await asyncio.to_thread(self.cache.put, key, value)


def is_last_page(response: Response, items: int) -> bool:
    """Return whether a page with so many items is the last one.

    A full page never counts as the last one, because proxies may remove the link to the next page.
    """
    return not response.next and items != PAGE_SIZE


def is_full_sha(text: str) -> bool:
    """Return whether the text is a full, lower-case SHA-1."""
    return _FULL_SHA.fullmatch(text) is not None


def ref_text(ref: str) -> str:
    """Return a ref for a message: safe to show, and a full SHA shortened."""
    return short_sha(ref) if is_full_sha(ref) else safe_line(ref, 100)


def cached_by_arguments(kind: str, type_: type[_T]) -> Callable[[_Read[_P, _T]], _Read[_P, _T]]:
    """Cache the facts that a function reads by its arguments: for the same arguments, the fact must never change.

    With a short SHA or a tag as an argument, it is not cached. Without a SHA, as for the number of a pull request, each
    host and each token has its own fact. Keyword arguments are not part of the key.
    """

    def decorate(read: _Read[_P, _T]) -> _Read[_P, _T]:
        async def cached_read(api: Api, repo: str, /, *args: _P.args, **options: _P.kwargs) -> _T:
            names = [arg for arg in args if isinstance(arg, str)]
            key = (fact_key if names else api.identity_key)(kind, api.current_name(repo), *args)
            is_immutable = all(is_full_sha(name) for name in names)
            if is_immutable and (known := await api.load_fact(key, type_)) is not None:
                return known
            fact = await read(api, repo, *args, **options)
            if is_immutable:
                await api.store_fact(key, fact)
            return fact

        return cached_read

    return decorate
