"""Two users change, undo and redo at the same time: the final record equals the replay of its log."""

import os
import subprocess
import sys
from pathlib import Path

from pawtui.review.record_types import Record
from pawtui.store.store import Store
from tests.review.review_samples import apply

ROOT = Path(__file__).parents[2]
CHANGES = int(os.environ.get("PAWTUI_CHANGES", "40"))


def _tables(record: Record) -> tuple[object, ...]:
    return record.gates, record.verdicts, record.notes, record.reviews


def test_random_changes_with_undo_and_redo_in_two_processes(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.concurrent_writer", str(tmp_path / "t"), name, str(seed), str(CHANGES)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        for seed, name in enumerate(("ann", "bob"))
    ]
    done = sum(int(writer.communicate(timeout=300)[0]) for writer in writers)
    record = Store(tmp_path / "t").load()
    assert len(record.log) == done
    assert any(change.undoes for change in record.log)
    assert any(change.redoes for change in record.log)
    assert _tables(apply(Record(), *record.log)) == _tables(record)
