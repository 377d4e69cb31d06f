"""Read trees and files from the cache, without requests."""

from __future__ import annotations

from pathlib import Path

from pawtui.sources.facts import Tree
from pawtui.sources.github.cache import Cache


def tree_key(repo: str, sha: str) -> str:
    """Return the cache key of a commit's tree; `repo` is the repository's current name."""
    return f"full tree {repo.lower()} {sha}"


def cached_tree(folder: Path, repo: str, sha: str) -> Tree | None:
    """Return a commit's cached tree, or None. Blocks on the disk."""
    return Cache(folder).get_as(tree_key(repo, sha), Tree)


def blob_key(repo: str, sha: str) -> str:
    """Return the cache key of a file's bytes; `repo` is the repository's current name, `sha` the blob's."""
    return f"blob {repo.lower()} {sha}"


def cached_blob(folder: Path, repo: str, sha: str) -> bytes | None:
    """Return a file's cached bytes, or None. Blocks on the disk."""
    return Cache(folder).get_as(blob_key(repo, sha), bytes)
