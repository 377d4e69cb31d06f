"""A made-up upstream like opencode and downstream like PawWork in 2026.

Tags, migrations, event names, paths of files, sentences of the specification, issues and branches change on the real or
a plausible day, in the shapes of the real files: SQL in template literals with escaped quotes, stored events with
shared options, merges of older side branches. The texts are written for these tests; other commits are filler.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from tests.support.fake_repo import FakeRepo
from tests.support.git_repo import GitRepo

UP, DOWN = "anomalyco/opencode", "Astro-Han/pawwork"
CORE = "packages/core/src"
RUNNER = f"{CORE}/session/runner"
LLM = f"{RUNNER}/llm.ts"
OLD_EVENTS, EVENTS = f"{CORE}/session/event.ts", "packages/schema/src/session-event.ts"
MESSAGES = "packages/schema/src/session-message.ts"
RESTART = f"{CORE}/session/execution/restart.ts"
BUS = f"{CORE}/bus.ts"
IMPORTER = f"{CORE}/database/v1-migration.bun.ts"
IMPORTER_TEST = "packages/core/test/v1-migration.test.ts"
MIGRATIONS = f"{CORE}/database/migration"
PLAIN_MIGRATIONS = "packages/core/migration"
CLI = "packages/cli/package.json"
SPEC = "specs/v2/session.md"

MESSAGE_SCHEMA = """export const User = Schema.Struct({
  ...Base,
  text: Schema.String,
}).annotate({ identifier: "Session.Message.User" })
"""

_NAMES = ("prompted", "step.started", "step.ended", "tool.called", "tool.success", "compaction.started")
_LATER = ("input.enqueued", "input.promoted", "step.started", "step.ended", "tool.called", "compaction.started")
_INBOX = ("inbox.enqueued", "inbox.delivered", "step.started", "step.ended", "tool.called", "compaction.started")

Files = dict[str, str | None]


def event(name: str) -> str:
    """Return the definition of a stored event."""
    body = f'  type: "session.{name}",\n  ...options,\n  schema: {{ sessionID: Schema.String }},\n'
    return f"export const {name.title().replace('.', '')} = Event.durable({{\n{body}}})\n"


def events(*names: str) -> str:
    """Return a schema with a stored event of each name, and one event that is not stored."""
    options = 'const options = { durable: { aggregate: "sessionID", version: 1 } } as const\n'
    progress = 'export const Progress = Event.ephemeral({ type: "session.progress", schema: { n: Schema.Number } })\n'
    return f"// Events\n{options}{progress}{''.join(event(name) for name in names)}"


def migration(*statements: str) -> str:
    """Return a migration in TypeScript: a template literal per statement, with escaped quotes around names."""
    escaped = (statement.replace("`", "\\`") for statement in statements)
    calls = "".join(f"    yield* tx.run(`{statement};`)\n" for statement in escaped)
    return f"export default {{\n  up: Effect.fn(function* (tx) {{\n{calls}  }}),\n}}\n"


def llm(*, settles: bool = False) -> str:
    """Return the runner, which reports interrupted tool calls; with `settles`, also interrupted compactions."""
    tool = 'const error = { type: "aborted", message: `Tool execution interrupted by ${reason}` }\n'
    return tool + ('settle(compaction, "compaction.interrupted")\n' if settles else "")


def cli(binary: str) -> str:
    """Return the command's manifest; it always depends on a package named opencode."""
    return (
        f'{{\n  "name": "cli",\n  "bin": {{\n    "{binary}": "./bin/main"\n  }},\n'
        '  "dependencies": { "opencode": "workspace:*" }\n}\n'
    )


_IMPORT = """// import
for (;;) {
  const done = yield* tx.run(sql`
    DELETE FROM event
    WHERE rowid IN (SELECT rowid FROM event LIMIT ${size})
  `)
}
"""

