"""The SQL statements of a file, and the code of a file without its literals."""

import pytest

from pawtui.probes.parsers.sql import read_statements, table_of_constant
from pawtui.probes.unmeasurable import Unmeasurable

IN_SQL = [
    ("DELETE\n  FROM `Event`;\n", [(1, "delete from event")]),
    ("\n-- DELETE FROM a;\n  DELETE FROM b;DROP TABLE c", [(3, "delete from b"), (3, "drop table c")]),
    ("DELETE FROM a --> statement-breakpoint\nDROP TABLE b", [(1, "delete from a"), (2, "drop table b")]),
    ("DELETE/* all */FROM a WHERE b = 'it''s; c'", [(1, "delete from a where b = ''")]),
    ('DELETE FROM "my table"; DROP TABLE [b]', [(1, "delete from my_table"), (1, "drop table b")]),
    ("SELECT E'it\\'s';\nDROP TABLE a", [(1, "select ''"), (2, "drop table a")]),
    (
        "CREATE FUNCTION a() RETURNS TRIGGER\nAS $b$\nBEGIN DELETE FROM c;\nEND $b$ LANGUAGE plpgsql;\nDROP TABLE d",
        [(1, "create function a() returns trigger as $b$ $b$ language plpgsql"), (5, "drop table d")],
    ),
    # Statements can call any other function.
    (
        "-- it returns trigger\nCREATE FUNCTION a() RETURNS void AS $$ BEGIN\nDELETE FROM b; END $$ LANGUAGE sql",
        [(2, "create function a() returns void as $$ begin delete from b"), (3, "end $$ language sql")],
    ),
    (
        "CREATE FUNCTION a() RETURNS trigger AS 'b';\nDO $$ BEGIN\nDROP TABLE c; END $$",
        [(1, "create function a() returns trigger as ''"), (2, "do $$ begin drop table c"), (3, "end $$")],
    ),
    ("SELECT a FROM b; PRAGMA c;", [(1, "select a from b"), (1, "pragma c")]),
]


def statements_in(text: str, path: str) -> list[tuple[int, str]]:
    return [(statement.line, statement.text) for statement in read_statements(text, path).statements]


@pytest.mark.parametrize("path", ["A.SQL", "a.sql.postgres", "a.sql.sqlite"])
def test_the_ending_of_a_sql_file_may_be_upper_case_or_name_a_database(path: str) -> None:
    assert statements_in("DROP TABLE a;", path) == [(1, "drop table a")]


@pytest.mark.parametrize(("text", "wanted"), IN_SQL, ids=[text for text, _ in IN_SQL])
def test_a_file_of_sql_is_read_as_a_whole(text: str, wanted: list[tuple[int, str]]) -> None:
    assert statements_in(text, "a.sql") == wanted


IN_CODE = [
    ('run(\'DELETE FROM a\')\nrun("DROP TABLE \\"b\\"")\n', [(1, "delete from a"), (2, "drop table b")]),
    ("// run('DELETE FROM a')\n/* run('DELETE FROM a') */ run(b)\n", []),
    ("run(`\n  DELETE FROM \\`a\\``)\n", [(2, "delete from a")]),
    ("run('DELETE\\tFROM\\u0020a')\n", [(1, "delete from a")]),
    # Values of a template: a constant of a table has its name, any other value has none.
    ("run(`DELETE FROM ${EventTable}`)\n", [(1, "delete from ?event")]),
    ("run(`DELETE FROM ${name}`)\n", [(1, "delete from ?")]),
    (f"run(`DROP TABLE ${{{'a.' * 100}Event}}`)\n", [(1, "drop table ?")]),
    ("run(`DELETE FROM ${f(a.B)}`)\n", [(1, "delete from ?")]),
    ('run(sql`DELETE FROM ${sql.identifier("event")}`)\n', [(1, "delete from event")]),
    ("run(sql`DELETE FROM ${sql.identifier(name)}`)\n", [(1, "delete from ?")]),
    ("run(`DELETE FROM ${f({ a: `DROP TABLE b` })} WHERE c`)\n", [(1, "delete from ? where c"), (1, "drop table b")]),
    ("run(sql<A>`\n DELETE FROM ${a.EventTable} WHERE ${b()}`)\n", [(2, "delete from ?event where ?")]),
    # Text in JSX is not a literal, and its quotes begin none.
    (
        "a = <p b='DROP TABLE c'>it's 'DROP TABLE d'</p>\nrun('DROP TABLE e')\n",
        [(1, "drop table c"), (2, "drop table e")],
    ),
    ('log("deleted from a")\n', []),
]


