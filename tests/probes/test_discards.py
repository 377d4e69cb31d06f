"""The statements of a file that delete rows of a table, and those that only move them."""

import pytest

from pawtui.probes.parsers.discards import find_deletion
from pawtui.probes.unmeasurable import Unmeasurable

TABLES = "event|part|session|session_event"

LOST = [
    # the name of the file, the text, the line, the description
    ("a.sql", "DROP TABLE other, event CASCADE;\n", 1, "deletes the rows of event (drop)"),
    ("a.sql", "truncate main.part;\n", 1, "deletes the rows of part (truncate)"),
    ("a.sql", "CREATE TABLE kept AS SELECT * FROM event;\nDROP TABLE event;\n", 2, "deletes the rows of event (drop)"),
    (
        "a.sql",
        "CREATE TABLE IF NOT EXISTS event AS SELECT * FROM other;\nDROP TABLE event;\n",
        2,
        "deletes the rows of event (drop)",
    ),
    ("a.sql", "ALTER TABLE event RENAME TO old;\n", 1, "deletes the rows of event (rename)"),
    ("a.sql", "ALTER TABLE ONLY event RENAME AS old;\n", 1, "deletes the rows of event (rename)"),
    ("a.sql", "ALTER TABLE event RENAME TO old, ADD a text;\n", 1, "deletes the rows of event (rename)"),
    ("a.sql", "ALTER TABLE event ADD a text, RENAME TO old;\n", 1, "deletes the rows of event (rename)"),
    ("a.sql", "DELETE FROM event WHERE a = b RETURNING coalesce(a, '');\n", 1, "deletes the rows of event (delete)"),
    ("a.sql", "DELETE FROM event USING other WHERE event.id = other.id;\n", 1, "deletes the rows of event (delete)"),
    ("a.sql", "DELETE FROM ONLY event e WHERE 1 = 1;\n", 1, "deletes the rows of event (delete)"),
    ("a.sql", "WITH a AS (SELECT 1) DELETE FROM event;\n", 1, "deletes the rows of event (delete)"),
    ("a.sql", "TRUNCATE TABLE other, event;\n", 1, "deletes the rows of event (truncate)"),
    ("a.sql", "TRUNCATE TABLE IF EXISTS event;\n", 1, "deletes the rows of event (truncate)"),
    ("a.sql", "TRUNCATE other, ONLY event;\n", 1, "deletes the rows of event (truncate)"),
    ("a.sql", "DROP TABLE event CASCADE CONSTRAINTS;\n", 1, "deletes the rows of event (drop)"),
    ("a.sql", 'DROP TABLE "my-db"."event";\n', 1, "deletes the rows of event (drop)"),
    (
        "a.sql",
        "CREATE TABLE event_old AS SELECT * FROM event;\nDROP TABLE event;\n",
        2,
        "deletes the rows of event (drop)",
    ),
    (
        "a.sql",
        "CREATE TABLE b (a);\nDROP TABLE IF EXISTS `event`;\nALTER TABLE b RENAME TO event;\n",
        2,
        "deletes the rows of event (drop)",
    ),
    # A statement that deletes all rows comes first.
    ("a.sql", "DELETE FROM event WHERE id = 1;\nDELETE FROM part;\n", 2, "deletes the rows of part (delete)"),
    ("a.ts", "f(`${tx.delete(EventTable)}`) // it's\n", 1, "deletes the rows of event (delete)"),
    ("a.ts", "tx.delete<A>(\n  EventTable! as any,\n)\n", 1, "deletes the rows of event (delete)"),
    ("a.ts", "await tx.delete<A>(EventTable)\n", 1, "deletes the rows of event (delete)"),
    ("a.ts", "const n = a + !tx.delete<A>(EventTable)\n", 1, "deletes the rows of event (delete)"),
    ("a.ts", "tx.delete(/* all */ EventTable, a).returning('a')\n", 1, "deletes the rows of event (delete)"),
    ("a.ts", "tx\n  .delete(EventTable)\n", 2, "deletes the rows of event (delete)"),
    ("a.ts", "\n\ntx.delete(EventTable)\n", 3, "deletes the rows of event (delete)"),
    # The condition is that of another call.
    ("a.ts", "tx.delete(EventTable)\ntx.select().where(eq(a, 'x'))\n", 1, "deletes the rows of event (delete)"),
    ("a.ts", 'tx.run(`DELETE FROM "${EventTable}"`)\n', 1, "deletes the rows of event (delete)"),
    ("a.ts", "tx.delete(PartTable)\ntx.run(`DELETE FROM event`)\n", 1, "deletes the rows of part (delete)"),
]


