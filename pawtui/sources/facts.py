"""Facts about a repository, independent of their source.

Every string is already safe to show (`sanitize.py`). Times are timezone-aware UTC; SHAs are full, lower-case hex.
"""

import datetime as dt
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import msgspec

from pawtui.moments import Moment
from pawtui.sources.dates import day_start, is_out_of_range
from pawtui.sources.sanitize import first_paragraph, long_line, safe_line

# git's SHA of a blob without bytes.
EMPTY_FILE_SHA = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
_BREAKING_FOOTER = re.compile(r"(?m)^BREAKING[ -]CHANGE:(?:\s|$)")


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The commit of a ref. `repo` is the repository's current name.

    `requested_repo` is the name by which it was requested: the old name of a renamed repository. Tags, issues and
    searches are requested by this name everywhere, so that equal requests are sent once.
    """

    repo: str
    requested_repo: str
    ref: str
    sha: str
    committed_at: dt.datetime


class MissingRef(msgspec.Struct, frozen=True, kw_only=True):
    """A ref that does not exist. `renamed_to` is the new name of a renamed branch, if GitHub redirects to it."""

    name: str
    renamed_to: str = ""


class RecordedHead(msgspec.Struct, frozen=True, kw_only=True):
    """The commit that an earlier refresh recorded for a ref at a time. `committed_at` is the commit's own date."""

    sha: str
    at: dt.datetime
    committed_at: dt.datetime


