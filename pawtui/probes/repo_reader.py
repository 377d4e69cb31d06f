"""A reader of one repository at one commit on one day, for probes.

Windows begin at the start of a UTC day: `git log --since=DAYT00:00:00Z SHA -- PATH` gives the same commits. The past
state is the commit that the followed ref had at that time (`Source.past_head`), not the newest ancestor by date:
that may be a commit of a side branch that was merged later.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from pawtui.phrases import short_sha
from pawtui.probes.copies import find_copies
from pawtui.probes.unmeasurable import PathMissing, Unmeasurable
from pawtui.sources import globs
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commits, Head, RecordedHead, Tree, TreeEntry
from pawtui.sources.protocol import MAX_BLOB, Source
from pawtui.sources.sanitize import MADE_VISIBLE
from pawtui.sources.similar_path import similar_path
from pawtui.sources.source_errors import TooLarge

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
# The words for the types of tree entries in messages.
_TYPE_NAMES = {"blob": "file", "tree": "folder", "commit": "submodule", "symlink": "symbolic link"}
RESERVED_REQUESTS = 6  # optional requests leave this number for other probes


class PastBranch(msgspec.Struct, frozen=True, kw_only=True):
    """The followed ref at the start of a day: the full SHA of its commit, how that was found, and its tree.

    `found_by` is that of `PastHead`.
    """

    day: dt.date
    sha: str
    found_by: str
    tree: Tree


def alternatives(path: str) -> tuple[str, ...]:
    """Return the alternatives of an `a | b` path."""
    return tuple(part.strip() for part in path.split("|"))


def linked_part(tree: Tree, path: str) -> str:
    """Return `lib is a submodule` for a path that is, or is inside, a submodule or a symbolic link; else empty.

    Such files are in another repository or at another path: a tree does not list them.
    """
    while path:
        entry = tree.entries.get(path)
        if entry is not None:
            return f"{path} is a {_TYPE_NAMES[entry.type]}" if entry.type in ("commit", "symlink") else ""
        path = path.rpartition("/")[0]
    return ""


def entries_at(tree: Tree, path: str) -> list[tuple[str, TreeEntry]]:
    """Return the object at a path; for a glob, every match in path order."""
    if globs.is_glob(path):
        return [(name, tree.entries[name]) for name in globs.filter_paths(path, tree.paths)]
    return [(path, tree.entries[path])] if path in tree.entries else []


@dataclass(eq=False)
class RepoReader:
    """A reader of the facts of one repository, for all probes. The source requests each fact once.

    `history_start` is the first day from which commits are listed. `web` is the web root of the host, for links.
    `recorded_heads` are the commits of the followed ref that earlier refreshes recorded, and `unreleased` maps a line
    of tags to the time of the last refresh that found no stable release of it. `doubt` is the reason why the head may
    be wrong: then nothing can be read from it. `as_of` is set for a past time: then the head is that of this time.
    """

    source: Source
    head: Head
    today: dt.date
    history_start: dt.date
    web: str
    recorded_heads: tuple[RecordedHead, ...] = ()
    unreleased: Mapping[str, dt.datetime] = field(default_factory=dict)
    doubt: str = ""
    as_of: dt.datetime | None = None
    # Found once, because several probes read the same surface: by the missing paths, and by the copied folder.
    _similar_paths: dict[str, str] = field(init=False, default_factory=dict)
    _copies: dict[str, list[str]] = field(init=False, default_factory=dict)

    @property
    def where(self) -> str:
        """The head in short form: `v2 @ 041885d838`."""
        return f"{self.head.ref} @ {short_sha(self.head.sha)}"

    async def tree(self) -> Tree:
        """Return every path at the head. Raises `Unmeasurable` if the head is in doubt."""
        self.refuse_doubt()
        return await self.source.tree(self.head.repo, self.head.sha)

    async def entries(self, path: str, *, folders: bool = False) -> list[tuple[str, TreeEntry]]:
        """Return the object at a path; for a glob, every matching file in path order.

        With `folders`, a glob that matches no file has its matching folders. Raises `Unmeasurable` if a cut list of
        paths may lack a match, or if the matches are inside a submodule or symbolic link.
        """
        tree = await self.tree()
        is_glob = globs.is_glob(path)
        matched = entries_at(tree, path)
        if matched and not is_glob:
            return matched
        self.refuse_linked(tree, path)
        self.refuse_cut(tree, f"{path} may match more" if is_glob else f"{path} may or may not exist")
        files = [(name, entry) for name, entry in matched if entry.type != "tree"]
        return files or (matched if folders else [])

    def refuse_doubt(self) -> None:
        """Raise `Unmeasurable` if the head may be wrong."""
        if self.doubt:
            raise Unmeasurable(self.doubt)

    def refuse_cut(self, tree: Tree, consequence: str) -> None:
        """Raise `Unmeasurable` with its consequence if the list of paths at the head is cut."""
        if tree.truncated:
            raise Unmeasurable(f"the list of paths at {self.where} was cut short: {consequence}")

    def refuse_linked(self, tree: Tree, path: str) -> None:
        """Raise `Unmeasurable` if a path or all matches of a glob are inside a submodule or a symbolic link."""
        if linked := linked_part(tree, path):
            raise Unmeasurable(f"{linked} at {self.where}: the files inside are not known")

    def refuse_folders(self, tree: Tree, path: str) -> None:
        """Raise `Unmeasurable` if a glob matches folders but no file: the files inside do not count."""
        matched = entries_at(tree, path)
        if globs.is_glob(path) and matched and all(entry.type == "tree" for _, entry in matched):
            raise Unmeasurable(f"{path} matches only folders at {self.where}: for the files inside, write {path}/**")

    async def path_missing_error(self, paths: Sequence[str]) -> PathMissing:
        """Return the error that none of these paths exists at the head, with a path that was probably meant.

        On a past day, the paths may not have existed yet: no path is named.
        """
        missing = f"path missing: {' or '.join(paths)} does not exist at {self.where}"
        if self.as_of is None and missing not in self._similar_paths:
            tree = await self.tree()
            similar = (similar_path(tree, path) for path in paths if not globs.is_glob(path))
            self._similar_paths[missing] = next(filter(None, similar), "")
        named = self._similar_paths.get(missing)
        return PathMissing(f"{missing}. Similar path: {named}" if named else missing)

    async def find_copy(self, folder: str, watched: Iterable[str]) -> str:
        """Return a copy of a folder at the head that is not in one of the `watched` paths; empty without one."""
        if folder not in self._copies:
            self._copies[folder] = find_copies(await self.tree(), folder)
        roots = tuple(f"{globs.fixed_folder(root)}/" for root in watched)
        return next((copy for copy in self._copies[folder] if not f"{copy}/".startswith(roots)), "")

    async def first_entries(self, paths: Sequence[str]) -> list[tuple[str, TreeEntry]]:
        """Return the entries of the first of these paths that exists at the head. Raises `PathMissing`."""
        for path in paths:
            if matched := await self.entries(path):
                return matched
        raise await self.path_missing_error(paths)

    async def commits(self, path: str, since: dt.date | None = None) -> Commits:
        """Return the commits on a path since `history_start`, or since an earlier day.

        For a glob, they are the commits on the files that match, also on files that are gone. Raises `PathMissing` if
        it matches nothing at the head, and `Unmeasurable` if it matches only folders, or only a clone has its commits.
        """
        self.refuse_doubt()
        if MADE_VISIBLE.search(path):
            raise Unmeasurable(f"{path} is not the name in git: it contains control characters")
        repo, sha = self.head.repo, self.head.sha
        start = min(self.history_start, since) if since else self.history_start
        if not globs.is_glob(path):
            return await self.source.commits(repo, sha, path, start)
        if not await self.entries(path):
            self.refuse_folders(await self.tree(), path)
            raise PathMissing(f"path missing: nothing matches {path} at {self.where}")
        listing = await self.source.glob_commits(repo, sha, path, start)
        if listing is None:
            remedy = "run `pawtui mirror`, or name a folder"
            raise Unmeasurable(f"GitHub does not list the commits to the files that match {path}: {remedy}")
        return listing

    async def blob_text(self, path: str, entry: TreeEntry, at: str = "", *, optional: bool = False) -> str:
        """Return the text of the blob `entry`, with `\\n` at line ends.

        `at` names its commit in messages (default: the head). Raises `Unmeasurable` if it is not a text file, and
        `BudgetSpent` if it is `optional` and the budget is spent.
        """
        where = at or self.where
        if entry.type != "blob":
            raise Unmeasurable(f"{path} is a {_TYPE_NAMES[entry.type]} at {where}, not a file")
        too_large = f"{path} is larger than 1 MB at {where}: it is not read"
        if entry.size > MAX_BLOB:
            raise Unmeasurable(too_large)
        try:
            body = await self.source.blob(self.head.repo, entry.sha, optional=optional)
        except TooLarge:
            raise Unmeasurable(too_large) from None
        if b"\0" in body:
            raise Unmeasurable(f"{path} is a binary file at {where}")
        if body.startswith(_LFS_POINTER):
            raise Unmeasurable(f"{path} is in Git LFS at {where}: its text is not in git")
        try:
            # Without a byte order mark: `^` must match at the first character of the text.
            return body.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise Unmeasurable(f"{path} is not UTF-8 text at {where}") from None

    async def past(self, day: dt.date, *, optional: bool = False) -> PastBranch:
        """Return the commit and tree of the followed ref at the start of a day.

        Raises `BeginsLater` if the history begins later, `Unmeasurable` if the list of paths is cut, and `Undetermined`
        if the commit is not known. For an `optional` past, that includes `BudgetSpent`.
        """
        self.refuse_doubt()
        past_head = await self.source.past_head(self.head, day_start(day), self.recorded_heads)
        tree = await self.source.tree(self.head.repo, past_head.sha, optional=optional)
        if tree.truncated:
            raise Unmeasurable(f"the list of paths on {day} was cut short: nothing can be compared with it")
        return PastBranch(day=day, sha=past_head.sha, found_by=past_head.found_by, tree=tree)

    async def contains(self, sha: str, head: str) -> bool:
        """Return whether a commit is an ancestor of `head`, or equal."""
        return (await self.source.compare(self.head.repo, sha, head, files=False)).ancestor

    async def late_commits(self, past: PastBranch) -> Mapping[str, dt.datetime]:
        """Return the dates of the late commits, by SHA: they are dated before `past`, but were merged later."""
        return await self.source.late_commits(self.head.repo, past.sha, self.head.sha, past.day)