async def found_in(text: str, path: str) -> tuple[int, str, bool] | None:
    """Return the line, the description and whether only some rows are deleted; None without a deletion."""
    found = await find_deletion(text, path, TABLES)
    return (found.line, found.description, found.only_some) if found else None


async def test_rows_that_are_lost() -> None:
    found = [(path, text, await found_in(text, path)) for path, text, _, _ in LOST]
    assert found == [(path, text, (line, description, False)) for path, text, line, description in LOST]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("run('DELETE FROM event WHERE id = 5')\nrun(`DELETE FROM ${table}`)", "1.js:2 may delete rows"),
        ("run('DELETE FROM event WHERE id = 5')\nknex.schema.dropTable('event')", "1.js:2 may delete rows"),
    ],
)
async def test_the_cause_names_the_line_that_is_not_understood(text: str, cause: str) -> None:
    with pytest.raises(Unmeasurable, match=cause):
        await found_in(text, "1.js")


async def test_a_column_may_be_that_of_any_table_of_the_file() -> None:
    with pytest.raises(Unmeasurable, match=r"^1\.ts:1 may delete rows"):
        await found_in("knex('log').dropColumn('a')\nknex('event').insert(b)", "1.ts")


async def test_the_name_of_a_table_may_have_a_hyphen() -> None:
    with pytest.raises(Unmeasurable, match="may delete rows"):
        await find_deletion("knex('old-event').del()", "1.ts", "old-event")


async def test_rows_that_are_not_copied_are_lost() -> None:
    copy = "CREATE TABLE b (a);\nINSERT INTO b SELECT a FROM {};\nDROP TABLE event;\nALTER TABLE b RENAME TO event;"
    for limit in ("WHERE id > 5", "LIMIT 5", "GROUP BY a", "e JOIN b ON a"):
        found = await found_in(copy.format(f"event {limit}"), "a.sql")
        assert found == (3, "deletes some rows of event (drop)", True)
    for limit in ("", "e LEFT JOIN b ON a", "AS limit"):
        assert await find_deletion(copy.format(f"event {limit}"), "a.sql", TABLES) is None


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("UPDATE `event` SET `data` = '{}';\n", "update"),
        ("UPDATE event SET data = NULL;\n", "update"),
        ("UPDATE event SET data = json('{}');\n", "update"),
        ("ALTER TABLE `event` DROP COLUMN `data`;\n", "drop column"),
        ("ALTER TABLE event ADD COLUMN kind text, DROP COLUMN data;\n", "drop column"),
        ("ALTER TABLE event DROP COLUMN a, ADD COLUMN b text;\n", "drop column"),
        ("UPDATE event SET data = NULL WHERE 1 = 1;\n", "update"),
        ("UPDATE event SET data = '' WHERE true;\n", "update"),
        ("UPDATE event SET data = NULL WHERE (1=1) RETURNING id;\n", "update"),
        ("UPDATE event SET data = NULL RETURNING id;\n", "update"),
        ("UPDATE event SET data = NULL WHERE id = 'x' RETURNING id;\n", ""),
        ("UPDATE event SET data = NULL WHERE 1 = 2;\n", ""),
        ("UPDATE event SET data = NULL WHERE 1 = 1 AND a = 2;\n", ""),
        ("UPDATE event SET a = b, data = NULL;\n", "update"),
        ("UPDATE event SET data = '', a = NULL;\n", "update"),
        ("UPDATE event SET a = NULL, b = 1 WHERE id = 'x';\n", ""),
        ("UPDATE event SET data = '', a = c FROM b;\n", ""),
        ("UPDATE event SET data = (SELECT '', a FROM b);\n", ""),
        ("ALTER TABLE event ADD a text;UPDATE event SET a = NULL, data = NULL;\n", "update"),
        ("ALTER TABLE event ADD COLUMN a text, ADD COLUMN b text;\nUPDATE event SET a = '', b = NULL;\n", ""),
        ("ALTER TABLE event DROP COLUMN a, ADD COLUMN a text;\n", "drop column"),
        # The column may have values.
        ("ALTER TABLE event ADD IF NOT EXISTS a text;ALTER TABLE event DROP COLUMN a;\n", "drop column"),
        ("ALTER TABLE event ADD COLUMN IF NOT EXISTS a text;UPDATE event SET a = '';\n", "update"),
        ("ALTER TABLE event DROP COLUMN ?;\n", "drop column"),
        ("ALTER TABLE event DROP data;\n", "drop column"),
        ("ALTER TABLE event ADD a text, DROP data RESTRICT, ADD b text;\n", "drop column"),
        ("ALTER TABLE event DROP `key`;\n", "drop column"),
        ("ALTER TABLE event ADD COLUMN drop text, DROP SYSTEM VERSIONING;\n", ""),
        ("ALTER TABLE event DROP IF EXISTS data;\n", "drop column"),
        ("ALTER TABLE event DROP COLUMN IF EXISTS `key`;\n", "drop column"),
        ("ALTER TABLE event DROP CHECK a, DROP CONSTRAINT b, DROP INDEX c, DROP KEY d;\n", ""),
        ("ALTER TABLE event DROP FOREIGN KEY a, DROP PRIMARY KEY, ALTER b DROP DEFAULT;\n", ""),
        ("ALTER TABLE event ALTER a DROP NOT NULL, ALTER b DROP EXPRESSION, ALTER c DROP IDENTITY;\n", ""),
        ("ALTER TABLE event RENAME COLUMN a TO b;\n", ""),
        ("ALTER TABLE event ADD COLUMN kind text;\nUPDATE event SET kind = 'main';\n", ""),
        ("ALTER TABLE event ADD kind text;\nUPDATE event SET kind = 'main';\n", ""),
        ("UPDATE event SET data = NULL WHERE id = 'x';\n", ""),
        ("UPDATE event SET data = other;\n", ""),
        ("UPDATE other SET data = NULL;\n", ""),
        ("CREATE TABLE event (id text);\nALTER TABLE event DROP COLUMN data;\n", ""),
    ],
)
async def test_the_values_of_a_column_are_lost(text: str, how: str) -> None:
    wanted = (1, f"deletes the values of a column of event ({how})", True) if how else None
    assert await found_in(text, "a.sql") == wanted


