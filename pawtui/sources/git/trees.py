"""Every path of a commit, as `git ls-tree` lists it; of a second one, as `git diff-tree` tells it from the first."""

from __future__ import annotations

from typing import Literal

from pawtui.sources.facts import Entry, Tree
from pawtui.sources.sanitize import safe_path

LIST = ("ls-tree", "-r", "-t", "-z", "--full-tree")
DIFFER = ("diff-tree", "-r", "-t", "-z", "--raw", "--no-renames", "--no-ext-diff", "--ignore-submodules=none")
_SYMLINK, _FOLDER, _SUBMODULE = "120000", "040000", "160000"
_GONE = "D"


def parse_list(sha: str, out: bytes) -> Tree:
    """Return the tree of a commit from what `git ls-tree` printed, keyed by each path's safe form.

    Sizes are not in it: in a clone without files' contents, asking for them would fetch every file.
    """
    entries: dict[str, Entry] = {}
    for line in out.decode("utf-8", "replace").split("\0"):
        # MODE TYPE SHA<tab>PATH
        head, _, path = line.partition("\t")
        if path:
            entries[safe_path(path)] = Entry(head[-40:], _type(head[:6]))
    return Tree(sha=sha, entries=entries)


def parse_difference(known: Tree, sha: str, out: bytes) -> Tree:
    """Return the tree of a commit from what `git diff-tree --raw` printed between a known one and it.

    New paths come last in it.
    """
    fields = out.decode("utf-8", "replace").split("\0")
    # :OLDMODE NEWMODE OLDSHA NEWSHA STATUS, then the path.
    changes = [(head.split(" "), safe_path(path)) for head, path in zip(fields[::2], fields[1::2], strict=False)]
    entries = dict(known.entries)
    for head, path in changes:
        if head[4] == _GONE:
            entries.pop(path, None)
    # A file and a folder may take each other's place: what is there now is told last.
    for head, path in changes:
        if head[4] != _GONE:
            entries[path] = Entry(head[3], _type(head[1]))
    return Tree(sha=sha, entries=entries)


def _type(mode: str) -> Literal["blob", "tree", "commit", "symlink"]:
    """Return what a mode says that a path is (gitformat-index(5))."""
    if mode == _FOLDER:
        return "tree"
    return "symlink" if mode == _SYMLINK else "commit" if mode == _SUBMODULE else "blob"
