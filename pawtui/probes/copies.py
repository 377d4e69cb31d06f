"""Find a copy of a watched folder: the work may continue there, while the folder itself is calm."""

from collections import Counter
from collections.abc import Iterable

from pawtui.sources import globs
from pawtui.sources.facts import EMPTY_FILE_SHA, Tree

# A folder of fewer files may have a copy by chance.
_MIN_FILES = 3


def find_copy(tree: Tree, folder: str, watched: Iterable[str]) -> str:
    """Return another folder with the same text of more than half of the files of `folder`; empty without one.

    Each file must be at the same place in both. A folder that is watched itself, or inside a watched one, is no copy.
    """
    start = f"{folder}/"
    # The paths inside the folder, with their leading slash, by the SHA of their text.
    places: dict[str, list[str]] = {}
    for path, entry in tree.entries.items():
        if path.startswith(start) and entry.type == "blob" and entry.sha != EMPTY_FILE_SHA:
            places.setdefault(entry.sha, []).append(f"/{path.removeprefix(start)}")
    number = sum(map(len, places.values()))
    if number < _MIN_FILES:
        return ""
    found: Counter[str] = Counter()
    for path, entry in tree.entries.items():
        for place in places.get(entry.sha, ()):
            if path.endswith(place):
                found[path.removesuffix(place)] += 1
    roots = tuple(f"{globs.fixed_folder(root)}/" for root in watched)
    copies = (copy for copy, count in found.most_common() if count > number / 2)
    return next((copy for copy in copies if not f"{copy}/".startswith(roots)), "")