async def test_another_language_may_create_tables() -> None:
    assert await find_deletion("execute('CREATE TABLE event (id int)')\n", "a.py", TABLES) is None


async def test_only_some_rows_are_lost() -> None:
    for path, text in (
        ("a.sql", "DELETE FROM event WHERE id IN (1, 2);\n"),
        ("a.sql", "DELETE FROM event ORDER BY id LIMIT 5;\n"),
        ("a.sql", "WITH a AS (SELECT 1) DELETE FROM event WHERE id = 1;\n"),
        # Rows that the table got before are no copy of those that are deleted.
        ("a.sql", "INSERT INTO event SELECT * FROM other; DELETE FROM event WHERE id = 1;\n"),
    ):
        assert await found_in(text, path) == (1, "deletes some rows of event (delete)", True)


KEPT = [
    "DELETE FROM other;\n",
    "DELETE a FROM other a;\n",
    "ALTER TABLE other DROP PARTITION a; ALTER TABLE event ADD PARTITION (PARTITION a);\n",
    "ALTER TABLE event ADD FOREIGN KEY (a) REFERENCES b(c) ON DELETE CASCADE;\n",
    "CREATE TRIGGER a AFTER INSERT ON b BEGIN DELETE FROM other WHERE event;\n",
    "CREATE TEMP TRIGGER a AFTER INSERT ON b BEGIN DELETE FROM event;\n",
    "CREATE OR REPLACE TRIGGER a AFTER INSERT ON b BEGIN DELETE FROM event;\n",
    # The table was created in the same file.
    "CREATE TABLE event (id text);\nDELETE FROM event;\n",
    "CREATE TABLE new (id text);\nALTER TABLE new RENAME TO event;\nDELETE FROM event;\n",
    # The rows are in another table that matches.
    "ALTER TABLE event RENAME TO session;\nCREATE TABLE IF NOT EXISTS session (id text);\n",
    "CREATE TABLE new (id text);\nINSERT INTO new SELECT id FROM event;\nDROP TABLE event;\n"
    "ALTER TABLE new RENAME TO event;\n",
]


@pytest.mark.parametrize("text", KEPT)
async def test_rows_that_are_kept(text: str) -> None:
    assert await find_deletion(text, "a.sql", TABLES) is None


