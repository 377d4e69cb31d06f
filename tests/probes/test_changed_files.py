"""`new-files` with `discards`: files that existed before and delete rows since they were changed, and undo files."""

import datetime as dt
from contextlib import nullcontext

import msgspec
import pytest

from pawtui.probes.parsers.discards import find_deletion
from pawtui.probes.probe_facts import NewFilesFacts
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.tracker.probe_types import NewFilesProbe
from tests.probes.measuring import MeasureBoth, facts_of, log_reads, measure
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

PROBE = NewFilesProbe(
    paths=("db/migration", "db/open.ts"), identity=r"\d+_\w+", discards="event", days=56, days_unmet=28, partial=2
)
WIPE = "await db.run('DELETE FROM event')\n"
WIPE_SQL = "DELETE FROM event;\n"
TRIM_SQL = "DELETE FROM event WHERE id = 1;\n"
TRIM = "await db.run('DELETE FROM event WHERE id = 1')\n"


@pytest.mark.parametrize("path", ["db/open.ts", "db/migration/01_init.ts"])
async def test_a_reset_in_a_file_that_existed_before_counts(up: FakeRepo, both: MeasureBoth, path: str) -> None:
    up.git.commit({"db/open.ts": "open()\n", "db/migration/01_init.ts": "a()\n"}, at="2026-06-01")
    up.git.commit({path: "a()\n" + WIPE}, at="2026-10-10")
    for day, state in ((dt.date(2026, 10, 30), "unmet"), (dt.date(2026, 11, 20), "partial")):
        found = await both(PROBE, today=day)
        assert (found.state, found.summary) == (state, "nothing new in 56 days; 1 changed file deletes rows")
        facts = facts_of(found, NewFilesFacts)
        assert (facts.new, facts.matching, facts.commits) == ((), (path,), ())
        assert facts.met_on == dt.date(2026, 12, 6)
    assert (await both(PROBE, today=dt.date(2026, 12, 6))).state == "met"


@pytest.mark.parametrize(
    ("before", "after", "state"),
    [
        (WIPE, WIPE + "other()\n", "met"),
        (WIPE, "other()\n" + WIPE, "met"),
        (WIPE, WIPE + "other()\n" + WIPE, "unmet"),
        (TRIM, WIPE, "unmet"),
        (WIPE, TRIM, "partial"),
        (WIPE, "a()\n", "met"),
    ],
)
async def test_a_changed_file_counts_only_if_it_did_not_delete_the_rows_before(
    up: FakeRepo, both: MeasureBoth, before: str, after: str, state: str
) -> None:
    up.git.commit({"db/open.ts": before, "db/migration/01_init.ts": "a()\n"}, at="2026-06-01")
    up.git.commit({"db/open.ts": after}, at="2026-11-10")
    assert (await both(PROBE)).state == state


async def test_an_unreadable_text_of_the_past_makes_it_unknown(up: FakeRepo, both: MeasureBoth) -> None:
    up.git.commit({"db/open.ts": b"a\0", "db/migration/01_init.ts": "a()\n"}, at="2026-06-01")
    up.git.commit({"db/open.ts": WIPE}, at="2026-11-10")
    found = await both(PROBE)
    assert (found.state, found.cause) == ("unknown", "db/open.ts is a binary file at its commit of 2026-09-25")


