"""The record of one tracker on disk: read typed, changed in transactions, watched by its stamp."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pawtui import atomic
from pawtui.refresh.model import Refresh
from pawtui.review.model import Change, Record
from pawtui.store import edits
from pawtui.store.database import RecordDatabase
from pawtui.store.files import RecordFiles, Stamp, stamp_of
from pawtui.store.lock import RecordLock
from pawtui.store.store_errors import Damaged, HomeUnusable, WriteFailed, unreadable, unwritable

_NOTHING: Mapping[str, str] = MappingProxyType({})


class _Held(NamedTuple):
    """The generation that was read or written last. `stamp` None: there is no file, or it is not this record.

    `database` is kept from one write to the next, so that the file need not be read in between.
    """

    stamp: Stamp | None
    record: Record
    database: RecordDatabase | None = None


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Store:
    """The record of one tracker, in `folder` (`<home>/<tracker id>`), which is made at the first write.

    Several threads may use it, and other processes beside it: every write is lock, reload, change, one atomic write.
    A write may wait for another process, so keep it off the event loop. `clock` names files that are moved aside;
    `timeout` is how many seconds to wait for another writer.

    Every method but `stamp`, `held_stamp` and `notices` raises a `StoreError` whose text is a sentence for a person.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], dt.datetime] = _utc_now, timeout: float = 10.0) -> None:
        self._folder = folder
        self._clock = clock
        self._timeout = timeout
        # Replaced as a whole, never changed: a thread that reads while another writes has one generation or the other.
        self._held: _Held | None = None
        self._lock: RecordLock | None = None
        self._batch: _Held | None = None
        self._given_notices: list[str] = []
        self._new_notices: list[str] = []

    @property
    def path(self) -> Path:
        """The record's file."""
        return self._folder / "pawtui.json"

    def load(self) -> Record:
        """Return everything on record; an empty record where there is no file yet. Cheap while the file is the same.

        A damaged file is moved aside and the earlier generation opened (`notices()` says so). Raises `RecordLost`,
        `RecordNewer`, `HomeUnusable`, `RecordBusy`.
        """
        if held := self._batch or self._current():
            return held.record
        files = RecordFiles(self.path)
        try:
            return self._open(files)[1]
        except Damaged as damage:
            return self._recovered(files, damage)

    def commit(self, make: Callable[[Record], Change]) -> Record:
        """Make a change against the record as it is now, write it with its line in the log, and return the new record.

        `make` is called once, under the lock, and must not write itself; whatever it raises passes through and nothing
        is written. Raises `Conflict`, `Unrecordable`, `WriteFailed`, `RecordBusy`, and what `load` raises.
        """
        return self._transaction(lambda record: edits.apply(record, make(record)))

    def add_refresh(self, make: Callable[[Record], Refresh], blobs: Mapping[str, str] = _NOTHING) -> Record:
        """Append a refresh, and the blob SHA of each pin in `blobs`, in one write, and return the new record.

        `make` and errors as in `commit`.
        """
        return self._transaction(lambda record: edits.append(record, make(record), blobs))

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Make all changes of the block one write: nothing is on disk before its end, and nothing if it raises.

        The record is locked meanwhile. For one thread at a time. Raises what `commit` raises.
        """
        files = RecordFiles(self.path)
        with self._locked(files):
            database, record = self._open_locked(files)
            self._batch = _Held(None, record, database)
            try:
                yield
                record = self._batch.record
            finally:
                self._batch = None
            self._save(files, database, record)

    def stamp(self) -> Stamp | None:
        """Return what changes whenever the file does; None where there is none."""
        try:
            return stamp_of(self.path.stat())
        except OSError:
            return None

    @property
    def held_stamp(self) -> Stamp | None:
        """The stamp of what was read or written last: the same as `stamp()` while nobody else has written since."""
        held = self._held
        return held.stamp if held is not None else None

    def notices(self) -> tuple[str, ...]:
        """Return what was done about a damaged record since the last call, as sentences: each is given once."""
        given, self._new_notices = tuple(self._new_notices), []
        return given

    def _transaction(self, step: Callable[[Record], tuple[Record, list[edits.Write]]]) -> Record:
        if self._batch is not None and self._batch.database is not None:
            record, writes = step(self._batch.record)
            self._batch.database.write(writes)
            self._batch = self._batch._replace(record=record)
            return record
        files = RecordFiles(self.path)
        with self._locked(files):
            database, record = self._open_locked(files)
            record, writes = step(record)
            database.write(writes)
            self._save(files, database, record)
        return record

    def _open_locked(self, files: RecordFiles) -> tuple[RecordDatabase, Record]:
        """Return the record as the file is now, recovered where it is damaged; the lock is held."""
        try:
            return self._open(files)
        except Damaged as damage:
            self._recover(files, damage)
            return self._open(files)

    def _save(self, files: RecordFiles, database: RecordDatabase, record: Record) -> None:
        try:
            database.save(files)
        except OSError as error:
            raise unwritable(error, self.path) from error
        self._held = _Held(database.stamp, record, database)

    def _open(self, files: RecordFiles) -> tuple[RecordDatabase, Record]:
        """Return the record as the file is now. Raises `Damaged`.

        The database is no longer held then: a change that fails half-way must not be found in it by the next one.
        """
        held = self._current()
        if held is not None and held.database is not None:
            self._held = held._replace(database=None)
            return held.database, held.record
        try:
            database = RecordDatabase(files.real)
            if database.stamp is None:
                self._check_new(files)
        except OSError as error:
            raise unreadable(error, self.path) from error
        if held is None or held.stamp != database.stamp:
            self._held = held = _Held(database.stamp, database.load())
        return database, held.record

    def _current(self) -> _Held | None:
        """Return what is held, while the file is still that one."""
        held = self._held
        return held if held is not None and held.stamp is not None and held.stamp == self.stamp() else None

    @staticmethod
    def _check_new(files: RecordFiles) -> None:
        """Make sure that a record that is not there was never there. Raises `Damaged`, `OSError`."""
        if atomic.stat_file(files.earlier) is not None:
            raise Damaged("it is missing")
        # A link to a file or folder that does not exist, such as one on a disk that is not mounted, is no new record.
        atomic.stat_file(files.path)
        files.check_folders()

    def _recovered(self, files: RecordFiles, damage: Damaged) -> Record:
        """Return the earlier generation: put in place where the folder can be written, only shown otherwise."""
        try:
            with self._locked(files):
                try:
                    # Another process may have recovered it since.
                    return self._open(files)[1]
                except Damaged as still:
                    self._recover(files, still)
                return self._open(files)[1]
        except (WriteFailed, HomeUnusable) as error:
            from pawtui.store.recovery import show_earlier

            record, notice = show_earlier(files, damage, str(error))
            self._held = _Held(None, record)
            self._notice(notice)
            return record

    def _recover(self, files: RecordFiles, damage: Damaged) -> None:
        from pawtui.store.recovery import recover

        self._held = None
        self._notice(recover(files, damage, self._clock()))

    def _notice(self, sentence: str) -> None:
        if sentence not in self._given_notices:
            self._given_notices.append(sentence)
            self._new_notices.append(sentence)

    @contextmanager
    def _locked(self, files: RecordFiles) -> Iterator[None]:
        try:
            files.make_folders()
        except OSError as error:
            raise unwritable(error, self.path) from error
        first = self._lock is None
        if self._lock is None or self._lock.path != files.lock:
            self._lock = RecordLock(files.lock)
        with self._lock.held(self._timeout):
            if first:
                files.give_lock_to_owner()
                try:
                    files.sweep()
                except OSError as error:
                    raise unwritable(error, self.path) from error
            yield
