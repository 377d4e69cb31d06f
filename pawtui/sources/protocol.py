"""The protocols of all sources: facts about a repository, and comments on its issues."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Protocol

from pawtui.sources import facts
from pawtui.sources.source_errors import SourceError
from pawtui.sources.waiting import HostWait

# The largest file that a source reads, in bytes.
MAX_BLOB = 1_000_000
# The label of a source that reads all refs, history and files from clones.
CLONES_ONLY = "git"


class Source(Protocol):
    """A source of facts. A method has the name of the fact that it reads.

    Methods may run at the same time. A source limits its parallel requests and reads no fact twice. Every method raises
    `SourceError` if the fact cannot be read: `NotFound` if the repository, commit or issue does not exist, and
    `BudgetSpent` if it is `optional` and the request budget is spent. A source for a past time has no budget.
    """

    @property
    def label(self) -> str:
        """Name of this source in the record and on the screen: `live` (GitHub), `git`, `live and git`, `demo`."""

    def origin(self, repo: str, ref: str) -> facts.Origin:
        """Return where this ref and the facts of its repository came from, as far as they have been read."""

    async def ref_head(self, repo: str, ref: str) -> facts.Head | facts.MissingRef:
        """Return the commit of a branch, tag or SHA. Follows a renamed repository."""

    async def is_archived(self, repo: str) -> bool:
        """Return whether the repository is archived now: nobody can push to it any more."""

    async def past_head(
        self, head: facts.Head, when: dt.datetime, recorded: Sequence[facts.RecordedHead] = ()
    ) -> facts.PastHead:
        """Return the head of the branch of `head` at the past time `when`.

        It may differ from the newest ancestor of `head` at that time, which can be of a branch that was merged later.
        It is one of the `recorded` commits (oldest first), a first parent of the next recorded commit or of `head`, or
        in GitHub's list of pushes. Raises `BeginsLater` if the history begins after `when`, and `Undetermined` if it is
        not found within the request budget, or within a few thousand commits.
        """

    async def commit(self, repo: str, sha: str) -> facts.Commit:
        """Return a commit by SHA (short or full) or tag name."""

    async def commit_detail(self, repo: str, sha: str) -> facts.CommitDetail:
        """Return a commit by SHA, with its message and its files, which may be cut (`more_files`)."""

    async def tree(self, repo: str, sha: str, *, optional: bool = False) -> facts.Tree:
        """Return every path of a commit, with one request."""

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        """Return a file's bytes by blob SHA. Raises `TooLarge` above 1 MB."""

    async def commits(self, repo: str, head: str, path: str, since: dt.date) -> facts.Commits:
        """Return the commits that touched `path`, reachable from `head`, since the start of that UTC day, newest first.

        Older commits may follow. A commit counts by its own date, even if it was merged later.
        """

    async def glob_commits(self, repo: str, head: str, glob: str, since: dt.date) -> facts.Commits | None:
        """Return the commits that touched a file that matches a glob, even one that no longer exists; see `commits`.

        Return None if this source cannot list them.
        """

    async def tags(self, repo: str, prefix: str) -> tuple[facts.Tag, ...]:
        """Return every tag whose name starts with `prefix`."""

    async def dated_tag(self, repo: str, tag: facts.Tag, *, optional: bool = False) -> facts.DatedTag:
        """Return the commit and the date of a tag."""

    async def compare(self, repo: str, base: str, head: str, *, files: bool = True) -> facts.Comparison:
        """Return the comparison of two commits. Without `files`, changed files may not be counted.

        Raises `NoCommonAncestor` if they have no common history.
        """

    async def late_commits(self, repo: str, base: str, head: str, before: dt.date) -> Mapping[str, dt.datetime]:
        """Return the commits (with dates) that `head` contains and `base` does not, and that are dated before that day.

        With the branch's commit at the start of that day as `base`, they are late: they were merged after their date.
        """

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, facts.Issue | SourceError]:
        """Return issues or pull requests by number, or the error of each that cannot be read."""

    async def search(self, repo: str, query: str) -> facts.SearchResult:
        """Return the issues of one repository that match a query in GitHub's search syntax."""

    async def comments(self, repo: str, number: int) -> tuple[facts.Comment, ...]:
        """Return every comment of an issue, oldest first."""

    async def open_pulls(self, repo: str, branch: str) -> facts.Pulls:
        """Return the open pull requests into a branch, the most recently updated first."""

    async def pull_files(self, repo: str, number: int, head: str) -> tuple[str, ...]:
        """Return the paths that a pull request changes at its newest commit `head`; both names of a renamed file."""

    async def merged_pull(self, repo: str, number: int) -> facts.MergedPull:
        """Return the branch that a pull request was merged into, and the commit there.

        Raises `Undetermined` if it was not merged.
        """

    async def web_document(self, url: str) -> facts.WebDocument:
        """Return the document at an https address, requested without a token. Raises `TooLarge` above 4 MB."""

    def usage(self) -> facts.RequestUsage:
        """Return the requests of this source since it was opened."""

    def requests_left(self) -> int:
        """Return the number of optional requests that may still be sent; a large number without a budget."""

    def waiting(self) -> HostWait | None:
        """Return the wait for the host; None if no request is active."""


class WritableSource(Source, Protocol):
    """A source that can also write comments on issues. Each write is one request, never repeated."""

    @property
    def can_write(self) -> bool:
        """Whether there is a token. Its permissions are known only after a request."""

    async def user(self) -> str:
        """Return the login of the comments' author. Raises `Unauthorized` if it is not known."""

    async def post_comment(self, repo: str, number: int, body: str) -> facts.Comment:
        """Write a comment on an issue. `repo` is the current name."""

    async def edit_comment(self, repo: str, comment_id: int, body: str) -> facts.Comment:
        """Replace a comment's text."""
