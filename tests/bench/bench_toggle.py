"""The time to toggle a gate in a record of 1 MB, against one synced write of the same bytes to another file."""

import datetime as dt
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import msgspec

from pawtui.probes.reading import Evidence, ProbeReading
from pawtui.refresh.refresh_types import Refresh, RepoSnapshot, SignalReading
from pawtui.review.record_types import Change, Edit, GateEntry, Note, Record
from pawtui.store.store import Store

TITLE = "toggle of a gate in a record of 1 MB"
BUDGET = 6.0
RECORD_BYTES = 1_000_000
ROUNDS = 200

_START = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
_SHA = "041885d838" * 4


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the median seconds of a toggle (lock, reload, change, log, atomic write) and of the plain write."""
    with tempfile.TemporaryDirectory(prefix="pawtui-bench-") as folder:
        store = Store(Path(folder) / "tracker")
        fill(store, RECORD_BYTES)
        data = store.path.read_bytes()
        other = Path(folder) / "reference.json"
        ours, reference = [], []
        for number in range(rounds):
            reference.append(_seconds(partial(_plain_write, other, data)))
            ours.append(_seconds(partial(store.record_change, toggle(number))))
        return statistics.median(ours), statistics.median(reference)


def fill(store: Store, size: int) -> None:
    """Fill the record to `size` bytes: weekly refreshes for two years, then notes, each with its log entry."""
    for number in range(104):
        store.add_refresh(partial(_refresh, number))
    for number in count():
        stamp = store.stamp()
        if stamp is not None and stamp[1] >= size:
            return
        store.record_change(note(number))


def note(number: int) -> Callable[[Record], Change]:
    """Return a factory of a change that adds a note of 300 characters."""
    entry = Note(id=f"note-{number}", subject="review", text="What was seen, in words. " * 12, by="reviewer", at=_START)

    def make(_record: Record) -> Change:
        return _change("note", number, Edit(table="notes", key=entry.id, before=None, after=msgspec.to_builtins(entry)))

    return make


def toggle(number: int) -> Callable[[Record], Change]:
    """Return a factory of a change that sets a gate to the other of two states."""
    entry = GateEntry(
        id="sessions-survive", state="blocked" if number % 2 else "untested", reason="seen", by="reviewer", at=_START
    )

    def make(record: Record) -> Change:
        known = record.gates.get(entry.id)
        before = None if known is None else msgspec.to_builtins(known)
        return _change(
            "gate", number, Edit(table="gates", key=entry.id, before=before, after=msgspec.to_builtins(entry))
        )

    return make


def _change(action: str, number: int, edit: Edit) -> Change:
    return Change(
        id=f"{action}-{number}", action=action, summary=f"{action} {edit.key}", by="reviewer", at=_START, edits=(edit,)
    )


def _refresh(number: int, _record: Record) -> Refresh:
    at = _START + dt.timedelta(weeks=number)
    side = RepoSnapshot(repo="owner/name", ref="main", sha=_SHA, committed_at=at)
    evidence = tuple(
        Evidence(text=f"rename the thing ({item})", url=f"https://github.com/owner/name/commit/{_SHA}", at=at)
        for item in range(5)
    )
    reading = ProbeReading(kind="churn", state="unmet", summary="74 commits", rule="at most 8", evidence=evidence)
    signals = tuple(SignalReading(id=f"signal-{item}", state="unmet", probes=(reading,)) for item in range(5))
    return Refresh(
        id=f"refresh-{number}",
        at=at,
        duration=2.0,
        source="live",
        tool="pawtui",
        upstream=side,
        downstream=side,
        signals=signals,
    )


def _seconds(step: Callable[[], object]) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def _plain_write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(descriptor, data)
    os.fsync(descriptor)
    os.close(descriptor)
