"""Issues, pull requests and comments of a repository, set by a test, and a search in them."""

import datetime as dt
import shlex
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.support.git_responses import WEB
from tests.support.repository_objects import iso

SEARCH_LENGTH = 256


@dataclass
class FakeComment:
    """A comment. `association` is that of its author: OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR or NONE."""

    id: int
    number: int
    body: str
    created_at: dt.datetime
    updated_at: dt.datetime
    author: str = "ada"
    association: str = "NONE"
    minimized: str = ""

    def response(self, full_name: str) -> dict[str, Any]:
        """Return the comment as in the API."""
        return {
            "id": self.id,
            "body": self.body,
            "user": {"login": self.author, "type": "User"},
            "author_association": self.association,
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "html_url": f"{WEB}/{full_name}/issues/{self.number}#issuecomment-{self.id}",
            "minimized": {"reason": self.minimized} if self.minimized else None,
        }


@dataclass
class FakePull:
    """An open pull request into `base`; `head` is the SHA of its newest commit, `files` the changed files."""

    number: int
    title: str
    updated_at: dt.datetime
    base: str
    head: str
    files: tuple[str, ...] = ()
    draft: bool = False

    def response(self, full_name: str) -> dict[str, Any]:
        """Return the pull request as in the API."""
        return {
            "number": self.number,
            "title": self.title,
            "state": "open",
            "html_url": f"{WEB}/{full_name}/pull/{self.number}",
            "updated_at": iso(self.updated_at),
            "merged_at": None,
            "draft": self.draft,
            "head": {"ref": f"pull-{self.number}", "sha": self.head},
            "base": {"ref": self.base, "sha": self.head},
        }


@dataclass
class FakeIssue:
    """An issue or pull request. `deleted` gives a 410; `moved_to` (`owner/name`, number) gives a 301.

    `events` are the names of its events. `merged_into` is a branch and the commit there; default: the default branch.
    """

    number: int
    title: str
    created_at: dt.datetime
    updated_at: dt.datetime
    state: Literal["open", "closed"] = "open"
    labels: tuple[str, ...] = ()
    closed_at: dt.datetime | None = None
    reason: str | None = "completed"
    is_pull: bool = False
    merged_at: dt.datetime | None = None
    deleted: bool = False
    moved_to: tuple[str, int] | None = None
    merged_into: tuple[str, str] = ("", "")
    locked: bool = False
    events: tuple[str, ...] = ()
    comments: list[FakeComment] = field(default_factory=list)

    def response(self, full_name: str, api: str) -> dict[str, Any]:
        """Return the issue as in the API."""
        kind = "pull" if self.is_pull else "issues"
        body: dict[str, Any] = {
            "number": self.number,
            "title": self.title,
            "state": self.state,
            "state_reason": self.reason if self.state == "closed" else None,
            "html_url": f"{WEB}/{full_name}/{kind}/{self.number}",
            "repository_url": f"{api}/repos/{full_name}",
            "labels": [{"id": 1, "name": label, "color": "ededed"} for label in self.labels],
            "user": {"login": "ada"},
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "closed_at": iso(self.closed_at) if self.closed_at else None,
            "locked": self.locked,
            "comments": len(self.comments),
            "body": None,
        }
        if self.is_pull:
            merged = iso(self.merged_at) if self.merged_at else None
            body["pull_request"] = {"html_url": body["html_url"], "merged_at": merged}
        return body

    def matches(self, words: list[str]) -> bool:
        """Return whether this issue matches the terms of a search (without `repo:`)."""
        return all(self._matches_word(word) for word in words)

    def _matches_word(self, word: str) -> bool:
        if word.startswith("-"):
            return not self._matches_word(word[1:])
        key, colon, value = word.partition(":")
        if not colon:
            return word.lower() in self.title.lower()
        facts = {self.state, "pr" if self.is_pull else "issue"} | ({"merged"} if self.merged_at else set())
        match key:
            case "is" | "state" | "type":
                return value in facts
            case "label":
                return value in self.labels
            case "in":
                return True
            case _:
                return False


def search_terms(query: str) -> tuple[list[str], list[str]]:
    """Return the repositories and the other terms of a search query."""
    words = shlex.split(query)
    repos = [word.removeprefix("repo:") for word in words if word.startswith("repo:")]
    return repos, [word for word in words if not word.startswith("repo:")]
