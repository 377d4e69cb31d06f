"""The time from the start of `pawtui demo` to its first frame with the whole made-up record.

The reference is an ordinary start of `pawtui` on a record of 100 refreshes and 500 notes. Both are measured as in
`bench_first_paint`, in turns.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bench_first_paint import INSTALLED_COMMAND, MARKS, starts

TITLE = "first paint of the demo"
BUDGET = 1.5
ROUNDS = 15

_DEMO = "import sys; from pawtui.cli import main; sys.argv = ['pawtui', 'demo']; sys.exit(main())"
_MARKS = {
    _DEMO: ("4 History", "5 refreshes"),
    INSTALLED_COMMAND: MARKS[INSTALLED_COMMAND],
}


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the lower quartiles of complete starts, in seconds, measured alternately."""
    with TemporaryDirectory() as folder:
        taken = starts(_MARKS, Path(folder), rounds)
    return taken[_DEMO], taken[INSTALLED_COMMAND]
