"""A database to fill, and a replay of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pawtui.replay.generation import all_generations
from pawtui.replay.run import Result, replay
from tests.replay.session_db import SessionDb

Replay = Callable[..., Result]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SessionDb]:
    """An empty database of the upstream's tables."""
    database = SessionDb(tmp_path / "sessions.db")
    yield database
    database.connection.close()


@pytest.fixture
def run(db: SessionDb) -> Replay:
    """Replays the database onto the newest generation, or onto the one that is named."""

    def run_it(*paths: Path, generation: str = "") -> Result:
        known = {one.name: one for one in all_generations()}
        chosen = known[generation] if generation else all_generations()[0]
        return replay(paths or (db.path,), chosen)

    return run_it
