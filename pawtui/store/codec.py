"""Between the file's bytes and the typed record, without TinyDB: reading must not cost its import.

The file is TinyDB's: an object of tables, each an object of documents by TinyDB's number. Those numbers mean nothing
here. A document of `refreshes` and `log` is the struct itself; one of `verdicts`, `gates`, `notes` and `reviews` has
its `key` besides; one of `blobs` is a `key` and a `sha`; `meta` holds the schema number.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cache
from pathlib import Path
from types import GenericAlias
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from pawtui.refresh.model import Refresh
from pawtui.review.model import SCHEMA, Change, GateEntry, Note, Record, Review, Verdict
from pawtui.store.files import Stamp
from pawtui.store.store_errors import RecordNewer

LISTED: Mapping[str, type[Refresh | Change]] = {"refreshes": Refresh, "log": Change}
KEYED: Mapping[str, type[Verdict | GateEntry | Note | Review]] = {
    "verdicts": Verdict,
    "gates": GateEntry,
    "notes": Note,
    "reviews": Review,
}
TABLES = ("meta", "refreshes", *KEYED, "log", "blobs")

# A table's documents by TinyDB's number, each still the bytes it was read as.
Documents = dict[str, msgspec.Raw]
T = TypeVar("T")


class Damaged(Exception):
    """These bytes are no whole record; `str()` says why, as the end of a sentence."""


class Keyed(msgspec.Struct, frozen=True):
    """The key of a document in a keyed table."""

    key: str


class Blob(msgspec.Struct, frozen=True):
    """A pin and the blob SHA of its file at the pinned commit."""

    key: str
    sha: str


class Meta(msgspec.Struct, frozen=True):
    """The schema number. A whole one from 1 up."""

    schema: int


class _File(msgspec.Struct, frozen=True):
    """The tables that `end_of` looks into, the refreshes by document: the whole file is gone through once."""

    meta: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    refreshes: dict[str, msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    verdicts: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    gates: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    notes: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    reviews: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Held(NamedTuple):
    """One generation of the record in memory: its stamp (None: no file), its tables as bytes, and all of it typed.

    `parts` are the tables that were taken apart into documents for a write, kept for the next one.
    """

    stamp: Stamp | None
    tables: Mapping[str, msgspec.Raw]
    record: Record
    parts: Mapping[str, Documents] = {}


def empty() -> Held:
    """The record before the first write."""
    tables = dict.fromkeys(TABLES, msgspec.Raw(b"{}")) | {"meta": msgspec.Raw(b'{"1":%b}' % encode(Meta(SCHEMA)))}
    return Held(None, tables, Record())


def encode(document: Any) -> bytes:
    """A document as JSON. Raises `ValueError`, `TypeError` or `OverflowError` for what JSON cannot hold."""
    return _encoder().encode(document)


def split(table: msgspec.Raw) -> Documents:
    """A table taken apart into its documents, which stay bytes."""
    documents: Documents = _decoder(Documents).decode(table)
    return documents


def key_of(document: msgspec.Raw) -> str:
    """The key of one document of a keyed table."""
    return typed(document, Keyed).key


def typed(document: bytes | msgspec.Raw, kind: type[T]) -> T:
    """One document as its struct. Raises `msgspec.ValidationError` with the place that is wrong."""
    decoded: T = _decoder(cast("Hashable", kind)).decode(document)
    return decoded


def hold(data: bytes, stamp: Stamp, path: Path, before: Held | None = None) -> Held:
    """The record in these bytes; tables that are as they were in `before` are taken from there.

    Raises `Damaged`, and `RecordNewer` for a schema that this pawtui does not know.
    """
    tables = _tables(data)
    _check_schema(tables, path)
    parts: dict[str, Documents] = {}
    known: dict[str, Any] = {}
    for name, table in tables.items():
        if before is not None and before.tables.get(name) == table and name in before.parts:
            parts[name] = before.parts[name]
    for name in TABLES[1:]:
        if name not in tables:
            continue
        if before is not None and before.tables.get(name) == tables[name]:
            known[name] = getattr(before.record, name)
        else:
            known[name] = _typed_table(name, tables[name])
    return Held(stamp, tables, Record(schema=SCHEMA, **known), parts)


def _tables(data: bytes) -> Documents:
    # Tables look like documents by name: anything, still as bytes.
    return _taken_apart(data, Documents)


def _taken_apart(data: bytes, kind: type[T]) -> T:
    if not data:
        raise Damaged("it is empty")
    try:
        return typed(data, kind)
    except msgspec.ValidationError as error:
        raise Damaged(f"it is not a record: {error}") from error
    except msgspec.DecodeError as error:
        raise Damaged(f"it is cut off or not JSON: {error}") from error


def end_of(data: bytes, path: Path, newest: int) -> tuple[Record, int]:
    """The record in these bytes with only its `newest` last refreshes, no log and no blobs; and how many it has.

    Raises as `hold`, but for what is wrong in the documents that are left out.
    """
    tables = _taken_apart(data, _File)
    known = {
        name: table
        for name, table in zip(_File.__struct_fields__, msgspec.structs.astuple(tables), strict=True)
        if table is not msgspec.UNSET
    }
    listed = list(known.pop("refreshes", {}).values())
    _check_schema(known, path)
    refreshes = tuple(typed(one, Refresh) for one in listed[-newest:])
    kept = {name: _typed_table(name, known[name]) for name in KEYED if name in known}
    return Record(schema=SCHEMA, refreshes=refreshes, **kept), len(listed)


def _check_schema(tables: Mapping[str, msgspec.Raw], path: Path) -> None:
    metas = _located("meta", tables["meta"], Meta) if "meta" in tables else {}
    schemas = [meta.schema for meta in metas.values()]
    if not schemas or min(schemas) < 1:
        raise Damaged("it has no schema number")
    if max(schemas) > SCHEMA:
        raise RecordNewer(
            f"{path} was written by a newer pawtui (schema {max(schemas)}, this one knows {SCHEMA}) and was left as it "
            "is: update pawtui, or choose another home with --home or PAWTUI_HOME."
        )


def _typed_table(name: str, table: msgspec.Raw) -> Any:
    if name in LISTED:
        return tuple(_located(name, table, LISTED[name]).values())
    if name == "blobs":
        return {blob.key: blob.sha for blob in _located(name, table, Blob).values()}
    keys = _located(name, table, Keyed)
    documents = _located(name, table, KEYED[name])
    return {keys[number].key: document for number, document in documents.items()}


def _located(name: str, table: msgspec.Raw, kind: type[T]) -> dict[str, T]:
    """The table's documents as structs; what is wrong in one is told with its table and number."""
    try:
        documents: dict[str, T] = _decoder(GenericAlias(dict, (str, kind))).decode(table)
        return documents
    except msgspec.DecodeError as error:
        raise Damaged(_place(name, table, kind) or f"table {name}: {error}") from error


def _place(name: str, table: msgspec.Raw, kind: type[T]) -> str:
    """What is wrong with the first document that is; empty where the table itself is no table."""
    try:
        documents = split(table)
    except msgspec.DecodeError:
        return ""
    for number, document in documents.items():
        try:
            typed(document, kind)
        except msgspec.DecodeError as error:
            return f"table {name}, document {number}: {error}"
    return ""


# Made when first needed: working out the types of a refresh takes longer than reading a small record.
@cache
def _encoder() -> msgspec.json.Encoder:
    return msgspec.json.Encoder()


@cache
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