@pytest.mark.parametrize(
    "text",
    [
        "tx.insert(EventTable)",
        "knex('event').get('event')",
        "prisma.event.findMany()",
        # The table is named before the call, or in a comment of it.
        "f('event')\ncache.delete(a)",
        "cache.delete(a /* 'event' */)",
        "prisma.event.updateMany({ data: { a: 1 } })",
        "prisma.event.update({ where: { id }, data: { a: null } })",
        "tx.update(EventTable).set({ a: null }).where(eq(EventTable.id, b))",
        "knex('event').update({ a: null }).where('id', b)",
        "tx.update(EventTable).set({ a: 1 })",
        "prisma.other.updateMany({ data: { a: null } })",
        "files.remove(a)",
    ],
)
async def test_other_calls_keep_the_rows(text: str) -> None:
    assert await find_deletion(text, "a.ts", TABLES) is None


@pytest.mark.parametrize(
    "text",
    [
        "\nrun('DELETE FROM ' + table)\n",
        "\nrun(`DROP TABLE ${table}`)\n",
        # In quotes, with a schema or another part.
        '\nrun(`DELETE FROM "${table}"`)\n',
        "\nrun(`DELETE FROM \\`${table}\\``)\n",
        "\nrun(`DELETE FROM [${table}]`)\n",
        "\nrun(`DELETE FROM main.${table}`)\n",
        "\nrun(`DELETE FROM ${table}_old`)\n",
        "\nrun(`DELETE FROM event_${version}`)\n",
        "\nrun(`DELETE FROM old_${EventTable}`)\n",
        "const TABLE = 'event'\nrun(`DROP TABLE ${TABLE}`)\n",
        # The created table is perhaps another one.
        "run(`CREATE TABLE ${a} (id text)`)\nrun(`DROP TABLE ${b}`)\n",
        # A copy of an unknown table is perhaps not a copy of the dropped one.
        "run(`INSERT INTO event SELECT * FROM ${b}`)\nrun(`DROP TABLE ${a}`)\n",
    ],
)
async def test_a_computed_name_is_not_judged(text: str) -> None:
    with pytest.raises(Unmeasurable, match=r"^a\.ts:2 may delete rows, in a form that is not known: read this line$"):
        await find_deletion(text, "a.ts", TABLES)


@pytest.mark.parametrize(
    "text",
    [
        "DELETE e FROM event e JOIN a;",
        "TRUNCATE (event);",
        "RENAME TABLE other TO a, event TO b;",
        "DO $$ BEGIN DELETE FROM event; END $$;",
        "DO $$ BEGIN ALTER TABLE event DROP COLUMN a; END $$;",
        "CREATE OR REPLACE PROCEDURE a() AS $$ BEGIN DELETE FROM event; END $$; CALL a();",
        "CREATE FUNCTION a() RETURNS void AS $$ DELETE FROM event $$ LANGUAGE sql; SELECT a();",
        "IF a THEN TRUNCATE TABLE event; END IF;",
        "IF a THEN DROP TABLE event; END IF;",
        # Without `;` in between.
        "ALTER TABLE a ALTER COLUMN b int DELETE FROM event",
        "UPDATE a SET b = 1 TRUNCATE TABLE event",
        "IF a THEN DROP TABLE event_?; END IF;",
        "DO $$ BEGIN DELETE FROM ? WHERE a = 1; END $$;",
        "DO $$ BEGIN DELETE FROM ?_old; END $$;",
        "ALTER TABLE event DROP PARTITION a;",
        "ALTER TABLE event COMMENT 'a', TRUNCATE PARTITION a;",
        "ALTER TABLE event SWITCH PARTITION 1 TO other;",
        "ALTER TABLE event ON CLUSTER a DELETE WHERE b = 1;",
        "ALTER TABLE event CLEAR COLUMN a IN PARTITION b;",
        "ALTER TABLE event MODIFY TTL a + INTERVAL 1 DAY;",
        "CREATE OR REPLACE TABLE event (id text);",
        "DROP SCHEMA a CASCADE;",
        "DROP DATABASE a;",
    ],
)
async def test_a_statement_of_another_form_is_not_judged(text: str) -> None:
    with pytest.raises(Unmeasurable, match=r"^a\.sql:2 may delete rows, in a form that is not known: read this line$"):
        await find_deletion(f"\n{text}", "a.sql", TABLES)


