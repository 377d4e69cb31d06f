"""A repository as plain data: commits, their files, branches and tags.

As in Git, an id is a hash of the content, so equal files and equal folders have equal ids. Drift and surfaces are
measured by these ids. Apart from that, the ids differ from those of Git.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping

import msgspec
from msgspec.structs import replace

from pawtui.sources.facts import ChangedFile, TreeEntry

# An edit of a path: the new text, a function of the old text, or None to delete the path.
FileEdit = str | Callable[[str], str] | None


def at_day(today: dt.date, day: float) -> dt.datetime:
    """Return the time `day` days after today's midnight (UTC), to the minute; a negative `day` is in the past."""
    return dt.datetime.combine(today, dt.time(), dt.UTC) + dt.timedelta(minutes=round(day * 24 * 60))


def swap(old: str, new: str) -> Callable[[str], str]:
    """Return the edit that replaces one text by another."""
    return lambda text: text.replace(old, new)


def bump_revision(text: str) -> str:
    """Return a file's text with its revision increased by one, or with one more line if it has no revision."""
    head, mark, number = text.rpartition("revision = ")
    return f"{head}{mark}{int(number) + 1}\n" if mark else f"{text}\nOne more sentence.\n"


class NewCommit(msgspec.Struct, frozen=True):
    """A commit to add: `day` counts from today's midnight (negative); `branch` is empty for the main branch."""

    day: float
    subject: str
    edits: Mapping[str, FileEdit]
    author: str = "Heddle"
    branch: str = ""


class DemoCommit(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A commit: `at` is the author date and the committer date, `blobs` are the blob SHAs of all files by path.

    `parent` is empty for the first commit, and no commit has two. `touched` are the changed paths and their folders.
    """

    sha: str
    parent: str
    at: dt.datetime
    author: str
    message: str
    blobs: dict[str, str]
    touched: frozenset[str]


class DemoTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag, which is not annotated."""

    name: str
    commit: str
    at: dt.datetime


class DemoBranch(msgspec.Struct, frozen=True, kw_only=True):
    """A branch; `deleted_at` is in the far future if the branch is never deleted."""

    tip: str
    created_at: dt.datetime
    deleted_at: dt.datetime = dt.datetime.max.replace(tzinfo=dt.UTC)


class DemoRepository:
    """A repository that is built commit by commit, and can be read as of any time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.commits: dict[str, DemoCommit] = {}
        # By SHA: the texts of all files.
        self.blobs: dict[str, bytes] = {}
        self.branches: dict[str, DemoBranch] = {}
        self.tags: dict[str, DemoTag] = {}

    # --- building ---

    def commit(self, branch: str, at: dt.datetime, author: str, message: str, edits: Mapping[str, FileEdit]) -> str:
        """Add a commit to a branch and return its id. A branch that does not exist is created."""
        old = self.branches.get(branch)
        parent = self.commits[old.tip] if old else None
        blobs = dict(parent.blobs) if parent else {}
        for path, edit in edits.items():
            text = edit(self.blobs[blobs[path]].decode()) if callable(edit) else edit
            if text is None:
                del blobs[path]
            else:
                blobs[path] = _id("blob", text)
                self.blobs[blobs[path]] = text.encode()
        tip = parent.sha if parent else ""
        changes = [f"{blobs.get(path)} {path}" for path in edits]
        sha = _id("commit", tip, at.isoformat(), author, message, *changes)
        self.commits[sha] = DemoCommit(
            sha=sha,
            parent=tip,
            at=at,
            author=author,
            message=message,
            blobs=blobs,
            touched=frozenset(touched for path in edits for touched in (path, *_folders(path))),
        )
        self.branches[branch] = replace(old, tip=sha) if old else DemoBranch(tip=sha, created_at=at)
        return sha

    def branch(self, name: str, source: str, at: dt.datetime) -> None:
        """Create a branch at the tip of the branch `source`."""
        self.branches[name] = DemoBranch(tip=self.branches[source].tip, created_at=at)

    def delete_branch(self, name: str, at: dt.datetime) -> None:
        """Delete a branch. It can still be read as of an earlier time."""
        self.branches[name] = replace(self.branches[name], deleted_at=at)

    def tag(self, name: str, commit: str, at: dt.datetime) -> None:
        self.tags[name] = DemoTag(name=name, commit=commit, at=at)

    # --- reading ---

    def resolve(self, ref: str, when: dt.datetime) -> DemoCommit | None:
        """Return the commit of a branch, tag, full or short SHA at that time; None if there is none."""
        branch = self.branches.get(ref)
        if branch is not None and branch.created_at <= when < branch.deleted_at:
            return next(commit for commit in self.history(branch.tip) if commit.at <= when)
        tag = self.tags.get(ref)
        if tag is not None and tag.at <= when:
            return self.commits[tag.commit]
        if ref in self.commits:
            return self.commits[ref]
        if len(ref) < 4:
            return None
        close = [sha for sha in self.commits if sha.startswith(ref)]
        return self.commits[close[0]] if len(close) == 1 else None

    def history(self, sha: str, path: str = "") -> Iterator[DemoCommit]:
        """Yield the commits reachable from `sha`, newest first; only commits that changed `path` if it is given."""
        while sha:
            commit = self.commits[sha]
            if not path or path in commit.touched:
                yield commit
            sha = commit.parent

    def entries(self, sha: str) -> dict[str, TreeEntry]:
        """Return every path of a commit, including folders, in order."""
        blobs = self.commits[sha].blobs
        entries = {path: TreeEntry(blob, "blob", len(self.blobs[blob])) for path, blob in blobs.items()}
        content: dict[str, list[str]] = {}
        for path, blob in sorted(blobs.items()):
            for folder in _folders(path):
                content.setdefault(folder, []).append(f"{blob} {path.removeprefix(folder)}")
        entries |= {folder: TreeEntry(_id("tree", *lines), "tree") for folder, lines in content.items()}
        return dict(sorted(entries.items()))

    def changes(self, base: str, head: str) -> list[ChangedFile]:
        """Return the files that differ between two commits, by path. If `base` is empty, every file is added."""
        old = self.commits[base].blobs if base else {}
        new = self.commits[head].blobs
        removed = {path: sha for path, sha in old.items() if path not in new}
        changes = []
        for path, sha in new.items():
            if path not in old:
                before = next((old_path for old_path, old_sha in removed.items() if old_sha == sha), "")
                removed.pop(before, None)
                changes.append(ChangedFile(path=path, status="renamed" if before else "added", before=before))
            elif old[path] != sha:
                changes.append(ChangedFile(path=path, status="modified"))
        changes += [ChangedFile(path=path, status="removed") for path in removed]
        return sorted(changes, key=lambda change: change.path)


def _folders(path: str) -> list[str]:
    """Return the folders of a path: `a` and `a/b` of `a/b/c`."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def _id(*content: str) -> str:
    return hashlib.sha1("\0".join(content).encode(), usedforsecurity=False).hexdigest()
