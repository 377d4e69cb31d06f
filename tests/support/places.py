"""The places of all values in nested data, for attacks that change some of them."""

from collections.abc import Iterable
from typing import Any


def places(root: Any) -> list[tuple[Any, Any]]:
    """Return the place of every value inside `root`: its container, and its key or index."""
    found: list[tuple[Any, Any]] = []
    unvisited = [root]
    while unvisited:
        node = unvisited.pop()
        pairs: Iterable[tuple[Any, Any]] = ()
        if isinstance(node, dict):
            pairs = node.items()
        elif isinstance(node, list):
            pairs = enumerate(node)
        for key, value in pairs:
            found.append((node, key))
            unvisited.append(value)
    return found
