"""Tests of each rule of the built-in tracker with versions of upstream's files.

The texts are written for these tests, and contain only the parts that the rule reads. Their shapes are those of the real
files on the given day, in public copies of upstream's history (some 700 versions from May to September).
"""

# ruff: noqa: E501 - a row of a table is a line.

from typing import NamedTuple

import pytest

from pawtui.probes.file_text import first_match_in_file
from pawtui.probes.parsers.definitions import compare_definitions, read_definitions
from pawtui.probes.parsers.discards import find_deletion
from pawtui.probes.repo_reader import alternatives
from pawtui.tracker.probe_types import Contract, NamesProbe, NewFilesProbe, TextProbe
from pawtui.tracker.read_tracker import builtin_tracker

CORE = "packages/core/src"
LLM, RESTART, LOCAL = (
    f"{CORE}/session/{name}" for name in ("runner/llm.ts", "execution/restart.ts", "execution/local.ts")
)
EXECUTION, SPEC, BUS = f"{CORE}/session/execution.ts", "specs/v2/session.md", f"{CORE}/bus.ts"
EVENTS, OLD_EVENTS = "packages/schema/src/session-event.ts", f"{CORE}/session/event.ts"
MESSAGES = "packages/schema/src/session-message.ts"
IMPORTER, OLD_IMPORTER = f"{CORE}/database/v1-migration.bun.ts", f"{CORE}/database/v1-migration.ts"
CLI = "packages/cli/package.json"
TRACKER = builtin_tracker()


class Version(NamedTuple):
    """A version of a file: a part of the rule's pattern, the path, the first day, a text, and whether it matches."""

    rule: str
    path: str
    since: str
    text: str
    matches: bool


