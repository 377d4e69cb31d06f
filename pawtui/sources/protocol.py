"""The one protocol that every source answers: read-only questions about a repository on a forge or a disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

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
from pawtui.sources.source_errors import SourceError
from pawtui.sources.waiting import Waiting

# The largest file that a source reads, in bytes.
MAX_BLOB = 1_000_000
# An `entry` of `ListHints` that is not known yet.
NOT_KNOWN = "?"


class ListHints(NamedTuple):
    """Facts that let `Source.commits` use a cached list again.

    `entry` is the SHA of the object at the path: None if the path does not exist, `NOT_KNOWN` if it is not known yet.
    `base` is a commit that is known to be an ancestor of the head.
    """

    entry: str | None = None
    base: str | None = None


NO_HINTS = ListHints()


class Source(Protocol):
    """Questions may be asked at the same time; a source bounds how many it sends at once and asks none twice.

    Every method raises `SourceError` (a sentence) when the fact cannot be had.
    """

    @property
    def label(self) -> str:
        """How this source is called in the record and on the screen: `live`, `demo`."""

    def origin(self, repo: str) -> Origin:
        """Where the facts of a repository come from, as far as it has been asked for."""

    async def ref_head(self, repo: str, ref: str) -> Head | MissingRef:
        """Where a branch, tag or SHA stands. Follows a renamed repository."""

    async def branch_point(
        self, head: Head, when: dt.datetime, recorded: Sequence[RefMoment] = (), *, thorough: bool = False
    ) -> BranchPoint:
        """The commit that the branch of `head` held at `when`, which is not the newest commit of its ancestry.

        The first of these that settles it: a commit that an earlier refresh recorded (`recorded`, oldest first), the
        first-parent chain from the next recorded commit or from `head` back, the forge's own list of pushes. Raises
        `NotSettled` where none does within the requests that may be spent on it; with `thorough` there is no such limit
        but that of a few thousand commits.
        """

    async def commit(self, repo: str, sha: str) -> Commit:
        """One commit by SHA (short or full) or tag name."""

    async def commit_detail(self, repo: str, sha: str) -> CommitDetail:
        """One commit by SHA, with its message and files: for reading, never for measuring."""

    async def tree(self, repo: str, sha: str) -> Tree:
        """Every path of a commit, in one request."""

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        """A file's bytes by blob SHA. `Refused` above 1 MB; one that is `optional` is `NotSettled` over the budget."""

    async def commits(
        self, repo: str, head: str, path: str, since: dt.date, hints: ListHints = NO_HINTS, *, beginning: bool = False
    ) -> Commits:
        """The commits that touched `path`, reachable from `head`, since the start of that UTC day, newest first.

        Older commits may follow. A commit counts by its own date, even if it was merged later. A list that is cached
        for the `base` and the same `entry` of `hints` is used again, without a request. With `beginning`, `begins` of
        the result is always correct.
        """

    async def tags(self, repo: str, prefix: str) -> tuple[Tag, ...]:
        """Every tag whose name starts with `prefix`."""

    async def dated_tag(self, repo: str, tag: Tag) -> DatedTag:
        """The commit that a tag names and when the tag was made."""

    async def compare(self, repo: str, base: str, head: str, *, files: bool = True) -> Comparison:
        """What lies between two commits of one repository. Without `files` they may be left uncounted."""

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        """Issues or pull requests by number; one that cannot be had is its error, beside the others."""

    async def search(self, repo: str, query: str) -> Found:
        """Issues of one repository that match a search in GitHub's own words."""

    async def comments(self, repo: str, number: int) -> tuple[Comment, ...]:
        """Every comment of an issue, oldest first."""

    async def open_pulls(self, repo: str, branch: str) -> Pulls:
        """The open pull requests into that branch, the one updated last first."""

    async def pull_files(self, repo: str, number: int, head: str) -> tuple[str, ...]:
        """The paths that a pull request changes, at its newest commit `head`; for a renamed file both names."""

    async def document(self, url: str) -> Document:
        """A document at an https address, asked for without any token. `Refused` above 1 MB."""

    def spent(self) -> Spent:
        """What this source has cost since it was opened."""

    def spare(self) -> int:
        """How many requests may still be sent for what makes a reading more exact but is not needed for one."""

    def waiting(self) -> Waiting | None:
        """The host that has not answered for the longest time; None while nothing is under way."""


@runtime_checkable
class WritableSource(Source, Protocol):
    """A source that can also be written to: comments on issues, nothing else. Each write is one request, sent once."""

    @property
    def can_write(self) -> bool:
        """Whether there is a token to write with; what it is allowed to do, only an answer tells."""

    async def user(self) -> str:
        """The login that what is written will carry. `Unauthorized` where that cannot be known."""

    async def post_comment(self, repo: str, number: int, body: str) -> Comment:
        """Write a comment on an issue, in the repository of that (present) name."""

    async def edit_comment(self, repo: str, comment_id: int, body: str) -> Comment:
        """Replace a comment's text."""