@pytest.mark.parametrize(
    "text",
    [
        "tx.delete(event)",
        "tx.delete(EventTable).where(eq(a, b))",
        "tx.delete(EventTable)\n  .where(and(eq(a, `${b}`), c()))",
        f"tx.delete(EventTable).where(f({'a, ' * 2_000}'x'))",
        "tx.delete(schema.event)",
        "tx.delete(EVENT)",
        "tx.deleteFrom('event').execute()",
        "tx.schema.dropTableIfExists(`main.event`)",
        "tx.truncateTable('event')",
        "queries.bulkDelete('event', null, {})",
        "queries.renameTable('event', 'a')",
        "runner.clearTable('event')",
        "knex('event').del()",
        "knex('event').where({ a: f(1) }).andWhere('b', 2).del()",
        'db.from("event").delete()',
        "db.from('event').delete({ count: 'exact' }).eq('a', 1)",
        "knex('event').delete(['id'])",
        "knex(`main.event`).truncate()",
        f"knex('event').whereIn('id', [{'1, ' * 2_000}]).where('a', 1).del()",
        "tx.deleteFromTable('event')",
        "knex.schema.alterTable('event', (t) => { t.dropColumn('a') })",
        f"knex.schema.alterTable('event', (t) => {{ {'t.text(1);' * 500} t.dropColumn('a') }})",
        "db.schema.alterTable('event').dropColumn('a').execute()",
        "queries.removeColumn('event', 'a')",
        "runner.dropColumns('event', ['a', 'b'])",
        "knex.schema.alterTable('event', (t) => t.dropTimestamps())",
        "Event.remove({})",
        "Event.rawCollection().deleteMany({})",
        "Event.query().where('a', 1).delete()",
        "db.collection('event').drop()",
        "db.dropCollection('event')",
        "await Event.removeAsync(a._id)",
        "prisma.event.updateMany({ data: { a: null } })",
        "db.collection('event').updateMany({}, { $unset: { a: '' } })",
        "Event.update({}, { $unset: { a: 1 } }, { multi: true })",
        "queries.bulkUpdate('event', { a: null }, {})",
        "tx.update(EventTable).set({ a: null }).execute()",
        "db.updateTable('event').set({ a: null }).execute()",
        "prisma.event.deleteMany({})",
        "prisma.sessionEvent.deleteMany()",
        "tx.delete(sessionEvent)",
        "prisma.event!.deleteMany()",
        "prisma.event.delete({ where: { id } })",
        "db.collection('event').deleteOne({ id })",
        "Event.destroy({ where: {} })",
        "Event.truncate()",
        "EventTable.truncate()",
        "db.bulkDelete(EventTable)",
        "tx.run('DELETE e FROM event e')",
        "tx.run(`${rows} DELETE FROM event`)",
        "tx.run(`DO $$ BEGIN DELETE FROM event; END $$`)",
        "tx.run('CREATE OR REPLACE TABLE event (id text)')",
    ],
)
async def test_a_deletion_of_another_form_in_a_script_is_not_judged(text: str) -> None:
    with pytest.raises(Unmeasurable, match=r"^a\.ts:2 may delete rows, in a form that is not known: read this line$"):
        await find_deletion(f"\n{text}", "a.ts", TABLES)
    assert (
        await find_deletion(
            f"\n{text}".replace("event", "other").replace("EVENT", "OTHER").replace("Event", "Other"), "a.ts", TABLES
        )
        is None
    )


@pytest.mark.parametrize("text", ["tx.run('DELETE FROM event', '\n", "tx.delete(EventTable\n"])
async def test_a_script_with_wrong_syntax_is_not_judged(text: str) -> None:
    with pytest.raises(Unmeasurable, match=r"^a\.ts cannot be read: line 1: the syntax is wrong or not known$"):
        await find_deletion(text, "a.ts", TABLES)


@pytest.mark.parametrize(
    ("start", "part", "count"),
    [
        ("DROP TABLE ", "a,", 80_000),
        ("DROP TABLE ", "a.", 80_000),
        ("", "x;\n", 40_000),
    ],
)
async def test_a_long_text_takes_linear_time(start: str, part: str, count: int) -> None:
    # With quadratic time, the test would run for minutes.
    assert await find_deletion(f"{start}{part * count}!;\n", "a.sql", TABLES) is None


@pytest.mark.parametrize("shape", ["chain", "nesting"])
async def test_calls_may_be_nested_deeper_than_the_stack(shape: str) -> None:
    texts = {"chain": "f('a')" + ".delete()" * 2_000, "nesting": "a.delete(B).where(" * 2_000 + ")" * 2_000}
    assert await find_deletion(texts[shape], "a.ts", TABLES) is None
