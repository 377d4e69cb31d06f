"""The places of all values in nested data, for attacks that change some of them."""

from typing import Any


def places(root: Any) -> list[tuple[Any, Any]]:
    """Return every place of a value: its container, and its key or index."""
    found: list[tuple[Any, Any]] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            found.append((node, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found
