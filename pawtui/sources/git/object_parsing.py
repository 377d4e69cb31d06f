"""Facts from git's output: commits, tags and trees, made safe to show as in every source."""

import datetime as dt
from typing import Literal

from pawtui.sources.dates import epoch_to_date
from pawtui.sources.facts import Commit, Tree, TreeEntry, commit_fact
from pawtui.sources.sanitize import safe_path

LIST_TREE = ("ls-tree", "-r", "-t", "-z", "--full-tree")
DIFF_TREES = ("diff-tree", "-r", "-t", "-z", "--raw", "--no-renames", "--no-ext-diff", "--ignore-submodules=none")
_SYMLINK, _FOLDER, _SUBMODULE = "120000", "040000", "160000"
_DELETED = "D"
# A date with more digits is out of range in any case, and Python refuses to read thousands.
MAX_DATE_DIGITS = 30


def parse_commit(sha: str, data: bytes) -> Commit:
    """Return the commit in an object's bytes (git-cat-file(1))."""
    headers, message = _headers_and_message(data)
    encoding = headers.get(b"encoding", b"utf-8").decode("ascii", "replace")
    author, _ = _parse_person(headers.get(b"author", b""))
    _, committed = _parse_person(headers.get(b"committer", b""))
    # git, too, reads a date that is not valid as 0.
    return commit_fact(sha, epoch_to_date(committed or 0), _decoded(author, encoding), _decoded(message, encoding))


def parse_tag(data: bytes) -> tuple[str, str, dt.datetime | None]:
    """Return the SHA and type of a tag's target, and the tagger's date if there is a tagger."""
    headers, _ = _headers_and_message(data)
    _, seconds = _parse_person(headers.get(b"tagger", b""))
    return (
        headers.get(b"object", b"").decode("ascii", "replace"),
        headers.get(b"type", b"").decode("ascii", "replace"),
        None if seconds is None else epoch_to_date(seconds),
    )


def _headers_and_message(data: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """Return the headers (of each name the first), and the message."""
    head, _, message = data.partition(b"\n\n")
    headers: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        # A line that begins with a space continues the previous header: its name is empty.
        name, _, value = line.partition(b" ")
        headers.setdefault(name, value)
    return headers, message


def _parse_person(line: bytes) -> tuple[bytes, int | None]:
    """Return a name and a date in seconds since 1970, None if the date is not valid."""
    identity, _, date = line.rpartition(b">")
    seconds = date.strip().partition(b" ")[0]
    return identity.partition(b"<")[0].strip(), int(seconds[:MAX_DATE_DIGITS]) if seconds.isdigit() else None


def _decoded(text: bytes, encoding: str) -> str:
    try:
        return text.decode(encoding, "replace")
    except LookupError:
        return text.decode("utf-8", "replace")


def parse_tree_list(sha: str, out: bytes) -> Tree:
    """Return the tree of a commit from the output of `git ls-tree`, by safe path.

    Entries have no sizes: in a partial clone, git would fetch every file for its size.
    """
    entries: dict[str, TreeEntry] = {}
    for line in out.decode("utf-8", "replace").split("\0"):
        # MODE TYPE SHA<tab>PATH
        head, _, path = line.partition("\t")
        if path:
            entries[safe_path(path)] = TreeEntry(head[-40:], _entry_type(head[:6]))
    return Tree(sha=sha, entries=entries)


def parse_tree_difference(known: Tree, sha: str, out: bytes) -> Tree:
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
            entries[path] = TreeEntry(head[3], _entry_type(head[1]))
    return Tree(sha=sha, entries=entries)


def _entry_type(mode: str) -> Literal["blob", "tree", "commit", "symlink"]:
    """Return the type of a path by its mode (gitformat-index(5))."""
    if mode == _FOLDER:
        return "tree"
    return "symlink" if mode == _SYMLINK else "commit" if mode == _SUBMODULE else "blob"
