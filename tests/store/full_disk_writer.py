"""Write notes until the disk is full: `python -m tests.store.full_disk_writer FOLDER BYTES`.

A limit of BYTES for the size of a file simulates the full disk. The id of each recorded change is printed, and at the
end the error.
"""

import resource
import sys
from pathlib import Path

from pawtui.store.store import Store
from pawtui.store.store_errors import StoreError
from tests.store import store_samples


def main(folder: str, limit: str) -> None:
    """Write notes to a record until an error."""
    store = Store(Path(folder))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    try:
        for number in range(1_000):
            store.record_change(store_samples.note(f"n{number}", "words " * 200))
            print(f"n{number}", flush=True)
    except StoreError as error:
        print(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
