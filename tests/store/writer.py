"""A second process that writes to a record: `python -m tests.store.writer MODE FOLDER NAME COUNT`.

Each change is acknowledged on standard output when it is recorded. MODE is `changes` (COUNT changes) or `full` (changes
until the disk is full, simulated by a file size limit of COUNT bytes).
"""

import os
import sys
from pathlib import Path

from pawtui.store.store import Store
from pawtui.store.store_errors import StoreError
from tests.store import store_samples


def main(mode: str, folder: str, name: str, count: str) -> None:
    """Run one mode."""
    store = Store(Path(folder), wait_seconds=60)
    if mode == "full":
        _fill(store, name, int(count))
        return
    for number in range(int(count)):
        change = f"{name}-{number}"
        # Every change is in two tables, so that a mix of two versions of the record is detected.
        store.commit(
            store_samples.note(change, "words " * 200) if number % 2 else store_samples.gate(change, "gate", "blocked")
        )
        _acknowledge(change)


def _acknowledge(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def _fill(store: Store, name: str, limit: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        for number in range(1_000):
            change = f"{name}-{number}"
            store.commit(store_samples.note(change, "words " * 200))
            _acknowledge(change)
    except StoreError as error:
        _acknowledge(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