VERSIONS = [
    # The command's name.
    Version('"opencode"', CLI, "2026-05-30", '{\n  "name": "@opencode-ai/cli",\n  "bin": {\n    "lildax": "./bin/lildax"\n  }\n}\n', False),
    Version('"opencode"', CLI, "2026-06-20", '{\n  "bin": { "lildax": "./bin/lildax.cjs" },\n  "dependencies": { "opencode": "workspace:*" }\n}\n', False),
    Version('"opencode"', CLI, "2026-08-04", '{\n  "bin": {\n    "opencode2": "./bin/opencode2.cjs"\n  }\n}\n', False),
    Version('"opencode"', CLI, "2026-09-11", '{\n  "bin": {\n    "opencode": "./bin/opencode.cjs",\n    "opencode2": "./bin/opencode2.cjs"\n  }\n}\n', True),
    Version('"opencode"', CLI, "2026-09-12", '{\n  "bin": {\n    "opencode2": "./bin/opencode2.cjs",\n    "opencode": "./bin/opencode.cjs"\n  }\n}\n', True),
    Version('"opencode"', CLI, "never", '{\n  "scripts": { "opencode": "./bin/x" },\n  "bin": {\n    "opencode2": "./bin/x"\n  }\n}\n', False),
    Version('"opencode"', CLI, "never", '{\n  "bin": {},\n  "x": { "opencode": "./bin/opencode" }\n}\n', False),
    # The importer: deletes in literals of several lines, in batches.
    Version("event(_sequence)?", IMPORTER, "2026-08-05", "yield* tx.run(sql`\n  DELETE FROM event\n  WHERE rowid IN (SELECT rowid FROM event LIMIT ${size})\n`)\n", True),
    Version("event(_sequence)?", IMPORTER, "2026-08-13", "yield* tx.run(sql`DELETE FROM event_sequence`)\n", True),
    Version("event(_sequence)?", IMPORTER, "2026-09-03", "yield* db.delete(EventTable).run()\n", True),
    Version("event(_sequence)?", IMPORTER, "never", "// DELETE FROM event would lose sessions\nyield* tx.run(sql`SELECT id FROM event`)\n", False),
    Version("event(_sequence)?", IMPORTER, "never", 'log("deleting event rows: DELETE FROM event")\n', False),
    Version("event(_sequence)?", IMPORTER, "never", "yield* tx.run(sql`DELETE FROM kv WHERE key = ${mark}`)\n", False),
    Version("event(_sequence)?", IMPORTER, "never", "yield* tx.run(sql`DELETE FROM event_log`)\n", False),
    Version("event(_sequence)?", OLD_IMPORTER, "2026-08-05", "yield* tx.run(sql`DELETE FROM event`)\n", True),
    # A crash.
    Version("countResume", EXECUTION, "2026-06-03", "readonly resume: (sessionID: ID) => Effect.Effect<void>\n", False),
    Version("countResume", LOCAL, "2026-06-03", "const resume = Effect.fn(function* (sessionID) { yield* drain(sessionID) })\n", False),
    Version("countResume", RESTART, "2026-07-09", "const suspended = yield* store.listSuspended()\n// A SIGKILL leaves no claim.\n", False),
    Version("countResume", RESTART, "2026-08-11", "const attempts = yield* store.countResume(sessionID)\n", True),
    Version("countResume", RESTART, "2026-09-20", "const attempts = yield* store.countResume(sessionID, owner)\n", True),
    Version("write-ahead", SPEC, "2026-06-05", "Automatic compaction. Overflow recovery is deferred.\n", False),
    Version("write-ahead", SPEC, "2026-07-09", "A graceful restart resumes. A SIGKILL runs none of this.\n", False),
    Version("write-ahead", SPEC, "2026-08-11", "leaves a write-ahead claim behind it\n", True),
    Version("write-ahead", SPEC, "2026-09-04", "a write-ahead execution claim that survives without a releasing terminal\n", True),
    Version("write-ahead", SPEC, "never", "write-ahead logging (WAL) is on; a claim is written later\n", False),
    # Interrupted tool calls.
    Version("Tool execution", LLM, "2026-06-03", 'error: { type: "unknown", message: "Tool execution interrupted" },\n', False),
    Version("Tool execution", LLM, "2026-06-20", "error: { type: \"tool.stale\", message: `Tool execution interrupted: ${tool.name}` },\n", False),
    Version("Tool execution", LLM, "2026-07-06", 'publisher.failUnsettledTools({ type: "aborted", message: "Tool execution interrupted" })\n', True),
    Version("Tool execution", LLM, "2026-07-10", 'error: { type: "aborted", message: `Tool execution interrupted: ${tool.name}` },\n', True),
    Version("Tool execution", LLM, "2026-10-01", 'error: {\n  type: "aborted",\n  message: `Tool execution interrupted: ${tool.name}${child ? ` (${child})` : ""}`,\n},\n', True),
    Version("Tool execution", LLM, "never", 'error: { type: "aborted", message: "Step interrupted" },\n', False),
    Version("stale", SPEC, "2026-07-09", "Tools that a restart interrupts are reported.\n", False),
    Version("stale", SPEC, "2026-09-04", "It fails stale running tool projections before continuing, but\n", True),
    Version("stale", SPEC, "2026-09-05", "Recovery fails stale tool projections.\n", True),
    # Compaction.
    Version("compaction\\.failed", OLD_EVENTS, "2026-05-22", 'EventV2.define({ type: "session.next.compaction.ended", ...options, schema: {} })\n', False),
    Version("compaction\\.failed", EVENTS, "2026-06-24", 'Event.durable({\n  type: "session.compaction.ended",\n  ...options,\n})\n', False),
    Version("compaction\\.failed", EVENTS, "2026-07-06", 'export const Failed = Event.durable({\n  type: "session.compaction.failed",\n  ...options,\n})\n', True),
    Version("compaction\\.failed", EVENTS, "2026-07-07", 'Event.durable({ type: "session.compaction.failed", durable: { aggregate: "sessionID", version: 2 } })\n', True),
    Version("compaction\\.failed", EVENTS, "never", 'Event.ephemeral({ type: "session.compaction.failed" })\n', False),
    Version("compaction\\.interrupted", LLM, "2026-07-15", 'publisher.failAssistant({ type: "aborted", message: "Step interrupted" })\n', False),
    Version("compaction\\.interrupted", LLM, "2026-09-04", 'error: { type: "compaction.interrupted", message: "It was interrupted" },\n', True),
    # Long runs.
    Version("persist", BUS, "2026-08-16", "const persist = options?.persist ?? false\n", True),
    Version("persist", BUS, "never", "const persist = options?.persist ?? true\n", False),
    Version("persist", BUS, "never", "const persist = options?.persist !== false\n", False),
    Version("persist", BUS, "never", "const persist = true\nif (persist) run(persist => done, persist === on)\n", False),
    Version("persist", BUS, "never", "const persist = options?.persist ?? Flag.OPENCODE_PERSIST\n", True),
    Version("persist", BUS, "never", "const persist = Flag.OPENCODE_PERSIST ? true : false\n", True),
    Version("persist", BUS, "never", "const keep = Boolean(options?.persist)\n", True),
    Version("persist", BUS, "never", "function configured({ persist = false }: Options = {}) {}\n", True),
    Version("persist", BUS, "never", "readonly persist?: boolean\n", False),
]  # fmt: skip