# The time, name and statements of each migration.
_Migrations = tuple[tuple[str, str, tuple[str, ...]], ...]
_RESETS: _Migrations = (
    ("2026-06-03T04:00", "20260603040000_session_message_projection_order", ("DELETE FROM `session_message`",)),
    (
        "2026-06-04T17:24",
        "20260604172448_event_sourced_session_input",
        ("DELETE FROM `event`", "DELETE FROM `session_message`", "DELETE FROM `workspace`"),
    ),
    ("2026-06-22T17:08", "20260622170816_reset_v2_session_state", ("DELETE FROM `event`",)),
    ("2026-06-22T20:24", "20260622202450_simplify_session_input", ("ALTER TABLE `session_input` DROP COLUMN `kind`",)),
    (
        "2026-07-03T09:00",
        "20260703090000_reset_v2_event_rename_sweep",
        ("ALTER TABLE `event` RENAME TO `__discard_event`", "CREATE TABLE `event` (`id` text)"),
    ),
    ("2026-07-03T19:00", "20260703190000_reset_v2_shell_event_payloads", ("DELETE FROM `event`",)),
    ("2026-07-04T20:00", "20260703200000_reset_v2_session_events", ("DELETE FROM `event`",)),
)
_WITHOUT_RESET: _Migrations = (
    ("2026-07-09T16:37", "20260709163752_time_suspended", ("ALTER TABLE `session` ADD `time_suspended` integer",)),
    ("2026-07-22T10:00", "20260722100000_canonical_tool_results", ("ALTER TABLE `part` ADD `result` text",)),
    (
        "2026-08-11T16:12",
        "20260811161259_execution_claim_attempts",
        (
            "CREATE TABLE `__new_session` (`id` text)",
            "INSERT INTO `__new_session` (`id`) SELECT `id` FROM `session`",
            "DROP TABLE `session`",
            "ALTER TABLE `__new_session` RENAME TO `session`",
        ),
    ),
    ("2026-09-03T01:05", "20260903010538_execution_claimed_at", ("ALTER TABLE `execution` ADD `claimed_at` integer",)),
    ("2026-09-03T17:27", "20260903172701_revert-recovery", ("CREATE INDEX `revert` ON `session` (`id`)",)),
)
_SQUASHED = "20260804233008_loose_psylocke"
_SPLIT = ("CREATE TABLE `session_v2` (`id` text)", "DROP TABLE `session_message`", "CREATE TABLE `kv` (`key` text)")
# Subjects that were merged from a side branch, and the time of the side branch's commit.
_MERGED = {
    "feat: 20260622170816_reset_v2_session_state": "2026-06-11T10:00",
    "refactor!: the inbox": "2026-08-12T23:00",
}


def _migration(name: str) -> str:
    return f"{MIGRATIONS}/{name}.ts"


def _migrations(rows: _Migrations) -> list[tuple[str, str, Files]]:
    made: list[tuple[str, str, Files]] = []
    for at, name, statements in rows:
        files: Files = {_migration(name): migration(*statements)}
        if at < "2026-06-23":
            # In June each migration existed as plain SQL too.
            plain = "--> statement-breakpoint\n".join(f"{statement};\n" for statement in statements)
            files[f"{PLAIN_MIGRATIONS}/{name}/migration.sql"] = plain
        made.append((at, f"feat: {name}", files))
    return made


def _milestones(year: Year) -> list[tuple[str, str, Files]]:
    """Return the year's main commits: the time, the commit subject and the files."""
    july = [name for at, name, _ in (*_RESETS, *_WITHOUT_RESET) if at < "2026-08"]
    june = [name for at, name, _ in _RESETS if at < "2026-06-23"]
    deferred = "# Sessions\n\nManual compaction and overflow recovery are deferred.\n"
    graceful = "# Sessions\n\nA graceful restart resumes. A SIGKILL runs none of this.\n"
    claims = "# Sessions\n\nEach execution is a write-ahead execution claim, so that a killed one is found again.\n"
    written = claims + (
        "\n## Recovery Boundaries\n\nResuming fails stale running tool projections as tool.interrupted.\n"
        "An abandoned compaction settles as compaction.interrupted.\n"
    )
    return [
        ("2026-05-04", "feat: a runner of its own", {LLM: "// runner\n"}),
        ("2026-05-05", "feat: events", {OLD_EVENTS: events(*(f"next.{name}" for name in _NAMES)), SPEC: deferred}),
        ("2026-05-11", "refactor!: drop the facade", {f"{CORE}/session/projector.ts": "// projector\n"}),
        ("2026-05-12", "feat: a command", {CLI: cli("lildax"), "specs/v2/todo.md": "Deferred durable recovery.\n"}),
        *_migrations(_RESETS[:2]),
        (
            "2026-06-21",
            "refactor!: simplify the event model",
            {OLD_EVENTS: events("next.prompted", "next.step.started")},
        ),
        *_migrations(_RESETS[2:4]),
        ("2026-06-30", "refactor: move the schema", {OLD_EVENTS: None, EVENTS: events("next.prompted")}),
        ("2026-07-03T08:00", "refactor!: drop the next prefix", {EVENTS: events(*_LATER), MESSAGES: MESSAGE_SCHEMA}),
        *_migrations(_RESETS[4:]),
        ("2026-07-04T21:00", "feat: settle tools", {LLM: llm()}),
        ("2026-07-09T15:00", "feat: resume after a restart", {RESTART: "// graceful\n", SPEC: graceful}),
        *_migrations(_WITHOUT_RESET[:2]),
        (
            "2026-08-05T09:00",
            "feat!: split the database",
            ({_migration(name): None for name in july} if year.squashed else {})
            | {f"{PLAIN_MIGRATIONS}/{name}/migration.sql": None for name in june}
            | {_migration(_SQUASHED): migration(*_SPLIT), IMPORTER: _IMPORT, IMPORTER_TEST: "// test\n"}
            | {CLI: cli("opencode2")},
        ),
        ("2026-08-11T15:00", "feat: claims", {SPEC: claims, RESTART: "yield* store.countResume(sessionID)\n"}),
        *_migrations(_WITHOUT_RESET[2:3]),
        ("2026-08-16", "feat: keep no payloads", {BUS: "const persist = options?.persist ?? false\n"}),
        ("2026-08-28", "refactor!: the inbox", {EVENTS: events(*_INBOX)}),
        *_migrations(_WITHOUT_RESET[3:]),
        (
            "2026-09-04",
            "feat: settle abandoned compactions",
            {
                EVENTS: events(*_INBOX, "compaction.failed"),
                SPEC: written,
                LLM: llm(settles=True),
                "specs/v2/todo.md": None,
            },
        ),
        ("2026-09-11T20:00", "chore: take over the plain name", {CLI: cli("opencode")}),
        ("2026-10-20", "feat(core)!: compact forward only", {f"{CORE}/session/compaction.ts": "// forward\n"}),
        ("2026-11-01", "feat(core)!: another shape of failed tools", {f"{CORE}/tool/failed.ts": "// shape\n"}),
    ]


