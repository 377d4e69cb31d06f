"""Open a SQLite database without writing, locking or checkpointing it.

A database that no program writes is opened in place as immutable: SQLite then takes no lock and creates no file. A
database with a write-ahead log or a rollback journal is copied to a temporary folder, and the copy is opened. In both
cases, the source is compared afterwards with its state before.

Rules of the copy (SQLite, "Write-Ahead Logging"): until the log restarts, it only grows, and it has every page that a
checkpoint writes to the database. Therefore the database is copied first, then the log, whose pages replace all pages
that changed while the database was copied. A restart of the log changes the salts in its header: then the copy is
repeated. Without a log, the copy is repeated if the size or the modification time of the database changed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

from pawtui.atomic import stat_file
from pawtui.replay.replay_errors import ReplaySourceError, unreadable_error

_MAGIC = b"SQLite format 3\x00"
# Suffixes of the files that SQLite writes next to a database.
WAL, SHARED_MEMORY, JOURNAL = "-wal", "-shm", "-journal"
# A copy is attempted this number of times, and then until this time has passed.
_ATTEMPTS = 5
_TIMEOUT_SECONDS = 10.0
# File systems store modification times in steps of some milliseconds. Two writes within one step have the same time.
_MTIME_STEP_SECONDS = 0.05
_WAL_HEADER = 32
_SALTS = slice(16, 24)


class Fingerprint(NamedTuple):
    """Values that change when a database is written: those of its file, the size of its journal, the salts of its log.

    Sizes are in bytes; `journal_size` is 0 without a journal, and `salts` are empty without a log.
    """

    size: int
    mtime_ns: int
    inode: int
    journal_size: int
    salts: bytes

    def allows_copy_until(self, after: Fingerprint) -> bool:
        """Return whether a copy that was made between this fingerprint and the fingerprint `after` is consistent."""
        if self.salts and not self.journal_size:
            return (after.salts, after.inode, after.journal_size) == (self.salts, self.inode, 0)
        return after == self


@dataclass(frozen=True)
class ReadOnlyDatabase:
    """A database that is open for reading.

    `connection` returns texts as bytes; `uri` opens another connection. `fingerprint` is that of the source before it
    was opened. If a copy is open, `copy_sha256` is its digest before SQLite applied the log, and `wal_sha256` the
    digest of the log, or empty without a log.
    """

    path: Path
    connection: sqlite3.Connection
    uri: str
    fingerprint: Fingerprint
    copy_sha256: str = ""
    wal_sha256: str = ""

    @property
    def copied(self) -> bool:
        """Whether a copy is open."""
        return bool(self.copy_sha256)

    def sha256(self) -> str:
        """Return the digest of the database file, without its log. Raises `ReplaySourceError`."""
        with _readable(self.path):
            return self.copy_sha256 or _digest_of(self.path)

    def is_unchanged(self) -> bool:
        """Return whether the file has not changed since it was opened. A copy never changes.

        Raises `ReplaySourceError`.
        """
        with _readable(self.path):
            # A new log does not change the file that is open, so its salts may differ.
            return self.copied or _fingerprint(self.path)._replace(salts=self.fingerprint.salts) == self.fingerprint


def is_database(path: Path) -> bool:
    """Return whether the file has the header of a SQLite database. Raises `OSError`."""
    # It refuses named pipes and devices, because reading them may never end.
    stat_file(path)
    with path.open("rb", buffering=0) as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _companion(path: Path, suffix: str) -> Path:
    """Return the path of the file with this suffix that SQLite writes next to a database."""
    return path.with_name(path.name + suffix)


@contextmanager
def open_read_only(path: Path, *, copy: bool = False) -> Iterator[ReadOnlyDatabase]:
    """Open the database at `path`; close it and remove its copy at the end.

    `copy`: always copy, for a second run after `is_unchanged` returned false. Raises `ReplaySourceError` if the file
    cannot be read, is not a database, or changed during every attempt to copy it.
    """
    with _readable(path):
        real = Path(os.path.realpath(path))
        if not is_database(real):
            raise ReplaySourceError(path, "it is not a SQLite database. Give another file.")
        before = _stable_fingerprint(real)
    if copy or before.salts or before.journal_size:
        with tempfile.TemporaryDirectory(prefix="pawtui-replay-", ignore_cleanup_errors=True) as folder:
            yield from _open_copy(path, real, Path(folder))
    else:
        uri = f"{real.as_uri()}?mode=ro&immutable=1"
        with closing(connect(path, uri)) as connection:
            yield ReadOnlyDatabase(path, connection, uri, before)


def _open_copy(path: Path, real: Path, folder: Path) -> Iterator[ReadOnlyDatabase]:
    target = folder / "copy.db"
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    with _readable(path):
        for attempt in count(1):
            before = _stable_fingerprint(real)
            for suffix in ("", WAL, JOURNAL):
                _copy(_companion(real, suffix), _companion(target, suffix))
            if before.allows_copy_until(_fingerprint(real)):
                break
            if attempt >= _ATTEMPTS and time.monotonic() > deadline:
                reason = "it changed during every attempt to copy it. Close the program that writes it and try again."
                raise ReplaySourceError(path, reason)
        # Before SQLite opens the copy, which applies the log or the journal.
        digest, wal_digest = _digest_of(target), _digest_of(_companion(target, WAL))
    uri = f"{target.as_uri()}?mode=rw"
    with closing(connect(path, uri)) as connection:
        yield ReadOnlyDatabase(path, connection, uri, before, digest, wal_digest)


def _copy(source: Path, target: Path) -> None:
    """Copy a file over `target`, or remove `target` if `source` does not exist."""
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        target.unlink(missing_ok=True)


def connect(path: Path, uri: str) -> sqlite3.Connection:
    """Open a connection that never writes and that returns texts as bytes. Raises `ReplaySourceError`.

    `path` is the path that the user gave, for messages; `uri` is the SQLite URI of the file.
    """
    try:
        with ExitStack() as on_error:
            connection = on_error.enter_context(closing(sqlite3.connect(uri, uri=True, isolation_level=None)))
            connection.text_factory = bytes
            # The schema version reads the header and applies the log or the journal of a copy.
            for pragma in ("schema_version", "query_only = ON", "trusted_schema = OFF", "cache_size = -4000"):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            on_error.pop_all()
            return connection
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # The message about a damaged schema may have bytes of the schema that are not UTF-8.
        raise ReplaySourceError(path, f"{error}. Give another file, or restore it from a backup.") from error


def _digest_of(path: Path) -> str:
    """Return the digest of a file, or an empty text if it does not exist. Raises `OSError`."""
    with suppress(FileNotFoundError), path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


def _stable_fingerprint(path: Path) -> Fingerprint:
    """Return the fingerprint. Without a log, first wait until the next write would change the modification time."""
    fingerprint = _fingerprint(path)
    if not fingerprint.salts and 0 <= time.time() - fingerprint.mtime_ns / 1e9 < _MTIME_STEP_SECONDS:
        time.sleep(_MTIME_STEP_SECONDS)
        fingerprint = _fingerprint(path)
    return fingerprint


def _fingerprint(path: Path) -> Fingerprint:
    status = path.stat()
    journal_size, salts = 0, b""
    with suppress(FileNotFoundError):
        journal_size = _companion(path, JOURNAL).stat().st_size
    with suppress(FileNotFoundError), _companion(path, WAL).open("rb", buffering=0) as file:
        header = file.read(_WAL_HEADER)
        # An empty log has no header.
        salts = header[_SALTS] if len(header) == _WAL_HEADER else b""
    return Fingerprint(status.st_size, status.st_mtime_ns, status.st_ino, journal_size, salts)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Raise errors of the system as `ReplaySourceError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise unreadable_error(path, error, "Set TMPDIR to a folder with space for a copy") from error
        raise unreadable_error(path, error) from error
