"""A replay of a database with 1,000,000 parts, compared with a scan of the same rows with JSON decoding.

The reference reads and decodes every message and part in the order of the tables, in one process. All processes of the
replay together must stay below 300 MB.
"""

import json
import multiprocessing
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pawtui.replay.mapping.read_generation import find_generation
from pawtui.replay.replay_sources import ReplayProgress, replay_sources
from tests.replay.session_db import MODEL, STEP_FINISH, STEP_START, SessionDb, assistant, tool, user

TITLE = "replay of 1,000,000 parts, compared with a scan"
BUDGET = 3.0
PARTS = 1_000_000
MAX_MEGABYTES = 300
# One prompt, and a reply of nine parts.
PARTS_OF_TURN, TURNS_OF_SESSION = 10, 20


def measure(parts: int = PARTS) -> tuple[float, float]:
    """Return the seconds of a replay and of the scan, the better of two rounds each."""
    with tempfile.TemporaryDirectory(prefix="pawtui-bench-") as folder:
        path = Path(folder) / "sessions.db"
        make_database(path, parts)
        ours, reference = [], []
        for _ in range(2):
            reference.append(_scan(path))
            ours.append(_replay(path, parts))
    return min(ours), min(reference)


def make_database(path: Path, parts: int) -> None:
    """Write a database with that many parts, in sessions of 20 prompts each."""
    database = SessionDb(path)
    connection = database.connection
    connection.execute("BEGIN")
    for number in range(parts // (PARTS_OF_TURN * TURNS_OF_SESSION)):
        session = database.session(id=f"ses_{number:08}")
        rows = list(_turns(session, number * TURNS_OF_SESSION))
        for table in ("message", "part"):
            values = [row[1:] for row in rows if row[0] == table]
            marks = ", ".join("?" * len(values[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 - fixed names
    connection.execute("COMMIT")
    connection.close()


def _turns(session: str, first: int) -> Iterator[tuple[Any, ...]]:
    for turn in range(first, first + TURNS_OF_SESSION):
        prompt, reply = f"msg_{turn:08}a", f"msg_{turn:08}b"
        yield "message", prompt, session, 1_000, 2_000, _compact(user(model=MODEL))
        yield "message", reply, session, 1_000, 2_000, _compact(assistant(prompt))
        text = {"type": "text", "text": "what was written, a line or two of it. " * 8, "time": {"start": 1, "end": 2}}
        calls = [tool("completed", f"call_{turn}_{number}", output="a line of a file\n" * 20) for number in range(5)]
        parts = [STEP_START, {**text, "type": "reasoning"}, *calls, text, STEP_FINISH]
        for number, part in enumerate(({"type": "text", "text": "please do it"}, *parts)):
            message = reply if number else prompt
            yield "part", f"prt_{turn:08}{number}", message, session, 1_000, 2_000, _compact(part)


def _compact(value: Any) -> str:
    """Return JSON without spaces, as the upstream writes it."""
    return json.dumps(value, separators=(",", ":"))


def _scan(path: Path) -> float:
    start = time.perf_counter()
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    for table in ("message", "part"):
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - fixed names
            json.loads(row[-1])
    connection.close()
    return time.perf_counter() - start


def _replay(path: Path, parts: int) -> float:
    """Replay in a fresh process, so that its memory can be measured."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_replayed, args=(path, sender))
    process.start()
    sender.close()
    seconds, total, megabytes = receiver.recv()
    process.join()
    if total != parts:
        raise RuntimeError(f"{total:,} of {parts:,} parts were replayed")
    if megabytes > MAX_MEGABYTES:
        raise RuntimeError(f"the replay took up to {megabytes:,.0f} MB: more than {MAX_MEGABYTES}")
    return float(seconds)


def _replayed(path: Path, sender: Any) -> None:
    peaks: dict[int, float] = {}

    def note_peaks(_progress: ReplayProgress) -> None:
        for process_id in (os.getpid(), *(child.pid for child in multiprocessing.active_children())):
            if process_id is not None:
                peaks[process_id] = _peak_megabytes(process_id) or peaks.get(process_id, 0)

    start = time.perf_counter()
    result = replay_sources([path], find_generation("session"), on_progress=note_peaks)
    seconds = time.perf_counter() - start
    # The sum of the peaks is an upper bound.
    sender.send((seconds, result.counts().total, sum(peaks.values())))


def _peak_megabytes(process_id: int) -> float:
    """Return the peak memory of a process; 0 if it is unknown or the process has ended."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)
