"""The files that were added since a past day, and the day on which a file was added.

A file was added when the followed ref first had it, under any path: a moved file was not added again. The date of
the commit may be earlier (a branch that was merged later), and the file may have been removed before.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from pawtui.phrases import quote_pattern
from pawtui.probes.parsers.down_migrations import is_down_file
from pawtui.probes.pattern import matched_parts
from pawtui.probes.repo_reader import PastBranch, RepoReader
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.probes.windows import first_day_when
from pawtui.sources import globs
from pawtui.sources.facts import EMPTY_FILE_SHA, Tree, TreeEntry
from pawtui.tracker.probe_types import NewFilesProbe

Files = dict[str, TreeEntry]


def files_under(tree: Tree, roots: Sequence[str]) -> Files:
    """Return the files, links and submodules at or below these paths or globs."""
    found = {path for root in roots for path in globs.filter_paths(root, tree.paths)}
    return {path: entry for path in sorted(found) if (entry := tree.entries[path]).type != "tree"}


def added_among(now: Files, before: Files, head: Tree, past: Tree) -> list[str]:
    """Return the paths of the files that were added since the tree `past`, sorted.

    A moved file was not added: a file of the same name and text is gone, even outside the watched paths. Each file that
    is gone can have moved to one path only. An empty file never counts as moved, because all empty files are equal.
    """
    added = sorted(now.keys() - before.keys())
    if not added:
        return []
    removed = ((path, past.entries[path]) for path in past.entries.keys() - head.entries.keys())
    gone = Counter(
        (_name(path), entry.sha) for path, entry in removed if entry.type != "tree" and entry.sha != EMPTY_FILE_SHA
    )
    not_moved = []
    for path in added:
        key = (_name(path), now[path].sha)
        if gone[key]:
            gone[key] -= 1
        else:
            not_moved.append(path)
    return not_moved


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def by_new_identity(added: Iterable[str], before: Files, identities: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the added paths of each new identity; the key is the first of its paths.

    The last identity comes first: migrations begin with their date. `identities` has those of the paths now and before;
    a path without one is its own. The file that undoes a migration, and JSON with a snapshot of the tables, are left
    out if the identity has another file.
    """
    known = {identities.get(path, path) for path in before}
    by_identity: dict[str, list[str]] = {}
    for path in sorted(added):
        if (name := identities.get(path, path)) not in known:
            by_identity.setdefault(name, []).append(path)
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(by_identity, reverse=True):
        group = by_identity[name]
        paths = [path for path in group if not (is_down_file(path) or path.endswith(".json"))] or group[:1]
        found[paths[0]] = tuple(paths)
    return found


class AddedSince(NamedTuple):
    """The branch at the start of a day, its watched files, and the files that were added since, in reverse order.

    `new` maps the first path of each new file to all of its paths: the files of one identity count as one. `changed`
    maps each file that has another text now to its earlier paths: its own, or those of its identity that are gone. It
    is empty if the probe does not count them. `identities` are those of the files now and then, by path.
    """

    past: PastBranch
    before: Files
    new: Mapping[str, Sequence[str]]
    changed: Mapping[str, Sequence[str]]
    identities: Mapping[str, str]

    @property
    def new_paths(self) -> set[str]:
        """All paths of the new files."""
        return {path for paths in self.new.values() for path in paths}

    @property
    def touched(self) -> set[str]:
        """All paths of the new files, and the changed files."""
        return {*self.new_paths, *self.changed}