# Filler on the surfaces: (from, to, commits per week); every third commit subject mentions a breaking change.
_PACE = (("2026-05-12", "2026-09-08", 14), ("2026-09-08", "2026-09-12", 7), ("2026-09-12", "2026-11-20", 3))
_PLACES = (f"{RUNNER}/publish.ts", f"{RUNNER}/step.ts", f"{CORE}/session/compaction.ts", f"{CORE}/tool/shell.ts")
_TAGS = (
    *(("2026-08-20", f"v2.0.0-beta.{number}") for number in (1, 2)),
    *((f"2026-09-{11 + patch * 5 // 6:02}", f"v2.0.{patch}") for patch in range(13)),
    *((f"2026-09-{22 + patch - 13}", f"v2.0.{patch}") for patch in range(13, 19)),
    *((f"2026-10-{1 + patch - 19:02}", f"v2.0.{patch}") for patch in range(19, 22)),
    ("2026-10-21", "v2.1.0"),
    ("2026-11-05", "v2.2.5"),
    ("2026-11-18", "v2.3.2"),
)


def _filler() -> list[tuple[str, str, Files]]:
    made: list[tuple[str, str, Files]] = []
    for first, last, pace in _PACE:
        at, end = dt.datetime.fromisoformat(first), dt.datetime.fromisoformat(last)
        is_calm = first == "2026-09-12"
        while at < end:
            number = len(made)
            commit_subject = "fix: keep the last part" if is_calm or number % 3 else "refactor: rename what was renamed"
            made.append((at.isoformat(), commit_subject, {_PLACES[number % len(_PLACES)]: f"// revision {number}\n"}))
            at += dt.timedelta(days=7) / pace
    return made


def _land(repo: GitRepo, branch: str, at: str, commit_subject: str, files: Files, written: str | None) -> None:
    """Commit to a branch, or, if it was `written` earlier, merge a side branch with the commit of that time."""
    if written is None:
        repo.commit(files, branch=branch, at=at, message=commit_subject)
        return
    repo.branch("topic", branch)
    side = repo.commit(files, branch="topic", at=written, message=commit_subject)
    repo.commit(files, branch=branch, at=at, message=f"Merge branch 'topic': {commit_subject}", merge=[side])


class Year(NamedTuple):
    """Variants of a year: a busy November, squashed migrations, the branch where work goes on, and merges."""

    busy_november: bool = False
    squashed: bool = True
    # If not `v2`: `v2` stops in October, and work and tags go on at this branch.
    goes_on_at: str = "v2"
    merges: bool = False


def _commits_of(year: Year) -> list[tuple[str, str, Files]]:
    made = [*_milestones(year), *_filler()]
    if year.busy_november:
        start = dt.datetime(2026, 10, 25)
        for number in range(120):
            at = (start + dt.timedelta(hours=4 * number)).isoformat()
            commit_subject = "refactor!: replace the step" if number % 9 == 0 else "fix: another step"
            made.append((at, commit_subject, {_PLACES[number % len(_PLACES)]: f"// november {number}\n"}))
    return sorted(made, key=lambda commit: dt.datetime.fromisoformat(commit[0]))


