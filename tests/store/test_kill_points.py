"""A process that is killed at any system call of a write leaves the complete old record or the complete new record."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.kill_points import SCENARIOS

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="it needs fork")
def test_a_kill_at_any_call_leaves_a_complete_record(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.kill_points", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kills = dict(json.loads(line) for line in done.stdout.splitlines())
    assert list(kills) == [scenario.name for scenario in SCENARIOS]
    # A write makes more than ten calls that change files.
    assert all(number > 10 for number in kills.values()), kills
