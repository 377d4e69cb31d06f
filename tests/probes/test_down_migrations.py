"""The parts of migrations that undo them, which are not read."""

import re
from contextlib import nullcontext

import pytest

from pawtui.probes.parsers.discards import find_deletion
from pawtui.probes.unmeasurable import Unmeasurable


async def deletion_line(text: str, path: str) -> int | None:
    """Return the line of the first deletion of rows of `event`; None without one."""
    found = await find_deletion(text, path, "event")
    return found.line if found else None


@pytest.mark.parametrize(
    ("name", "is_lost"),
    [("down.sql", False), ("2_a.down.sql", False), ("breakdown.sql", True), ("3_wind_down.sql", True)],
)
async def test_a_file_that_undoes_a_migration_deletes_no_rows(name: str, is_lost: bool) -> None:
    assert (await deletion_line("DROP TABLE event;", f"migrations/{name}") is not None) == is_lost


@pytest.mark.parametrize("mark", ["-- +goose {}", "--+migrate {}", "-- migrate:{}"])
async def test_the_part_of_a_file_that_undoes_a_migration_is_not_run(mark: str) -> None:
    up, down = mark.format("Up"), mark.format("Down")
    created = f"{up}\nCREATE TABLE IF NOT EXISTS event (a);\n{down}\nDROP TABLE event;\n"
    assert await deletion_line(created, "1.sql") is None
    # The way back restores the rows, but they are lost before.
    moved = f"{up}\nALTER TABLE event RENAME TO old;\n{down}\nALTER TABLE old RENAME TO event;\n"
    assert await deletion_line(moved, "1.sql") == 2
    assert await deletion_line(f"{down}\nSELECT 1;\n{up}\nDROP TABLE event;\n", "1.sql") == 4
    # Another comment ends no part.
    assert await deletion_line("-- go down\nDROP TABLE event;\n", "1.sql") is not None


@pytest.mark.parametrize(
    "down",
    [
        "exports.down = (knex) => { STATEMENT }",
        "exports.down = async function (knex) { STATEMENT }",
        "export async function down(knex) { STATEMENT }",
        "class A { async up(q) {} async down(knex) { STATEMENT } }",
        "export default { up: a, down: Effect.fn(function* (knex) { STATEMENT }) }",
        "export default { up: a, down: await Effect.fn(() => { STATEMENT }) }",
        "const down = (knex) => { STATEMENT }",
    ],
)
@pytest.mark.parametrize(
    "statement",
    [
        "knex.schema.dropTable('event')",
        "knex.run(`DELETE FROM event`)",
        "knex.table('event', (t) => t.dropColumn('a'))",
    ],
)
async def test_a_function_that_undoes_a_migration_is_not_read(down: str, statement: str) -> None:
    text = down.replace("STATEMENT", statement)
    assert await deletion_line(text, "1.js") is None
    with pytest.raises(Unmeasurable) if "(t)" in text or "dropTable" in text else nullcontext():
        assert await deletion_line(text.replace("down", "countdown"), "1.js") is not None


async def test_a_function_that_undoes_a_migration_ends_after_the_functions_in_it() -> None:
    down = "function down() { const down = () => 0; run('DROP TABLE event'); }"
    assert await deletion_line(f"{down} {down}", "1.js") is None
    assert await deletion_line(f"{down} run('DROP TABLE event'); {down}", "1.js") is not None


@pytest.mark.parametrize(("count", "is_read"), [(20, False), (21, True)])
async def test_many_functions_of_that_name_are_read(count: int, is_read: bool) -> None:
    text = "function down() { run('DROP TABLE event') }\n" * count
    assert (await deletion_line(text, "1.js") is not None) == is_read


@pytest.mark.parametrize("text", ["{ down: 'DROP TABLE event' }", "{ down: sql`DROP TABLE event` }"])
async def test_a_text_that_undoes_a_migration_is_not_read(text: str) -> None:
    assert await deletion_line(f"export default {text}", "1.ts") is None


