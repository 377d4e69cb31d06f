"""The made-up world of the demo, in memory, and its facts of git: refs, commits, tags and files."""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache

import msgspec

from pawtui.demo.demo_downstream import build_downstream
from pawtui.demo.demo_repository import DemoCommit, DemoRepository
from pawtui.demo.demo_upstream import build_upstream
from pawtui.moments import day_text
from pawtui.sources.dates import day_start
from pawtui.sources.facts import (
    Comment,
    Commit,
    CommitDetail,
    Commits,
    Comparison,
    DatedTag,
    Head,
    MissingRef,
    Origin,
    PastHead,
    RecordedHead,
    Tag,
    Tree,
    safe_commit,
)
from pawtui.sources.sanitize import safe_text
from pawtui.sources.source_errors import BeginsLater, NotFound


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


class DemoHost(msgspec.Struct, eq=False):
    """The made-up GitHub: a world at the time of `clock()`, and the comments that were posted to it.

    `latency` is the duration of a request, in seconds. `cached_trees` are the commits whose trees were requested
    before: as in the cache of a real source, they cost no request.
    """

    world: DemoWorld
    clock: Callable[[], dt.datetime]
    latency: float = 0.0
    posted: list[Comment] = msgspec.field(default_factory=list)
    cached_trees: set[str] = msgspec.field(default_factory=set)


class DemoGitSource:
    """The part of the demo's source that reads git. `Source` describes the methods."""

    def __init__(self, host: DemoHost) -> None:
        self._host = host
        self._requested: dict[tuple[object, ...], asyncio.Future[None]] = {}

    async def _request(self, *key: object) -> dt.datetime:
        """Wait for the duration of a request, and return the current time of the demo.

        A repeated request does not wait again.
        """
        if key not in self._requested:
            self._requested[key] = asyncio.ensure_future(asyncio.sleep(self._host.latency))
        await asyncio.shield(self._requested[key])
        return self._host.clock()

    async def _request_of(self, repo: str, *key: object) -> tuple[dt.datetime, DemoRepository]:
        """Wait for a request about a repository, and return the current time of the demo and the repository."""
        now = await self._request(repo, *key)
        repository = self._host.world.repository(repo)
        if repository is None:
            raise NotFound(f"The demo has no repository {repo}. Use the demo's own tracker.")
        return now, repository

    def _find_commit(self, repository: DemoRepository, ref: str, now: dt.datetime) -> DemoCommit:
        commit = repository.resolve(ref, now)
        if commit is None:
            raise NotFound(f"{repository.name} has no commit {ref}. Check the SHA or the name.")
        return commit

    def origin(self, repo: str, ref: str) -> Origin:
        return Origin()

    # --- refs, commits and tags ---

    async def ref_head(self, repo: str, ref: str) -> Head | MissingRef:
        now, repository = await self._request_of(repo, "ref", ref)
        commit = repository.resolve(ref, now)
        if commit is None:
            return MissingRef(name=ref)
        return Head(repo=repository.name, requested_repo=repo, ref=ref, sha=commit.sha, committed_at=commit.at)

    async def past_head(self, head: Head, when: dt.datetime, recorded: Sequence[RecordedHead] = ()) -> PastHead:
        """Return the commit of the branch at `when`. Made-up histories have no merges."""
        _, repository = await self._request_of(head.repo, "past head", head.sha, when)
        for commit in repository.history(head.sha):
            if commit.at <= when:
                return PastHead(sha=commit.sha, found_by="first parents")
        raise BeginsLater(f"{head.repo} has no commit before {day_text(when)}.")

    async def commit(self, repo: str, sha: str) -> Commit:
        now, repository = await self._request_of(repo, "commit", sha)
        return _commit_fact(self._find_commit(repository, sha, now))

    async def commit_detail(self, repo: str, sha: str) -> CommitDetail:
        now, repository = await self._request_of(repo, "commit detail", sha)
        commit = self._find_commit(repository, sha, now)
        files = tuple(repository.changes(commit.parent, commit.sha))
        return CommitDetail(commit=_commit_fact(commit), message=safe_text(commit.message), files=files)

    async def commits(self, repo: str, head: str, path: str, since: dt.date) -> Commits:
        _, repository = await self._request_of(repo, "commits", head, path, since)
        touched, start = list(repository.history(head, path)), day_start(since)
        items = tuple(_commit_fact(commit) for commit in touched if commit.at >= start)
        return Commits(path=path, since=since, items=items, has_first=len(items) == len(touched))

    async def glob_commits(self, repo: str, head: str, glob: str, since: dt.date) -> Commits | None:
        """Return None, as GitHub's API does."""
        return None

    async def tags(self, repo: str, prefix: str) -> tuple[Tag, ...]:
        now, repository = await self._request_of(repo, "tags", prefix)
        return tuple(
            Tag(name=tag.name, sha=tag.commit)
            for tag in sorted(repository.tags.values(), key=lambda tag: tag.name)
            if tag.name.startswith(prefix) and tag.at <= now
        )

    async def dated_tag(self, repo: str, tag: Tag, *, optional: bool = False) -> DatedTag:
        _, repository = await self._request_of(repo, "tag", tag.name)
        demo_tag = repository.tags[tag.name]
        return DatedTag(name=demo_tag.name, sha=demo_tag.commit, at=demo_tag.at)

    async def compare(self, repo: str, base: str, head: str, *, files: bool = True) -> Comparison:
        now, repository = await self._request_of(repo, "compare", base, head)
        first, second = self._find_commit(repository, base, now), self._find_commit(repository, head, now)
        old = {commit.sha for commit in repository.history(first.sha)}
        new = [commit.sha for commit in repository.history(second.sha)]
        # All branches begin with the same commit.
        shared = next(sha for sha in new if sha in old)
        return Comparison(
            base=first.sha,
            head=second.sha,
            commits=len(set(new) - old),
            behind=len(old - set(new)),
            files=len(repository.changes(shared, second.sha)),
        )

    async def late_commits(self, repo: str, base: str, head: str, before: dt.date) -> Mapping[str, dt.datetime]:
        """Return nothing: made-up histories have no merges."""
        await self._request_of(repo, "older commits", base, head, before)
        return {}

    # --- files ---

    async def tree(self, repo: str, sha: str, *, optional: bool = False) -> Tree:
        if sha in self._host.cached_trees and (known := self._host.world.tree(repo, sha)):
            return known
        now, repository = await self._request_of(repo, "tree", sha)
        full = self._find_commit(repository, sha, now).sha
        self._host.cached_trees.add(full)
        return tree_of(repository, full)

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        await self._request_of(repo, "blob", sha)
        data = self._host.world.blob(repo, sha)
        if data is None:
            raise NotFound(f"{repo} has no file with the SHA {sha}. Check the SHA.")
        return data


@cache
def _commit_fact(commit: DemoCommit) -> Commit:
    return safe_commit(commit.sha, commit.at, commit.author, commit.message)