async def test_a_rule_matches_the_expected_versions_of_a_file() -> None:
    assert [version for version in VERSIONS if await _is_match(version) is not version.matches] == []


async def _is_match(version: Version) -> bool:
    (probe,) = [probe for probe in _texts(version.path) if version.rule in (probe.pattern or probe.discards)]
    if probe.discards:
        return await find_deletion(version.text, version.path, probe.discards) is not None
    return await first_match_in_file(probe.pattern, version.path, version.text, probe.read) is not None


def _texts(path: str) -> list[TextProbe]:
    probes = [probe for probe in TRACKER.probes if isinstance(probe, TextProbe)]
    return [probe for probe in probes if path in alternatives(probe.file)]


def test_every_text_rule_is_in_the_table() -> None:
    every = {probe for signal in TRACKER.signals for probe in signal.probes if isinstance(probe, TextProbe)}
    covered = {probe for row in VERSIONS for probe in _texts(row.path) if row.rule in (probe.pattern or probe.discards)}
    assert covered == every
    for probe in every:
        rows = [row for row in VERSIONS if row.rule in (probe.pattern or probe.discards)]
        assert {row.matches for row in rows} == {True, False}


def ts(*statements: str) -> str:
    """Return a migration in TypeScript: a call per statement, with escaped quotes around names."""
    calls = "".join("      yield* tx.run(`" + statement.replace("`", "\\`") + ";`)\n" for statement in statements)
    return f"export default {{\n  up(tx) {{\n    return Effect.gen(function* () {{\n{calls}    }})\n  }},\n}}\n"


def tagged(statement: str) -> str:
    """Return a statement with the `sql` tag, over several lines."""
    return f"yield* tx.run(\n  sql`\n    {statement}\n  `,\n)\n"


