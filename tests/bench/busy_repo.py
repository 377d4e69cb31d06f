"""The upstream's year with 6,000 more files and 18 more commits for each commit."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.probes.opencode import make_downstream, make_upstream
from tests.support.git_repo import GitRepo, Link, RepoCommit, Submodule, TimeLike, utc_time

FILES = 6000
BETWEEN = 18  # additional commits for each commit of the upstream's year


def _elsewhere(number: int) -> str:
    number %= FILES
    return f"packages/p{number % 40}/src/part{number % 17}/file{number}.ts"


class BusyRepo(GitRepo):
    """A repository that adds commits to other files before each commit, on the same branch and with times between."""

    def __init__(self, path: Path, default: str = "main") -> None:
        super().__init__(path, default)
        self._count = 0
        self._before: dt.datetime | None = None

    def commit(
        self,
        files: Mapping[str, str | bytes | Submodule | Link | None] | None = None,
        *,
        branch: str | None = None,
        at: TimeLike | None = None,
        **options: Any,
    ) -> RepoCommit:
        """Make a commit; the other options are those of `GitRepo.commit`."""
        after = utc_time(at) if at is not None else None
        if self._before is None:
            files = {**(files or {}), **{_elsewhere(number): f"{number}\n" for number in range(FILES)}}
        elif after is not None and after > self._before:
            for part in range(BETWEEN):
                self._count += 1
                when = self._before + (after - self._before) * (part + 1) / (BETWEEN + 1)
                changed = {_elsewhere(self._count * 7): f"{self._count}\n"}
                super().commit(changed, branch=branch, at=when, message=f"fix: elsewhere (#{self._count})")
        self._before = max(after, self._before) if after and self._before else after or self._before
        return super().commit(files, branch=branch, at=at, **options)


def make_busy_repositories(home: Path) -> tuple[GitRepo, GitRepo]:
    """Return the busy upstream and the downstream, written to disk and packed like a clone."""
    up, down = make_upstream(BusyRepo(home / "up", "dev")), make_downstream(GitRepo(home / "down", "main"))
    for repo in (up, down):
        repo.git("repack", "-adq")
    return up, down
