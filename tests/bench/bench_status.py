"""The time of `pawtui status` on a long record, against importing the modules that such a command needs."""

import datetime as dt
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from pawtui.review.record_types import KEYED_TABLES, LIST_TABLES, SCHEMA, Record
from pawtui.settings import Settings
from tests.bench.make_record import make_record

TITLE = "status, 100 refreshes and 500 notes"
BUDGET = 3.0
ROUNDS = 25

# The same as the installed command; `-m` would add the import of runpy.
_OURS = "import sys; from pawtui.cli import main; sys.argv = ['pawtui', 'status']; sys.exit(main())"
_REFERENCE = "import argparse, json, tinydb"


def measure() -> tuple[float, float]:
    """Return the medians of complete processes, in seconds, measured alternately so that load affects both."""
    with TemporaryDirectory() as home:
        settings = Settings(home=home, env={}, folder=Path(home))
        record = make_record(100, 500, now=dt.datetime.now(dt.UTC))
        write_record(settings.store(settings.tracker()).path, record)
        env = {**os.environ, "PAWTUI_HOME": home, "PAWTUI_TRACKER": ""}
        # The first run of each compiles its modules and is not counted, because an installed package is compiled.
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        env["PYTHONPYCACHEPREFIX"] = str(Path(home) / "compiled")
        for code in (_OURS, _REFERENCE):
            _run(code, env, Path(home))
        taken: dict[str, list[float]] = {_OURS: [], _REFERENCE: []}
        for _ in range(ROUNDS):
            for code, times in taken.items():
                times.append(_run(code, env, Path(home)))
    return statistics.median(taken[_OURS]), statistics.median(taken[_REFERENCE])


def write_record(path: Path, record: Record) -> None:
    """Write a complete record in the format of the store; 600 changes through the store would take seconds."""
    tables: dict[str, object] = {"meta": {"1": {"schema": SCHEMA}}}
    for name in LIST_TABLES:
        tables[name] = {str(number): entry for number, entry in enumerate(getattr(record, name), start=1)}
    for name in KEYED_TABLES:
        entries = getattr(record, name).items()
        tables[name] = {
            str(number): {"key": key, **msgspec.to_builtins(entry)}
            for number, (key, entry) in enumerate(entries, start=1)
        }
    tables["blobs"] = {
        str(number): {"key": pin, "sha": sha} for number, (pin, sha) in enumerate(record.pinned_states.items(), start=1)
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(tables))


def _run(code: str, env: dict[str, str], folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=env, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start
