"""Records of older schemas: the last version of schema N wrote `data/schema-N.json`; some refreshes were removed.

Its log has verdicts, notes, blocked gates, closed reviews, undone and redone changes. Two signals and two verdicts have
the state that was renamed.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import to_builtins
from tinydb import TinyDB

from pawtui.review.actions import Actor
from pawtui.review.record_types import KEYED_TABLES, SCHEMA, TABLES, Record
from pawtui.review.undo import NothingLeft, redo, undo
from pawtui.store.migrations import migrate
from pawtui.store.store import Store
from tests.review.review_samples import apply, context_of
from tests.store import store_samples

OLD = (Path(__file__).parent / "data" / "schema-1.json").read_bytes()
TABLES_OF_OLD: dict[str, dict[str, dict[str, Any]]] = json.loads(OLD)
# Tables that later schemas added.
ADDED = {"rulings", "steps"}
YOU = Actor(by="you", at=store_samples.AT)


@pytest.fixture
def migrated(store: Store, folder: Path) -> Store:
    """A store whose file has schema 1."""
    folder.mkdir(parents=True)
    store.path.write_bytes(OLD)
    return store


def leaves(value: Any) -> Iterator[Any]:
    """Yield every value that is not a list or an object."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    else:
        yield value


def contains(new: Any, old: Any) -> bool:
    """Return whether the new value contains everything of the old value; a time may be written in another format."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(key in new and contains(new[key], inner) for key, inner in old.items())
    if isinstance(old, list):
        return len(new) == len(old) and all(map(contains, new, old))
    if isinstance(old, str) and old.endswith("+00:00"):
        return bool(dt.datetime.fromisoformat(new) == dt.datetime.fromisoformat(old))
    return bool(new == old)


def without_facts(value: Any) -> Any:
    """Return the same tables without facts, because the migration adds a kind to facts."""
    if isinstance(value, dict):
        return {key: without_facts(inner) for key, inner in value.items() if key != "facts"}
    return [without_facts(inner) for inner in value] if isinstance(value, list) else value


def test_reading_alone_writes_nothing(migrated: Store, folder: Path) -> None:
    assert len(migrated.load().log) == 14
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"pawtui.json": OLD}
    assert migrated.pop_notices() == ()


def test_every_table_is_read(migrated: Store) -> None:
    record = migrated.load()
    for name in set(TABLES) - ADDED:
        field = "pinned_states" if name == "blobs" else name
        assert len(getattr(record, field)) == len(TABLES_OF_OLD[name]) > 0, name
    old_refreshes = TABLES_OF_OLD["refreshes"].values()
    for refresh, old in zip(record.refreshes, old_refreshes, strict=True):
        assert [drift.summary for drift in refresh.drift] == [drift["said"] for drift in old["drift"]]
        for reading, was in zip(refresh.signals, old["signals"], strict=True):
            assert reading.fingerprint == was["looked"] != ""
            assert [probe.summary for probe in reading.probes] == [probe["said"] for probe in was["probes"]]
            assert [list(probe.gaps) for probe in reading.probes] == [probe["unseen"] for probe in was["probes"]]
            assert [probe.kind for probe in reading.probes] == [probe["kind"] for probe in was["probes"]]
            for probe, read in zip(reading.probes, was["probes"], strict=True):
                assert contains(to_builtins(probe.facts), read["facts"]), probe.kind
    last = record.refreshes[-1]
    assert [(signal.id, signal.state) for signal in last.signals] == [
        ("stability-window", "partial"),
        ("low-churn", "unmet"),
        ("recovery-story", "partial"),
    ]
    assert any(probe.gaps for signal in last.signals for probe in signal.probes)
    assert any(drift.summary for drift in last.drift)
    verdict = record.verdicts["recovery-story"]
    assert (verdict.state, verdict.measured) == ("partial", "partial")
    assert verdict.fingerprint == TABLES_OF_OLD["verdicts"]["1"]["looked"]
    for change, was in zip(record.log, TABLES_OF_OLD["log"].values(), strict=True):
        assert (change.id, change.action, change.summary) == (was["id"], was["act"], was["said"])


def test_no_value_is_lost_or_added(migrated: Store) -> None:
    migrated.record_change(store_samples.note("n1"))
    tables = json.loads(migrated.path.read_bytes())
    del tables["log"][max(tables["log"], key=int)]
    del tables["notes"][max(tables["notes"], key=int)]
    # Only complete values are the state "partly"; sentences contain the word too.
    before = Counter("partial" if value == "partly" else value for value in leaves(without_facts(TABLES_OF_OLD)))
    before[1] -= 1  # the schema number
    before[SCHEMA] += 1
    ranges = [side for old in TABLES_OF_OLD["refreshes"].values() for side in old["range"].values() if side]
    before[False] -= sum(side["commits_at_least"] is False for side in ranges)  # never written, and no longer a key
    after = Counter(leaves(without_facts(tables)))
    added = after - before
    assert before - after == Counter()
    # The current schema adds keys with their defaults.
    assert set(added) <= {"", 0, True}


def test_the_log_replays_to_the_record(migrated: Store) -> None:
    record = migrated.load()
    assert any(change.undoes for change in record.log)
    assert any(change.redoes for change in record.log)
    assert any(edit.after and edit.after.get("measured") == "partial" for change in record.log for edit in change.edits)
    replayed = apply(Record(), *record.log)
    for name in (*KEYED_TABLES, "log"):
        assert getattr(replayed, name) == getattr(record, name), name


def test_the_next_write_keeps_the_file_of_the_older_schema(migrated: Store, folder: Path) -> None:
    before = migrated.load()
    after = migrated.record_change(store_samples.note("n1"))
    assert Store(folder).load() == after
    assert after.refreshes == before.refreshes
    with TinyDB(migrated.path, access_mode="r") as database:
        assert [meta["schema"] for meta in database.table("meta")] == [SCHEMA]
    assert (folder / "pawtui.json.bak").read_bytes() == OLD
    assert (folder / "pawtui.json.schema-1").read_bytes() == OLD
    migrated.record_change(store_samples.note("n2"))
    assert (folder / "pawtui.json.bak").read_bytes() != OLD
    assert (folder / "pawtui.json.schema-1").read_bytes() == OLD


def test_a_change_from_before_the_migration_can_be_undone_and_redone(migrated: Store, folder: Path) -> None:
    before = migrated.load()
    mine = [change for change in before.log if change.by == YOU.by]
    undoable = len(mine) - 2 * sum(bool(change.undoes) for change in mine)
    for _ in range(undoable):
        migrated.record_change(lambda now: undo(context_of(now, YOU)))
    with pytest.raises(NothingLeft):
        migrated.record_change(lambda now: undo(context_of(now, YOU)))
    record = Store(folder).load()
    assert (record.verdicts, record.reviews) == ({}, {})
    assert [note.by for note in record.notes.values()] == ["colleague"] * 2
    for _ in range(undoable):
        migrated.record_change(lambda now: redo(context_of(now, YOU)))
    record = Store(folder).load()
    assert (record.verdicts, record.gates, record.reviews) == (before.verdicts, before.gates, before.reviews)
    assert record.notes == before.notes


def test_a_damaged_record_is_recovered_from_a_backup_of_the_older_schema(migrated: Store, folder: Path) -> None:
    before = migrated.load()
    migrated.record_change(store_samples.note("n1"))
    migrated.path.write_bytes(b"{")
    renewal = Store(folder)
    assert renewal.load() == before
    assert len(renewal.pop_notices()) == 1
    assert renewal.path.read_bytes() == OLD
    assert list(renewal.record_change(store_samples.note("n2")).notes)[-1] == "n2"


def test_quiet_days_become_an_upper_bound() -> None:
    def tables(key: str) -> dict[str, Any]:
        probe = {"kind": "soak", "facts": {"kind": "soak", "quiet_days": 30, key: True}}
        return {"refreshes": {"1": {"signals": [{"id": "s", "probes": [probe, {"kind": "text", "facts": None}]}]}}}

    found = {"meta": {"1": {"schema": 2}}, **tables("quiet_at_least")}
    migrate(found, 2)
    assert found == {"meta": {"1": {"schema": SCHEMA}}, **tables("quiet_at_most"), "rulings": {}, "steps": {}}


def test_facts_of_a_schema_in_development_keep_their_newer_keys() -> None:
    text = {"kind": "text", "file": "a", "files": ["a", "b"]}
    issues = {"kind": "issues", "open": [1], "undone": [1, 2]}
    probes = [{"kind": facts["kind"], "facts": dict(facts)} for facts in (text, issues)]
    migrate({"refreshes": {"1": {"signals": [{"probes": probes}]}}}, 3)
    assert [probe["facts"] for probe in probes] == [text, issues]


@pytest.mark.parametrize("table", ["refreshes", "verdicts", "log"])
@pytest.mark.parametrize(
    "wrong",
    [
        None,
        3,
        "x",
        [],
        {"1": None},
        {"1": {"state": [], "signals": {"probes": 3}, "edits": [None, {"table": []}]}},
    ],
)
def test_unexpected_shapes_are_reported_by_reading(table: str, wrong: Any) -> None:
    tables = {"meta": {"1": {"schema": 1}}, table: wrong}
    migrate(tables, 1)
    assert tables == {"meta": {"1": {"schema": SCHEMA}}, table: wrong, "rulings": {}, "steps": {}}


@pytest.mark.parametrize(("schema", "action", "summary"), [(1, "act", "said"), (4, "action", "summary")])
def test_ticks_and_pins_of_earlier_schemas_get_actions_of_their_own(schema: int, action: str, summary: str) -> None:
    actions = {
        "set plan to blocked": "gate",
        "ticked app of plan": "tick",
        "unticked app of plan": "tick",
        "pinned up/stream#1 to plan": "pin",
        "took up/stream#1 off plan": "pin",
        "removed up/stream#1 from plan": "pin",
    }
    log = {str(number): {action: "gate", summary: said} for number, said in enumerate(actions, 1)}
    log["7"] = {action: "note", summary: "pinned"}
    migrate({"log": log}, schema)
    assert [change["action"] for change in log.values()] == [*actions.values(), "note"]
