"""Compute the SHA-256 of a file, at once or in the background."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

_CHUNK = 1 << 20


class BackgroundDigest:
    """The digest of a file, computed in a thread. Hashing releases the global interpreter lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hex = ""
        self._error: OSError | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._compute, name="digest", daemon=True)
        self._thread.start()

    def result(self) -> str:
        """Wait for the digest and return it in hexadecimal. Raises `OSError`."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._hex

    def cancel(self) -> None:
        """Stop the computation and wait until the file is closed."""
        self._stop.set()
        self._thread.join()

    def _compute(self) -> None:
        hasher = hashlib.sha256()
        try:
            with self._path.open("rb", buffering=0) as file:
                while (chunk := file.read(_CHUNK)) and not self._stop.is_set():
                    hasher.update(chunk)
        except OSError as error:
            self._error = error
        self._hex = hasher.hexdigest()


def digest_of(path: Path) -> str:
    """Return the digest of a file, or nothing if it does not exist. Raises `OSError`."""
    try:
        with path.open("rb", buffering=0) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
