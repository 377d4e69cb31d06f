"""Open a SQLite database without writing, locking or checkpointing anything where it is.

A database at rest is opened in place as immutable: SQLite then takes no lock and makes no file. One with a write-ahead
log or a rollback journal is copied to a temporary folder first, and only the copy is opened. Either way the source is
checked to be the same afterwards as before.

Rules of the copy (SQLite, "The Write-Ahead Log"): between two checkpoints the database file does not change and the log
only grows, so the database is copied first and the log after it. A checkpoint shows as a changed size or modification
time of the database, a restarted log as changed salts in its header.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from pawtui.replay.digest import BackgroundDigest, copy_with_digest
from pawtui.replay.errors import SourceChanged, SourceError

MAGIC = b"SQLite format 3\x00"
WAL, JOURNAL = "-wal", "-journal"
ATTEMPTS = 5
# File systems keep modification times in ticks of some milliseconds: a younger one may hide a write in the same tick.
SETTLE_SECONDS = 0.05
_WAL_HEADER = 32
_SALTS = slice(16, 24)


class Fingerprint(NamedTuple):
    """What changes when a database is written: its size, modification time and inode, its log's salts, its journal."""

    size: int
    modified: int
    inode: int
    journal: int
    salts: bytes

    @property
    def pending(self) -> bool:
        """Whether part of the content is beside the database file, in a log or a journal."""
        return bool(self.salts or self.journal)


class Snapshot:
    """A database opened for reading.

    `connection` yields texts as bytes, `uri` is how to open another one. `bytes` is the size of the database file,
    `wal_sha256` the digest of its log where one was read. `copied` says that a copy is open.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        before: Fingerprint,
        digest: Callable[[], str],
        *,
        uri: str,
        copied: bool,
        wal_sha256: str = "",
    ) -> None:
        self.path = path
        self.connection = connection
        self.uri = uri
        self.bytes = before.size
        self.copied = copied
        self.wal_sha256 = wal_sha256
        self._before = before
        self._digest = digest

    def sha256(self) -> str:
        """Return the digest of the database file alone; waits until it is computed. Raises `SourceError`."""
        with _readable(self.path):
            return self._digest()

    def unchanged(self) -> bool:
        """Return whether the file that is read in place is the one that was opened; a copy always is.

        Raises `SourceError`.
        """
        with _readable(self.path):
            return self.copied or _fingerprint(self.path)[:4] == self._before[:4]


def is_database(path: Path) -> bool:
    """Return whether the file begins like a SQLite database. Raises `OSError`."""
    with path.open("rb", buffering=0) as file:
        return file.read(len(MAGIC)) == MAGIC


def beside(path: Path, suffix: str) -> Path:
    """Return the path of the log or the journal that SQLite keeps beside a database."""
    return path.with_name(path.name + suffix)


@contextmanager
def open_snapshot(
    path: Path,
    *,
    copy: bool = False,
    attempts: int = ATTEMPTS,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
) -> Iterator[Snapshot]:
    """Open the database at `path`; close it and remove its copy at the end.

    Args:
        copy: copy it even at rest, for a second run after `Snapshot.unchanged` was false.
        attempts: how often a copy is tried.

    Raises:
        SourceError: the file cannot be read, or is no database.
        SourceChanged: it changed in every attempt to copy it.
    """
    with _readable(path):
        real = Path(os.path.realpath(path))
        if not stat.S_ISREG(real.stat().st_mode):
            raise SourceError(path, "it is not a file. Name a database file.")
        if not is_database(real):
            raise SourceError(path, "it is not a SQLite database. Name another file.")
        before = _settled(real, sleep, clock)
    if copy or before.pending:
        with tempfile.TemporaryDirectory(prefix="pawtui-replay-", ignore_cleanup_errors=True) as folder:
            yield from _open_copy(path, real, Path(folder), attempts, sleep, clock)
    else:
        yield from _open_in_place(path, real, before)


def _open_in_place(path: Path, real: Path, before: Fingerprint) -> Iterator[Snapshot]:
    uri = f"{real.as_uri()}?mode=ro&immutable=1"
    with closing(connect(path, uri)) as connection:
        digest = BackgroundDigest(real)
        try:
            yield Snapshot(path, connection, before, digest.result, uri=uri, copied=False)
        finally:
            digest.cancel()


def _open_copy(
    path: Path, real: Path, folder: Path, attempts: int, sleep: Callable[[float], None], clock: Callable[[], float]
) -> Iterator[Snapshot]:
    target = folder / "copy.db"
    with _readable(path):
        for _ in range(attempts):
            before = _settled(real, sleep, clock)
            digest = copy_with_digest(real, target)
            wal_digest = copy_with_digest(beside(real, WAL), beside(target, WAL))
            copy_with_digest(beside(real, JOURNAL), beside(target, JOURNAL))
            if _fingerprint(real) == before:
                break
        else:
            raise SourceChanged(path)
    uri = f"{target.as_uri()}?mode=rw"
    with closing(connect(path, uri)) as connection:
        yield Snapshot(path, connection, before, lambda: digest, uri=uri, copied=True, wal_sha256=wal_digest)


def connect(path: Path, uri: str) -> sqlite3.Connection:
    """Open a database whose texts are read as bytes and that is never written. Raises `SourceError`.

    Args:
        path: the file as it was named, for messages.
        uri: SQLite's own address of the file, with how to open it.
    """
    connection = None
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        connection.text_factory = bytes
        # The first statement reads the header, and rolls a copied log or journal forward or back.
        for pragma in ("schema_version", "query_only = ON", "trusted_schema = OFF", "cache_size = -4000"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise SourceError(path, f"{error}. Name another file, or restore it from a backup.") from error
    return connection


def _settled(path: Path, sleep: Callable[[float], None], clock: Callable[[], float]) -> Fingerprint:
    """Return the fingerprint, once its modification time is old enough to tell the next write apart."""
    found = _fingerprint(path)
    if 0 <= clock() - found.modified / 1e9 < SETTLE_SECONDS:
        sleep(SETTLE_SECONDS)
        found = _fingerprint(path)
    return found


def _fingerprint(path: Path) -> Fingerprint:
    found = path.stat()
    return Fingerprint(found.st_size, found.st_mtime_ns, found.st_ino, _size(beside(path, JOURNAL)), _salts(path))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _salts(path: Path) -> bytes:
    """Return the salts in the log's header; empty where no log is there or it holds nothing."""
    try:
        with beside(path, WAL).open("rb", buffering=0) as file:
            header = file.read(_WAL_HEADER)
    except FileNotFoundError:
        return b""
    return header[_SALTS] if len(header) == _WAL_HEADER else b""


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn errors of the system into `SourceError`."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "Set TMPDIR to a folder with room for a copy" if full else "Check the path and its permissions"
        raise SourceError(path, f"{reason}. {remedy}.") from error
