"""Read trees from the cache without any request: for checks that must not wait for a network."""

from __future__ import annotations

from pathlib import Path

from pawtui.sources.facts import Tree
from pawtui.sources.github.cache import Cache


def tree_key(repo: str, sha: str) -> str:
    """Return the cache key of a commit's tree; `repo` is the repository's present name."""
    return f"full tree {repo.lower()} {sha}"


def cached_tree(folder: Path, repo: str, sha: str) -> Tree | None:
    """Return a commit's tree if it was fetched before, else None. Reads the disk."""
    return Cache(folder).get_as(tree_key(repo, sha), Tree)
