"""The objects and refs of a repository, read with one git process after each change."""

import datetime as dt
import threading
from bisect import insort
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tests.support.git_repo import GitRepo

_HEX = frozenset("0123456789abcdef")
_KINDS = {"040000": "tree", "160000": "commit"}


class Missing(Exception):
    """Git has no object or ref with that name."""


class Ref(NamedTuple):
    """A ref and its object."""

    name: str
    sha: str
    kind: str


class Object(NamedTuple):
    """An object: its kind (commit, tree, blob, tag) and its content."""

    kind: str
    content: bytes


class Entry(NamedTuple):
    """An entry of a tree."""

    mode: str
    sha: str

    @property
    def kind(self) -> str:
        """The kind of the object."""
        return _KINDS.get(self.mode, "blob")


class Commit(NamedTuple):
    """A commit. The people have a name, an email and a date, as in the API."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: dict[str, str]
    committer: dict[str, str]
    message: str


# The objects of the last repositories, by their content: tests often make the same repository again.
_OBJECTS: dict[bytes, dict[str, Object]] = {}
_MAX_REPOSITORIES = 16
# The number of commits of a short history.
_SHORT = 300


class GitObjects:
    """All objects and refs of a repository. They are read again after the repository has changed."""

    def __init__(self, git: GitRepo) -> None:
        self._git = git
        self._lock = threading.Lock()
        self._version = -1
        self._refs: tuple[Ref, ...] = ()
        self._objects: dict[str, Object] = {}
        self._trees: dict[str, dict[bytes, Entry]] = {}

    def refs(self) -> tuple[Ref, ...]:
        """Return all refs by name."""
        self._read()
        return self._refs

    def resolve(self, *refs: str, sha: str = "") -> str:
        """Return the commit of the first of these refs that has one, or of a SHA (from 7 digits)."""
        self._read()
        known = {ref.name: ref.sha for ref in self._refs}
        for found in (*([known[ref]] for ref in refs if ref in known), self._shas(sha)):
            commits = {commit for commit in map(self._peeled, found) if commit}
            if len(commits) == 1:
                return commits.pop()
        raise Missing

    def get(self, sha: str, kind: str) -> bytes:
        """Return the content of an object of that kind."""
        self._read()
        return self._content(sha, kind)

    def size(self, sha: str) -> int:
        """Return the size of an object."""
        return len(self._objects[sha].content)

    def commit(self, sha: str) -> Commit:
        """Return a commit that `refs` or `resolve` has found, or an ancestor of it."""
        return _commit(sha, self._content(sha, "commit"))

    def ancestors(self, sha: str) -> set[str]:
        """Return a commit and all its ancestors."""
        found: set[str] = set()
        rest = [sha]
        while rest:
            following = rest.pop()
            if following not in found:
                found.add(following)
                rest += self.commit(following).parents
        return found

    def since(self, base: str, head: str) -> list[str]:
        """Return the ancestors of `head`, and itself, that `base` does not have, the newest first."""
        seen = self.ancestors(base)
        found: list[str] = []
        # The newest commit is next; of two with the same date, the one that was found first.
        queue = [] if head in seen else [("", 0, head)]
        while queue:
            sha = queue.pop()[-1]
            found.append(sha)
            for parent in self.commit(sha).parents:
                if parent not in seen:
                    seen.add(parent)
                    insort(queue, (self.commit(parent).committer["date"], -len(seen), parent))
        return found

    def short_log(self, sha: str, path: str) -> list[str] | None:
        """Return the commits that change a path (empty: all commits), as `git log` does, without a process.

        Return None for a history with merges, and for a long one, which git lists faster.
        """
        found: list[str] = []
        for _ in range(_SHORT):
            commit = self.commit(sha)
            parent = "".join(commit.parents[:1])
            old = self._at(self.commit(parent).tree, path) if parent else None
            if not path or self._at(commit.tree, path) != old:
                found.append(sha)
            if len(commit.parents) != 1:
                return None if parent else found
            sha = parent
        return None

    def _at(self, tree: str, path: str) -> Entry | None:
        """Return the entry of a path."""
        entry: Entry | None = Entry("040000", tree)
        for name in path.encode().split(b"/"):
            entry = self._entries(entry.sha).get(name) if entry is not None and entry.kind == "tree" else None
        return entry

    def listing(self, tree: str, recursive: bool, prefix: bytes = b"") -> Iterator[tuple[bytes, Entry]]:
        """Yield the paths of a tree, in git's order; a folder comes before its contents."""
        for name, entry in self._entries(tree).items():
            yield prefix + name, entry
            if recursive and entry.kind == "tree":
                yield from self.listing(entry.sha, recursive, prefix + name + b"/")

    def changed(self, sha: str) -> list[bytes]:
        """Return the files that a commit changes against its first parent."""
        commit = self.commit(sha)
        before = self.commit(commit.parents[0]).tree if commit.parents else ""
        return sorted(self._changed(before, commit.tree, b""))

    def _changed(self, old: str, new: str, prefix: bytes) -> Iterator[bytes]:
        before, after = self._entries(old), self._entries(new)
        for name in before.keys() | after.keys():
            sides = before.get(name), after.get(name)
            if sides[0] == sides[1]:
                continue
            trees = [side.sha if side is not None and side.kind == "tree" else "" for side in sides]
            if any(side is not None and side.kind != "tree" for side in sides):
                yield prefix + name
            if any(trees):
                yield from self._changed(trees[0], trees[1], prefix + name + b"/")

    def _entries(self, tree: str) -> dict[bytes, Entry]:
        if not tree:
            return {}
        if tree not in self._trees:
            self._trees[tree] = dict(_entries(self._content(tree, "tree")))
        return self._trees[tree]

    def _content(self, sha: str, kind: str) -> bytes:
        found = self._objects.get(sha)
        if found is None or found.kind != kind:
            raise Missing
        return found.content

    def _shas(self, name: str) -> list[str]:
        if len(name) == 40:
            return [name] if name in self._objects else []
        if len(name) < 7 or not _HEX.issuperset(name):
            return []
        return [sha for sha in self._objects if sha.startswith(name)]

    def _peeled(self, sha: str) -> str:
        """Return the commit of a commit or tag; empty for another object."""
        found = self._objects[sha]
        if found.kind == "tag":
            return self._peeled(found.content.split(None, 2)[1].decode())
        return sha if found.kind == "commit" else ""

    def _read(self) -> None:
        self._git.flush()
        with self._lock:
            version = self._git.version
            if version == self._version:
                return
            refs = sorted(_refs(self._git.path).items())
            self._objects = _OBJECTS.get(self._git.content, {})
            if not self._objects or any(sha not in self._objects for _, sha in refs):
                self._objects = dict(_objects(self._git.git_bytes("cat-file", "--batch", "--batch-all-objects")))
                if len(_OBJECTS) == _MAX_REPOSITORIES:
                    del _OBJECTS[next(iter(_OBJECTS))]
                _OBJECTS[self._git.content] = self._objects
            self._refs = tuple(Ref(name, sha, self._objects[sha].kind) for name, sha in refs)
            self._version = version


