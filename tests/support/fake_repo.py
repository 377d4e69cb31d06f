"""One repository of the fake GitHub: its git repository, issues, pull requests and comments."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from tests.support.fake_issues import FakeComment, FakeIssue, FakePull
from tests.support.git_repo import GitRepo, TimeLike, utc_time
from tests.support.git_responses import GitResponses

if TYPE_CHECKING:
    from tests.support.fake_github import FakeGitHub


class FakeRepo:
    """A git repository with issues and pull requests. A `private` repository needs the token."""

    def __init__(self, fake: FakeGitHub, full_name: str, number: int, git: GitRepo) -> None:
        self.fake = fake
        self.full_name = full_name
        self.id = number
        self.git = git
        self.responses = GitResponses(git)
        self.private = False
        self.archived = False
        self.issues_off = False
        self.issues: dict[int, FakeIssue] = {}
        self.pulls: dict[int, FakePull] = {}
        # The new name of each renamed branch, by its old name.
        self.renamed: dict[str, str] = {}
        # An old Enterprise server has no list of pushes. `activity` replaces the pushes computed from git, by branch.
        self.has_activity = True
        self.activity: dict[str, list[dict[str, Any]]] = {}

    def issue(
        self,
        number: int,
        title: str = "An issue",
        *,
        state: Literal["open", "closed"] = "open",
        labels: tuple[str, ...] = (),
        at: TimeLike | None = None,
        is_pull: bool = False,
        merged: bool = False,
        reason: str | None = "completed",
    ) -> FakeIssue:
        """Open an issue or pull request at `at` (default: now); `reason` is the reason for closing it later."""
        when = self._time(at)
        closed = when if state == "closed" or merged else None
        issue = FakeIssue(
            number,
            title,
            created_at=when,
            updated_at=when,
            state="closed" if merged else state,
            labels=labels,
            closed_at=closed,
            reason=reason,
            is_pull=is_pull or merged,
            merged_at=when if merged else None,
        )
        self.issues[number] = issue
        return issue

    def pull(
        self, number: int, title: str, *files: str, base: str | None = None, at: TimeLike | None = None
    ) -> FakePull:
        """Open a pull request that changes these files."""
        when = self._time(at)
        pull = FakePull(number, title, when, base or self.git.default, f"{number:040x}", files)
        self.pulls[number] = pull
        return pull

    def set_issue_state(
        self,
        number: int,
        *,
        state: Literal["open", "closed"],
        at: TimeLike | None = None,
        reason: str | None = "completed",
    ) -> None:
        """Close or reopen an issue."""
        when = self._time(at)
        issue = self.issues[number]
        issue.reason = reason
        issue.state, issue.updated_at = state, when
        issue.closed_at = when if state == "closed" else None

    def comment(
        self, number: int, body: str, *, author: str = "ada", association: str = "NONE", at: TimeLike | None = None
    ) -> FakeComment:
        """Add a comment to an issue."""
        when = self._time(at)
        comment = FakeComment(self.fake.next_id(), number, body, when, when, author, association)
        self.issues[number].comments.append(comment)
        self.issues[number].updated_at = when
        return comment

    def _time(self, at: TimeLike | None) -> dt.datetime:
        return self.fake.now() if at is None else utc_time(at)

    def response(self) -> dict[str, Any]:
        """Return the repository as in the API."""
        return {
            "id": self.id,
            "name": self.full_name.partition("/")[2],
            "full_name": self.full_name,
            "private": self.private,
            "owner": {"login": self.full_name.partition("/")[0]},
            "html_url": f"https://github.com/{self.full_name}",
            "url": f"{self.fake.url}/repos/{self.full_name}",
            "default_branch": self.git.default,
            "archived": self.archived,
        }
