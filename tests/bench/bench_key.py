"""The time from a key press to the first changed bytes, with 10,000 notes and 3,650 refreshes, on a pseudo-terminal.

The keys move the cursor by one row, to the last row and back. With the big record they do this in all four lists, two
of which have thousands of rows. The reference is the same app on an empty record, where only the two lists of the
tracker have rows. Each key is typed after the app has been silent for a time, in both apps alternately.
"""

import datetime as dt
import statistics
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pawtui.settings import Settings
from tests.bench.bench_first_paint import INSTALLED_COMMAND
from tests.bench.bench_status import write_record
from tests.bench.make_record import make_record
from tests.bench.pseudo_terminal import Terminal, environment

TITLE = "key to paint, 10,000 notes and 3,650 refreshes"
BUDGET = 1.5
ROUNDS = 4
KEYS = "jjjkkGgjjGkg"
BIG_PANES, EMPTY_PANES = "1234", "1212"
# Longer than the pause after which the detail follows the cursor, in seconds.
QUIET = 0.06


def measure() -> tuple[float, float]:
    """Return the medians over all keys, in seconds."""
    big, empty = times()
    return statistics.median(big), statistics.median(empty)


@cache
def times(rounds: int = ROUNDS) -> tuple[list[float], list[float]]:
    """Return the time of each key with the big and the empty record, in seconds; measured once for two benchmarks."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=str(home / "big"), env={}, folder=home)
        record = make_record(3650, 10_000, now=dt.datetime.now(dt.UTC))
        write_record(settings.store(settings.tracker()).path, record)
        big_env, empty_env = (environment(home / name, home / "compiled") for name in ("big", "empty"))
        with Terminal(INSTALLED_COMMAND, big_env) as big, Terminal(INSTALLED_COMMAND, empty_env) as empty:
            big.until(("3,650 refreshes", "10,000"))
            empty.until(("no refresh yet",))
            taken: tuple[list[float], list[float]] = ([], [])
            for terminal in (big, empty):
                # The first check for a write of another process is within the first second.
                terminal.settle(1.5)
            for _ in range(rounds):
                for panes in zip(BIG_PANES, EMPTY_PANES, strict=True):
                    for terminal, pane, into in zip((big, empty), panes, taken, strict=True):
                        into += _typed(terminal, pane)
    return taken


def _typed(terminal: Terminal, pane: str) -> list[float]:
    """Go to a pane, type the keys that move the cursor, and return the seconds of each key."""
    terminal.press(pane)
    out = []
    for key in KEYS:
        terminal.settle(QUIET)
        out.append(terminal.press(key))
    terminal.settle(QUIET)
    return out
