"""A second process that writes to a record: `python -m tests.store.writer MODE FOLDER NAME COUNT`.

Each act is acknowledged on standard output once it is on record. MODE is `acts` (COUNT acts), `full` (acts until the
disk is full: a limit on the size of files stands in for one), or a step of a write at whose COUNT-th time the process
is killed (`write`, `fsync`, `link`, `replace`).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pawtui.store.store import Store
from pawtui.store.store_errors import StoreError
from tests.store import actions


def main(mode: str, folder: str, name: str, count: str) -> None:
    """Runs one mode."""
    store = Store(Path(folder), timeout=60)
    if mode == "full":
        _fill(store, name, int(count))
        return
    if mode != "acts":
        store.commit(actions.note(f"{name}-first"))
        _say(f"{name}-first")
        _kill_at(mode, int(count))
    for number in range(int(count) if mode == "acts" else 1_000):
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


def _kill_at(step: str, count: int) -> None:
    """From now on the COUNT-th call of that step never happens: the process is killed instead of making it."""
    original: Callable[..., Any] = getattr(os, step)
    left = [count]

    def killed(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    setattr(os, step, killed)


if __name__ == "__main__":
    main(*sys.argv[1:])
