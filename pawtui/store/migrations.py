"""Bring the tables of an older schema to the present one, as plain dictionaries: the structs know the present only.

To change a key: count `SCHEMA` up, and add what changes to `STEPS` under the number it changes from. What is not of the
expected shape is left as it is; reading the record finds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pawtui.review.model import SCHEMA


class Rename(NamedTuple):
    """Give keys other names in the documents at `where`: a table, then keys of what is nested in its documents."""

    where: str
    keys: Mapping[str, str]

    def apply(self, document: dict[str, Any]) -> None:
        """Change one document in place."""
        for old, new in self.keys.items():
            if old in document:
                document[new] = document.pop(old)


class Replace(NamedTuple):
    """Give a key other values in the documents at `where`."""

    where: str
    key: str
    values: Mapping[str, str]

    def apply(self, document: dict[str, Any]) -> None:
        """Change one document in place."""
        value = document.get(self.key)
        if isinstance(value, str):
            document[self.key] = self.values.get(value, value)


class TagFacts(NamedTuple):
    """Tell the facts of each probe's reading which kind they are of, and add what later code always writes."""

    where: str

    def apply(self, document: dict[str, Any]) -> None:
        """Change one document in place."""
        facts = document.get("facts")
        if not isinstance(facts, dict):
            return
        if not facts:
            document["facts"] = None
            return
        facts["kind"] = document.get("kind")
        if facts["kind"] == "text" and isinstance(facts.get("file"), str):
            facts["files"] = [facts["file"]]
        if facts["kind"] == "issues" and "open" in facts:
            facts["undone"] = facts["open"]


class AddTable(NamedTuple):
    """Add an empty table."""

    table: str


_PARTIAL = {"partly": "partial"}

STEPS: Mapping[int, Sequence[Rename | Replace | TagFacts | AddTable]] = {
    1: (
        Rename("refreshes.signals", {"looked": "fingerprint"}),
        Rename("refreshes.signals.probes", {"said": "summary", "unseen": "gaps"}),
        TagFacts("refreshes.signals.probes"),
        Rename("refreshes.upstream", {"asked": "renamed_from"}),
        Rename("refreshes.downstream", {"asked": "renamed_from"}),
        Rename("refreshes.drift", {"said": "summary"}),
        Rename("verdicts", {"looked": "fingerprint"}),
        Rename("log", {"act": "action", "said": "summary"}),
        # No fact holds a signal's state.
        Replace("refreshes.signals", "state", _PARTIAL),
        Replace("refreshes.signals.probes", "state", _PARTIAL),
        Replace("verdicts", "state", _PARTIAL),
        Replace("verdicts", "measured", _PARTIAL),
    ),
    # A plan has states that were not there before, too: nothing that is on record of it changes.
    2: (
        AddTable("rulings"),
        # A break that was not listed makes them fewer.
        Rename("refreshes.signals.probes.facts", {"quiet_at_least": "quiet_at_most"}),
    ),
}


def migrate(tables: dict[str, Any], schema: int) -> None:
    """Change the tables of that schema (1 to the present one) in place, the documents in the log's edits too."""
    for number in range(schema, SCHEMA):
        for step in STEPS[number]:
            if isinstance(step, AddTable):
                tables.setdefault(step.table, {})
                continue
            for document in _documents(tables, step.where):
                step.apply(document)
    if schema < SCHEMA:
        for meta in _documents(tables, "meta"):
            meta["schema"] = SCHEMA


def _documents(tables: dict[str, Any], where: str) -> Iterator[dict[str, Any]]:
    table, *keys = where.split(".")
    for document in (*_values(tables.get(table)), *_edited(tables, table)):
        yield from _nested(document, keys)


def _edited(tables: dict[str, Any], table: str) -> Iterator[Any]:
    """What documents of a table were before and after each change in the log."""
    for change in _values(tables.get("log")):
        for edit in _nested(change, ["edits"]):
            if edit.get("table") == table:
                yield from (edit.get("before"), edit.get("after"))


def _nested(value: Any, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every dictionary under these keys, through lists."""
    if isinstance(value, list):
        for one in value:
            yield from _nested(one, keys)
    elif isinstance(value, dict) and keys:
        yield from _nested(value.get(keys[0]), keys[1:])
    elif isinstance(value, dict):
        yield value


def _values(table: Any) -> Sequence[Any]:
    return tuple(table.values()) if isinstance(table, dict) else ()
