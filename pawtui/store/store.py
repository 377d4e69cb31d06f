"""The record of one tracker on disk: typed reads, transactions, and a stamp that detects changes."""

import datetime as dt
import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from pawtui import atomic
from pawtui.moments import utc_now
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.record_types import Change, Record
from pawtui.store import edits
from pawtui.store.database import RecordDatabase
from pawtui.store.locks import record_lock
from pawtui.store.record_files import FileStamp, RecordFiles, stamp_of
from pawtui.store.recovery import recover
from pawtui.store.store_errors import Damaged, HomeUnusable, WriteFailed, read_error, write_error


class Store:
    """The record of one tracker, in `folder` (`<home>/<tracker id>`). The first write creates the folder.

    Several threads and processes may use a record at the same time. Every write locks, reloads, changes and atomically
    replaces the file. A write may wait for another process, so do not call it on the event loop. `clock` gives the time
    in the names of damaged files; `wait_seconds` is the time to wait for another writer.

    Every method except `stamp`, `cached_stamp` and `pop_notices` may raise a `StoreError` with a message for the user.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], dt.datetime] = utc_now, wait_seconds: float = 10.0) -> None:
        # The file of the record, which may not exist yet.
        self.path = folder / "pawtui.json"
        self._clock = clock
        self._wait_seconds = wait_seconds
        # The version that was read or written last.
        self._cached: RecordDatabase | None = None
        self._was_locked = False
        self._batch: RecordDatabase | None = None
        self._notices: list[str] = []

    def load(self) -> Record:
        """Return the whole record; an empty record if there is no file yet. Cached while the file is unchanged.

        A damaged file is renamed and the previous version restored; `pop_notices()` reports it. Raises `RecordLost`,
        `RecordNewer`, `HomeUnusable`, `RecordBusy`.
        """
        if self._batch is not None:
            return self._batch.draft
        if current := self._current():
            return current.record
        files = RecordFiles(self.path)
        try:
            return self._open(files).record
        except Damaged as damage:
            try:
                with self._locked(files):
                    # Another process may have recovered the record in the meantime.
                    return self._open_locked(files).record
            except (WriteFailed, HomeUnusable) as error:
                raise type(error)(f"The record {self.path} is damaged ({damage}). {error}") from error

    def check_writable(self) -> None:
        """Raise `WriteFailed` if this user may not create files in the record's folder. Nothing is created."""
        try:
            # The nearest folder that exists. On Windows a drive may be missing: then the write reports it.
            folder = next((part for part in RecordFiles(self.path).real.parents if part.is_dir()), None)
            if folder is not None and not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise write_error(error, self.path) from error

    def record_change(self, make_change: Callable[[Record], Change]) -> Record:
        """Apply a change to the current record, write it with its line of the log, and return the new record.

        `make_change` is called once, under the lock, and must not write itself. If it raises, the exception is passed
        on and nothing is written. Raises `Unrecordable`, `WriteFailed`, `RecordBusy`, and the errors of `load`.
        """
        with self._transaction() as database:
            change = make_change(database.draft)
            return database.set_draft(*edits.apply(database.draft, change))

    def add_refresh(
        self, make_refresh: Callable[[Record], Refresh], pinned_states: Mapping[str, str] = MappingProxyType({})
    ) -> Record:
        """Append a refresh and newly found `Record.pinned_states` in one write, and return the new record.

        `make_refresh` is called like `make_change` in `record_change`; the errors are the same.
        """
        with self._transaction() as database:
            refresh = make_refresh(database.draft)
            return database.set_draft(*edits.add_refresh(database.draft, refresh, pinned_states))

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Write all changes of the block at its end, in one write; write nothing if the block raises.

        The record is locked during the block. Only one thread may use it. Raises the errors of `record_change`.
        """
        with self._transaction() as database:
            self._batch = database
            try:
                yield
            finally:
                self._batch = None

    def stamp(self) -> FileStamp | None:
        """Return a value that changes whenever the file changes; None if there is no file."""
        try:
            return stamp_of(self.path.stat())
        except OSError:
            return None

    @property
    def cached_stamp(self) -> FileStamp | None:
        """The stamp of the version that was read or written last. It equals `stamp()` until another process writes."""
        cached = self._cached
        return cached.stamp if cached is not None else None

    def pop_notices(self) -> tuple[str, ...]:
        """Return the messages about a damaged record, each once: those since the last call."""
        notices, self._notices = tuple(self._notices), []
        return notices

    @contextmanager
    def _transaction(self) -> Iterator[RecordDatabase]:
        """Lock and open the record, and write it at the end of the block, unless the block raises.

        In a batch, yield the record of the batch, which is written at the end of the batch.
        """
        if self._batch is not None:
            yield self._batch
            return
        files = RecordFiles(self.path)
        with self._locked(files):
            database = self._open_locked(files)
            yield database
            try:
                database.save(files)
            except OSError as error:
                raise write_error(error, self.path) from error

    def _open_locked(self, files: RecordFiles) -> RecordDatabase:
        """Return the current record, recovered if the file is damaged. Call it only under the lock."""
        try:
            return self._open(files)
        except Damaged as damage:
            self._cached = None
            self._notices.append(recover(files, damage, self._clock()))
            return self._open(files)

    def _open(self, files: RecordFiles) -> RecordDatabase:
        """Return the current record: the cached one, or that in the file. Raises `Damaged`."""
        cached = self._current()
        # After a change that failed half-way, the next change must not be based on its draft.
        if cached is not None and cached.draft is cached.record:
            return cached
        try:
            database = RecordDatabase(files.real)
            if database.stamp is None:
                if atomic.stat_file(files.previous) is not None:
                    raise Damaged("it is missing")
                # A broken link is not a new record: its target may be on a disk that is not mounted.
                atomic.stat_file(files.path)
                files.check_folders()
        except OSError as error:
            raise read_error(error, self.path) from error
        self._cached = database
        return database

    def _current(self) -> RecordDatabase | None:
        """Return the cached record if the file has not changed since; otherwise None."""
        cached = self._cached
        return cached if cached is not None and cached.stamp is not None and cached.stamp == self.stamp() else None

    @contextmanager
    def _locked(self, files: RecordFiles) -> Iterator[None]:
        """Lock the record for the block. The first lock also removes the files of killed processes."""
        try:
            files.make_folders()
        except OSError as error:
            raise write_error(error, self.path) from error
        with record_lock(files.lock, self._wait_seconds):
            if not self._was_locked:
                self._was_locked = True
                files.give_lock_to_owner()
                try:
                    files.remove_temporary_files()
                except OSError as error:
                    raise write_error(error, self.path) from error
            yield
