"""Fixtures for the tests of sources."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pawtui.sources.github.github_source import GitHubSource
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def open_source(open_source: OpenSource, request: pytest.FixtureRequest) -> OpenSource:
    """The factory of all tests; tests with the mark `network` get sources that connect to the fake's server."""
    if request.node.get_closest_marker("network") is None:
        return open_source

    def make(**options: Any) -> GitHubSource:
        return open_source(**{"transport": None, **options})

    return make


@pytest.fixture
def up(fake: FakeGitHub, make_repo: MakeRepo) -> GitRepo:
    """400 commits, one every 12 hours, in three folders and a file; a branch is merged after two thirds."""
    repo = make_repo("up")
    for number in range(400):
        at = START + dt.timedelta(hours=12 * number)
        files = {f"src/{'abc'[number % 3]}/f{number % 7}.py": f"{number}\n"}
        if number % 100 == 50:
            files["one.txt"] = f"{number}\n"
        if number == 250:
            repo.branch("side", "main")
        if number == 260:
            repo.commit({"src/a/side.py": "s\n"}, branch="side", at=at, message="feat: side")
            repo.commit({"src/a/side.py": "s\n"}, at=at, message="Merge side", merge=["side"])
        repo.commit(files, at=at, message=f"fix: change {number}\n\nA body.")
    fake.add("up/stream", repo)
    return repo
