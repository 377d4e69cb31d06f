"""Migrate the tables of an older schema to the current schema, as plain dictionaries.

Version 0.1.0 wrote schema 1. Only versions in development wrote schemas 2 to 4, which have some of the same changes:
one function migrates them all. To change a key or a table: increase `SCHEMA`, and add a function to `migrate`.
Values of an unexpected shape are not changed here; reading the record reports them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pawtui.review.record_types import SCHEMA

# By the first word of its summary, the action of a change that earlier schemas record with the action `gate`.
_GATE_ACTIONS = {"ticked": "tick", "unticked": "tick", "pinned": "pin", "removed": "pin", "took": "pin"}


def migrate(tables: dict[str, Any], schema: int) -> None:
    """Migrate the tables of that schema (1 to the current one) in place, including the entries in the log's edits."""
    if schema < 5:
        _to_schema_5(tables)
    for meta in _values(tables.get("meta")):
        meta["schema"] = SCHEMA


def _to_schema_5(tables: dict[str, Any]) -> None:
    tables.setdefault("rulings", {})
    tables.setdefault("steps", {})
    _rename(tables, "refreshes.signals", looked="fingerprint")
    _rename(tables, "refreshes.signals.probes", said="summary", unseen="gaps")
    _add_kinds_of_facts(tables)
    for side in ("refreshes.upstream", "refreshes.downstream"):
        _rename(tables, side, asked="renamed_from")
    _rename(tables, "refreshes.drift", said="summary")
    _rename(tables, "verdicts", looked="fingerprint")
    _rename(tables, "log", act="action", said="summary")
    # The quiet days are an upper bound: an unlisted breaking change makes them fewer.
    _rename(tables, "refreshes.signals.probes.facts", quiet_at_least="quiet_at_most")
    # For the walk, the action `gate` decides a gate.
    for change in _entries(tables, "log"):
        if change.get("action") == "gate":
            first_word = str(change.get("summary")).partition(" ")[0]
            change["action"] = _GATE_ACTIONS.get(first_word, "gate")
    # Facts contain no signal state.
    for path in ("refreshes.signals", "refreshes.signals.probes", "verdicts"):
        for entry in _entries(tables, path):
            for key in ("state", "measured"):
                if entry.get(key) == "partly":
                    entry[key] = "partial"


def _add_kinds_of_facts(tables: dict[str, Any]) -> None:
    """Add the kind to the facts of each probe reading, and the keys that later versions always write."""
    for probe in _entries(tables, "refreshes.signals.probes"):
        facts = probe.get("facts")
        if not isinstance(facts, dict):
            continue
        if not facts:
            probe["facts"] = None
            continue
        facts["kind"] = probe.get("kind")
        if facts["kind"] == "text" and isinstance(facts.get("file"), str):
            facts.setdefault("files", [facts["file"]])
        if facts["kind"] == "issues" and "open" in facts:
            facts.setdefault("undone", facts["open"])


def _rename(tables: dict[str, Any], path: str, **keys: str) -> None:
    """Rename keys (`old="new"`) in the entries at `path`."""
    for entry in _entries(tables, path):
        for old, new in keys.items():
            if old in entry:
                entry[new] = entry.pop(old)


def _entries(tables: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """Yield the entries at `path`: a table, then the keys of nested dictionaries, joined by dots."""
    table, *keys = path.split(".")
    entries = [*_values(tables.get(table))]
    # With those before and after each change in the log.
    for change in _values(tables.get("log")):
        for edit in _nested(change, ["edits"]):
            if edit.get("table") == table:
                entries += (edit.get("before"), edit.get("after"))
    for entry in entries:
        yield from _nested(entry, keys)


def _nested(value: Any, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield every dictionary under these keys, also inside lists."""
    if isinstance(value, list):
        for item in value:
            yield from _nested(item, keys)
    elif isinstance(value, dict) and keys:
        yield from _nested(value.get(keys[0]), keys[1:])
    elif isinstance(value, dict):
        yield value


def _values(table: Any) -> Sequence[Any]:
    return tuple(table.values()) if isinstance(table, dict) else ()
