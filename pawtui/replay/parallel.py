"""Divide the sessions of a large database between processes.

Each process opens the same file (or the same copy) for itself, replays batches of sessions and sends back what it
counted, which is merged in the order of the sessions.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from pawtui.replay.generation import Generation
from pawtui.replay.replayer import Replayer
from pawtui.replay.schema import Schema
from pawtui.replay.schema_check import SchemaCheck
from pawtui.replay.snapshot import connect
from pawtui.replay.tally import Tally
from pawtui.replay.v1_database import V1Database

# Starting a process takes as long as some ten thousand parts; each takes some 60 MB.
WORTHWHILE = 100_000
MOST_JOBS = 3
_BATCHES = 32


class Work(NamedTuple):
    """What a process needs to begin: the file, how to open it, and onto what to replay."""

    path: Path
    uri: str
    generation: Generation
    schema: bytes
    source: int


class Unavailable(Exception):
    """No further processes can be started here."""


class _Worker:
    """The state of one process."""

    database: V1Database
    replayer: Replayer
    source: int


def jobs_here() -> int:
    """Return how many processes are worth while on this machine."""
    try:
        available = len(os.sched_getaffinity(0))
    except AttributeError:  # Not on macOS or Windows.
        available = os.cpu_count() or 1
    return min(available, MOST_JOBS)


def replay_batches(work: Work, session_ids: Sequence[str], jobs: int) -> Iterator[tuple[Tally, int]]:
    """Yield the tally of each batch of sessions, in order, and how many parts its sessions have.

    Raises `Unavailable` before anything is yielded where no processes can be started.
    """
    size = max(1, -(-len(session_ids) // _BATCHES))
    batches = [session_ids[start : start + size] for start in range(0, len(session_ids), size)]
    try:
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(work,))
    except (OSError, ImportError) as error:
        raise Unavailable from error
    with pool:
        try:
            first = pool.submit(_replay, batches[0])
            rest = [pool.submit(_replay, batch) for batch in batches[1:]]
            try:
                yield first.result()
            except (OSError, BrokenProcessPool) as error:
                raise Unavailable from error
            for future in rest:
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _start(work: Work) -> None:
    # Ctrl+C is for the first process, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    check = SchemaCheck(work.generation, Schema(work.schema)) if work.schema else None
    _Worker.database = V1Database(work.path, connect(work.path, work.uri))
    _Worker.replayer = Replayer(work.generation, check)
    _Worker.source = work.source


def _replay(session_ids: Sequence[str]) -> tuple[Tally, int]:
    parts = 0
    for session in _Worker.database.some_sessions(session_ids):
        parts += _Worker.replayer.replay(session, _Worker.source).parts.total
    tally = _Worker.replayer.tally
    for issue in _Worker.database.issues():
        tally.issue(issue)
    return tally.take(), parts
