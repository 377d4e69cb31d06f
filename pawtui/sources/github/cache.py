"""A disk cache of responses and facts. Its deletion costs requests, nothing else.

Each key has one file, named by the key's hash, with the key, the ETag, the `Link` header and the body. Request headers
and tokens are not stored. A file that is unreadable, truncated or changed is a cache miss. On a read-only disk, nothing
is cached.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from pawtui.atomic import PRIVATE, SUFFIX, write_file
from pawtui.sources.github.token import Secret

T = TypeVar("T")

FORMAT = "v2"
_FORMER_FORMATS = ("v1",)
KEEP_DAYS = 90
_DAY = 86_400
# Age in seconds of temporary files that a killed process left.
_STRAY_AGE = 3_600


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A cached response. `etag` and `link` are headers, empty if missing; `sum` is the body's checksum."""

    key: str
    body: bytes
    etag: str = ""
    link: str = ""
    sum: bytes = b""


class Cache:
    """A folder of cached responses. The methods with the prefix `a` run in a thread, for the event loop.

    Data that contains `secret` is never stored.
    """

    def __init__(self, folder: Path, secret: Secret | None = None) -> None:
        self._root = folder
        self._folder = folder / FORMAT
        self._secret = secret

    async def aget(self, key: str) -> Stored | None:
        """Return the response stored under the key, or None."""
        return await asyncio.to_thread(self.get, key)

    async def aput(self, stored: Stored) -> None:
        """Store a response with an atomic write."""
        await asyncio.to_thread(self.put, stored)

    async def aget_as(self, key: str, kind: type[T]) -> T | None:
        """Return the facts that `put_as` stored under the key; None if they are missing or of another type."""
        return await asyncio.to_thread(self.get_as, key, kind)

    async def aput_as(self, key: str, value: object) -> None:
        """Store facts under a key."""
        await asyncio.to_thread(self.put_as, key, value)

    def get(self, key: str) -> Stored | None:
        """Return the response stored under the key, or None."""
        path = self._path(key)
        try:
            raw = path.read_bytes()
            stored = msgspec.msgpack.decode(raw, type=Stored)
        except (OSError, msgspec.MsgspecError, ValueError):
            return None
        if stored.key != key or stored.sum != _checksum(stored.body):
            return None
        self._touch(path)
        return stored

    def put(self, stored: Stored) -> None:
        """Store a response with an atomic write."""
        if self._secret is not None and self._secret.is_in(stored.body):
            return
        path = self._path(stored.key)
        raw = msgspec.msgpack.encode(msgspec.structs.replace(stored, sum=_checksum(stored.body)))
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_file(path, raw, mode=PRIVATE, fsync=False)
        except OSError:
            # Without the cache, the next refresh only costs more requests.
            return

    def get_as(self, key: str, kind: type[T]) -> T | None:
        """Return the facts that `put_as` stored under the key; None if they are missing or of another type."""
        stored = self.get(key)
        if stored is None:
            return None
        try:
            return msgspec.msgpack.decode(stored.body, type=kind)
        except (msgspec.MsgspecError, ValueError):
            return None

    def put_as(self, key: str, value: object) -> None:
        """Store facts under a key."""
        self.put(Stored(key=key, body=msgspec.msgpack.encode(value)))

    def sweep(self, keep_days: int = KEEP_DAYS) -> int:
        """Remove files unused for `keep_days` and temporary files, at most once a day. Return the number of files."""
        mark = self._folder / "swept"
        now = time.time()
        removed = 0
        try:
            if mark.exists() and now - mark.stat().st_mtime < _DAY:
                return 0
            if not self._folder.exists():
                return 0
            mark.touch()
            for name in _FORMER_FORMATS:
                shutil.rmtree(self._root / name, ignore_errors=True)
            for path in self._folder.glob("*/*"):
                age = now - path.stat().st_mtime
                if age > keep_days * _DAY or (path.suffix == SUFFIX and age > _STRAY_AGE):
                    _remove(path)
                    removed += 1
        except OSError:
            # Another process removed a file, or the folder is read-only. Both are harmless.
            return removed
        return removed

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / name[:2] / name

    @staticmethod
    def _touch(path: Path) -> None:
        """Mark a file as used, at most once a day."""
        try:
            if time.time() - path.stat().st_mtime > _DAY:
                os.utime(path)
        except OSError:
            # A read-only cache can still be read.
            return


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=8).digest()


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
