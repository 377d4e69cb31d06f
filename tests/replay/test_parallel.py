"""Several processes: their number, and a result that is the same as that of one process."""

from typing import NoReturn

import pytest

from pawtui.replay.mapping.read_generation import find_generation
from pawtui.replay.parallel import default_jobs
from pawtui.replay.replay_sources import replay_sources
from pawtui.report.replay_json import write_replay
from tests.replay.session_db import SUBTASK, TEXT, SessionDb, tool, user

INDEXES = "CREATE INDEX a ON message (session_id); CREATE INDEX b ON part (message_id);"


def replayed(db: SessionDb, jobs: int) -> tuple[str, list[int]]:
    """Return the JSON of a replay, and the number of sessions that are done at each step."""
    steps: list[int] = []
    result = replay_sources(
        [db.path], find_generation("session"), on_progress=lambda step: steps.append(step.sessions), jobs=jobs
    )
    written: list[str] = []
    write_replay(result, written.append)
    return "".join(written), steps


@pytest.fixture
def large(db: SessionDb, monkeypatch: pytest.MonkeyPatch) -> SessionDb:
    """A database that counts as large, with losses, damage, and a session without a row."""
    monkeypatch.setattr("pawtui.replay.source_run.MIN_PARTS", 1)
    db.connection.executescript(INDEXES)
    for number in range(3):
        session = db.turn(tool("completed", f"call_{number}", title="a title"), "{")
        db.message(session, user(), [SUBTASK])
    db.message("ses_without_a_row", user(), [TEXT])
    db.part("ses_1", "msg_gone", TEXT)
    return db


@pytest.mark.parametrize(("cpus", "jobs"), [(None, 1), (1, 1), (2, 2), (64, 3)])
def test_processes_are_limited_because_each_needs_memory(
    monkeypatch: pytest.MonkeyPatch, cpus: int | None, jobs: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cpus)
    assert default_jobs() == jobs


def test_several_processes_have_the_result_of_one_process(large: SessionDb) -> None:
    alone, steps = replayed(large, jobs=1)
    assert steps == [1, 2, 3, 4]
    together, steps = replayed(large, jobs=2)
    # A process replays the three sessions with a row as one batch.
    assert steps == [3, 4]
    assert together == alone


def test_without_processes_the_sessions_are_replayed_in_this_process(
    large: SessionDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> NoReturn:
        raise OSError("no semaphores")

    alone, _steps = replayed(large, jobs=1)
    monkeypatch.setattr("pawtui.replay.parallel.ProcessPoolExecutor", refuse)
    assert replayed(large, jobs=2) == (alone, [1, 2, 3, 4])
