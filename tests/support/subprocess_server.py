"""A fake GitHub in a separate process, for benchmarks: in the same process it would compete for the interpreter."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from tests.support.fake_github import FakeGitHub


@contextmanager
def serve_in_subprocess(make: Callable[[], FakeGitHub]) -> Iterator[str]:
    """Run the server of `make` in a child process and yield its URL. Its log stays there; use `usage()` of a source."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(make, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("stop")
        process.join()
        here.close()


def _serve(make: Callable[[], FakeGitHub], pipe: Connection) -> None:
    with make() as fake:
        pipe.send(fake.url)
        pipe.recv()