@pytest.mark.parametrize(("text", "wanted"), IN_CODE, ids=[text for text, _ in IN_CODE])
def test_other_files_have_statements_in_their_literals(text: str, wanted: list[tuple[int, str]]) -> None:
    assert sorted(statements_in(text, "a.TSX")) == wanted


def test_trigger_functions_without_an_end_take_no_longer_than_the_limit() -> None:
    text = "".join(f"RETURNS trigger AS $a{number}$\n" for number in range(40_000))
    with pytest.raises(TimeoutError):
        read_statements(text, "a.sql", timeout=0.01)


OTHER = "a.py:2 may have SQL, and only SQL, JavaScript and TypeScript are understood: read this line"
HIDDEN = "a.sql:2 may have a statement in a text or a comment: read this line"


@pytest.mark.parametrize(
    ("path", "text", "cause"),
    [
        ("a.ts", "\nrun(`DELETE FROM a\n", "a.ts cannot be read: line 2: the syntax is wrong or not known"),
        ("a.ts", "run('DELETE FROM a\n)", "a.ts cannot be read: line 1: the syntax is wrong or not known"),
        ("a.py", '\nrun("DELETE FROM a")', OTHER),
        ("a.py", '#\nrun("\\nINSERT OR IGNORE INTO a")', OTHER),
        ("a.py", "\nsession.delete(a)", OTHER),
        ("a.py", "\nop.drop_table('a')", OTHER),
        ("a.py", "\noperations = [DeleteModel('A')]", OTHER),
        ("a.py", "\nop.rename_table('a', 'b')", OTHER),
        ("a.py", "\nop.drop_column('a', 'b')", OTHER),
        ("a.py", "\nmigrations.RemoveField('A', 'b')", OTHER),
        ("a.rb", "\nremove_columns :a, :b", OTHER.replace("py", "rb")),
        ("a.py", "\nsession.execute(delete(A))", OTHER),
        ("a.py", "\nA.delete_all", OTHER),
        ("a.py", "\nA.where(b: 1).destroy_all", OTHER),
        ("a.py", "\nDB::table('a')->delete();", OTHER),
        ("a.py", "\nA::has('b')->each->deleteQuietly();", OTHER),
        ("a.py", "\nSchema::dropIfExists('a');", OTHER),
        ("a.py", "\nSchema::drop('a');", OTHER),
        ("a.py", "\nSchema::rename('a', 'b');", OTHER),
        ("a.py", "\ndrop_if_exists table(:a)", OTHER),
        ("a.py", "\ndb.A.Where(a => a.B).ExecuteDeleteAsync();", OTHER),
        ("a.py", "\ndb.RemoveRange(db.A);", OTHER),
        ("a.py", "\ndrop_join_table :a, :b", OTHER),
        ("a.py", "\nremove_reference :a, :b", OTHER),
        ("a.py", "\nt.remove :b", OTHER),
        ("a.py", "\n$table->dropSoftDeletes();", OTHER),
        ("a.py", "\n$table->dropConstrainedForeignId('b');", OTHER),
        # All rows get the same value.
        ("a.py", "\nA.update_all('b = null')", OTHER),
        ("a.py", "\ndb.A.ExecuteUpdate(a => a.SetProperty(b => b.C, 0));", OTHER),
        ("a.py", "\nA.objects.update(b=None)", OTHER),
        ("a.py", "\nDB::table('a')->update(['b' => null]);", OTHER),
        # Databases disagree on the end of these texts, names and comments.
        ("a.sql", "SELECT 'it\\'s';\nDROP TABLE a;\nSELECT 'b';", HIDDEN),
        ("a.sql", "SELECT $$it's$$;\nDROP TABLE a;", HIDDEN),
        ("a.sql", "\n/*!50001 DROP TABLE a */;", HIDDEN),
    ],
)
def test_a_file_that_cannot_be_read_is_not_measured(path: str, text: str, cause: str) -> None:
    with pytest.raises(Unmeasurable) as caught:
        read_statements(text, path)
    assert str(caught.value) == cause


