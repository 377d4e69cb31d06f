"""Find a copy of a watched folder: the work may continue there, while the folder itself is calm."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from pawtui.sources import globs
from pawtui.sources.facts import EMPTY_FILE_SHA, Tree

# A folder of fewer files may have a copy by chance.
_MIN_FILES = 3


class CopySearch:
    """The search for copies of folders in one tree, which is read once for all folders."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._files = sorted(
            path for path, entry in tree.entries.items() if entry.type == "blob" and entry.sha != EMPTY_FILE_SHA
        )
        # The files by the SHA of their text.
        self._by_text: dict[str, list[str]] = {}
        for path in self._files:
            self._by_text.setdefault(tree.entries[path].sha, []).append(path)
        self._copies: dict[str, list[str]] = {}

    def find(self, folder: str, watched: Iterable[str]) -> str:
        """Return another folder with the same text of more than half of the files of `folder`; empty without one.

        Each file must be at the same place in both. A folder that is watched itself, or inside a watched one, is no
        copy.
        """
        entry = self._tree.entries.get(folder)
        if entry is not None and entry.type != "tree":
            return ""
        if folder not in self._copies:
            self._copies[folder] = self._find_all(folder)
        roots = tuple(f"{globs.fixed_folder(root)}/" for root in watched)
        return next((copy for copy in self._copies[folder] if not f"{copy}/".startswith(roots)), "")

    def _find_all(self, folder: str) -> list[str]:
        """Return the folder itself and its copies, if it has enough files; those with the most equal files first."""
        # "0" is the character after "/".
        first, end = bisect_left(self._files, f"{folder}/"), bisect_left(self._files, f"{folder}0")
        number = end - first
        if number < _MIN_FILES:
            return []
        found: Counter[str] = Counter()
        for path in self._files[first:end]:
            place = path.removeprefix(folder)
            equal = self._by_text[self._tree.entries[path].sha]
            found.update(other.removesuffix(place) for other in equal if other.endswith(place))
        return [copy for copy, count in found.most_common() if count > number / 2]
