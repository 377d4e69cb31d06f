"""Replay the sessions of a large database in several processes.

Each process opens the same file or copy, replays batches of sessions, and returns its totals. The totals are merged in
the order of the sessions.
"""

import os
import signal
from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from pawtui.replay.checking.openapi_schema import OpenApiSchema, SchemaCheck
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.reading.read_only_database import connect
from pawtui.replay.reading.v1_database import V1Database
from pawtui.replay.replayer import Replayer
from pawtui.replay.results.totals import Totals

# A database with fewer parts is replayed in one process. Starting a process takes the time of about 10,000 parts.
MIN_PARTS = 100_000
# A process needs about 60 MB.
MAX_PROCESSES = 3
# A batch takes about 0.1 seconds.
BATCH_PARTS = 2_000


def process_count() -> int:
    """Return the number of processes for a large database: one for each CPU, at most `MAX_PROCESSES`."""
    return min(os.cpu_count() or 1, MAX_PROCESSES)


class Work(NamedTuple):
    """The work of a process: the file, its SQLite URI, the mapping, and the schema, empty if there is none.

    `not_imported` are ids of sessions that the upstream did not import.
    """

    path: Path
    uri: str
    generation: Generation
    schema: bytes
    not_imported: Collection[str]


class ProcessesUnavailable(Exception):
    """Processes cannot be started, or a process ended unexpectedly."""


class _Worker:
    """The state of a process for all its batches. `_start_worker` sets it once; there are no instances."""

    work: Work
    schema_check: SchemaCheck | None
    database: V1Database


def replay_batches(
    work: Work, session_ids: Sequence[str], part_count: int, processes: int
) -> Generator[tuple[int, Totals], None, None]:
    """Yield the number of sessions in each batch and their totals, in the order of the sessions.

    `part_count` is the number of all parts. Raises `ProcessesUnavailable`: then the batches
    that were not yielded must be replayed in this process.
    """
    size = max(1, len(session_ids) * BATCH_PARTS // max(part_count, 1))
    batches = [session_ids[start : start + size] for start in range(0, len(session_ids), size)]
    try:
        with ProcessPoolExecutor(processes, get_context("spawn"), _start_worker, (work,)) as pool:
            with _blocked_interrupts():
                futures = [pool.submit(_replay_batch, batch) for batch in batches]
            try:
                for batch, future in zip(batches, futures, strict=True):
                    yield len(batch), future.result()
            finally:
                # After an error or a cancel, wait only for the batches that the pool has given to the processes: two or
                # three for each.
                pool.shutdown(cancel_futures=True)
    except (OSError, ImportError, BrokenProcessPool) as error:
        raise ProcessesUnavailable from error


@contextmanager
def _blocked_interrupts() -> Iterator[None]:
    """Delay Ctrl+C, which reaches all processes of a terminal: a process that starts now inherits this."""
    if not hasattr(signal, "pthread_sigmask"):
        # Windows has no such mask.
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(work: Work) -> None:
    # Ctrl+C ends the main process, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Worker.work = work
    _Worker.schema_check = SchemaCheck(work.generation, OpenApiSchema(work.schema)) if work.schema else None
    _Worker.database = V1Database(work.path, connect(work.path, work.uri))


def _replay_batch(session_ids: Sequence[str]) -> Totals:
    replayer = Replayer(_Worker.work.generation, _Worker.schema_check, _Worker.work.not_imported)
    for session in _Worker.database.sessions(session_ids):
        replayer.replay(session)
    for issue in _Worker.database.pop_issues():
        replayer.totals.count_issue(issue)
    return replayer.totals
