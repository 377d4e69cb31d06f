"""The time from the start of the process to the bytes of the first frame, on a pseudo-terminal of 120x36.

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
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pawtui.settings import Settings
from tests.bench.bench_status import write_record
from tests.bench.make_record import make_record
from tests.bench.terminal import Terminal, environment

TITLE = "first paint, 100 refreshes and 500 notes"
BUDGET = 1.25
ROUNDS = 25

# The same as the installed command; `-m` would add the import of runpy to both.
OWN_THEMES = "import sys; from pawtui.cli import main; sys.argv = ['pawtui']; sys.exit(main())"
_REFERENCE = "from tests.bench.empty_app import EmptyApp; EmptyApp().run()"
MARKS = {OWN_THEMES: ("4 History", "100 refreshes"), _REFERENCE: ("4 History",)}


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the lower quartiles of complete starts, in seconds, measured alternately."""
    with TemporaryDirectory() as folder:
        taken = starts(MARKS, Path(folder), rounds)
    return taken[OWN_THEMES], taken[_REFERENCE]


def starts(marks: Mapping[str, Sequence[str]], home: Path, rounds: int) -> dict[str, float]:
    """The lower quartile of each program's starts, in seconds, by code; a record is written to `home` first.

    `marks` are the words by which a program's first frame is known.
    """
    settings = Settings(home=str(home), env={}, folder=home)
    write_record(settings.store(settings.tracker()).path, make_record(100, 500, now=dt.datetime.now(dt.UTC)))
    env = environment(home, home / "compiled")
    taken: dict[str, list[float]] = {code: [] for code in marks}
    # The first start of each program compiles its modules.
    for number in range(rounds + 1):
        for code, times in taken.items():
            with Terminal(code, env) as terminal:
                took = terminal.until(marks[code]) - terminal.started
            if number:
                times.append(took)
    return {code: statistics.quantiles(times, n=4)[0] for code, times in taken.items()}