def test_data_without_a_statement_has_none() -> None:
    text = '{ "onDelete": "cascade", "tag": "1_drop_a", "renames": [] }'
    assert read_statements(text, "a/snapshot.json").statements == []


@pytest.mark.parametrize(
    "text",
    [
        "t.references :a, foreign_key: { on_delete: :cascade }",
        "$table->softDeletes(); $table->dropIndex('deleted_at'); if ($a->deleted) {}",
        "op.drop_index('a'); op.rename_column('a', 'b')",
        "$table->dropForeign(['a_id']); remove_index :a, :b",
        "A.objects.update(b=2); names.remove(a); list.Remove(a)",
        # Not all rows get the value.
        "A.objects.filter(b='').update(b=None)",
        "A.where(b: 0).update_all(b: nil)",
        "models.ForeignKey(on_delete=models.CASCADE)",
    ],
)
def test_other_changes_of_another_language_delete_no_rows(text: str) -> None:
    assert read_statements(text, "a.py").statements == []


@pytest.mark.parametrize(
    "text",
    [
        "execute('CREATE TABLE a (id int); INSERT INTO a VALUES (1)')",
        "alter table(:a) do add :b, :text end; drop index(:a, [:c])",
        "execute('ALTER TABLE a DROP FOREIGN KEY b, DROP CONSTRAINT c, ALTER d DROP NOT NULL, RENAME COLUMN e TO f')",
        "rename table(:a), :b, to: :c\nrename(table(:a), :b, to: :c)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
    ],
)
def test_statements_of_another_language_that_only_add_lose_nothing(text: str) -> None:
    assert read_statements(text, "a.py", only_losses=True).statements == []


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE a DROP b",
        "sql = 'DROP COLUMN b'\nexecute('ALTER TABLE a ' + sql)",
        "ALTER TABLE a RENAME TO b",
        "ALTER TABLE a DETACH PARTITION b",
        "ALTER TABLE a DELETE WHERE b",
        "ALTER TABLE a MODIFY TTL b",
        "ALTER TABLE a CLEAR COLUMN b",
        "alter(table(:a)) do\nremove_if_exists :b, :text\nend",
        "drop(table(:a))",
        "rename(table(:a), to: table(:b))",
        "CREATE OR REPLACE TABLE a (id int)",
        "INSERT OR REPLACE INTO a SELECT 1",
        "UPDATE a AS b SET c = NULL",
        "a.delete(b)",
        "a.destroy_all",
        "a.update_many({}, {'$unset': {'b': 1}})",
    ],
)
def test_a_loss_in_another_language_is_not_measured(text: str) -> None:
    with pytest.raises(Unmeasurable, match="may have SQL"):
        read_statements(text, "a.py", only_losses=True)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("SessionMessageTable", "session_message"),
        ("schema.EventTable", "event"),
        ("eventTable", "event"),
        ("Event", "event"),
        ("EVENT", ""),
        ("db.EVENT_TABLE", ""),
        ("table", ""),
        ("where", ""),
    ],
)
def test_the_name_of_a_constant_names_its_table(name: str, table: str) -> None:
    assert table_of_constant(name) == table
