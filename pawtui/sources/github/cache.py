"""A disk cache of responses and facts. Its deletion costs requests, nothing else.

Each key has one file, whose name is the key's hash. It contains the fact or the response, but no request headers and no
token. A file that is unreadable, truncated or changed is a cache miss. On a read-only disk, nothing is cached.
"""

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from pawtui.atomic import PRIVATE, write_file
from pawtui.sources.github.token import Secret

_T = TypeVar("_T")

# Increase it if a cached fact has a new field: the entries of the old format do not have it.
FORMAT = "v6"
# Kinds of facts (`fact_key`).
TREE, BLOB = "full tree", "blob"
_KEEP_DAYS = 90
_DAY = 86_400


def fact_key(kind: str, repo: str, *details: object) -> str:
    """Return the cache key of a fact. `repo` is the repository's current name, `details` are SHAs and numbers."""
    return " ".join((kind, repo.lower(), *map(str, details)))


class _Entry(msgspec.Struct, frozen=True):
    """The content of a file: a value in MessagePack, and its checksum."""

    value: bytes
    checksum: bytes


class Cache:
    """A folder of cached responses and facts. Its methods block on the disk: call them in a thread.

    Data that contains `secret` is never stored.
    """

    def __init__(self, folder: Path, secret: Secret | None = None) -> None:
        self._folder = folder / FORMAT
        self._secret = secret

    def get(self, key: str, type_: type[_T]) -> _T | None:
        """Return the value stored under the key; None if it is missing or of another type."""
        path = self._path(key)
        try:
            entry = msgspec.msgpack.decode(path.read_bytes(), type=_Entry)
            if entry.checksum != _checksum(entry.value):
                return None
            value = msgspec.msgpack.decode(entry.value, type=type_)
        except (OSError, msgspec.MsgspecError, ValueError):
            return None
        # Mark the file as used, at most once a day. A read-only cache can still be read.
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _DAY:
                os.utime(path)
        return value

    def put(self, key: str, value: object) -> None:
        """Store a value with an atomic write, unless it contains the secret."""
        encoded = msgspec.msgpack.encode(value)
        if self._secret is not None and self._secret.is_in(encoded):
            return
        path = self._path(key)
        raw = msgspec.msgpack.encode(_Entry(encoded, _checksum(encoded)))
        # Without the cache, the next refresh only costs more requests.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_file(path, raw, mode=PRIVATE, fsync=False)

    def remove_unused(self) -> None:
        """Remove the files that were not used for `_KEEP_DAYS`."""
        oldest = time.time() - _KEEP_DAYS * _DAY
        # Another process may remove files and folders, or the folder is read-only. Both are harmless.
        with suppress(OSError):
            for path in self._folder.glob("*/*"):
                if path.stat().st_mtime < oldest:
                    path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / name[:2] / name


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=8).digest()
