"""The record of one tracker on disk: read typed, changed in transactions, watched by its stamp."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import msgspec

from pawtui.refresh.model import Refresh
from pawtui.review.model import Change, Record
from pawtui.store import codec, edits
from pawtui.store.codec import Damaged, Held
from pawtui.store.files import RecordFiles, Stamp, stamp_of
from pawtui.store.lock import RecordLock
from pawtui.store.store_errors import HomeUnusable, WriteFailed, unreadable, unwritable

_NOTHING: Mapping[str, str] = MappingProxyType({})


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Store:
    """The record of one tracker, in `folder` (`<home>/<tracker id>`), which is made at the first write.

    May be used from several threads and beside other processes: every write is lock, reload, change, one atomic write.
    A write may wait for another process, so keep it off the event loop. `clock` names files that are moved aside;
    `patience` is how many seconds to wait for another writer.

    Every method but `stamp`, `held_stamp` and `notices` raises a `StoreError` whose text is a sentence for a person.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], dt.datetime] = _utc_now, timeout: float = 10.0) -> None:
        self._folder = folder
        self._clock = clock
        self._timeout = timeout
        # Replaced as a whole, never changed: a thread that reads while another writes has one generation or the other.
        self._held: Held | None = None
        self._lock: RecordLock | None = None
        self._given_notices: list[str] = []
        self._unsaid: list[str] = []

    @property
    def path(self) -> Path:
        """The record's file."""
        return self._folder / "pawtui.json"

    def load(self) -> Record:
        """Everything on record; an empty record where there is no file yet. Cheap while the file has not changed.

        A damaged file is kept aside and the earlier generation opened (`notices()` says so). Raises `RecordLost`,
        `RecordNewer`, `HomeUnusable`, `RecordBusy`.
        """
        files = RecordFiles(self.path)
        try:
            return self._fresh(files).record
        except Damaged as damage:
            return self._recovered(files, damage).record

    def load_end(self, newest: int) -> tuple[Record, int]:
        """The record with only its `newest` last refreshes, no log and no blobs; and how many refreshes it has in all.

        For a look at where things stand, in a third of the time that all of a long record takes. Where that part
        cannot be read, this is as `load`, which says and does what is to be done about it.
        """
        files = RecordFiles(self.path)
        try:
            data, _ = files.read(files.real)
            return codec.end_of(data, self.path, newest)
        except (OSError, Damaged, msgspec.DecodeError):
            record = self.load()
        return msgspec.structs.replace(record, refreshes=record.refreshes[-newest:], log=(), blobs={}), len(
            record.refreshes
        )

    def commit(self, make: Callable[[Record], Change]) -> Record:
        """Makes a change against the record as it is now and writes it, with its line in the log, in one write.

        `make` is called once, under the lock, and must not write itself; whatever it raises passes through and nothing
        is written. Gives the new record. Raises `Conflict`, `Unrecordable`, `WriteFailed`, `RecordBusy`, and what
        `load` raises.
        """
        return self._transaction(lambda record: edits.apply(record, make(record)))

    def add_refresh(self, refresh: Refresh, blobs: Mapping[str, str] = _NOTHING) -> Record:
        """Appends a refresh, and the blob SHA of each pin in `blobs`, in one write. Raises as `commit`."""
        return self._transaction(lambda record: edits.append(record, refresh, blobs))

    def stamp(self) -> Stamp | None:
        """What changes whenever the file does: inode, size in bytes, mtime in nanoseconds. None where there is none."""
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
        """What was done about a damaged record since the last call, as sentences: each is given once."""
        given, self._unsaid = tuple(self._unsaid), []
        return given

    def _transaction(self, step: Callable[[Record], tuple[Record, list[edits.Write]]]) -> Record:
        files = RecordFiles(self.path)
        with self._locked(files):
            try:
                held = self._fresh(files)
            except Damaged as damage:
                held = self._recover(files, damage)
            record, writes = step(held.record)
            self._held = self._write(files, held, record, writes)
        return record

    def _write(self, files: RecordFiles, held: Held, record: Record, writes: list[edits.Write]) -> Held:
        # Only now: a command that only reads does not pay for TinyDB.
        from pawtui.store import database

        try:
            return database.write(files, held, record, writes)
        except OSError as error:
            raise unwritable(error, self.path) from error

    def _fresh(self, files: RecordFiles) -> Held:
        """The record as the file is now. Raises `Damaged`."""
        held = self._held
        if held is not None and held.stamp is not None and held.stamp == self.stamp():
            return held
        try:
            data, stamp = files.read(files.real)
        except FileNotFoundError:
            if files.earlier.exists():
                raise Damaged("it is missing") from None
            return codec.empty()
        except OSError as error:
            raise unreadable(error, self.path) from error
        self._held = held = codec.hold(data, stamp, self.path, held)
        return held

    def _recovered(self, files: RecordFiles, damage: Damaged) -> Held:
        """The earlier generation, by a reader: put in place where the folder can be written, only shown otherwise."""
        try:
            with self._locked(files):
                try:
                    # Another process may have put it right since.
                    return self._fresh(files)
                except Damaged as still:
                    return self._recover(files, still)
        except (WriteFailed, HomeUnusable) as error:
            from pawtui.store.recovery import look_back

            held, notice = look_back(files, damage, str(error))
            self._notice(notice)
            return held

    def _recover(self, files: RecordFiles, damage: Damaged) -> Held:
        from pawtui.store.recovery import recover

        self._held = None
        held, notice = recover(files, damage, self._clock())
        self._notice(notice)
        self._held = held
        return held

    def _notice(self, sentence: str) -> None:
        if sentence not in self._given_notices:
            self._given_notices.append(sentence)
            self._unsaid.append(sentence)

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
                try:
                    files.sweep()
                except OSError as error:
                    raise unwritable(error, self.path) from error
            yield
