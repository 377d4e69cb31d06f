"""Fixtures: an empty session database, and a function that replays it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pawtui.replay.mapping.generation import find_generation
from pawtui.replay.replay_run import choose_generation, replay
from pawtui.replay.results.result import Result
from tests.replay.session_db import SessionDb

Replay = Callable[..., Result]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SessionDb]:
    """An empty database with the upstream's tables."""
    database = SessionDb(tmp_path / "sessions.db")
    yield database
    database.connection.close()


@pytest.fixture
def run(db: SessionDb) -> Replay:
    """A function that replays the database, or other paths, onto the newest or the given generation."""

    def run_it(*paths: Path, generation: str = "") -> Result:
        chosen = find_generation(generation) if generation else choose_generation(None)
        return replay(paths or (db.path,), chosen)

    return run_it
