"""Fixtures for probe tests."""

from collections.abc import Callable

import pytest

from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.git_repo import GitRepo


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    """A published upstream without commits: up/stream."""
    return fake.add("up/stream", make_repo("up"))
