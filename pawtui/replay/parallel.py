"""Divide the sessions of a large database between processes.

Each process opens the same file (or the same copy) for itself, replays batches of sessions and sends back what it
counted, which is merged in the order of the sessions.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
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
# A batch takes half a second or so.
_BATCH_PARTS = 20_000


class Work(NamedTuple):
    """What a process needs to begin: the file, how to open it, and onto what to replay."""

    path: Path
    uri: str
    generation: Generation
    schema: bytes
    source: int


class Batch(NamedTuple):
    """What some sessions add up to: how many parts were read, and how many of the sessions that were asked for."""

    tally: Tally
    parts: int
    sessions: int


class Unavailable(Exception):
    """No further processes can be started here, or one has ended on its own: what is left must be done here."""


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


def replay_batches(work: Work, session_ids: Sequence[str], parts: int, jobs: int) -> Iterator[Batch]:
    """Yield what each batch of sessions adds up to, in the order of the sessions.

    Args:
        parts: how many parts there are in all.
        jobs: how many processes to start.

    Raises:
        Unavailable: the batches that were not yielded yet must be replayed otherwise.
    """
    size = max(1, len(session_ids) * _BATCH_PARTS // max(parts, 1))
    batches = [session_ids[start : start + size] for start in range(0, len(session_ids), size)]
    before = set(active_children())
    try:
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(work,))
    except (OSError, ImportError) as error:
        raise Unavailable from error
    with pool:
        try:
            for future, batch in zip([pool.submit(_replay, batch) for batch in batches], batches, strict=True):
                tally, read = future.result()
                yield Batch(tally, read, len(batch))
        except (OSError, BrokenProcessPool) as error:
            raise Unavailable from error
        except BaseException:
            # Whoever interrupts this does not wait for the batches at hand.
            for child in set(active_children()) - before:
                child.terminate()
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _start(work: Work) -> None:
    # What is there now stays: the collector need not look through it, nor after every few hundred objects.
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
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