@pytest.mark.parametrize(
    "text",
    [
        "const down = tx.run('DELETE FROM event')",
        "state.down = tx.run('DROP TABLE event')",
        "f({ down: tx.run(`DROP TABLE event`) })",
        "f({ down: await tx.run('DROP TABLE event') })",
    ],
)
async def test_a_value_with_the_name_of_the_way_back_is_read(text: str) -> None:
    assert await deletion_line(text, "1.ts") is not None


@pytest.mark.parametrize("call", ["await this.down(q)", "exports.down(q)", "down(q)"])
async def test_a_way_back_that_the_script_calls_is_read(call: str) -> None:
    down = "class A { async up(q) { CALL } async down(q) { q.run(`DELETE FROM event`) } }"
    assert await deletion_line(down.replace("CALL", call), "1.ts") is not None


PHP = """<?php
return new class extends Migration
{
    public function up(): void
    {
        Schema::create('event', fn ($table) => $table->id());
    }

    public function down(): void
    {
        if (true) {

            Schema::dropIfExists('event');
        }
    }

    private function other(): void
    {
        return;
    }
};
"""
RUBY = """class A < ActiveRecord::Migration[8.0]
  def up
    add_column :event, :a, :text
  end

  def down
    remove_column :event, :a
  end
end
"""
CSHARP = """\ufeffpublic partial class A : Migration
{
\tprotected override void Up(MigrationBuilder migrationBuilder)
\t{
\t\tmigrationBuilder.AddColumn<int>(name: "a", table: "event");
\t}

\tprotected override void Down(MigrationBuilder migrationBuilder)
\t{
\t\tmigrationBuilder.DropColumn(name: "a", table: "event");
\t}
}
"""
PYTHON = """down_revision = "1"

def upgrade():
    op.add_column("event", "a")

def downgrade(
    engine: str,
) -> None:
    op.drop_column("event", "a")
"""
RUST = """impl MigrationTrait for Migration {
    async fn up(&self) -> Result<(), DbErr> {
        create_table(Event).await
    }

    async fn down(&self) -> Result<(), DbErr> {
        drop_table(Event).await
    }
}
"""
OTHER_LANGUAGES = [("1.php", PHP), ("1.rb", RUBY), ("1.cs", CSHARP), ("1.py", PYTHON), ("1.rs", RUST)]


@pytest.mark.parametrize(("path", "text"), OTHER_LANGUAGES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
async def test_a_function_of_another_language_that_undoes_a_migration_is_not_read(
    path: str, text: str, newline: str
) -> None:
    assert await deletion_line(text.replace("\n", newline), path) is None
    # Another function is read, with the number of its line.
    lines = text.splitlines()
    deleting = next(number for number, line in enumerate(lines, 1) if re.search("(?i)drop|remove", line))
    with pytest.raises(Unmeasurable, match=f"^{path}:{deleting} may have SQL"):
        await deletion_line(text.replace("Down(", "Undo(").replace("downgrade(", "undo(").replace("down", "undo"), path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        # It is called, or may be.
        ("1.php", PHP.replace("Schema::create", "$this->down(); Schema::create")),
        ("1.rb", RUBY.replace("add_column", "down; add_column")),
        ("1.py", PYTHON.replace("op.add_column", "downgrade(); op.add_column")),
        # Below it.
        ("1.php", PHP.replace("return;", "Schema::drop('event');")),
        ("1.py", f"{PYTHON}\nop.drop_table('event')\n"),
        # A text without indentation may end the function.
        ("1.php", PHP.replace("if (true) {", "DB::statement('\nSELECT 1');\n")),
    ],
)
async def test_the_rest_of_another_language_is_read(path: str, text: str) -> None:
    with pytest.raises(Unmeasurable, match="may have SQL"):
        await deletion_line(text, path)