async def test_a_text_of_the_past_is_optional_like_that_of_the_head(
    up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    up.git.commit({"db/open.ts": "open()\n", "db/migration/01_init.ts": "a()\n"}, at="2026-06-01")
    up.git.commit({"db/open.ts": WIPE}, at="2026-11-10")
    source = open_source()
    optional_reads = log_reads(source, monkeypatch)
    monkeypatch.setattr(source, "requests_left", lambda: 0)
    assert (await measure(source, PROBE)).reading.state == "unmet"
    assert optional_reads == [True, True]


async def test_a_text_counts_only_in_a_new_file(up: FakeRepo, both: MeasureBoth) -> None:
    probe = msgspec.structs.replace(PROBE, body="drop")
    up.git.commit({"db/open.ts": "open()\n", "db/migration/01_init.ts": "a()\n"}, at="2026-06-01")
    up.git.commit({"db/open.ts": "open()\ndrop()\n"}, at="2026-11-10")
    found = await both(probe)
    assert (found.state, facts_of(found, NewFilesFacts).matching) == ("met", ())
    up.git.commit({"db/migration/02_drop.ts": "drop()\n"}, at="2026-11-11")
    found = await both(probe)
    assert (found.state, facts_of(found, NewFilesFacts).matching) == ("unmet", ("db/migration/02_drop.ts",))


async def test_a_file_without_an_identity_may_be_removed(up: FakeRepo, both: MeasureBoth) -> None:
    up.git.commit({"db/open.ts": "open()\n", "db/migration/01_init.ts": "a()\n"}, at="2026-06-01")
    up.git.commit({"db/open.ts": None}, at="2026-11-10")
    found = await both(PROBE)
    assert (found.state, facts_of(found, NewFilesFacts).gone) == ("met", 0)


@pytest.mark.parametrize("name", ["db/migration/02_log/{}.sql", "db/migration/02_log.{}.sql"])
@pytest.mark.parametrize(("up_sql", "down_sql", "state"), [(WIPE, "", "unmet"), ("", WIPE, "met")])
async def test_a_file_that_undoes_a_migration_does_not_stand_for_it(
    up: FakeRepo, both: MeasureBoth, name: str, up_sql: str, down_sql: str, state: str
) -> None:
    sql = {"up": up_sql, "down": down_sql}
    statements = {key: "DELETE FROM event;\n" if text else "SELECT 1;\n" for key, text in sql.items()}
    up.git.commit({"db/migration/01_init.ts": "a()\n"}, at="2026-06-01")
    up.git.commit({name.format(key): text for key, text in statements.items()}, at="2026-11-10")
    probe = msgspec.structs.replace(PROBE, paths=("db/migration",))
    assert (await both(probe)).state == state


LOG = "knex('log').dropColumn('a')\nknex('event').insert(b)"
ALTER = "knex.schema.alterTable('{}', (t) => t.dropColumn('a'))"


@pytest.mark.parametrize(
    ("before", "now", "is_new"),
    [
        (LOG, LOG + "\nc()", False),
        # Another call, another table for the call, or another column.
        (LOG, LOG.replace("('a')", "('a').dropColumn('b')"), True),
        (LOG, LOG.replace("log", "event"), True),
        (LOG, LOG.replace("'a'", "'b'"), True),
        # The column is that of another table now.
        (ALTER.format("log"), ALTER.format("event"), True),
        (ALTER.format("event"), ALTER.format("message"), True),
        (ALTER.format("event"), ALTER.format("event") + "\nc()", False),
        ("q.dropTable('event', { a })", 'f()\nq\n.dropTable( "event", {a,},)', False),
        ("cache.delete(event)", "prisma.event.deleteMany()", True),
        ("tx.delete(EventTable).where(eq(a, 'b'))", "tx.delete(EventTable) .where( eq(a, 'b'))", False),
        ("tx.delete(EventTable).where(eq(a, 'b'))", "tx.delete(EventTable).where(eq(a, 'c'))", True),
        ("db.run('DELETE e FROM event e')", "db.run('DELETE message FROM event')", True),
        ("db.run(`DELETE e FROM event e WHERE a = 'b'`)", "db.run(`DELETE e FROM event e WHERE a = 'c'`)", True),
    ],
)
async def test_a_doubtful_deletion_is_known_if_an_earlier_text_has_the_same(
    before: str, now: str, is_new: bool
) -> None:
    with pytest.raises(Unmeasurable) if is_new else nullcontext():
        assert await find_deletion(now, "1.ts", "event|message", before=[("1.ts", before)]) is None


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("1.sql", "ALTER TABLE event DROP COLUMN {}"),
        ("1.sql", "ALTER TABLE event DROP IF EXISTS {}"),
        ("1.sql", "DELETE FROM event WHERE {} = 1"),
        ("1.sql", "DELETE FROM event WHERE kind = '{}'"),
    ],
)
async def test_a_deletion_of_other_rows_or_columns_is_new(path: str, form: str) -> None:
    text = form.format("a")
    assert (
        await find_deletion(text, path, "event|message", before=[(path, f"\n{text.replace('kind', ' kind')}")]) is None
    )
    assert await find_deletion(text, path, "event|message", before=[(path, form.format("b"))])


@pytest.mark.parametrize(
    "argument", ["`DELETE FROM ${table}`", "'DELETE FROM ' + table", "`DO $$ DELETE FROM ${table}`"]
)
async def test_a_computed_name_may_be_another_one_in_a_changed_file(argument: str) -> None:
    text = f"const table = 'log'\nrun({argument})"
    with pytest.raises(Unmeasurable, match=r"^1\.ts:2 may delete rows"):
        await find_deletion(text.replace("log", "event"), "1.ts", "event", before=[("1.ts", text)])


@pytest.mark.parametrize(
    ("after", "state"), [(WIPE_SQL * 2, "unmet"), (TRIM_SQL + WIPE_SQL, "partial"), ("SELECT 1;\n" + WIPE_SQL, "met")]
)
async def test_a_file_that_moved_and_was_changed_counts_like_a_changed_one(
    up: FakeRepo, both: MeasureBoth, after: str, state: str
) -> None:
    before: dict[str, str | bytes] = {
        # One of them is the earlier text: together, they would delete only the rows of a table that they create.
        "db/migration/01_init.lite.sql": "CREATE TABLE event (a);\n",
        "db/migration/01_init.pg.sql": WIPE_SQL,
        "db/migration/01_init.my.sql": WIPE_SQL,
        "db/migration/01_init.down.sql": WIPE_SQL * 2,
        # A file that only moved is not read: this one is no text.
        "db/migration/02_a.lite.sql": b"\0",
    }
    up.git.commit(before, at="2026-06-01")
    up.git.commit(dict.fromkeys(before), at="2026-11-09")
    up.git.commit({"db/migration/pg/01_init.sql": after, "db/migration/lite/02_a.sql": b"\0"}, at="2026-11-10")
    found = await both(PROBE)
    assert found.state == state
    assert facts_of(found, NewFilesFacts).new == ()


async def test_an_earlier_text_that_cannot_be_read_is_named() -> None:
    with pytest.raises(Unmeasurable, match=r"^1\.mysql\.sql:2 may have a statement in a text"):
        await find_deletion(WIPE_SQL, "mysql/1.sql", "event", before=[("1.mysql.sql", "\nSELECT 'DROP TABLE event';")])
