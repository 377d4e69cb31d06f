"""Repositories that are made once for all tests here, and short ways to measure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.probes.measuring import World, open_world


@pytest.fixture(scope="session")
def opencode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The year 2026 of an upstream like opencode, on a fake GitHub. Tests must not change it."""
    with open_world(tmp_path_factory.mktemp("opencode")) as world:
        yield world
