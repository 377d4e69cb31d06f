"""The time from the start of the process to the bytes of the first frame, on a pseudo-terminal of 120x36.

Ours is the installed command on a record of 100 refreshes and 500 notes; it is painted when the record is shown. The
reference is a Textual app with the same widgets, layout and style sheets (`empty_app`), but without a store, a record
and keys. Standard widgets would be a wrong reference, because they paint other lines with other code. Both run
alternately, in separate processes with compiled modules, so that load affects both. The lower quartile of each counts,
because a start takes longer than most idle times of a busy machine.
"""

import datetime as dt
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pawtui.settings import Settings
from tests.bench.bench_status import write_record
from tests.bench.make_record import make_record
from tests.bench.pseudo_terminal import Terminal, environment

TITLE = "first paint, 100 refreshes and 500 notes"
BUDGET = 1.25
ROUNDS = 25

# The same as the installed command; `-m` would add the import of runpy to both.
INSTALLED_COMMAND = "import sys; from pawtui.cli import main; sys.argv = ['pawtui']; sys.exit(main())"
_REFERENCE = "from tests.bench.empty_app import EmptyApp; EmptyApp().run()"
MARKS = {INSTALLED_COMMAND: ("4 History", "100 refreshes"), _REFERENCE: ("4 History",)}


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the lower quartiles of complete starts, in seconds, measured alternately."""
    with TemporaryDirectory() as folder:
        taken = starts(MARKS, Path(folder), rounds)
    return taken[INSTALLED_COMMAND], taken[_REFERENCE]


def starts(marks: Mapping[str, Sequence[str]], home: Path, rounds: int) -> dict[str, float]:
    """Write a record to `home`, and return the lower quartile of the starts of each program, in seconds, by its code.

    `marks` are texts in the first frame of each program.
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
