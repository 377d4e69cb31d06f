"""Fixtures for refreshes and pins: two repositories served by a fake GitHub."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.refresh.daily_workspace import DailyWorkspace
from tests.refresh.pair import Pair
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo


@pytest.fixture
def pair(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> Pair:
    return Pair(fake, make_repo)


@pytest.fixture
def daily(
    fake: FakeGitHub, make_repo: Callable[..., GitRepo], open_source: OpenSource, tmp_path: Path
) -> DailyWorkspace:
    """A workspace with one commit in each repository and an empty record."""
    return DailyWorkspace(fake, make_repo, open_source, tmp_path)
