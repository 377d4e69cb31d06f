"""The web pages that facts stand for: only links that are built here are ever opened or exported.

`web` is the forge's own address (`https://github.com`, or an enterprise host); paths and names are percent-encoded.
"""

from __future__ import annotations

from urllib.parse import quote


def _url(web: str, repo: str, *parts: str) -> str:
    return "/".join((web.rstrip("/"), quote(repo, safe="/"), *(quote(part, safe="/.-_~") for part in parts)))


def commit_url(web: str, repo: str, sha: str) -> str:
    """One commit."""
    return _url(web, repo, "commit", sha)


def blob_url(web: str, repo: str, sha: str, path: str, first: int | None = None, last: int | None = None) -> str:
    """A file at a commit, at a line or a range of lines (counted from 1) where given."""
    lines = "" if first is None else f"#L{first}" if last in (None, first) else f"#L{first}-L{last}"
    return _url(web, repo, "blob", sha, path) + lines


def tree_url(web: str, repo: str, sha: str, path: str) -> str:
    """A folder at a commit."""
    return _url(web, repo, "tree", sha, path)


def history_url(web: str, repo: str, ref: str, path: str) -> str:
    """The commits that touched a path, from a ref or SHA back."""
    return _url(web, repo, "commits", ref, path)


def compare_url(web: str, repo: str, base: str, head: str) -> str:
    """What lies between two commits."""
    return _url(web, repo, "compare", f"{base}...{head}")


def issue_url(web: str, repo: str, number: int) -> str:
    """An issue; the forge forwards to the pull request where it is one."""
    return _url(web, repo, "issues", str(number))


def tag_url(web: str, repo: str, tag: str) -> str:
    """A tag's release page."""
    return _url(web, repo, "releases", "tag", tag)
