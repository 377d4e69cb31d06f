"""Compute the SHA-256 of a file, at once or in the background."""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

_CHUNK = 1 << 20


@contextmanager
def background_digest(path: Path) -> Iterator[Future[str]]:
    """Compute the digest of a file in a thread; at the end, stop it. Hashing releases the global interpreter lock."""
    stop = threading.Event()

    def compute() -> str:
        hasher = hashlib.sha256()
        with path.open("rb", buffering=0) as file:
            while (chunk := file.read(_CHUNK)) and not stop.is_set():
                hasher.update(chunk)
        return hasher.hexdigest()

    with ThreadPoolExecutor(1) as executor:
        try:
            yield executor.submit(compute)
        finally:
            stop.set()


def digest_of(path: Path) -> str:
    """Return the digest of a file, or an empty text if it does not exist. Raises `OSError`."""
    try:
        with path.open("rb", buffering=0) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
