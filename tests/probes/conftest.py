"""Repositories that are made once for all tests here, and short ways to measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.probes.measuring import World, open_world
from tests.support.fake_github import FakeGitHub, FakeRepo
from tests.support.git_repo import GitRepo


@pytest.fixture(scope="session")
def opencode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The year 2026 of an upstream like opencode, on a fake GitHub. Tests must not change it."""
    with open_world(tmp_path_factory.mktemp("opencode")) as world:
        yield world


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    """An upstream without commits, published as up/stream."""
    return fake.add("up/stream", make_repo("up"))