class PastHead(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a branch at a past time.

    `found_by` is how it was found: by the branch's `first parents`, by GitHub's list of pushes (`activity`), or by an
    earlier `refresh`, which recorded it.
    """

    sha: str
    found_by: Literal["first parents", "activity", "refresh"]


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """One commit: `at` is the committer's date, `subject` the first paragraph of its message.

    If the subject is cut, `long_subject` has the whole of it: patterns read that. `breaking` is true if the message has
    the footer `BREAKING CHANGE` (Conventional Commits 1.0.0, items 12 and 16). `author` is the author's name in git.
    """

    sha: str
    at: dt.datetime
    subject: str
    author: str = ""
    long_subject: str = ""
    breaking: bool = False

    @property
    def full_subject(self) -> str:
        """The whole subject, even if `subject` is cut."""
        return self.long_subject or self.subject


def safe_commit(sha: str, at: dt.datetime, author: str, message: str) -> Commit:
    """Return a commit, made safe to show. The subject is the first paragraph of `message`."""
    commit_subject = first_paragraph(message)
    return Commit(
        sha=sha,
        at=at,
        subject=safe_line(commit_subject),
        long_subject=long_line(commit_subject),
        author=safe_line(author, 100),
        breaking=_BREAKING_FOOTER.search(message) is not None,
    )


class ChangedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a commit changed. `before` is the earlier path of a renamed file."""

    path: str
    status: str
    additions: int = 0
    deletions: int = 0
    before: str = ""


class CommitDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A commit with its message and files. `more_files`: some files are omitted."""

    commit: Commit
    message: str
    files: tuple[ChangedFile, ...] = ()
    more_files: bool = False


class Commits(msgspec.Struct, frozen=True, kw_only=True):
    """The commits of one path since a day, newest first; older commits may follow.

    `complete` is False if commits since that day are missing. `has_first` is True if the list is known to contain the
    first commit that touched the path.
    """

    path: str
    since: dt.date
    items: tuple[Commit, ...]
    complete: bool = True
    has_first: bool = False

    def reaches(self, day: dt.date) -> bool:
        """Return whether the list has every commit since the start of a UTC day.

        If it is cut, the last usable date decides: a date of 1970 may be invalid.
        """
        if self.has_first or (self.complete and self.since <= day):
            return True
        last = next((commit.at for commit in reversed(self.items) if not is_out_of_range(commit.at)), None)
        return last is not None and last < day_start(day)


# A `blob` is a file, a `tree` a folder, a `commit` a submodule. The blob of a `symlink` contains the target path.
EntryType = Literal["blob", "tree", "commit", "symlink"]


class TreeEntry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The object at a path in a tree: its SHA, its type, and the size of a file in bytes (0 if it is not known)."""

    sha: str
    type: EntryType
    size: int = 0


class Tree(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Every path of the commit `sha`. `truncated`: GitHub omitted some paths, so a missing path may exist."""

    sha: str
    entries: dict[str, TreeEntry]
    truncated: bool = False

    @cached_property
    def paths(self) -> Sequence[str]:
        """Every path, sorted."""
        return sorted(self.entries)


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag's name and the SHA of its object: a commit, or an annotated tag."""

    name: str
    sha: str
    annotated: bool = False


class DatedTag(msgspec.Struct, frozen=True, kw_only=True):
    """The commit of a tag and the tag's date: the tagger's date of an annotated tag, else the commit's date."""

    name: str
    sha: str
    at: dt.datetime


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The difference of two commits: the number of `commits` only in `head`, and of commits only in `base` (`behind`).

    With `files_at_least`, more than `files` files may have changed (GitHub lists 300). `without_reverts`: every commit
    is known, and no message mentions a revert. `merges` counts the merge commits of `commits`, from GitHub only
    those of the first 100.
    """

    base: str
    head: str
    commits: int
    behind: int
    merges: int = 0
    files: int
    files_at_least: bool = False
    without_reverts: bool = False

    @property
    def ancestor(self) -> bool:
        """Whether `base` is an ancestor of `head`, or equal."""
        return self.behind == 0


# The reason of an issue that was converted to a discussion: GitHub gives only an event of that name.
CONVERTED = "converted_to_discussion"


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """An issue or a pull request. `repo` and `number` are the current ones: it may have been moved.

    `reason` is GitHub's reason for closing: `completed`, `not_planned`, `duplicate`, or empty; or it is
    `CONVERTED`. `original` is the original issue of a duplicate (`owner/repo#number`), if known.
    """

    repo: str
    number: int
    title: str
    state: Literal["open", "closed"]
    url: str
    is_pull: bool = False
    merged: bool = False
    labels: tuple[str, ...] = ()
    created_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    reason: str = ""
    original: str = ""
    locked: bool = False
    updated_at: dt.datetime | None = None


class Pull(msgspec.Struct, frozen=True, kw_only=True):
    """An open pull request: `head` is the SHA of its newest commit."""

    number: int
    title: str
    url: str
    head: str
    updated_at: dt.datetime
    draft: bool = False


class MergedPull(msgspec.Struct, frozen=True, kw_only=True):
    """A merged pull request: the branch that it was merged into, and the commit there."""

    base: str
    sha: str


class Pulls(msgspec.Struct, frozen=True, kw_only=True):
    """The open pull requests into a branch, the most recently updated first. `complete` is False if more exist."""

    items: tuple[Pull, ...]
    complete: bool = True


class WebDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document outside GitHub: its bytes and its host."""

    body: bytes
    host: str
    url: str


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """A search result: the total number, and the first issues. `complete` is False if the search timed out."""

    total: int
    items: tuple[Issue, ...] = ()
    complete: bool = True


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment on an issue. `association` is GitHub's role of the author: OWNER, MEMBER, NONE, ...

    A `hidden` comment is collapsed, for example as outdated ("minimized" in GitHub's API).
    """

    id: int
    author: str
    association: str
    body: str
    created_at: dt.datetime
    updated_at: dt.datetime
    url: str
    hidden: bool = False

    @property
    def is_by_maintainer(self) -> bool:
        """Whether the author is a member of the organization or a collaborator of the repository."""
        return self.association in ("OWNER", "MEMBER", "COLLABORATOR")


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The origin of a repository's facts.

    `description` names the clone, or states why it cannot be read; it is empty without a clone. `known_until` is the
    time until which a clone knows the ref (None: the ref is current). `without_remote`: the ref comes from a clone
    without a remote, so its age is not known. `from_copy`: the ref was fetched from another copy, whose age is not
    known.
    """

    description: str = ""
    known_until: dt.datetime | None = None
    without_remote: bool = False
    from_copy: bool = False


class RequestUsage(msgspec.Struct, frozen=True, kw_only=True):
    """The requests of a refresh: the number sent, and the number of 304 responses.

    `limit` and `remaining` are requests an hour, and `reset_at` the end of that hour; None if not known.
    """

    sent: int = 0
    not_modified: int = 0
    remaining: int | None = None
    limit: int | None = None
    reset_at: Moment | None = None
