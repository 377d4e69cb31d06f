"""Fixtures: empty session databases, a function that replays them, and the losses of a result."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pawtui.replay.mapping.read_generation import find_generation
from pawtui.replay.replay_sources import choose_generation, replay_sources
from pawtui.replay.results.result import Result
from pawtui.replay.results.totals import Difference
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

    def run_replay(*paths: Path, generation: str = "") -> Result:
        chosen = find_generation(generation) if generation else choose_generation(None)
        # A database that was written in this moment would be read 50 ms later.
        os.utime(db.path, (0, 0))
        return replay_sources(paths or (db.path,), chosen)

    return run_replay


def whole_losses(result: Result) -> list[tuple[Difference, int]]:
    """Return each loss of whole parts and the number of parts, the most frequent first."""
    return [(found, parts) for found, parts in result.difference_counts() if found.is_whole_loss]


def lost_parts(result: Result) -> list[tuple[str, str, str]]:
    """Return the id, the type and the reason of each part that is lost, once for each loss."""
    return [
        (found.part, found.difference.type, found.difference.reason)
        for found in result.differences()
        if found.difference.is_whole_loss
    ]