_YEAR = Year()


def make_upstream(repo: GitRepo, year: Year = _YEAR, until: str = "2027-01-01") -> GitRepo:
    """Commit the upstream's year up to a time to a repository with default branch `dev`; return it."""
    repo.commit({"README.md": "# upstream\n", "packages/opencode/src/session/prompt.ts": "// v1\n"}, at="2026-02-01")
    repo.tag("v1.16.2")
    branch = "dev"
    end = dt.datetime.fromisoformat(until)
    tags = sorted(tag for tag in _TAGS if dt.datetime.fromisoformat(f"{tag[0]}T22:00") < end)
    for number, (at, commit_subject, files) in enumerate(_commits_of(year)):
        if dt.datetime.fromisoformat(at) >= end:
            break
        while tags and dt.datetime.fromisoformat(f"{tags[0][0]}T22:00") < dt.datetime.fromisoformat(at):
            _release(repo, branch, *tags.pop(0))
        if branch == "dev" and at >= "2026-06-28":
            repo.branch("v2", "dev")
            branch = "v2"
        if branch == "v2" and at >= "2026-10-12" and year.goes_on_at != "v2":
            branch = year.goes_on_at
            repo.branch(branch, "v2")
        written = _MERGED.get(commit_subject)
        if year.merges and number % 3 == 0 and written is None:
            written = (dt.datetime.fromisoformat(at) - dt.timedelta(days=number % 5, hours=1)).isoformat()
        _land(repo, branch, at, commit_subject, files, written)
    for when, name in tags:
        _release(repo, branch, when, name)
    if until > "2026-11-17" and year.goes_on_at == "v2":
        _release(repo, "dev", "2026-11-17", "v1.19.6")
    return repo


def _release(repo: GitRepo, branch: str, when: str, name: str) -> None:
    made = repo.commit({"version": name}, branch=branch, at=f"{when}T22:00", message=f"release: {name}")
    repo.tag(name, made)


def make_downstream(repo: GitRepo, until: str = "2027-01-01") -> GitRepo:
    """Commit the downstream: `main` removed the runtime in August, `maint/v1` keeps it, `dev` does not exist."""
    paths = ("session/export.ts", "session/message-v2.ts", "session/compaction.ts", "storage/db.ts")
    files = {f"packages/opencode/src/{path}": f"// {path}\n" for path in paths}
    repo.commit(files, branch="maint/v1", at="2026-02-02", message="feat: a desktop")
    for day in ("2026-06-10", "2026-07-10", "2026-08-10"):
        if day < until:
            repo.commit(
                {"CHANGELOG.md": f"{day}\n"}, branch="maint/v1", at=f"{day}T10:00", message="docs: what changed"
            )
    repo.branch("main", "maint/v1")
    if until > "2026-08-21":
        gone: Files = dict.fromkeys(files)
        repo.commit({**gone, "app.ts": "// another\n"}, branch="main", at="2026-08-21", message="feat: another runtime")
    return repo


_ISSUES: tuple[tuple[int, str, str, str], ...] = (
    (30701, "DB migrate break", "2026-06-04", "2026-06-20"),
    (33356, "V1 event table grows", "2026-06-21", ""),
    (33447, "30 of 34 sessions are invisible", "2026-06-22", ""),
    (34922, "review V2 table and durable event type names before GA", "2026-07-02", ""),
    (41217, "V1 history never imported", "2026-08-08", "2026-08-20"),
    (42671, "the importer fails on corrupt parts", "2026-08-15", ""),
    (42839, "event payloads are not kept", "2026-08-16", ""),
    (47223, "event table of 64 GB", "2026-09-04", ""),
    (49314, "import rejects its own export", "2026-09-16", ""),
    (49412, "sessions are missing", "2026-09-17", ""),
    (49641, "later sessions are never imported", "2026-09-18", ""),
    (50130, "resetting the mark deletes every event", "2026-09-20", ""),
)


def make_issues(up: FakeRepo, down: FakeRepo, until: str = "2027-01-01") -> None:
    """Add the watched issues and pull requests with their states at a time."""
    for number, title, opened, closed in _ISSUES:
        if opened >= until:
            continue
        labels = ("2.0", "bug") if "session" in title else ("bug",)
        up.issue(number, title, at=opened, labels=labels)
        if closed and closed < until:
            up.set_issue_state(number, state="closed", at=closed)
    down.issue(1253, "Track upstream v2/core runtime maturity", at="2026-06-10")
    if until > "2026-08-20":
        down.issue(1573, "feat: move the desktop", at="2026-08-20", is_pull=True, merged=True)
