"""Find a copy of a watched folder: the work may continue there, while the folder itself is calm."""

from collections import Counter, defaultdict

from pawtui.sources import globs
from pawtui.sources.facts import EMPTY_FILE_SHA, Tree, TreeEntry

# A folder of fewer files may have a copy by chance.
_MIN_FILES = 3


def find_copies(tree: Tree, folder: str) -> list[str]:
    """Return the folders with the same text of more than half of the files of `folder`, which is one of them.

    Each file must be at the same place in both. The folders with the most equal files come first.
    """
    # By the SHA of a file's text: its places in the folder.
    places: defaultdict[str, list[str]] = defaultdict(list)
    files = [path for path in globs.paths_inside(folder, tree.paths) if _has_text(tree.entries[path])]
    for path in files:
        places[tree.entries[path].sha].append(path.removeprefix(folder))
    if len(files) < _MIN_FILES:
        return []
    equal_files: Counter[str] = Counter()
    equal = [(path, entry) for path, entry in tree.entries.items() if entry.sha in places]
    for path, entry in equal:
        for place in places[entry.sha]:
            if path.endswith(place) and _has_text(entry):
                equal_files[path.removesuffix(place)] += 1
    return [copy for copy, count in equal_files.most_common() if count > len(files) / 2]


def _has_text(entry: TreeEntry) -> bool:
    return entry.type == "blob" and entry.sha != EMPTY_FILE_SHA
