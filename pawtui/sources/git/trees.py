"""Trees from the output of `git ls-tree`, or from a known tree and the output of `git diff-tree`."""

from typing import Literal

from pawtui.sources.facts import Tree, TreeEntry
from pawtui.sources.sanitize import safe_path

LIST_COMMAND = ("ls-tree", "-r", "-t", "-z", "--full-tree")
DIFF_COMMAND = ("diff-tree", "-r", "-t", "-z", "--raw", "--no-renames", "--no-ext-diff", "--ignore-submodules=none")
_SYMLINK, _FOLDER, _SUBMODULE = "120000", "040000", "160000"
_DELETED = "D"


def parse_list(sha: str, out: bytes) -> Tree:
    """Return the tree of a commit from the output of `git ls-tree`, by safe path.

    Entries have no sizes: in a partial clone, git would fetch every file for its size.
    """
    entries: dict[str, TreeEntry] = {}
    for line in out.decode("utf-8", "replace").split("\0"):
        # MODE TYPE SHA<tab>PATH
        head, _, path = line.partition("\t")
        if path:
            entries[safe_path(path)] = TreeEntry(head[-40:], _type(head[:6]))
    return Tree(sha=sha, entries=entries)


def parse_difference(known: Tree, sha: str, out: bytes) -> Tree:
    """Return the tree of a commit from the output of `git diff-tree --raw` between a known tree and it.

    New paths come last.
    """
    fields = out.decode("utf-8", "replace").split("\0")
    # :OLDMODE NEWMODE OLDSHA NEWSHA STATUS, then the path.
    changes = [(head.split(" "), safe_path(path)) for head, path in zip(fields[::2], fields[1::2], strict=False)]
    entries = dict(known.entries)
    for head, path in changes:
        if head[4] == _DELETED:
            entries.pop(path, None)
    # After the deletions: a file may replace a folder of the same name, or a folder a file.
    for head, path in changes:
        if head[4] != _DELETED:
            entries[path] = TreeEntry(head[3], _type(head[1]))
    return Tree(sha=sha, entries=entries)


def _type(mode: str) -> Literal["blob", "tree", "commit", "symlink"]:
    """Return the type of a path by its mode (gitformat-index(5))."""
    if mode == _FOLDER:
        return "tree"
    return "symlink" if mode == _SYMLINK else "commit" if mode == _SUBMODULE else "blob"
