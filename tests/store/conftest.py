"""Fixtures for the tests of the store."""

from pathlib import Path

import pytest

from pawtui.store.store import Store
from tests.store import store_samples


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tracker's folder that does not exist yet."""
    return tmp_path / "home" / "tracker"


@pytest.fixture
def store(folder: Path) -> Store:
    """A store without a record, with a fixed clock."""
    return Store(folder, clock=lambda: store_samples.AT, wait_seconds=5)
