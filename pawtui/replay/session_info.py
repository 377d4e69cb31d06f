"""A session's row under the names that the upstream's export gives it (measured: exports of 1.18.34)."""

from __future__ import annotations

from typing import Any

from pawtui.replay.decode import Undecodable, decode_any
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


def session_info(row: dict[str, Any]) -> tuple[Json, Json, list[str]]:
    """Return a row's fields by the export's names, the other columns, and the names of columns that hold no JSON.

    A column that should hold JSON and does not is kept as the text that it is. Columns that are NULL are left out.
    """
    info: Json = {}
    damaged = []
    for column, path, is_json in FIELDS:
        value = row.get(column)
        if value is None:
            continue
        if is_json and isinstance(value, str):
            try:
                value = decode_any(value.encode("utf-8", "surrogatepass"))
            except Undecodable:
                damaged.append(column)
        _set(info, path, value)
    extra = {column: value for column, value in row.items() if column not in COLUMNS and value is not None}
    return info, extra, damaged


def _set(target: Json, path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        target = target.setdefault(step, {})
    target[path[-1]] = value
