"""A backfill that is killed: the next run measures the other dates, and the clones are unchanged.

`tests/store/test_kill_points.py` kills the write of a record at each of its calls.
"""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run, World

BACKFILL = ("backfill", "--since", "2026-02-01", "--until", "2026-06-01", "--every", "3w", "--quiet")
DATES = 6
RECORDED = 4
# The child process kills itself after it has recorded some of the days.
CHILD = f"""
import os, signal, sys
from pawtui.store.store import Store
add_refresh, calls = Store.add_refresh, 0
def counted(*args, **values):
    global calls
    calls += 1
    result = add_refresh(*args, **values)
    if calls == {RECORDED}:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
Store.add_refresh = counted
from pawtui.cli import main
sys.exit(main(sys.argv[1:]))
"""


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of each file of a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def facts(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return refreshes without the values that differ between two runs."""
    return [
        {key: value for key, value in refresh.items() if key not in ("id", "at", "duration", "requests")}
        for refresh in listed
    ]


def test_the_next_run_continues(run: Run, world: World, tracker_file: Path, tmp_path: Path) -> None:
    for month in (2, 3, 4, 5):
        world.up.commit({"src/runner/run.ts": f"{month}\n"}, branch="v2", at=f"2026-0{month}-10T12:00:00Z")
    world.up.flush()
    world.down.flush()
    clones = ("--git", f"up/stream={world.up.path}", "--git", f"down/fork={world.down.path}")
    unchanged = contents(world.up.path), contents(world.down.path)
    killed = subprocess.run(
        [sys.executable, "-c", CHILD, *BACKFILL, *clones],
        env={**os.environ, "PAWTUI_TRACKER": str(tracker_file)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(run("history", "--past", "--json").json) == RECORDED
    done = run(*BACKFILL, *clones)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"Recorded {DATES - RECORDED} past days")
    continued = facts(run("history", "--past", "--json").json)
    undisturbed = ("--home", str(tmp_path / "undisturbed"))
    assert run(*BACKFILL, *clones, *undisturbed).status == 0
    assert continued == facts(run("history", "--past", "--json", *undisturbed).json)
    assert (contents(world.up.path), contents(world.down.path)) == unchanged
