"""Fixtures for the tests of sources: their requests use the network."""

from __future__ import annotations

from typing import Any

import pytest

from pawtui.sources.github.github_source import GitHubSource
from tests.support.fixtures import OpenSource


@pytest.fixture
def open_source(open_source: OpenSource) -> OpenSource:
    """The factory of all tests, for sources that connect to the fake's server."""

    def make(**options: Any) -> GitHubSource:
        return open_source(**{"transport": None, **options})

    return make
