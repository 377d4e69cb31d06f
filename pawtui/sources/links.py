"""Links to the web pages of facts. Only links from these functions are opened or exported.

`web` is GitHub's web root (`https://github.com`, or that of an Enterprise server); paths and names are percent-encoded.
"""

from urllib.parse import quote


def commit_url(web: str, repo: str, sha: str) -> str:
    return _url(web, repo, "commit", sha)


def blob_url(web: str, repo: str, sha: str, path: str, first: int | None = None, last: int | None = None) -> str:
    """Return the link to a file at a commit, to a line, or to a range of lines. Lines count from 1."""
    url = _url(web, repo, "blob", sha, path)
    if first is None:
        return url
    return f"{url}#L{first}" if last in (None, first) else f"{url}#L{first}-L{last}"


def tree_url(web: str, repo: str, sha: str, path: str) -> str:
    """Return the link to a folder or file at a commit."""
    return _url(web, repo, "tree", sha, path)


def history_url(web: str, repo: str, ref: str, path: str) -> str:
    """Return the link to the commits that touched a path, up to a ref or SHA."""
    return _url(web, repo, "commits", ref, path)


def compare_url(web: str, repo: str, base: str, head: str) -> str:
    return _url(web, repo, "compare", f"{base}...{head}")


def issue_url(web: str, repo: str, number: int) -> str:
    """Return the link to an issue. GitHub redirects it to the pull request if the number is that of one."""
    return _url(web, repo, "issues", str(number))


def tag_url(web: str, repo: str, tag: str) -> str:
    """Return the link to the release of a tag."""
    return _url(web, repo, "releases", "tag", tag)


def _url(web: str, repo: str, *parts: str) -> str:
    return "/".join((web.rstrip("/"), quote(repo, safe="/"), *(quote(part, safe="/.-_~") for part in parts)))
