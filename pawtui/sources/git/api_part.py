"""Facts that only GitHub's API has: issues, pull requests, searches, comments, documents.

If the API could not be reached once, later requests fail at once, without waiting for their timeouts.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from pawtui.sources.facts import (
    Comment,
    CommitDetail,
    Issue,
    MergedPull,
    Pulls,
    RequestUsage,
    SearchResult,
    WebDocument,
)
from pawtui.sources.protocol import Source, WritableSource
from pawtui.sources.source_errors import Offline, SourceError, Unauthorized

T = TypeVar("T")


class ApiPart:
    """The base of `GitSource`: the methods of `WritableSource` that need the API."""

    def __init__(self, api: Source) -> None:
        self.api = api
        self._unreachable = ""

    async def call_api(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return the result of an API call. Raises `Offline` at once if the API could not be reached before."""
        if self._unreachable:
            raise Offline(self._unreachable)
        try:
            return await call()
        except Offline as error:
            self._unreachable = str(error)
            raise

    def usage(self) -> RequestUsage:
        """See `Source.usage`. Reading a clone costs no request."""
        return self.api.usage()

    def requests_left(self) -> int:
        return self.api.requests_left()

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        if self._unreachable:
            return {number: Offline(self._unreachable) for number in numbers}
        results = await self.api.issues(repo, numbers)
        offline = next((result for result in results.values() if isinstance(result, Offline)), None)
        self._unreachable = str(offline) if offline is not None else ""
        return results

    async def commit_detail(self, repo: str, sha: str) -> CommitDetail:
        return await self.call_api(lambda: self.api.commit_detail(repo, sha))

    async def search(self, repo: str, query: str) -> SearchResult:
        return await self.call_api(lambda: self.api.search(repo, query))

    async def comments(self, repo: str, number: int) -> tuple[Comment, ...]:
        return await self.call_api(lambda: self.api.comments(repo, number))

    async def open_pulls(self, repo: str, branch: str) -> Pulls:
        return await self.call_api(lambda: self.api.open_pulls(repo, branch))

    async def merged_pull(self, repo: str, number: int) -> MergedPull:
        return await self.call_api(lambda: self.api.merged_pull(repo, number))

    async def pull_files(self, repo: str, number: int, head: str) -> tuple[str, ...]:
        return await self.call_api(lambda: self.api.pull_files(repo, number, head))

    async def document(self, url: str) -> WebDocument:
        """See `Source.document`. It is on another host, which may be reachable even if GitHub is not."""
        return await self.api.document(url)

    @property
    def can_write(self) -> bool:
        return isinstance(self.api, WritableSource) and self.api.can_write

    async def user(self) -> str:
        return await self._writable_api().user()

    async def post_comment(self, repo: str, number: int, body: str) -> Comment:
        return await self._writable_api().post_comment(repo, number, body)

    async def edit_comment(self, repo: str, comment_id: int, body: str) -> Comment:
        return await self._writable_api().edit_comment(repo, comment_id, body)

    def _writable_api(self) -> WritableSource:
        if not isinstance(self.api, WritableSource):
            raise Unauthorized(f"The source {self.api.label} is read-only: nothing was written.")
        return self.api