REBUILT = (
    "CREATE TABLE `__new_{0}` (`id` text)",
    "INSERT INTO `__new_{0}`(`id`)\n SELECT `id` FROM `{0}`",
    "DROP TABLE `{0}`",
    "ALTER TABLE `__new_{0}` RENAME TO `{0}`",
)
FOLDER = f"{CORE}/database/migration"
MIGRATIONS: list[tuple[str, str, str]] = [
    # The migration, a text of its shape, and the loss: nothing, some rows, or the rows.
    ("20260427172553_slow_nightmare.ts", ts("DROP TABLE `session_entry`"), "rows"),
    ("20260511000411_data_migration_state.ts", ts("CREATE TABLE `data_migration` (`id` text)"), ""),
    ("20260601010001_normalize_storage_paths.ts", ts("UPDATE `session` SET `directory` = replace(`directory`, 'a', 'b')"), ""),
    ("20260603001617_session_message_projection_indexes.ts", ts("CREATE INDEX `i` ON `session_message` (`id`)"), ""),
    ("20260603040000_session_message_projection_order.ts", ts("DROP INDEX IF EXISTS `i`", "CREATE INDEX `i` ON `session_message` (`id`)"), ""),
    ("20260603040000_session_message_projection_order.ts", ts("DELETE FROM `session_message`", "ALTER TABLE `session_message` ADD COLUMN `seq` integer NOT NULL"), "rows"),
    ("20260604172448_event_sourced_session_input.ts", ts("DELETE FROM `session_input`", "DELETE FROM `event`", "DELETE FROM `workspace`"), "rows"),
    ("20260611035744_credential.ts", ts("CREATE TABLE `credential` (`id` text)"), ""),
    ("20260612174303_project_dir_strategy.ts", ts(*(statement.format("project_directory") for statement in REBUILT)), ""),
    ("20260622142730_simplify_session_context_epoch.ts", ts("DROP TABLE `session_context_epoch`"), ""),
    ("20260622170816_reset_v2_session_state.ts", ts("DELETE FROM `session_context_epoch`", "DELETE FROM `event_sequence`"), "rows"),
    ("20260622202450_simplify_session_input.ts", ts("DELETE FROM `event`", "ALTER TABLE `session_input` DROP COLUMN `kind`"), "rows"),
    ("20260703090000_reset_v2_event_rename_sweep.ts", ts("DELETE FROM `session_input`", "DELETE FROM `session_message`"), "rows"),
    ("20260703090000_reset_v2_event_rename_sweep.ts", "// disposable tables\n" + ts("ALTER TABLE `event` RENAME TO `__discard_event_20260703`", "CREATE TABLE `event` (`id` text)"), "rows"),
    ("20260703090000_reset_v2_event_rename_sweep.ts", "export default { foreignKeys: false }\n" + ts("ALTER TABLE `event_sequence` RENAME TO `__discard_event_sequence`", "CREATE TABLE `event_sequence` (`id` text)"), "rows"),
    ("20260703181610_event_created_column.ts", ts("ALTER TABLE `event` ADD `created` integer NOT NULL"), ""),
    ("20260705180000_rename_instructions.ts", ts("ALTER TABLE `session_context_entry` RENAME TO `instruction_entry`"), ""),
    ("20260707010146_durable_session_inbox.ts", ts(*(statement.format("session_input") for statement in REBUILT)), ""),
    ("20260707120000_migrate_prelaunch_v2_state.ts", tagged("DELETE FROM session_message WHERE type = 'compaction' AND json_extract(data, '$.status') = 'queued'"), "some rows"),
    ("20260709013000_generic_session_input.ts", ts("DELETE FROM `event` WHERE `type` = 'session.next.a.1'"), "some rows"),
    ("20260709025533_drop-todo.ts", ts("DROP TABLE `todo`"), ""),
    ("20260709163752_time_suspended.ts", ts("ALTER TABLE `session` ADD `time_suspended` integer"), ""),
    ("20260709190621_session_pending_table.ts", ts("DROP TABLE `session_input`", "CREATE TABLE `session_pending` (`id` text)"), "rows"),
    ("20260710025429_instruction_sync.ts", ts("DELETE FROM `session_message` WHERE `type` = 'system'"), "some rows"),
    ("20260804233008_loose_psylocke.ts", ts("CREATE TABLE `session_v2` (`id` text)", "DROP TABLE `session_message`"), "rows"),
    ("20260804233008_loose_psylocke.ts", ts("ALTER TABLE `session` RENAME TO `session_v2`", "CREATE TABLE `kv` (`key` text)"), ""),
    ("20260811161259_execution_claim_attempts.ts", ts(*(statement.format("session") for statement in REBUILT)), ""),
    ("20260903172701_revert-recovery.ts", ts("CREATE INDEX `r` ON `session` (`id`)"), ""),
    ("next.ts", ts("DROP TABLE `message_v2`"), "rows"),
    ("next.ts", ts("DROP TABLE `session_event_v3`"), "rows"),
    ("next.ts", tagged('DELETE FROM ${sql.identifier("part")}'), "rows"),
    ("next.ts", ts("DROP TABLE `session_share`"), ""),
    ("remove_workspace.ts", ts("DROP TABLE `workspace`"), ""),
    ("remove_legacy_accounts.ts", ts("DELETE FROM `account`"), ""),
    ("20260603040000_session_message_projection_order/migration.sql", "DELETE FROM `session_message`;--> statement-breakpoint\nCREATE INDEX `i` ON `session_message` (`id`);\n", "rows"),
    ("20260604172448_event_sourced_session_input/migration.sql", "-- DELETE FROM `event`;\nCREATE TABLE `session_input` (`id` text);\n", ""),
    ("trace.ts", 'yield* trace("reset history: deleting event")\n// DELETE FROM `event`\n', ""),
    ("builder.ts", "yield* tx.delete(SessionMessageTable).run()\n", "rows"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "wanted"), MIGRATIONS, ids=[f"{number} {row[0]}" for number, row in enumerate(MIGRATIONS)]
)
async def test_deleted_rows_are_found_in_every_migration(name: str, text: str, wanted: str) -> None:
    (probe,) = [probe for probe in TRACKER.probes if isinstance(probe, NewFilesProbe)]
    deletion = await find_deletion(text, f"{FOLDER}/{name}", probe.discards)
    assert ("" if deletion is None else "some rows" if deletion.only_some else "rows") == wanted
    crlf = await find_deletion(text.replace("\n", "\r\n"), f"{FOLDER}/{name}", probe.discards)
    assert (crlf is None, crlf and crlf.only_some) == (deletion is None, deletion and deletion.only_some)


