"""The path that was probably meant by a path that a tree does not have."""

from difflib import get_close_matches

from pawtui.sources.facts import Tree


def similar_path(tree: Tree, path: str) -> str:
    """Return the file of the same folder with the most similar name, or else the only file with the same name.

    The first is found after a typing mistake, the second after a move. Empty without such a file.
    """
    folder, _, name = path.rpartition("/")
    places = [listed.rpartition("/") for listed in tree.entries]
    names = [listed for place, _, listed in places if place == folder]
    if close := get_close_matches(name, names, n=1, cutoff=0.8):
        return f"{folder}/{close[0]}" if folder else close[0]
    moved = [place for place, _, listed in places if listed == name]
    return "/".join(filter(None, (moved[0], name))) if len(moved) == 1 else ""
