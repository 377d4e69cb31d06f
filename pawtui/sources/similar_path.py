"""The path that was probably meant by a path that a tree does not have."""

from difflib import get_close_matches

from pawtui.sources.facts import Tree


def similar_path(tree: Tree, path: str) -> str:
    """Return the file of the same folder with the most similar name, or else the only file with the same name.

    The first is found after a typing mistake, the second after a move. Empty without such a file.
    """
    folder, _, name = path.rpartition("/")
    parts_of = {listed: listed.rpartition("/") for listed in tree.entries}
    siblings = {parts[2]: listed for listed, parts in parts_of.items() if parts[0] == folder}
    if close := get_close_matches(name, siblings, n=1, cutoff=0.8):
        return siblings[close[0]]
    moved = [listed for listed, parts in parts_of.items() if parts[2] == name]
    return moved[0] if len(moved) == 1 else ""
