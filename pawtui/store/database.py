"""The record as a TinyDB database: the only file that knows TinyDB. Imported when something is written.

TinyDB's own storage writes over the file in place and its own numbering breaks between two processes, so both are
replaced: the storage holds what was read under the lock and saves once, and documents are found by their own keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from pawtui.review.model import Record
from pawtui.store import codec
from pawtui.store.codec import Documents, Held
from pawtui.store.edits import Write
from pawtui.store.files import RecordFiles


class Tables(dict[str, Any]):
    """The tables by name, as TinyDB reads and assigns them. One that is not looked into stays the bytes it was."""

    def __init__(self, held: Held) -> None:
        super().__init__(held.tables)
        self.parts: dict[str, Documents] = dict(held.parts)
        self._changed: set[str] = set()

    def __getitem__(self, name: str) -> Documents:
        """The table's documents. Raises `KeyError` for a table that is not there yet."""
        table = super().__getitem__(name)
        if name not in self.parts:
            self.parts[name] = codec.split(table)
        return self.parts[name]

    def __setitem__(self, name: str, documents: Documents) -> None:
        super().__setitem__(name, msgspec.Raw())
        self.parts[name] = documents
        self._changed.add(name)

    def encoded(self) -> dict[str, msgspec.Raw]:
        """Every table as bytes; only the changed ones are encoded again."""
        return {
            name: msgspec.Raw(codec.encode(self.parts[name])) if name in self._changed else table
            for name, table in self.items()
        }


class AtomicStorage(Storage):
    """TinyDB's storage of one transaction: it starts from what was read under the lock, saved once at its end."""

    def __init__(self, files: RecordFiles, held: Held) -> None:
        self._files = files
        self._tables = Tables(held)

    def read(self) -> dict[str, dict[str, Any]]:
        """The tables as they stand in this transaction."""
        return self._tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Nothing yet: TinyDB calls this for each document, and the file is written once for all of them."""

    def save(self, record: Record) -> Held:
        """Writes the file, whole, and gives what is now held; `record` is the same, typed. Raises `OSError`."""
        tables = self._tables.encoded()
        stamp = self._files.write(_chunks(tables))
        return Held(stamp, tables, record, self._tables.parts)


class KeyedTable(Table):
    """A table whose documents are found by their own key."""

    # The number stays the text it is in the file: two thousand of them need not become integers and text again.
    document_id_class = cast("Any", str)

    def put(self, key: str | None, document: msgspec.Raw) -> None:
        """Stores the document in place of the one of that key, or at the end."""

        def update(table: Documents) -> None:
            table[_number(table, key) or _free(table)] = document

        self._change(update)

    def drop(self, key: str | None) -> None:
        """Removes the document of that key, if there is one."""

        def update(table: Documents) -> None:
            table.pop(_number(table, key) or "", None)

        self._change(update)

    def _change(self, update: Callable[[Documents], None]) -> None:
        # TinyDB's words for it are integers and mappings.
        self._update_table(cast("Any", update))


class RecordDatabase(TinyDB):
    """The TinyDB database of a record."""

    table_class = KeyedTable

    def keyed(self, name: str) -> KeyedTable:
        """The table of that name. Without a query cache: another process may have written since."""
        return cast("KeyedTable", self.table(name, cache_size=0))


def write(files: RecordFiles, held: Held, record: Record, writes: Iterable[Write]) -> Held:
    """Stores these documents over `held` in one write and gives what is then held. Under the lock. Raises `OSError`."""
    storage = AtomicStorage(files, held)
    database = RecordDatabase(storage=lambda: storage)
    for name, key, document in writes:
        table = database.keyed(name)
        if document is None:
            table.drop(key)
        else:
            table.put(key, document)
    return storage.save(record)


def _free(table: Documents) -> str:
    """A number that no document has; the lock makes it ours. It is TinyDB's way to tell documents apart, not ours."""
    return str(max(map(int, table), default=0) + 1)


def _number(table: Documents, key: str | None) -> str | None:
    if key is None:
        return None
    return next((number for number, document in table.items() if codec.key_of(document) == key), None)


def _chunks(tables: dict[str, msgspec.Raw]) -> Iterable[bytes | memoryview]:
    """The file piece by piece, so that a megabyte that did not change is not copied together first."""
    opening = b"{"
    for name, table in tables.items():
        yield opening + codec.encode(name) + b":"
        yield memoryview(table)
        opening = b","
    yield b"}"
