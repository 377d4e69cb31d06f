"""Search commit subjects, and record the found commits as facts."""

from collections.abc import Sequence

from pawtui.probes.pattern import match_each
from pawtui.probes.probe_facts import CommitFacts
from pawtui.sources.facts import Commit


async def matching_commits(pattern: str, commits: Sequence[Commit]) -> list[Commit]:
    """Return the commits whose subject matches."""
    matches = await match_each(pattern, [commit.full_subject for commit in commits])
    return [commit for commit, is_match in zip(commits, matches, strict=True) if is_match]


async def breaking_commits(pattern: str, commits: Sequence[Commit]) -> list[Commit]:
    """Return the commits whose subject matches, or whose message has the footer `BREAKING CHANGE`."""
    matching = {commit.sha for commit in await matching_commits(pattern, commits)}
    return [commit for commit in commits if commit.breaking or commit.sha in matching]


def commit_facts(commit: Commit) -> CommitFacts:
    """Return a commit as the facts contain it."""
    return CommitFacts(sha=commit.sha, subject=commit.subject, at=commit.at)
