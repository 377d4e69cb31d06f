"""Migrate the tables of an older schema to the current schema, as plain dictionaries.

To change a key or add a table: increase `SCHEMA`, and add a function to `MIGRATIONS` under the old schema number.
Values of an unexpected shape are not changed here; reading the record reports them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pawtui.review.record_types import SCHEMA

# By the first word of its summary, the action of a change that earlier schemas record with the action `gate`.
_GATE_ACTIONS = {"ticked": "tick", "unticked": "tick", "pinned": "pin", "removed": "pin", "took": "pin"}


def migrate(tables: dict[str, Any], schema: int) -> None:
    """Migrate the tables of that schema (1 to the current one) in place, including the entries in the log's edits."""
    for number in range(schema, SCHEMA):
        MIGRATIONS[number](tables)
    if schema < SCHEMA:
        for meta in _entries(tables, "meta"):
            meta["schema"] = SCHEMA


def _from_schema_1(tables: dict[str, Any]) -> None:
    _rename(tables, "refreshes.signals", looked="fingerprint")
    _rename(tables, "refreshes.signals.probes", said="summary", unseen="gaps")
    _add_kinds_of_facts(tables)
    for side in ("refreshes.upstream", "refreshes.downstream"):
        _rename(tables, side, asked="renamed_from")
    _rename(tables, "refreshes.drift", said="summary")
    _rename(tables, "verdicts", looked="fingerprint")
    _rename(tables, "log", act="action", said="summary")
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
            facts["files"] = [facts["file"]]
        if facts["kind"] == "issues" and "open" in facts:
            facts["undone"] = facts["open"]


def _from_schema_2(tables: dict[str, Any]) -> None:
    # The plan also has new states. Recorded states of a plan do not change.
    tables.setdefault("rulings", {})
    # The quiet days are an upper bound: an unlisted breaking change makes them fewer.
    _rename(tables, "refreshes.signals.probes.facts", quiet_at_least="quiet_at_most")


def _from_schema_3(tables: dict[str, Any]) -> None:
    tables.setdefault("steps", {})


def _from_schema_4(tables: dict[str, Any]) -> None:
    """Name ticks and pins: for the walk, the action `gate` decides a gate."""
    for change in _entries(tables, "log"):
        if change.get("action") == "gate":
            first_word = str(change.get("summary")).partition(" ")[0]
            change["action"] = _GATE_ACTIONS.get(first_word, "gate")


MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], None]] = {
    1: _from_schema_1,
    2: _from_schema_2,
    3: _from_schema_3,
    4: _from_schema_4,
}


def _rename(tables: dict[str, Any], path: str, **keys: str) -> None:
    """Rename keys (`old="new"`) in the entries at `path`."""
    for entry in _entries(tables, path):
        for old, new in keys.items():
            if old in entry:
                entry[new] = entry.pop(old)


def _entries(tables: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """Yield the entries at `path`: a table, then the keys of nested dictionaries, joined by dots."""
    table, *keys = path.split(".")
    for entry in (*_values(tables.get(table)), *_logged(tables, table)):
        yield from _nested(entry, keys)


def _logged(tables: dict[str, Any], table: str) -> Iterator[Any]:
    """Yield the entries of a table before and after each change in the log."""
    for change in _values(tables.get("log")):
        for edit in _nested(change, ["edits"]):
            if edit.get("table") == table:
                yield from (edit.get("before"), edit.get("after"))


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
