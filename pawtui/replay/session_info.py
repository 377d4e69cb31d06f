"""A session's row under the names that the upstream's export gives it (measured: exports of 1.18.34)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pawtui.replay.decode import Undecodable, decode_any
from pawtui.replay.layout import text
from pawtui.replay.model import Json

# Column, path in the export, and whether the column holds JSON. A column that is NULL is left out of the export.
FIELDS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
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
COLUMNS = frozenset(column for column, _, _ in FIELDS)


class SessionRows:
    """Reads the rows of one table `session`, whose columns come in the order of `names`."""

    def __init__(self, names: Sequence[str]) -> None:
        places = {name: place for place, name in enumerate(names)}
        self._id = places["id"]
        self._fields = [
            (places[column], column, path[:-1], path[-1], is_json)
            for column, path, is_json in FIELDS
            if column in places
        ]
        self._others = [(place, name) for name, place in places.items() if name not in COLUMNS]

    def id_of(self, row: Sequence[Any]) -> str:
        """Return the id of a row."""
        return text(row[self._id])

    def read(self, row: Sequence[Any]) -> tuple[Json, Json, list[str]]:
        """Return a row's fields by the export's names, the other columns, and the names of columns that are damaged.

        A column that should hold JSON and does not is kept as the text that it is. Columns that are NULL are left out.
        """
        info: Json = {}
        damaged = []
        for place, column, above, name, is_json in self._fields:
            value = row[place]
            if value is None:
                continue
            if type(value) is bytes:
                try:
                    value = decode_any(value) if is_json else value.decode("utf-8", "replace")
                except Undecodable:
                    damaged.append(column)
                    value = text(value)
            if not above:
                info[name] = value
                continue
            target = info
            for step in above:
                target = target.setdefault(step, {})
            target[name] = value
        extra = {
            name: text(row[place]) if type(row[place]) is bytes else row[place]
            for place, name in self._others
            if row[place] is not None
        }
        return info, extra, damaged
