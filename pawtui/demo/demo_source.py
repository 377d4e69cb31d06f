"""The demo's source: facts of the made-up world in memory, without HTTP, a cache or a network."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Self

import msgspec
from msgspec.structs import replace

from pawtui.demo.demo_issues import ISSUES, WEB, comments_at, issues_at, make_comment, search_issues
from pawtui.demo.demo_repository import DemoCommit, DemoRepository
from pawtui.demo.demo_upstream import UPDATE_SERVICE
from pawtui.demo.demo_world import DemoWorld
from pawtui.sources import links
from pawtui.sources.facts import (
    ChangedFile,
    Comment,
    Commit,
    CommitDetail,
    Commits,
    Comparison,
    DatedTag,
    Head,
    Issue,
    MergedPull,
    MissingRef,
    Origin,
    PastHead,
    Pull,
    Pulls,
    RecordedHead,
    RequestUsage,
    SearchResult,
    Tag,
    Tree,
    WebDocument,
    commit_fact,
)
from pawtui.sources.protocol import NO_HINTS, ListHints
from pawtui.sources.sanitize import safe_line, safe_text
from pawtui.sources.source_errors import BeginsLater, NotFound, SourceError
from pawtui.sources.waiting import HostWait

LOGIN = "You"
_MAX_SEARCH = 30


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


class DemoSource:
    """A source that reads the made-up GitHub, and can post comments to it. `WritableSource` describes the methods."""

    label = "demo"

    def __init__(self, host: DemoHost, *, can_write: bool = True) -> None:
        self.can_write = can_write
        self._host = host
        self._requested: dict[tuple[object, ...], asyncio.Future[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Do nothing: there is nothing to close."""

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

    def _commit(self, repository: DemoRepository, ref: str, now: dt.datetime) -> DemoCommit:
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
        return Head(repo=repository.name, requested=repo, ref=ref, sha=commit.sha, committed_at=commit.at)

    async def past_head(self, head: Head, when: dt.datetime, recorded: Sequence[RecordedHead] = ()) -> PastHead:
        """Return the commit of the branch at `when`. Made-up histories have no merges."""
        _, repository = await self._request_of(head.repo, "past head", head.sha, when)
        for commit in repository.history(head.sha):
            if commit.at <= when:
                return PastHead(sha=commit.sha, source="first parents")
        raise BeginsLater(f"{head.repo} has no commit before {when:%Y-%m-%d}.")

    async def commit(self, repo: str, sha: str) -> Commit:
        now, repository = await self._request_of(repo, "commit", sha)
        return _commit_fact(self._commit(repository, sha, now))

    async def commit_detail(self, repo: str, sha: str) -> CommitDetail:
        now, repository = await self._request_of(repo, "commit detail", sha)
        commit = self._commit(repository, sha, now)
        changes = repository.changes(commit.parent, commit.sha)
        files = tuple(ChangedFile(path=path, status=status, before=before) for path, status, _sha, before in changes)
        return CommitDetail(commit=_commit_fact(commit), message=safe_text(commit.message), files=files)

    async def commits(
        self, repo: str, head: str, path: str, since: dt.date, hints: ListHints = NO_HINTS, *, need_first: bool = False
    ) -> Commits:
        _, repository = await self._request_of(repo, "commits", head, path, since)
        touched = list(repository.history(head, path))
        items = tuple(_commit_fact(commit) for commit in touched if commit.at.date() >= since)
        return Commits(path=path, since=since, items=items, has_first=len(items) == len(touched))

    async def glob_commits(self, repo: str, head: str, glob: str, since: dt.date) -> Commits | None:
        """Return None, as GitHub's API does."""
        return None

    async def tags(self, repo: str, prefix: str) -> tuple[Tag, ...]:
        now, repository = await self._request_of(repo, "tags", prefix)
        return tuple(
            Tag(name=tag.name, sha=tag.object or tag.commit, annotated=bool(tag.object))
            for tag in sorted(repository.tags.values(), key=lambda tag: tag.name)
            if tag.name.startswith(prefix) and tag.at <= now
        )

    async def dated_tag(self, repo: str, tag: Tag) -> DatedTag:
        _, repository = await self._request_of(repo, "tag", tag.name)
        demo_tag = repository.tags[tag.name]
        return DatedTag(name=demo_tag.name, sha=demo_tag.commit, at=demo_tag.at)

    async def compare(self, repo: str, base: str, head: str, *, files: bool = True) -> Comparison:
        now, repository = await self._request_of(repo, "compare", base, head)
        first, second = self._commit(repository, base, now), self._commit(repository, head, now)
        shared = repository.merge_base(first.sha, second.sha)
        return Comparison(
            base=first.sha,
            head=second.sha,
            commits=second.ancestors - shared.ancestors,
            behind=first.ancestors - shared.ancestors,
            files=len(repository.changes(shared.sha, second.sha)),
        )

    async def older_commits(self, repo: str, base: str, head: str, before: dt.date) -> Mapping[str, dt.datetime]:
        """Return nothing: made-up histories have no merges."""
        await self._request_of(repo, "older commits", base, head, before)
        return {}

    # --- files ---

    async def tree(self, repo: str, sha: str, *, optional: bool = False) -> Tree:
        if sha in self._host.cached_trees and (known := self._host.world.repository(repo)):
            return tree_fact(known, sha)
        now, repository = await self._request_of(repo, "tree", sha)
        full = self._commit(repository, sha, now).sha
        self._host.cached_trees.add(full)
        return tree_fact(repository, full)

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        _, repository = await self._request_of(repo, "blob", sha)
        data = repository.blobs.get(sha)
        if data is None:
            raise NotFound(f"{repo} has no file with the SHA {sha}. Check the SHA.")
        return data

    async def document(self, url: str) -> WebDocument:
        """Return the document of the made-up update service: the newest stable version."""
        now = await self._request("document", url)
        if url != UPDATE_SERVICE:
            raise NotFound(f"The demo has no document at {safe_line(url, 80)}. Use the demo's own tracker.")
        repositories = self._host.world.repositories.values()
        tags = (tag for repository in repositories for tag in repository.tags.values())
        stable = [tag for tag in tags if tag.at <= now and tag.name.startswith("v") and "-" not in tag.name]
        version = max(stable, key=lambda tag: tag.at).name.removeprefix("v")
        return WebDocument(body=json.dumps({"version": version}).encode(), host="loom.example", url=url)

    # --- issues, pull requests and comments ---

    def _issues(self, repository: DemoRepository, now: dt.datetime) -> list[Issue]:
        return [issue for issue in issues_at(self._host.world.today, now) if issue.repo == repository.name]

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        now, repository = await self._request_of(repo, "issues", *numbers)
        known = {issue.number: issue for issue in self._issues(repository, now)}
        return {
            number: known.get(number) or NotFound(f"{repository.name} has no issue #{number}. Check the number.")
            for number in numbers
        }

    async def search(self, repo: str, query: str) -> SearchResult:
        now, repository = await self._request_of(repo, "search", query)
        matching = search_issues(self._issues(repository, now), query)
        return SearchResult(total=len(matching), items=tuple(matching[:_MAX_SEARCH]))

    async def open_pulls(self, repo: str, branch: str) -> Pulls:
        """Return all open pull requests, the most recently updated first. All go into the followed branch."""
        now, repository = await self._request_of(repo, "pulls", branch)
        return Pulls(
            items=tuple(
                Pull(
                    number=pull.number,
                    title=pull.title,
                    url=pull.url,
                    head=f"{pull.number:040x}",
                    updated_at=pull.created_at or now,
                )
                for pull in self._issues(repository, now)
                if pull.is_pull and pull.state == "open"
            )
        )

    async def merged_pull(self, repo: str, number: int) -> MergedPull:
        """Return the first commit, which every branch contains."""
        _, repository = await self._request_of(repo, "pull", number)
        return MergedPull(base="dev", sha=next(iter(repository.commits)))

    async def pull_files(self, repo: str, number: int, head: str) -> tuple[str, ...]:
        _, repository = await self._request_of(repo, "pull files", number)
        return next(issue.paths for issue in ISSUES if (issue.repo, issue.number) == (repository.name, number))

    async def comments(self, repo: str, number: int) -> tuple[Comment, ...]:
        now, repository = await self._request_of(repo, "comments", number, len(self._host.posted))
        comments = (*comments_at(self._host.world.today, now), *self._host.posted)
        start = f"{links.issue_url(WEB, repository.name, number)}#"
        return tuple(comment for comment in comments if comment.url.startswith(start))

    async def user(self) -> str:
        return LOGIN

    async def post_comment(self, repo: str, number: int, body: str) -> Comment:
        now, repository = await self._request_of(repo, "post", number, body)
        if number not in {issue.number for issue in self._issues(repository, now)}:
            raise NotFound(f"{repository.name} has no issue #{number}. Check `issue` in the tracker.")
        comment_id = 9500 + len(self._host.posted)
        comment = make_comment(comment_id, repository.name, number, LOGIN.lower(), "MEMBER", body, now)
        self._host.posted.append(comment)
        return comment

    async def edit_comment(self, repo: str, comment_id: int, body: str) -> Comment:
        now = await self._request("edit", comment_id, body)
        for index, comment in enumerate(self._host.posted):
            if comment.id == comment_id:
                self._host.posted[index] = replace(comment, body=safe_text(body), updated_at=now)
                return self._host.posted[index]
        raise NotFound(f"{repo} has no comment {comment_id} of yours. Post a new one.")

    # --- cost ---

    def usage(self) -> RequestUsage:
        return RequestUsage(sent=len(self._requested))

    def requests_left(self) -> int:
        """Return a number above any need: the demo has no limit."""
        return 1_000

    def waiting(self) -> HostWait | None:
        """Return None: there is no host to wait for."""
        return None


@cache
def tree_fact(repository: DemoRepository, sha: str) -> Tree:
    """Return every path of the commit `sha`."""
    return Tree(sha=sha, entries=repository.entries(sha))


@cache
def _commit_fact(commit: DemoCommit) -> Commit:
    return commit_fact(commit.sha, commit.at, commit.author, commit.message)
