"""What a source answers with: plain facts about a repository, whatever they were fetched from.

Every string in them is already safe to show (`text.py`). Times are timezone-aware UTC; SHAs are full, lower-case hex.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ref stood: `repo` is the repository's present name, `asked` the one it was asked by."""

    repo: str
    asked: str
    ref: str
    sha: str
    committed_at: dt.datetime
    subject: str = ""
    # Refs that were tried before this one and do not exist.
    missing: tuple[str, ...] = ()


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """One commit: `at` is the committer's date, `subject` the first line of its message."""

    sha: str
    at: dt.datetime
    subject: str
    author: str = ""
    url: str = ""


class Commits(msgspec.Struct, frozen=True, kw_only=True):
    """The commits of one path since a day, newest first. `complete` is False when paging stopped before that day."""

    path: str
    since: dt.date
    items: tuple[Commit, ...]
    complete: bool = True


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A path in a tree: the object's SHA, `blob`, `tree` or `commit` (a submodule), and a blob's size in bytes."""

    sha: str
    type: Literal["blob", "tree", "commit"]
    size: int = 0


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """Every path under a commit. `truncated` means GitHub left some out: a path not found may still exist."""

    sha: str
    entries: dict[str, Entry]
    truncated: bool = False


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag's name and the object it names (a commit or an annotated tag), whose date costs a look of its own."""

    name: str
    sha: str
    annotated: bool = False


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What lies between two commits. `at_least` flags say that GitHub's limits (300 files) cut the count short."""

    base: str
    head: str
    # Whether `base` is an ancestor of (or is) `head`; False after a force-push.
    ancestor: bool
    commits: int
    files: int
    commits_at_least: bool = False
    files_at_least: bool = False
    url: str = ""


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """An issue or a pull request. `repo` and `number` are its present ones: it may have been moved."""

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


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What a refresh cost: requests sent, how many were answered 304, what the hour's limit leaves (None: unknown)."""

    sent: int = 0
    not_modified: int = 0
    remaining: int | None = None
    limit: int | None = None
    reset_at: dt.datetime | None = None
