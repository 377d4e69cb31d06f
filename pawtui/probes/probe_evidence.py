"""Commits, tags, files and folders as evidence: a text, the address of a page, and a pin."""

from collections.abc import Iterable

from pawtui.phrases import counted, short_sha
from pawtui.probes.reading import NOT_LISTED, Evidence
from pawtui.probes.repo_reader import RepoReader
from pawtui.sources import links
from pawtui.sources.facts import Commit, DatedTag

MAX_EVIDENCE = 12  # listed items of one kind in a finding


def commit_evidence(reader: RepoReader, commits: Iterable[Commit], limit: int = MAX_EVIDENCE) -> tuple[Evidence, ...]:
    """Return the newest commits as evidence."""
    repo = reader.head.repo
    return tuple(
        Evidence(
            text=f"{short_sha(commit.sha)}  {commit.subject}{'  BREAKING CHANGE' if commit.breaking else ''}",
            url=links.commit_url(reader.web, repo, commit.sha),
            pin=f"{repo}@{commit.sha}",
            at=commit.at,
        )
        for commit in tuple(commits)[:limit]
    )


def tag_evidence(reader: RepoReader, tag: DatedTag, description: str) -> Evidence:
    """Return a release as evidence: its page and a pin to its commit."""
    repo = reader.head.repo
    url = links.tag_url(reader.web, repo, tag.name)
    return Evidence(text=f"{tag.name}  {description}", url=url, pin=f"{repo}@{tag.sha}", at=tag.at)


def file_evidence(reader: RepoReader, text: str, path: str, line: int | None = None, sha: str = "") -> Evidence:
    """Return a file, or one line of it, as evidence: its page and a pin at a commit (default: the head)."""
    repo, sha = reader.head.repo, sha or reader.head.sha
    pin = f"{repo}@{sha}:{path}" + (f"#L{line}" if line else "")
    return Evidence(text=text, url=links.blob_url(reader.web, repo, sha, path, line), pin=pin)


def folder_evidence(reader: RepoReader, text: str, path: str) -> Evidence:
    """Return a folder at the head as evidence: its page and a pin."""
    repo, sha = reader.head.repo, reader.head.sha
    return Evidence(text=text, url=links.tree_url(reader.web, repo, sha, path), pin=f"{repo}@{sha}:{path}")


def not_listed(count: int, noun: str, limit: int = MAX_EVIDENCE, *, of: str = "") -> tuple[str, ...]:
    """Return a gap with the number of items (of something) beyond the limit; empty if there are no more."""
    if count <= limit:
        return ()
    return (f"{counted(count - limit, noun)}{f' of {of}' if of else ''} {NOT_LISTED}",)
