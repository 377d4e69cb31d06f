"""Fixtures for the tests of sources."""

from typing import Any

import pytest

from pawtui.sources.github.github_source import GitHubSource
from tests.support.fixtures import OpenSource


@pytest.fixture
def open_source(open_source: OpenSource, request: pytest.FixtureRequest) -> OpenSource:
    """The factory of all tests; tests with the mark `network` get sources that connect to the fake's server."""
    if request.node.get_closest_marker("network") is None:
        return open_source

    def make(**options: Any) -> GitHubSource:
        return open_source(**{"transport": None, **options})

    return make
