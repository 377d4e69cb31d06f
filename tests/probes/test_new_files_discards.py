"""`new-files`: new migrations whose statements delete rows."""

import msgspec
import pytest

from pawtui.probes.probe_facts import NewFilesFacts
from pawtui.tracker.probe_types import NewFilesProbe
from tests.probes.measuring import facts_of, measure
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

HARMLESS = "CREATE TABLE a;\n"
WIPED = "DELETE FROM event;\n"
DISCARDS = NewFilesProbe(paths=("db/migration",), discards="event|session(_message)?", met=0, partial=0)
STATEMENTS = [
    # (name, text, state)
    ("1.sql", HARMLESS, "met"),
    ("1.sql", WIPED, "unmet"),
    ("1.sql", "DELETE FROM event WHERE kind = 'x';\n", "partial"),
    ("1.ts", "run(sql`DELETE FROM \\`event\\`;`)\n", "unmet"),
    ("1.ts", "run(`DELETE FROM ${table}`)\n", "unknown"),
]


@pytest.mark.parametrize(("name", "text", "state"), STATEMENTS, ids=[text for _, text, _ in STATEMENTS])
async def test_a_migration_counts_if_its_statements_delete_rows(
    up: FakeRepo, open_source: OpenSource, name: str, text: str, state: str
) -> None:
    up.git.commit({"db/migration/0.sql": WIPED}, at="2026-06-01")
    up.git.commit({f"db/migration/{name}": text}, at="2026-11-01")
    found = (await measure(open_source(), DISCARDS)).reading
    assert found.state == state
    facts = facts_of(found, NewFilesFacts)
    assert facts.matching == ((f"db/migration/{name}",) if state in ("unmet", "partial") else ())
    assert facts.partly == ((f"db/migration/{name}",) if state == "partial" else ())
    assert found.summary == f"{len(facts.matching)} of 1 new file in 56 days deletes rows"


async def test_a_file_that_matches_by_its_name_deletes_no_rows(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/0.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/1.sql": HARMLESS}, at="2026-11-01")
    found = (await measure(open_source(), msgspec.structs.replace(DISCARDS, name="1"))).reading
    assert (found.state, found.summary) == ("unmet", "1 of 1 new file in 56 days matches")


async def test_a_file_that_deletes_some_rows_does_not_age_the_others(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/0.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/1.sql": WIPED}, at="2026-10-01")
    up.git.commit({"db/migration/2.sql": "DELETE FROM event WHERE kind = 'x';\n"}, at="2026-11-01")
    probe = msgspec.structs.replace(DISCARDS, days_unmet=28, partial=2)
    found = (await measure(open_source(), probe)).reading
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.partly, facts.discards) == ("partial", ("db/migration/2.sql",), probe.discards)
    assert found.evidence[0].text == "db/migration/2.sql:1  deletes some rows of event (delete)"


async def test_one_slow_file_leaves_the_others_decisive(
    up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pawtui.probes.pattern.TIME_LIMIT", 0.05)
    up.git.commit({"db/migration/0.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/1.txt": "a" * 80 + "b", "db/migration/2.txt": "wiped"}, at="2026-11-01")
    probe = NewFilesProbe(paths=("db/migration",), body="wiped|(?:a|a|a|a|a|a|a|a)+$", met=0, partial=0)
    found = await measure(open_source(), probe)
    assert (found.reading.state, found.reading.summary) == ("unmet", "1 of 2 new files in 56 days matches")
    assert found.reading.gaps[0].endswith("took over 0.05 s: make it simpler")
    assert not found.errors
