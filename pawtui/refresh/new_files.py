"""The files of a head that an earlier commit does not have, and which of them a file of that commit may have become."""

from collections import defaultdict
from operator import eq
from pathlib import PurePosixPath

from pawtui.sources.facts import Tree

_MAX_BYTES = 300_000  # of a file in which a pinned text is searched for


class NewFiles:
    """The files of a head that an earlier commit does not have. Large files are left out."""

    def __init__(self, earlier: Tree, head: Tree) -> None:
        """Compare the trees."""
        self.shas = {
            path: entry.sha
            for path, entry in head.entries.items()
            if entry.type == "blob" and entry.size <= _MAX_BYTES and path not in earlier.entries
        }
        self._earlier_shas = {entry.sha for entry in earlier.entries.values()}
        # By name and folder: a monorepo may have thousands of removed files of one name, but few of them in one folder.
        self._removed: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path in earlier.entries.keys() - head.entries.keys():
            for folder in set(_folders(path)):
                self._removed[_name(path), folder].append(path)
        # The new files by their names without the suffixes, and by their folders' names.
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        self._by_folder: dict[str, list[str]] = defaultdict(list)
        for path in self.shas:
            self._by_stem[PurePosixPath(path).stem].append(path)
            self._by_folder[_folders(path)[-1]].append(path)

    def may_be(self, path: str, pinned_path: str, pinned_sha: str) -> bool:
        """Return whether a file of the earlier commit may be at the new path now.

        It was probably moved from another path if it has the text of another file of the earlier commit, or more
        folders in common with a removed file of its name.
        """
        sha = self.shas[path]
        if sha != pinned_sha and sha in self._earlier_shas:
            return False
        common = _common_folders(pinned_path, path)
        in_same_folder = [self._removed.get((_name(path), folder), []) for folder in _folders(path)]
        # The shortest list first: a nearer file is probably there.
        shortest_first = sorted(in_same_folder, key=len)
        return all(_common_folders(other, path) <= common for paths in shortest_first for other in paths)

    def of_same_module(self, pinned_path: str) -> set[str]:
        """Return the new files whose name, without its suffix, is that of the pinned one, or one's folder has it.

        A file such as `session.ts` may become `session/index.ts`, and vice versa.
        """
        stem, folder = PurePosixPath(pinned_path).stem, _folders(pinned_path)[-1]
        return {*self._by_stem[stem], *self._by_stem[folder], *self._by_folder[stem]}


def unlikeliness(pinned_path: str, path: str) -> tuple[bool, int, str]:
    """Return the sort key of a path that a pinned file may have now: another name, then the folders in common."""
    return _name(pinned_path) != _name(path), -_common_folders(pinned_path, path), path


def is_in_moved_folder(pinned_path: str, path: str) -> bool:
    """Return whether the paths differ only by the first folders, which one of them does not have."""
    shorter, longer = sorted((pinned_path, path), key=len)
    return "/" in shorter and longer.endswith(f"/{shorter}")


def _common_folders(first: str, second: str) -> int:
    """Return the number of folders in common, from both ends of the paths.

    A moved folder keeps the end of its paths.
    """
    old, new = _folders(first), _folders(second)
    from_start: int = sum(map(eq, old, new))
    from_end: int = sum(map(eq, reversed(old), reversed(new)))
    return from_start + from_end


def _folders(path: str) -> list[str]:
    """Return the folders of a path from the root; a file at the root is in a folder without a name."""
    return path.rpartition("/")[0].split("/")


def _name(path: str) -> str:
    return path.rpartition("/")[2]
