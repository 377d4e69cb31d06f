"""The path that was probably meant by a path that a tree does not have."""

from pawtui.similar_names import nearest
from pawtui.sources import globs
from pawtui.sources.facts import Tree

_SIMILARITY = 0.8


def similar_path(tree: Tree, path: str) -> str:
    """Return the file of the same folder with the most similar name, or else the only file with the same name.

    The first is found after a typing mistake, the second after a move. Empty without such a file.
    """
    folder, _, name = path.rpartition("/")
    start = f"{folder}/" if folder else ""
    inside = {listed.removeprefix(start): listed for listed in globs.paths_inside(folder, tree.paths)}
    siblings = {rest: listed for rest, listed in inside.items() if "/" not in rest}
    # The names in a folder often have the same suffix.
    if close := nearest(name, siblings, _SIMILARITY):
        return siblings[close]
    moved = [listed for listed in tree.entries if listed == name or listed.endswith(f"/{name}")]
    return moved[0] if len(moved) == 1 else ""
