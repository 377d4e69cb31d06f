"""The one protocol every source answers: read-only questions about a repository on a forge or a disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from pawtui.sources.facts import Comment, Commit, Commits, Comparison, Found, Head, Issue, Spent, Tag, Tree
from pawtui.sources.source_errors import SourceError

# For `Source.commits`: what stands at the path is not known yet.
NOT_KNOWN = "?"


class Source(Protocol):
    """Questions may be asked at the same time; a source bounds how many it sends at once and asks none twice.

    Every method raises `SourceError` (a sentence) when the fact cannot be had.
    """

    @property
    def label(self) -> str:
        """How this source is called in the record and on the screen: `live`, `demo`."""

    async def head(self, repo: str, refs: Sequence[str]) -> Head:
        """The first of `refs` that exists, with its full SHA. Follows a renamed repository."""

    async def head_at(self, repo: str, refs: Sequence[str], when: dt.datetime) -> Head:
        """The same as it stood at `when`: the newest commit of the first such ref whose committer date is not later."""

    async def commit(self, repo: str, sha: str) -> Commit:
        """One commit by SHA (short or full) or tag name."""

    async def commit_before(self, repo: str, head: str, when: dt.datetime) -> Commit | None:
        """The newest commit reachable from `head` that is not later than `when`; None if there is none."""

    async def tree(self, repo: str, sha: str) -> Tree:
        """Every path of a commit, in one request."""

    async def blob(self, repo: str, sha: str) -> bytes:
        """A file's bytes by blob SHA. `Refused` above 1 MB."""

    async def commits(
        self, repo: str, head: str, path: str, since: dt.date, *, entry: str | None = None, base: str | None = None
    ) -> Commits:
        """The commits that touched `path`, reachable from `head`, since the start of that UTC day, newest first.

        `entry` is the SHA of the object at `path` (None: it does not exist there; `UNTOLD`: not waited for); `base`
        a commit known to be an ancestor of `head`. A list already known at `base` for the same `entry` is still
        right and costs nothing.
        """

    async def tags(self, repo: str, prefix: str) -> tuple[Tag, ...]:
        """Every tag whose name starts with `prefix`."""

    async def tag_commit(self, repo: str, tag: Tag) -> Commit:
        """The commit a tag names, whether it is annotated or not."""

    async def compare(self, repo: str, base: str, head: str) -> Comparison:
        """What lies between two commits of one repository."""

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        """Issues or pull requests by number; one that cannot be had is its error, beside the others."""

    async def search(self, repo: str, query: str) -> Found:
        """Issues of one repository that match a search in GitHub's own words."""

    async def comments(self, repo: str, number: int) -> tuple[Comment, ...]:
        """Every comment of an issue, oldest first."""

    def spent(self) -> Spent:
        """What this source has cost since it was opened."""


@runtime_checkable
class Forge(Source, Protocol):
    """A source that can also be written to: comments on issues, nothing else. Each write is one request, sent once."""

    @property
    def can_write(self) -> bool:
        """Whether there is a token to write with; what it is allowed to do, only an answer tells."""

    async def user(self) -> str:
        """The login that what is written will carry. `Unauthorized` where that cannot be known."""

    async def post_comment(self, repo: str, number: int, body: str) -> Comment:
        """Writes a comment on an issue, in the repository of that (present) name."""

    async def edit_comment(self, repo: str, comment_id: int, body: str) -> Comment:
        """Replaces a comment's text."""