class AddedFiles:
    """The files of a probe at the head, compared with the branch on past days. Each past day is read once."""

    def __init__(self, reader: RepoReader, probe: NewFilesProbe, head: Tree) -> None:
        self.now = files_under(head, probe.paths)
        self._reader = reader
        self._probe = probe
        self._head = head
        self._by_day: dict[dt.date, AddedSince] = {}

    async def added_since(self, day: dt.date, *, optional: bool = False) -> AddedSince:
        """Return the branch at the start of a day, and the files added since, those of one identity together."""
        if day in self._by_day:
            return self._by_day[day]
        past = await self._reader.past(day, optional=optional)
        before = files_under(past.tree, self._probe.paths)
        identities: Mapping[str, str] = {}
        if self._probe.identity:
            identities = await matched_parts(self._probe.identity, {*self.now, *before})
            _check_identities(self.now, identities, self._probe.identity)
        new = by_new_identity(added_among(self.now, before, self._head, past.tree), before, identities)
        changed = _changed_files(self.now, before, identities) if self._probe.discards else {}
        self._by_day[day] = AddedSince(past, before, new, changed, identities)
        return self._by_day[day]

    async def gone_since(self, day: dt.date) -> dict[str, str]:
        """Return the files of that day whose identity is gone now, sorted; each with a path at the head, or empty.

        That path is outside the watched ones: the file moved there with its name and text. A file that moved within
        them is not gone, and neither is one without an identity. A path that existed on that day is a copy, and an
        empty file did not move, because all are equal.
        """
        then = await self.added_since(day)
        identities = then.identities
        known = {identities.get(path) for path in self.now}
        gone = [path for path in sorted(then.before) if path in identities and identities[path] not in known]
        gone_texts = {then.before[path].sha for path in gone} - {EMPTY_FILE_SHA}
        # Of two new paths, the watched one counts: it comes last.
        new_paths = {
            (_name(path), entry.sha): path
            for path, entry in chain(self._head.entries.items(), self.now.items())
            if entry.sha in gone_texts and path not in then.past.tree.entries
        }
        moved_to = {path: new_paths.get((_name(path), then.before[path].sha), "") for path in gone}
        return {path: new_path for path, new_path in moved_to.items() if new_path not in self.now}

    async def first_day_with_few_new(
        self, limit: int, paths: Collection[str], start: dt.date, guess: dt.date | None
    ) -> dt.date | None:
        """Return the first day since which at most `limit` of these paths are new or changed; None if it is not known.

        More of them are new or changed since `start`. `guess` is the probable day: if it is right, only two trees are
        read.
        """
        over = [day for day, added in self._by_day.items() if len(added.touched.intersection(paths)) > limit]
        # A file may have been removed and added again: the last of the known days counts.
        low = max([start, *over])
        high = min((day for day in self._by_day if day > low), default=self._reader.today + dt.timedelta(days=1))
        guesses = (guess + dt.timedelta(days=1), guess) if guess else ()

        async def are_few(day: dt.date) -> bool:
            added = await self.added_since(day, optional=True)
            return len(added.touched.intersection(paths)) <= limit

        return await first_day_when(are_few, low, high, guesses)


def _changed_files(now: Files, before: Files, identities: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """Return the files with another text than before, in reverse order, each with its earlier paths.

    A file whose path is new, but not its identity, has moved: any of the files of its identity that are gone may be the
    earlier one.
    """
    gone: dict[str, list[str]] = {}
    for path in sorted(before.keys() - now.keys()):
        if path in identities and not is_down_file(path):
            gone.setdefault(identities[path], []).append(path)
    changed: dict[str, Sequence[str]] = {}
    for path in sorted(now, reverse=True):
        earlier = [path] if path in before else gone.get(identities.get(path, ""), [])
        if earlier and now[path].sha not in {before[old].sha for old in earlier}:
            changed[path] = earlier
    return changed


def _check_identities(now: Files, identities: Mapping[str, str], pattern: str) -> None:
    """Raise `Unmeasurable` if files of one folder and type have the same identity: a new one could be taken for old.

    The same file may be in two folders, or have two types. A file that undoes a migration is not checked.
    """
    seen: dict[tuple[str, str, str], str] = {}
    for path in sorted(path for path in now if path in identities and not is_down_file(path)):
        folder, _, file = path.rpartition("/")
        other = seen.setdefault((folder, file.partition(".")[2], identities[path]), path)
        if other != path:
            same = f"`identity` {quote_pattern(pattern)} is the same for {other} and {path}"
            raise Unmeasurable(f"{same}: make it different for each file")
