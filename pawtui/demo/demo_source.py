"""The demo's source: facts of the made-up world in memory, without HTTP, a cache or a network."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Self

from msgspec.structs import replace

from pawtui.demo.demo_git_source import DemoGitSource
from pawtui.demo.demo_issues import ISSUES, WEB, comments_at, issues_at, make_comment, search_issues
from pawtui.demo.demo_repository import DemoRepository
from pawtui.demo.demo_upstream import UPDATE_SERVICE
from pawtui.sources import links
from pawtui.sources.facts import Comment, Issue, MergedPull, Pull, Pulls, RequestUsage, SearchResult, WebDocument
from pawtui.sources.sanitize import safe_line, safe_text
from pawtui.sources.source_errors import NotFound, SourceError
from pawtui.sources.waiting import HostWait

LOGIN = "You"


class DemoSource(DemoGitSource):
    """A source that reads the made-up GitHub, and can post comments to it. `WritableSource` describes the methods."""

    label = "demo"
    can_write = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Do nothing: there is nothing to close."""

    async def is_archived(self, repo: str) -> bool:
        """Return False: the made-up projects continue."""
        return False

    async def web_document(self, url: str) -> WebDocument:
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
        return SearchResult(total=len(matching), items=tuple(matching))

    async def open_pulls(self, repo: str, branch: str) -> Pulls:
        """Return all open pull requests, the most recently updated first. All go into the followed ref."""
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
