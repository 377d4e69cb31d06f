"""From the start of the process to the bytes of the first painted frame, on a pseudo-terminal of 120x36.

Ours is the installed command on a record of 100 refreshes and 500 notes, and counts as painted when that record shows.
The reference is a Textual app with the same empty widgets (`empty_app`): our own panes in their layout and sheets and a
footer, with no store, no record and no keys behind them, run as any Textual app is. Stock widgets would not do: an
`OptionList` paints other lines through other code, so that the ratio would tell how the two differ, not what the record
costs. Both run in turns, in processes of their own with compiled modules, so that a busy moment falls on both. Of each
the lower quartile counts, since a start of a third of a second is longer than most quiet moments of a busy machine.
"""

from __future__ import annotations

import datetime as dt
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from pawtui.settings import Settings
from tests.bench.bench_status import write_record
from tests.bench.make_record import make_record
from tests.bench.terminal import Terminal, environment

TITLE = "first paint, 100 refreshes and 500 notes"
BUDGET = 1.25
ROUNDS = 25

# The installed command does no more than this; `-m` would add runpy to both.
OURS = "import sys; from pawtui.cli import main; sys.argv = ['pawtui']; sys.exit(main())"
_REFERENCE = "from tests.bench.empty_app import EmptyApp; EmptyApp().run()"
_MARKS = {OURS: ("4 History", "100 refreshes"), _REFERENCE: ("4 History",)}


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Lower quartiles of whole starts, in seconds, taken in turns."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=folder, env={}, folder=home)
        write_record(settings.store(settings.tracker()).path, make_record(100, 500, now=dt.datetime.now(dt.UTC)))
        env = environment(home, home / "compiled")
        for code in _MARKS:
            _start(code, env)
        taken: dict[str, list[float]] = {code: [] for code in _MARKS}
        for _ in range(rounds):
            for code, times in taken.items():
                times.append(_start(code, env))
    return _lower_quartile(taken[OURS]), _lower_quartile(taken[_REFERENCE])


def _lower_quartile(times: list[float]) -> float:
    return statistics.quantiles(times, n=4)[0]


def _start(code: str, env: dict[str, str]) -> float:
    with Terminal(code, env) as terminal:
        return terminal.until(_MARKS[code]) - terminal.started
