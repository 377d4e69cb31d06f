"""Convert the row of a session to the fields of the upstream's export (measured with opencode 1.18.34)."""

import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from pawtui.replay.reading.db_tables import as_text, quote
from pawtui.replay.reading.decode import Undecodable, decode_any
from pawtui.replay.reading.session_types import Json

# The path in the export of each column. An export does not have columns that are NULL.
_PLAIN = ("id", "slug", "directory", "path", "title", "agent", "model", "version", "metadata", "cost", "revert")
_PATHS: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in (*_PLAIN, "permission")},
    **{f"{name}_id": (f"{name}ID",) for name in ("project", "workspace", "parent")},
    "share_url": ("share", "url"),
    **{f"summary_{name}": ("summary", name) for name in ("additions", "deletions", "files", "diffs")},
    **{f"tokens_{name}": ("tokens", name) for name in ("input", "output", "reasoning")},
    **{f"tokens_cache_{name}": ("tokens", "cache", name) for name in ("read", "write")},
    **{f"time_{name}": ("time", name) for name in ("created", "updated", "compacting", "archived")},
}
_JSON_COLUMNS = frozenset({"model", "summary_diffs", "metadata", "revert", "permission"})
SESSION_COLUMNS = frozenset(_PATHS)
# The fields of a session in an export.
EXPORTED_FIELDS = frozenset(path[0] for path in _PATHS.values())


class SessionRow(NamedTuple):
    """A session: its fields with the names of the export, its other columns, and the names of damaged columns."""

    info: Json
    extra: Json
    damaged: list[str]


def read_session_row(connection: sqlite3.Connection, table: str, session_id: str) -> SessionRow | None:
    """Return the session with an id in a table of sessions, or None. Raises `sqlite3.Error`.

    A damaged column, whose text is not the expected JSON, becomes a text. Columns that are NULL are left out. If the
    name of a column is damaged, raises `UnicodeDecodeError`.
    """
    cursor = connection.execute(f"SELECT * FROM {quote(table)} WHERE id = ?", (session_id,))  # noqa: S608
    row = cursor.fetchone()
    if row is None:
        return None
    values = {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
    info: Json = {}
    damaged = []
    for column, (*parents, name) in _PATHS.items():
        value = values.get(column)
        if value is None:
            continue
        if type(value) is bytes and column in _JSON_COLUMNS:
            try:
                value = decode_any(value)
            except Undecodable:
                damaged.append(column)
        target = info
        for step in parents:
            target = target.setdefault(step, {})
        target[name] = _text_of_bytes(value)
    others = ((name, value) for name, value in values.items() if name not in SESSION_COLUMNS and value is not None)
    return SessionRow(info, {name: _text_of_bytes(value) for name, value in others}, damaged)


def _text_of_bytes(value: Any) -> Any:
    return as_text(value) if type(value) is bytes else value
