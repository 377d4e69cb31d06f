"""Convert the row of a session to the fields of the upstream's export (measured: exports of 1.18.34)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pawtui.replay.reading.db_tables import text
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


class SessionRows:
    """Reads rows of the table `session` whose columns are `names`, in this order."""

    def __init__(self, names: Sequence[str]) -> None:
        indexes = {name: index for index, name in enumerate(names)}
        self._fields = [
            (indexes[column], column, path[:-1], path[-1], column in _JSON_COLUMNS)
            for column, path in _PATHS.items()
            if column in indexes
        ]
        self._others = [(index, name) for name, index in indexes.items() if name not in SESSION_COLUMNS]

    def read(self, row: Sequence[Any]) -> SessionRow:
        """Return the session of a row.

        A damaged column, whose text is not the expected JSON, becomes a text. Columns that are NULL are left out.
        """
        info: Json = {}
        damaged = []
        for index, column, parents, name, is_json in self._fields:
            value = row[index]
            if value is None:
                continue
            if type(value) is bytes:
                try:
                    value = decode_any(value) if is_json else value.decode("utf-8", "replace")
                except Undecodable:
                    damaged.append(column)
                    value = text(value)
            target = info
            for step in parents:
                target = target.setdefault(step, {})
            target[name] = value
        extra = {
            name: text(row[index]) if type(row[index]) is bytes else row[index]
            for index, name in self._others
            if row[index] is not None
        }
        return SessionRow(info, extra, damaged)
