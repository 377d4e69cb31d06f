"""Commits, tags, files and folders as evidence: a text, the address of a page, and a pin."""

from collections.abc import Iterable

from pawtui.phrases import counted, short_sha
from pawtui.probes.reading import NOT_LISTED, Evidence
from pawtui.probes.repo_view import RepoView
from pawtui.sources import links
from pawtui.sources.facts import Commit, DatedTag

MAX_EVIDENCE = 12  # listed items of one kind in a finding


def commit_evidence(view: RepoView, commits: Iterable[Commit], limit: int = MAX_EVIDENCE) -> tuple[Evidence, ...]:
    """Return the newest commits as evidence."""
    repo = view.head.repo
    return tuple(
        Evidence(
            text=f"{short_sha(commit.sha)}  {commit.subject}{'  BREAKING CHANGE' if commit.breaking else ''}",
            url=links.commit_url(view.web, repo, commit.sha),
            pin=f"{repo}@{commit.sha}",
            at=commit.at,
        )
        for commit in tuple(commits)[:limit]
    )


def tag_evidence(view: RepoView, tag: DatedTag, description: str) -> Evidence:
    """Return a release as evidence: its page and a pin to its commit."""
    repo = view.head.repo
    url = links.tag_url(view.web, repo, tag.name)
    return Evidence(text=f"{tag.name}  {description}", url=url, pin=f"{repo}@{tag.sha}", at=tag.at)


def file_evidence(view: RepoView, text: str, path: str, line: int | None = None, sha: str = "") -> Evidence:
    """Return a file, or one line of it, as evidence: its page and a pin at a commit (default: the head)."""
    repo, sha = view.head.repo, sha or view.head.sha
    pin = f"{repo}@{sha}:{path}" + (f"#L{line}" if line else "")
    return Evidence(text=text, url=links.blob_url(view.web, repo, sha, path, line), pin=pin)


def folder_evidence(view: RepoView, text: str, path: str) -> Evidence:
    """Return a folder at the head as evidence: its page and a pin."""
    repo, sha = view.head.repo, view.head.sha
    return Evidence(text=text, url=links.tree_url(view.web, repo, sha, path), pin=f"{repo}@{sha}:{path}")


def not_listed(count: int, noun: str, limit: int = MAX_EVIDENCE, *, of: str = "") -> tuple[str, ...]:
    """Return a gap with the number of items (of something) beyond the limit; empty if there are no more."""
    if count <= limit:
        return ()
    return (f"{counted(count - limit, noun)}{f' of {of}' if of else ''} {NOT_LISTED}",)
