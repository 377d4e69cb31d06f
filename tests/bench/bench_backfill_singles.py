"""A backfill of 52 weeks, against 52 refreshes with `--as-of` that each open a source."""

import tempfile
from pathlib import Path

from pawtui.tracker.read_tracker import builtin_tracker
from tests.bench.bench_backfill import backfilled, weeks
from tests.bench.busy_repo import make_busy_repositories

TITLE = "backfill of 52 weeks against 52 single refreshes"
BUDGET = 0.2


def measure() -> tuple[float, float]:
    """Return the seconds of the backfill, and of 52 single refreshes (extrapolated from half of them)."""
    with tempfile.TemporaryDirectory(prefix="pawtui-bench-") as folder:
        up, down = make_busy_repositories(Path(folder))
        tracker, home = builtin_tracker(), Path(folder)
        wanted = weeks()
        backfilled(tracker, up.path, down.path, home / "warm", wanted)
        ours = backfilled(tracker, up.path, down.path, home / "ours", wanted)
        measured = wanted[len(wanted) // 2 :]
        whole = sum(backfilled(tracker, up.path, down.path, home / "singles", (moment,)) for moment in measured)
    return ours, whole * len(wanted) / len(measured)
