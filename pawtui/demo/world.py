"""The made-up world: two repositories and their issues, the same for the same day, current on any day."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import msgspec

from pawtui.demo.downstream import build_downstream
from pawtui.demo.reports import MadeComment, MadeIssue, build_comments, build_issues
from pawtui.demo.repository import MadeRepository
from pawtui.demo.upstream import build_upstream


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the demo's source can answer with. It ends at `today`'s midnight (UTC)."""

    today: dt.date
    repositories: dict[str, MadeRepository]
    issues: tuple[MadeIssue, ...]
    comments: tuple[MadeComment, ...]

    def repository(self, name: str) -> MadeRepository | None:
        """The repository of that `owner/name`, in any case, as on GitHub."""
        return self.repositories.get(name.lower())


@lru_cache(maxsize=2)
def made_up_world(today: dt.date) -> World:
    """The world on that day. It takes some tens of milliseconds to make and is kept."""
    repositories = (build_upstream(today), build_downstream(today))
    return World(
        today=today,
        repositories={repository.name.lower(): repository for repository in repositories},
        issues=build_issues(today),
        comments=build_comments(today),
    )