SCHEMAS: list[tuple[str, str, set[str]]] = [
    # The first day, a schema of its shape, and the stored events with versions and fields.
    (
        "2026-05-14",
        'const options = { sync: { aggregate: "sessionID", version: 1 } } as const\n'
        "export const Prompted = EventV2.define({\n"
        '  type: "session.next.prompted",\n  ...options,\n  schema: { ...Base, prompt: Prompt },\n})\n'
        "const Base = { sessionID: ID }\n"
        'export const Delta = EventV2.define({ type: "session.next.text.delta", schema: { delta: Schema.String } })\n',
        {"session.next.prompted@1: prompt sessionID"},
    ),
    (
        "2026-06-24",
        'const options = { durable: { aggregate: "sessionID", version: 1 } }\n'
        "const stepSettlementOptions = { durable: { ...options.durable, version: 2 } }\n",
        set(),
    ),
    (
        "2026-07-03",
        'const options = { durable: { aggregate: "sessionID", version: 1 } } as const\n'
        "export namespace Step {\n"
        '  export const Started = Event.durable({\n    type: "session.step.started",\n    ...options,\n'
        "    schema: { sessionID: ID, agent: Agent },\n  })\n"
        '  export const Ended = Event.durable({ type: "session.step.ended",\n'
        '    durable: { aggregate: "sessionID", version: 2 }, schema: { sessionID: ID } })\n}\n'
        'export const Delta = Event.ephemeral({ type: "session.text.delta", schema: {} })\n',
        {"session.step.started@1: agent sessionID", "session.step.ended@2: sessionID"},
    ),
    (
        "2026-09-04",
        "/* Event.durable({ type: 'session.old' }) */\n"
        "export const Deleted = Event.durable({\n"
        "  type: 'session.deleted',\n  durable: { aggregate: 'sessionID', version: 2 },\n"
        "  schema: {\n    sessionID: ID, // who\n    'reason': Schema.optional(Schema.Literals(['user', 'limit'])),\n  },\n})\n",
        {"session.deleted@2: reason sessionID"},
    ),
]


def contract_of(path: str) -> Contract:
    """Return the contract of the probe that reads the definitions in this file."""
    (probe,) = [probe for probe in TRACKER.probes if isinstance(probe, NamesProbe) and path in probe.files]
    assert probe.contract is not None
    return probe.contract


def test_the_fields_of_stored_messages_are_read() -> None:
    text = (
        "const Base = {\n  id: ID,\n  metadata: Schema.Record(Schema.String, Schema.Unknown).pipe(optional),\n}\n"
        "const Usage = { cost: Money.USD.pipe(optional) }\n"
        'export const ID = Schema.String.pipe(Schema.annotate({ identifier: "Session.Message.ID" }))\n'
        "export interface User extends Schema.Schema.Type<typeof User> {}\n"
        "export const User = Schema.Struct({\n  ...Base,\n  text: Prompt.fields.text,\n"
        '  time: Schema.Struct({\n    created: At,\n  }),\n}).annotate({ identifier: "Session.Message.User" })\n'
        'export const Failed = Schema.Struct({\n  status: Schema.tag("failed"),\n  ...Usage,\n'
        '}).annotate({ identifier: "Session.Message.Compaction.Failed" })\n'
        "export const Inner = Schema.Struct({ a: Schema.String })\n"
    )
    found = read_definitions(text, contract_of(MESSAGES))
    user, failed = found["Session.Message.User@1"], found["Session.Message.Compaction.Failed@1"]
    assert len(found) == 2
    assert (set(user.fields), set(user.required)) == ({"id", "metadata", "text", "time"}, {"id", "text", "time"})
    assert (set(failed.fields), set(failed.required)) == ({"status", "cost"}, {"status"})


def test_a_new_required_field_of_an_event_is_told_from_an_optional_one() -> None:
    started = 'export const Started = Event.durable({\n  type: "session.step.started",\n  schema: {\n    agent: Agent.ID,\n  },\n})\n'
    more = "    snapshot: Snapshot.ID.pipe(optional),\n    started: NonNegativeInt,\n  },"
    old, new = (read_definitions(text, contract_of(EVENTS)) for text in (started, started.replace("  },", more)))
    changes = compare_definitions(old, new)
    assert (changes.removed, len(changes.added), changes.required) == ((), 2, ("session.step.started@1.started",))


@pytest.mark.parametrize(("since", "text", "wanted"), SCHEMAS, ids=[row[0] for row in SCHEMAS])
def test_the_stored_events_of_every_schema_are_read(since: str, text: str, wanted: set[str]) -> None:
    found = read_definitions(text, contract_of(EVENTS))
    assert {f"{name}: {' '.join(sorted(definition.fields))}" for name, definition in found.items()} == wanted
