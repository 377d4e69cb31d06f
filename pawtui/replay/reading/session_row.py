"""Convert the row of a session to the fields of the upstream's export (measured: exports of 1.18.34)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pawtui.replay.reading.db_tables import text
from pawtui.replay.reading.decode import Undecodable, decode_any
from pawtui.replay.reading.session_types import Json

# Column, path in the export, and whether the column contains JSON. An export does not have columns that are NULL.
_FIELDS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("id", ("id",), False),
    ("slug", ("slug",), False),
    ("project_id", ("projectID",), False),
    ("workspace_id", ("workspaceID",), False),
    ("directory", ("directory",), False),
    ("path", ("path",), False),
    ("parent_id", ("parentID",), False),
    ("title", ("title",), False),
    ("agent", ("agent",), False),
    ("model", ("model",), True),
    ("version", ("version",), False),
    ("share_url", ("share", "url"), False),
    ("summary_additions", ("summary", "additions"), False),
    ("summary_deletions", ("summary", "deletions"), False),
    ("summary_files", ("summary", "files"), False),
    ("summary_diffs", ("summary", "diffs"), True),
    ("metadata", ("metadata",), True),
    ("cost", ("cost",), False),
    ("tokens_input", ("tokens", "input"), False),
    ("tokens_output", ("tokens", "output"), False),
    ("tokens_reasoning", ("tokens", "reasoning"), False),
    ("tokens_cache_read", ("tokens", "cache", "read"), False),
    ("tokens_cache_write", ("tokens", "cache", "write"), False),
    ("revert", ("revert",), True),
    ("permission", ("permission",), True),
    ("time_created", ("time", "created"), False),
    ("time_updated", ("time", "updated"), False),
    ("time_compacting", ("time", "compacting"), False),
    ("time_archived", ("time", "archived"), False),
)
SESSION_COLUMNS = frozenset(column for column, _, _ in _FIELDS)
# The fields of a session in an export.
EXPORTED_FIELDS = frozenset(path[0] for _, path, _ in _FIELDS)


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
            (indexes[column], column, path[:-1], path[-1], is_json)
            for column, path, is_json in _FIELDS
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
