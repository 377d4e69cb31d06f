"""The made-up world: two repositories. It is the same for the same day, and recent on every day."""

import datetime as dt
from functools import cache, lru_cache

import msgspec

from pawtui.demo.demo_downstream import build_downstream
from pawtui.demo.demo_repository import DemoRepository
from pawtui.demo.demo_upstream import build_upstream
from pawtui.sources.facts import Tree


class DemoWorld(msgspec.Struct, frozen=True, kw_only=True):
    """The repositories of the demo's source. Their history ends at the midnight (UTC) of `today`."""

    today: dt.date
    repositories: dict[str, DemoRepository]

    def repository(self, name: str) -> DemoRepository | None:
        """Return the repository `owner/name`, ignoring case as GitHub does; None if there is none."""
        return self.repositories.get(name.lower())

    def tree(self, repo: str, sha: str) -> Tree | None:
        """Return every path of a commit; None if there is no such repository or commit."""
        repository = self.repository(repo)
        return tree_of(repository, sha) if repository is not None and sha in repository.commits else None

    def blob(self, repo: str, sha: str) -> bytes | None:
        """Return the content of a file; None if there is no such repository or file."""
        repository = self.repository(repo)
        return repository.blobs.get(sha) if repository is not None else None


@cache
def tree_of(repository: DemoRepository, sha: str) -> Tree:
    """Return every path of a commit."""
    return Tree(sha=sha, entries=repository.entries(sha))


@lru_cache(maxsize=2)
def demo_world(today: dt.date) -> DemoWorld:
    """Return the world on that day. Building it takes tens of milliseconds, so it is cached."""
    repositories = (build_upstream(today), build_downstream(today))
    return DemoWorld(
        today=today,
        repositories={repository.name.lower(): repository for repository in repositories},
    )
