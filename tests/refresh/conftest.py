"""The pair of repositories that refreshes are tried on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.refresh.pair import Pair
from tests.support.fake_github import FakeGitHub
from tests.support.git_repo import GitRepo


@pytest.fixture
def pair(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> Pair:
    return Pair(fake, make_repo)