def _refs(folder: Path) -> dict[str, str]:
    """Return the SHA of each ref: from the list of packed refs, or from its own newer file."""
    packed = folder / "packed-refs"
    lines = packed.read_text(encoding="utf-8").splitlines() if packed.exists() else []
    found = {name: sha for sha, _, name in (line.partition(" ") for line in lines) if not sha.startswith(("#", "^"))}
    for file in (folder / "refs").rglob("*"):
        if file.is_file():
            found[file.relative_to(folder).as_posix()] = file.read_text(encoding="utf-8").strip()
    return found


def _objects(raw: bytes) -> Iterator[tuple[str, Object]]:
    """Yield the objects in the output of `git cat-file --batch`."""
    at = 0
    while at < len(raw):
        end = raw.index(b"\n", at)
        sha, kind, size = raw[at:end].decode().split()
        at = end + 1 + int(size) + 1
        yield sha, Object(kind, raw[end + 1 : at - 1])


def _entries(content: bytes) -> Iterator[tuple[bytes, Entry]]:
    """Yield the entries of a tree: a mode, a name and a binary SHA each."""
    at = 0
    while at < len(content):
        end = content.index(b"\0", at)
        mode, _, name = content[at:end].partition(b" ")
        at = end + 21
        yield name, Entry(mode.decode().rjust(6, "0"), content[end + 1 : at].hex())


def person(line: str) -> dict[str, str]:
    """Return the author of a commit or tag: `name <email> seconds zone`."""
    name, _, rest = line.partition(" <")
    email, _, when = rest.partition("> ")
    return {"name": name, "email": email, "date": iso(dt.datetime.fromtimestamp(int(when.split()[0]), dt.UTC))}


def iso(when: dt.datetime) -> str:
    """Return a time in GitHub's format."""
    return f"{when.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(20_000)
def _commit(sha: str, content: bytes) -> Commit:
    head, _, message = content.decode("utf-8", "replace").partition("\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.split("\n"):
        name, _, value = line.partition(" ")
        fields.setdefault(name, []).append(value)
    parents = tuple(fields.get("parent", ()))
    return Commit(sha, fields["tree"][0], parents, person(fields["author"][0]), person(fields["committer"][0]), message)
