"""What a source answers with: plain facts about a repository, whatever they were fetched from.

Every string in them is already safe to show (`text.py`). Times are timezone-aware UTC; SHAs are full, lower-case hex.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from pawtui.moments import Moment


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ref stood: `repo` is the repository's present name, `asked` the one it was asked by."""

    repo: str
    asked: str
    ref: str
    sha: str
    committed_at: dt.datetime
    subject: str = ""


class MissingRef(msgspec.Struct, frozen=True, kw_only=True):
    """A ref that does not exist. `leads_to` is the branch that the forge redirects its name to, where it does."""

    name: str
    leads_to: str = ""


class RefMoment(msgspec.Struct, frozen=True, kw_only=True):
    """A commit that a ref is known to have held at a moment. `committed_at` is that commit's own date."""

    sha: str
    at: dt.datetime
    committed_at: dt.datetime


class BranchPoint(msgspec.Struct, frozen=True, kw_only=True):
    """The commit that a branch itself held at a moment.

    `source` says how that is known: `first parents` (from its head back), `activity` (the forge's list of pushes) or
    `refresh` (an earlier refresh recorded it).
    """

    sha: str
    source: Literal["first parents", "activity", "refresh"]


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """One commit: `at` is the committer's date, `subject` the first line of its message."""

    sha: str
    at: dt.datetime
    subject: str
    author: str = ""
    url: str = ""


class ChangedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a commit changed. `before` is its earlier path where it was renamed."""

    path: str
    status: str
    additions: int = 0
    deletions: int = 0
    before: str = ""


class CommitDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A commit with its whole message and its files; `more_files` says that some are left out."""

    commit: Commit
    message: str
    files: tuple[ChangedFile, ...] = ()
    more_files: bool = False


class Commits(msgspec.Struct, frozen=True, kw_only=True):
    """The commits of one path since a day, newest first; older ones may follow.

    `complete` is False when paging stopped before that day.
    `begins` is True when the list goes back to the first commit that touched the path; where nobody asked for that, it
    may be False all the same.
    """

    path: str
    since: dt.date
    items: tuple[Commit, ...]
    complete: bool = True
    begins: bool = False


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A path in a tree: the object's SHA, its type (`commit` is a submodule), and a blob's size in bytes.

    The blob of a `symlink` holds the path that it points to, never a file's text.
    """

    sha: str
    type: Literal["blob", "tree", "commit", "symlink"]
    size: int = 0


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """Every path under a commit. `truncated` means GitHub left some out: a path not found may still exist."""

    sha: str
    entries: dict[str, Entry]
    truncated: bool = False


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag's name and the object it names: a commit, or the object of an annotated tag."""

    name: str
    sha: str
    annotated: bool = False


class DatedTag(msgspec.Struct, frozen=True, kw_only=True):
    """The commit that a tag names, and when the tag was made: the tagger's date of an annotated tag, else the
    commit's."""

    name: str
    sha: str
    at: dt.datetime


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What lies between two commits: `commits` are those of `head` only, `behind` those of `base` only.

    `base` is an ancestor of `head`, or the same, where `behind` is 0. `files` are at least so many where
    `files_at_least` says so (GitHub lists 300). `plain`: every commit is known, and none says that it undoes another.
    """

    base: str
    head: str
    commits: int
    behind: int
    files: int
    files_at_least: bool = False
    url: str = ""
    plain: bool = False

    @property
    def ancestor(self) -> bool:
        """Whether `base` is an ancestor of `head`, or the same commit."""
        return self.behind == 0


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """An issue or a pull request. `repo` and `number` are its present ones: it may have been moved.

    `reason` is why it was closed, in the forge's words: `completed`, `not_planned`, `duplicate`, or empty where none
    was given. `original` is the issue (`owner/repo#number`) that it repeats, where that is known.
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


class Pull(msgspec.Struct, frozen=True, kw_only=True):
    """An open pull request: `head` is the SHA of its newest commit."""

    number: int
    title: str
    url: str
    head: str
    updated_at: dt.datetime
    draft: bool = False


class Pulls(msgspec.Struct, frozen=True, kw_only=True):
    """The open pull requests into a branch, the one updated last first. `complete` is False when more exist."""

    items: tuple[Pull, ...]
    complete: bool = True


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What stood at an address outside the forge: the body's bytes and the host that gave it."""

    body: bytes
    host: str
    url: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A search's answer: how many in all, and the first of them. `complete` is False when the search timed out."""

    total: int
    items: tuple[Issue, ...] = ()
    complete: bool = True


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment on an issue. `association` is GitHub's word for the author's standing: OWNER, MEMBER, NONE, ..."""

    id: int
    author: str
    association: str
    body: str
    created_at: dt.datetime
    updated_at: dt.datetime
    url: str


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where the facts of a repository come from: `words` says which are a clone's (empty: all are the forge's).

    `known_until` is the moment up to which its refs are known (None: they are asked for now).
    """

    words: str = ""
    known_until: dt.datetime | None = None


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What a refresh cost: requests sent, those answered with 304, and what is left of the hourly limit, if known."""

    sent: int = 0
    not_modified: int = 0
    remaining: int | None = None
    limit: int | None = None
    reset_at: Moment | None = None
