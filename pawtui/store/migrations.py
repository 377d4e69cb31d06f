"""Migrate the tables of an older schema to the current schema, as plain dictionaries.

To change a key: increase `SCHEMA`, and add the steps to `STEPS` under the old schema number. Values of an unexpected
shape are not changed here; reading the record reports them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pawtui.review.record_types import SCHEMA


class Rename(NamedTuple):
    """Rename keys in the documents at `path`: a table, then the keys of nested documents, joined by dots."""

    path: str
    keys: Mapping[str, str]

    def apply(self, document: dict[str, Any]) -> None:
        for old, new in self.keys.items():
            if old in document:
                document[new] = document.pop(old)


class Replace(NamedTuple):
    """Replace values of a key in the documents at `path`."""

    path: str
    key: str
    values: Mapping[str, str]

    def apply(self, document: dict[str, Any]) -> None:
        value = document.get(self.key)
        if isinstance(value, str):
            document[self.key] = self.values.get(value, value)


class AddFactKinds(NamedTuple):
    """Add the kind to the facts of each probe reading, and the keys that later versions always write."""

    path: str

    def apply(self, document: dict[str, Any]) -> None:
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

STEPS: Mapping[int, Sequence[Rename | Replace | AddFactKinds | AddTable]] = {
    1: (
        Rename("refreshes.signals", {"looked": "fingerprint"}),
        Rename("refreshes.signals.probes", {"said": "summary", "unseen": "gaps"}),
        AddFactKinds("refreshes.signals.probes"),
        Rename("refreshes.upstream", {"asked": "renamed_from"}),
        Rename("refreshes.downstream", {"asked": "renamed_from"}),
        Rename("refreshes.drift", {"said": "summary"}),
        Rename("verdicts", {"looked": "fingerprint"}),
        Rename("log", {"act": "action", "said": "summary"}),
        # Facts contain no signal state.
        Replace("refreshes.signals", "state", _PARTIAL),
        Replace("refreshes.signals.probes", "state", _PARTIAL),
        Replace("verdicts", "state", _PARTIAL),
        Replace("verdicts", "measured", _PARTIAL),
    ),
    # The plan also has new states. Recorded states of a plan do not change.
    2: (
        AddTable("rulings"),
        # The quiet days are an upper bound: an unlisted breaking change makes them fewer.
        Rename("refreshes.signals.probes.facts", {"quiet_at_least": "quiet_at_most"}),
    ),
    3: (AddTable("steps"),),
}


def migrate(tables: dict[str, Any], schema: int) -> None:
    """Migrate the tables of that schema (1 to the current one) in place, including the documents in the log's edits."""
    for number in range(schema, SCHEMA):
        for step in STEPS[number]:
            if isinstance(step, AddTable):
                tables.setdefault(step.table, {})
                continue
            for document in _documents(tables, step.path):
                step.apply(document)
    if schema < SCHEMA:
        for meta in _documents(tables, "meta"):
            meta["schema"] = SCHEMA


def _documents(tables: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    table, *keys = path.split(".")
    for document in (*_values(tables.get(table)), *_logged(tables, table)):
        yield from _nested(document, keys)


def _logged(tables: dict[str, Any], table: str) -> Iterator[Any]:
    """Yield the documents of a table before and after each change in the log."""
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
