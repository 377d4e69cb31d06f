"""A repository as plain data: commits, trees, blobs and tags with the same ids as in Git.

Object ids are SHA-1 hashes of Git's object formats ("Git Internals" in Pro Git), so equal content has equal ids. Drift
and surfaces are measured by these ids. This module does not run Git.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate

import msgspec

MADE_UP_MAIL = "nobody@example.invalid"


def at_day(today: dt.date, day: float) -> dt.datetime:
    """Return the time `day` days after today's midnight (UTC), to the minute; a negative `day` is in the past."""
    return dt.datetime.combine(today, dt.time(), dt.UTC) + dt.timedelta(minutes=round(day * 24 * 60))


def bump_revision(text: str) -> str:
    """Return a file's text with its revision increased by one, or with one more line if it has no revision."""
    head, mark, number = text.rpartition("revision = ")
    return f"{head}{mark}{int(number) + 1}\n" if mark else f"{text}\nOne more sentence.\n"


class MovedFrom(msgspec.Struct, frozen=True):
    """An edit that sets a path to the text that `source` had before this commit."""

    source: str


# An edit of a path: the new text, a function of the old text, the text of another path, or None to delete the path.
FileEdit = str | Callable[[str], str] | MovedFrom | None


class DemoCommit(msgspec.Struct, frozen=True, kw_only=True):
    """A commit: `at` is the author date and the committer date, `paths` are the changed paths."""

    sha: str
    tree: str
    parent: str
    at: dt.datetime
    author: str
    message: str
    paths: tuple[str, ...]


class DemoTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag; `object` is the id of an annotated tag, empty for a lightweight tag."""

    name: str
    commit: str
    at: dt.datetime
    object: str = ""


class DemoBranch(msgspec.Struct, frozen=True, kw_only=True):
    """A branch: it exists from `born` until `until` (exclusive); without end if `until` is None."""

    tip: str
    born: dt.datetime
    until: dt.datetime | None = None

    def exists(self, when: dt.datetime) -> bool:
        """Return whether the branch exists at that time."""
        return self.born <= when and (self.until is None or when < self.until)


class DemoTreeEntry(msgspec.Struct, frozen=True, array_like=True):
    """An entry of a tree: Git's mode, `blob` or `tree`, the id of the object, and the size of a blob in bytes."""

    mode: str
    type: str
    sha: str
    size: int = 0


