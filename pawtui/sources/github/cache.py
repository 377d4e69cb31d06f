"""What was fetched before, on disk. Deleting all of it costs requests, nothing else.

One file per key, named by the key's hash. A file holds the key, the ETag, the `Link` header and the body; request
headers and tokens are not in it. A file that cannot be read, is cut off or was changed by hand is a miss; on a disk
that cannot be written to, nothing is cached.
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
# Left behind by a process that was killed between write and rename.
_STRAY_AGE = 3_600


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: `etag` and `link` (the header) are empty where there are none; `sum` is the body's checksum."""

    key: str
    body: bytes
    etag: str = ""
    link: str = ""
    sum: bytes = b""


class Cache:
    """A folder of answers. Methods with `a` in front do the same in a thread, so that the event loop never waits.

    Nothing that holds `secret` is stored, wherever it came from.
    """

    def __init__(self, folder: Path, secret: Secret | None = None) -> None:
        self._root = folder
        self._folder = folder / FORMAT
        self._secret = secret

    async def aget(self, key: str) -> Stored | None:
        """Return what is stored under that key, or None."""
        return await asyncio.to_thread(self.get, key)

    async def aput(self, stored: Stored) -> None:
        """Store an answer whole, or not at all."""
        await asyncio.to_thread(self.put, stored)

    async def aget_as(self, key: str, kind: type[T]) -> T | None:
        """Return what `put_as` stored under that key; None also where it was stored in another shape."""
        return await asyncio.to_thread(self.get_as, key, kind)

    async def aput_as(self, key: str, value: object) -> None:
        """Store facts by a key of the caller's."""
        await asyncio.to_thread(self.put_as, key, value)

    def get(self, key: str) -> Stored | None:
        """Return what is stored under that key, or None."""
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
        """Store an answer whole, or not at all."""
        if self._secret is not None and self._secret.is_in(stored.body):
            return
        path = self._path(stored.key)
        raw = msgspec.msgpack.encode(msgspec.structs.replace(stored, sum=_checksum(stored.body)))
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_file(path, raw, mode=PRIVATE, fsync=False)
        except OSError:
            # Without a cache the next refresh costs more requests, nothing else.
            return

    def get_as(self, key: str, kind: type[T]) -> T | None:
        """Return what `put_as` stored under that key; None also where it was stored in another shape."""
        stored = self.get(key)
        if stored is None:
            return None
        try:
            return msgspec.msgpack.decode(stored.body, type=kind)
        except (msgspec.MsgspecError, ValueError):
            return None

    def put_as(self, key: str, value: object) -> None:
        """Store facts by a key of the caller's."""
        self.put(Stored(key=key, body=msgspec.msgpack.encode(value)))

    def sweep(self, keep_days: int = KEEP_DAYS) -> int:
        """Remove what was not used for `keep_days`, and strays; returns how many files. At most once a day."""
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
            # Another process removes files too, or the folder is read-only: it is only a cache.
            return removed
        return removed

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / name[:2] / name

    @staticmethod
    def _touch(path: Path) -> None:
        """Mark a file as used, once a day at most."""
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
