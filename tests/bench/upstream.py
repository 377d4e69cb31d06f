"""The upstream for the benchmarks of the refresh: a year of commits and a tree of the size of opencode."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

from tests.probes.opencode import (
    DOWN,
    EVENTS,
    MIGRATIONS,
    UP,
    event,
    make_downstream,
    make_issues,
    make_upstream,
    migration,
)
from tests.support.fake_github import FakeGitHub
from tests.support.fake_http import Reply, Request
from tests.support.git_repo import GitRepo

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
HOST_TOKEN = "ghp_" + "a" * 36
RESET = f"{MIGRATIONS}/20261121000000_tidy.ts"
FILES = 6000  # about the size of the real upstream's tree


def make_repositories(home: Path) -> tuple[GitRepo, GitRepo]:
    """Return the upstream and the downstream, written to disk."""
    up, down = make_upstream(GitRepo(home / "up", "dev")), make_downstream(GitRepo(home / "down", "main"))
    many = {f"packages/p{number % 40}/src/part{number % 17}/file{number}.ts": f"{number}\n" for number in range(FILES)}
    up.commit(many, branch="v2", at="2026-11-19", message="chore: everything else")
    # The expensive parts: a changed schema, and migrations to read, one of which resets.
    schema = up.git("show", f"v2:{EVENTS}") + "\n" + event("goal.set")
    up.commit({EVENTS: schema}, branch="v2", at="2026-11-20", message="feat: goals")
    harmless = f"{MIGRATIONS}/20261120000000_add.ts"
    added = {harmless: migration("CREATE TABLE a"), RESET: migration("DELETE FROM `event`")}
    up.commit(added, branch="v2", at="2026-11-21", message="feat: tables")
    up.flush()
    down.flush()
    return up, down


class CachingGitHub(FakeGitHub):
    """A fake that caches each response, because the benchmark must not measure the fake."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Reply] = {}
        super().__init__(token=HOST_TOKEN)

    def handle(self, request: Request) -> Reply:
        """Return the response; from the second request on as cached bytes."""
        key = (request.raw_path, request.raw_query)
        if key not in self._known:
            reply = super().handle(request)
            self._known[key] = replace(reply, body=json.dumps(reply.body).encode())
        return self._known[key]


def make_fake(up: GitRepo, down: GitRepo, latency: float) -> FakeGitHub:
    """Run a fake of both repositories with `latency` seconds for each request."""
    fake = CachingGitHub()
    make_issues(fake.add(UP, up), fake.add(DOWN, down))
    fake.latency = latency
    return fake