class DemoRepository:
    """A repository that is built commit by commit, and can be read as of any time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.commits: dict[str, DemoCommit] = {}
        # By id of the tree: its entries by name.
        self.trees: dict[str, dict[str, DemoTreeEntry]] = {}
        self.blobs: dict[str, bytes] = {}
        self.branches: dict[str, DemoBranch] = {}
        self.tags: dict[str, DemoTag] = {}
        # By id of the tree: all paths below it.
        self._flat: dict[str, dict[str, DemoTreeEntry]] = {}
        # By path, including folders: the commits that changed the path, oldest first.
        self._touching: dict[str, list[DemoCommit]] = {}
        self._ancestry: dict[str, set[str]] = {}
        self._empty = self._store_tree({})

    # --- Building --------------------------------------------------------------------------------------------------

    def commit(self, branch: str, at: dt.datetime, author: str, message: str, edits: Mapping[str, FileEdit]) -> str:
        """Add a commit to a branch and return its id. A branch that does not exist is created."""
        old = self.branches.get(branch)
        parent = old.tip if old else ""
        before = self.commits[parent].tree if parent else self._empty
        tree = before
        for path, edit in edits.items():
            tree = self._put(tree, path.split("/"), self._text(before, path, edit))
        lines = [f"tree {tree}", *([f"parent {parent}"] if parent else [])]
        actor = f"{author} <{MADE_UP_MAIL}> {int(at.timestamp())} +0000"
        lines += [f"author {actor}", f"committer {actor}", "", message, ""]
        sha = _object_id("commit", "\n".join(lines).encode())
        paths = tuple(sorted(edits))
        commit = DemoCommit(sha=sha, tree=tree, parent=parent, at=at, author=author, message=message, paths=paths)
        self.commits[sha] = commit
        folders = {folder for path in paths for folder in accumulate(path.split("/"), "{}/{}".format)}
        for path in folders:
            self._touching.setdefault(path, []).append(commit)
        self.branches[branch] = DemoBranch(tip=sha, born=old.born if old else at, until=old.until if old else None)
        return sha

    def branch(self, name: str, source: str, born: dt.datetime) -> None:
        """Create a branch at the tip of the branch `source`."""
        self.branches[name] = DemoBranch(tip=self.branches[source].tip, born=born)

    def end_branch(self, name: str, until: dt.datetime) -> None:
        """Delete a branch at the time `until`."""
        self.branches[name] = msgspec.structs.replace(self.branches[name], until=until)

    def tag(self, name: str, commit: str, at: dt.datetime, *, annotated: bool) -> None:
        """Add a tag of a commit."""
        body = f"object {commit}\ntype commit\ntag {name}\ntagger loom <{MADE_UP_MAIL}> {int(at.timestamp())} +0000\n"
        sha = _object_id("tag", f"{body}\n{name}\n".encode()) if annotated else ""
        self.tags[name] = DemoTag(name=name, commit=commit, at=at, object=sha)

    def _text(self, tree: str, path: str, edit: FileEdit) -> str | None:
        if edit is None or isinstance(edit, str):
            return edit
        source = edit.source if isinstance(edit, MovedFrom) else path
        old = self.blobs[self.entries(tree)[source].sha].decode()
        return old if isinstance(edit, MovedFrom) else edit(old)

    def _put(self, tree: str, parts: Sequence[str], text: str | None) -> str:
        """Return the id of `tree` with one path set to `text`, or removed if `text` is None."""
        entries = dict(self.trees[tree])
        name, rest = parts[0], parts[1:]
        entry: DemoTreeEntry | None = None
        if rest:
            child = self._put(entries[name].sha if name in entries else self._empty, rest, text)
            entry = DemoTreeEntry("040000", "tree", child) if child != self._empty else None
        elif text is not None:
            body = text.encode()
            sha = _object_id("blob", body)
            self.blobs[sha] = body
            entry = DemoTreeEntry("100644", "blob", sha, len(body))
        if entry is None:
            entries.pop(name, None)
        else:
            entries[name] = entry
        return self._store_tree(entries)

    def _store_tree(self, entries: dict[str, DemoTreeEntry]) -> str:
        # Git sorts a folder as if its name ended with a slash, and writes its mode without the leading zero.
        def order(item: tuple[str, DemoTreeEntry]) -> str:
            return item[0] + "/" if item[1].type == "tree" else item[0]

        lines = sorted(entries.items(), key=order)
        body = b"".join(
            f"{entry.mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(entry.sha) for name, entry in lines
        )
        sha = _object_id("tree", body)
        self.trees.setdefault(sha, dict(lines))
        return sha

    # --- Reading ---------------------------------------------------------------------------------------------------

    def head(self, branch: str, when: dt.datetime) -> DemoCommit | None:
        """Return the tip of a branch at that time; None if the branch did not exist."""
        existing = self.branches.get(branch)
        if existing is None or not existing.exists(when):
            return None
        return next((commit for commit in self.history(existing.tip) if commit.at <= when), None)

    def resolve(self, ref: str, when: dt.datetime) -> DemoCommit | None:
        """Return the commit of a branch, tag, full or short SHA at that time; None if there is none."""
        if commit := self.head(ref, when):
            return commit
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
        if path:
            ancestry = self._ancestors(sha)
            yield from (commit for commit in reversed(self._touching.get(path, [])) if commit.sha in ancestry)
            return
        while sha:
            yield self.commits[sha]
            sha = self.commits[sha].parent

    def merge_base(self, sha: str, other: str) -> tuple[str, int]:
        """Return the newest common ancestor of two commits (empty: none) and the number of commits from it to `sha`."""
        ancestry, count = self._ancestors(other), 0
        for commit in self.history(sha):
            if commit.sha in ancestry:
                return commit.sha, count
            count += 1
        return "", count

    def _ancestors(self, sha: str) -> set[str]:
        """Return the commits reachable from `sha`, including itself. They never change, so they are cached."""
        if sha not in self._ancestry:
            self._ancestry[sha] = {commit.sha for commit in self.history(sha)}
        return self._ancestry[sha]

    def entries(self, tree: str) -> dict[str, DemoTreeEntry]:
        """Return every path below a tree, including folders, in Git's order."""
        if tree not in self._flat:
            flat: dict[str, DemoTreeEntry] = {}
            for name, entry in self.trees[tree].items():
                flat[name] = entry
                if entry.type == "tree":
                    flat.update({f"{name}/{path}": under for path, under in self.entries(entry.sha).items()})
            self._flat[tree] = flat
        return self._flat[tree]

    def changes(self, base: str, head: str) -> list[tuple[str, str, str, str]]:
        """Return the changed files between two commits: (path, status, blob SHA, earlier path), as the API's `files`.

        If `base` is empty, every file is added.
        """
        old = self._files(self.commits[base].tree) if base else {}
        new = self._files(self.commits[head].tree)
        removed = {path: sha for path, sha in old.items() if path not in new}
        changes = []
        for path, sha in new.items():
            if path not in old:
                source = next((old_path for old_path, old_sha in removed.items() if old_sha == sha), "")
                removed.pop(source, None)
                changes.append((path, "renamed" if source else "added", sha, source))
            elif old[path] != sha:
                changes.append((path, "modified", sha, ""))
        changes += [(path, "removed", sha, "") for path, sha in removed.items()]
        return sorted(changes)

    def _files(self, tree: str) -> dict[str, str]:
        return {path: entry.sha for path, entry in self.entries(tree).items() if entry.type == "blob"}


def _object_id(type_: str, body: bytes) -> str:
    return hashlib.sha1(f"{type_} {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()
