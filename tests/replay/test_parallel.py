"""Several processes: their number, and a result that is the same as that of one process."""

import json
import signal
from concurrent.futures import Executor, Future
from typing import Any, NoReturn

import pytest

from pawtui.replay.checking.openapi_schema import OpenApiSchema
from pawtui.replay.mapping.read_generation import find_generation
from pawtui.replay.parallel import process_count
from pawtui.replay.reading.read_only_database import open_read_only
from pawtui.replay.reading.v1_database import V1Database
from pawtui.replay.replay_errors import ReplayError
from pawtui.replay.replay_sources import ReplayProgress, replay_sources
from pawtui.replay.results.totals import Totals
from pawtui.report.replay_json import write_replay
from tests.replay.session_db import SUBTASK, TEXT, SessionDb, tool, user
from tests.replay.test_damaged_rows import damage_long_row


def use_two_processes(monkeypatch: pytest.MonkeyPatch, batch_parts: int) -> None:
    """Replay every database in two processes, with batches of a number of parts."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("pawtui.replay.replay_sources.MIN_PARTS", 1)
    monkeypatch.setattr("pawtui.replay.parallel.BATCH_PARTS", batch_parts)


def replayed(db: SessionDb) -> tuple[str, list[tuple[int, int, int]]]:
    """Return the JSON of a replay with a schema of one event, and the sessions and parts that are done at each step.

    The database is the second source.
    """
    export = db.path.with_name("first.json")
    export.write_text('{"info": {"id": "ses_first"}, "messages": []}', encoding="utf-8")
    steps: list[tuple[int, int, int]] = []
    event = {"properties": {"type": {"const": "session.text.ended.1"}, "data": {"required": ["nope"]}}}
    result = replay_sources(
        [export, db.path],
        find_generation("session"),
        schema=OpenApiSchema(json.dumps({"components": {"schemas": {"Event": event}}}).encode()),
        on_progress=lambda step: steps.append((step.sessions_done, step.all_sessions, step.parts_done)),
    )
    written: list[str] = []
    write_replay(result, written.append)
    return "".join(written), steps


@pytest.fixture
def several_sessions(db: SessionDb) -> SessionDb:
    """A database with losses, a damaged row, and sessions without a row or not imported."""
    for number in range(3):
        session = db.turn(TEXT, tool("completed", f"call_{number}", title="a title"), "{")
        db.message(session, user(), [SUBTASK])
    db.message("ses_without_a_row", user(), [TEXT])
    db.part("ses_1", "msg_gone", TEXT)
    db.add_import("completed", "ses_1", "ses_2", "ses_4")
    db.connection.execute("ALTER TABLE session ADD COLUMN metadata")
    db.session(metadata="q" * 20_000)
    damage_long_row(db.path)
    return db


STEPS = [(1, 4, 7), (2, 4, 14), (3, 4, 21), (4, 4, 21), (5, 5, 22)]


@pytest.mark.parametrize(("cpus", "processes"), [(None, 1), (1, 1), (2, 2), (64, 3)])
def test_processes_are_limited_because_each_needs_memory(
    monkeypatch: pytest.MonkeyPatch, cpus: int | None, processes: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cpus)
    assert process_count() == processes


def test_several_processes_have_the_result_of_one_process(
    several_sessions: SessionDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, steps = replayed(several_sessions)
    assert steps == STEPS
    assert "text.ended" in alone
    assert "session not imported" in alone
    assert '"unreadable session row"' in alone
    use_two_processes(monkeypatch, 12)
    together, steps = replayed(several_sessions)
    # A process replays two sessions with a row as one batch.
    assert steps == STEPS[1::2] + STEPS[-1:]
    assert together == alone


def test_without_processes_the_sessions_are_replayed_in_this_process(
    several_sessions: SessionDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> NoReturn:
        raise OSError("no semaphores")

    alone, _steps = replayed(several_sessions)
    use_two_processes(monkeypatch, 12)
    monkeypatch.setattr("pawtui.replay.parallel.ProcessPoolExecutor", refuse)
    assert replayed(several_sessions) == (alone, STEPS)


def test_a_cancel_does_not_wait_for_batches_that_have_not_begun(db: SessionDb, monkeypatch: pytest.MonkeyPatch) -> None:
    use_two_processes(monkeypatch, 1)
    for _ in range(3):
        db.turn()
    futures: list[Future[Totals]] = []

    class Pool(Executor):
        """A pool that has finished the first batch, and has not begun another."""

        def __init__(self, *_args: object) -> None:
            """No process is started."""

        def submit(self, *_args: Any, **_named: Any) -> Future[Any]:
            # A process inherits this mask: Ctrl+C does not end it with a traceback while it starts.
            assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
            futures.append(Future())
            if len(futures) == 1:
                futures[0].set_result(Totals())
            return futures[-1]

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            if cancel_futures:
                for future in futures:
                    future.cancel()

    def cancel(_step: ReplayProgress) -> NoReturn:
        raise ReplayError("cancelled")

    monkeypatch.setattr("pawtui.replay.parallel.ProcessPoolExecutor", Pool)
    with pytest.raises(ReplayError, match="cancelled"):
        replay_sources([db.path], find_generation("session"), on_progress=cancel)
    assert [future.cancelled() for future in futures] == [False, True, True]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_damaged_table_of_sessions_does_not_stop_the_replay_of_a_large_database(
    db: SessionDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.turn()
    # The time of the session is behind the damaged part of the row.
    db.turn(session=db.session(title="q" * 20_000))
    damage_long_row(db.path)
    alone, steps = replayed(db)
    assert steps == [(1, 1, 3), (2, 2, 6)]
    assert '"unreadable session row"' in alone
    use_two_processes(monkeypatch, 1)
    assert replayed(db) == (alone, steps)


def test_some_sessions_are_read_once_and_in_order(
    db: SessionDb,
) -> None:
    for number in range(60):
        db.session(time_created=number % 7)
    with open_read_only(db.path) as opened:
        database = V1Database(db.path, opened.connection)
        ids = database.session_ids()
        assert [session.id for session in database.sessions(ids[5:])] == ids[5:]
    rows = db.connection.execute("SELECT id FROM session ORDER BY time_created, id")
    assert ids == [name for (name,) in rows]
