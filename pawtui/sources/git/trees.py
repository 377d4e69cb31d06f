"""Every path of a commit, as `git ls-tree` lists it."""

from __future__ import annotations

from typing import Literal

from pawtui.sources.facts import Entry, Tree
from pawtui.sources.sanitize import safe_path

ARGUMENTS = ("ls-tree", "-r", "-t", "-z", "--full-tree")
_SYMLINK = "120000"
_TYPES: dict[str, Literal["blob", "tree", "commit"]] = {"blob": "blob", "tree": "tree", "commit": "commit"}


class Trees:
    """Turns listings into trees. Lines that several commits share become one object."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Entry]] = {}

    def parse(self, sha: str, out: bytes) -> Tree:
        """Return the tree of a commit from what git printed, keyed by each path's safe form.

        Sizes are not in it: in a clone without files' contents, asking for them would fetch every file.
        """
        known = self._known
        entries: dict[str, Entry] = {}
        for line in out.decode("utf-8", "replace").split("\0"):
            found = known.get(line)
            if found is None:
                if not line:
                    continue
                found = known[line] = _parsed(line)
            entries[found[0]] = found[1]
        return Tree(sha=sha, entries=entries)


def _parsed(line: str) -> tuple[str, Entry]:
    head, _, path = line.partition("\t")
    mode, kind, sha = head.split(" ")
    return safe_path(path), Entry(sha, "symlink" if mode == _SYMLINK else _TYPES[kind])
