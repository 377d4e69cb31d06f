"""A second process that writes to a record: `python -m tests.store.writer MODE FOLDER NAME COUNT`.

Each act is acknowledged on standard output once it is on record. MODE is `acts` (COUNT acts), or `full` (acts until the
disk is full: a limit on the size of files stands in for one).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pawtui.store.store import Store
from pawtui.store.store_errors import StoreError
from tests.store import actions


def main(mode: str, folder: str, name: str, count: str) -> None:
    """Runs one mode."""
    store = Store(Path(folder), timeout=60)
    if mode == "full":
        _fill(store, name, int(count))
        return
    for number in range(int(count)):
        act = f"{name}-{number}"
        # Every act says the same thing twice, in two tables: a record that is half of one and half of another shows.
        store.commit(actions.note(act, "words " * 200) if number % 2 else actions.gate(act, "gate", "blocked"))
        _say(act)


def _say(act: str) -> None:
    os.write(1, f"{act}\n".encode())


def _fill(store: Store, name: str, limit: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        for number in range(1_000):
            act = f"{name}-{number}"
            store.commit(actions.note(act, "words " * 200))
            _say(act)
    except StoreError as error:
        _say(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
