"""The made-up upstream: `example-upstream/loom`, an agent runtime that is moving from version 1 to version 2.

All people and data are made up. Days count backwards from today's midnight (UTC), so that the data is always recent:
version 2 is developed for half a year, becomes the default five weeks ago, and then changes less and less.
"""

import datetime as dt
import random
from collections.abc import Callable

from pawtui.demo.demo_repository import DemoRepository, FileEdit, NewCommit, at_day, bump_revision, swap

REPO = "example-upstream/loom"
UPDATE_SERVICE = "https://loom.example/update/latest"
CORE = "packages/core/src"
RUNNER = f"{CORE}/session/runner"
EVENTS = "packages/schema/src/session-event.ts"
MESSAGES = "packages/schema/src/session-message.ts"
RESTART = f"{CORE}/session/execution/restart.ts"
CLAIM = f"{CORE}/session/execution/claim.ts"
COMPACTION = f"{CORE}/session/compaction.ts"
SETTLEMENT = f"{CORE}/tool/settlement.ts"
MOVED_SETTLEMENT = f"{RUNNER}/settlement.ts"
IMPORT = f"{CORE}/database/v1-import.ts"
MIGRATIONS = f"{CORE}/database/migration"
CLI = "packages/cli/package.json"
SPEC = "specs/v2/session.md"
TODO = "specs/v2/todo.md"
V2_CREATED = -139.0
FIRST_STABLE = -35.4

AUTHORS = ("Heddle", "Treadle", "Bobbin", "Selvedge", "loom-bot")


def _module(name: str, *lines: str) -> str:
    """Return the text of a source file with a revision, which `bump_revision` increases."""
    return "\n".join([f"// {name}", *lines, "export const revision = 0", ""])


def _event(name: str) -> str:
    return f'define({{ type: "session.{name}", version: 1 }})'


_NAMES = (
    "step.started",
    "step.ended",
    "step.failed",
    "text.ended",
    "tool.called",
    "tool.progress",
    "tool.success",
    "tool.failed",
    "input.admitted",
    "input.promoted",
    "compaction.started",
    "compaction.ended",
)

FILES: dict[str, FileEdit] = {
    "README.md": "# loom\n\nA made-up agent runtime.\n",
    "docs/guide.md": "# Guide\n\nInstall it, run it, read what it says.\n",
    CLI: '{\n  "name": "loom-next",\n  "bin": { "loom2": "bin/loom.js" }\n}\n',
    "packages/cli/src/main.ts": _module("cli", "import { run } from '@loom/core'"),
    f"{RUNNER}/index.ts": _module("runner", "export async function run(session) {", "  return loop(session)", "}"),
    f"{RUNNER}/step.ts": _module("step", "export const maxSteps = 50"),
    f"{RUNNER}/retry.ts": _module("retry", "export const attempts = 3"),
    f"{RUNNER}/to-message.ts": _module("to-message", "export const parts = ['text', 'tool', 'file']"),
    RESTART: _module("restart", "// A restart resumes what was suspended; a hard kill is out of scope."),
    COMPACTION: _module("compaction", "export const threshold = 0.9"),
    f"{CORE}/tool/registry.ts": _module("registry", "export const tools = ['shell', 'edit', 'read']"),
    f"{CORE}/tool/shell.ts": _module("shell", "export const timeout = 120"),
    SETTLEMENT: _module(
        "settlement", "// Every tool call settles before its step ends.", "export function settle() {}"
    ),
    EVENTS: "\n".join(["// Durable session events", *(_event(f"next.{name}") for name in _NAMES), ""]),
    MESSAGES: _module("messages", "export const kinds = ['user', 'assistant', 'system']"),
    f"{MIGRATIONS}/0001_init.sql": "CREATE TABLE session (id TEXT PRIMARY KEY);\nCREATE TABLE event (id TEXT);\n",
    SPEC: "# Sessions\n\n## Recovery\n\nNot written yet.\n",
    TODO: "# Still open\n\n- Deferred: durable continuation after a crash\n",
}

# Commits per week over half a year, oldest first: they increase, then decrease.
_COMMITS_PER_WEEK = (9, 11, 13, 15, 17, 20, 22, 24, 27, 30, 33, 36, 39, 38, 34, 29, 25, 21, 18, 15, 12, 9, 8, 7, 6, 5)
# Files of everyday work, with their weights.
_FILE_WEIGHTS = {
    f"{RUNNER}/index.ts": 4,
    f"{RUNNER}/step.ts": 4,
    f"{RUNNER}/retry.ts": 2,
    f"{RUNNER}/to-message.ts": 3,
    f"{CORE}/tool/registry.ts": 2,
    f"{CORE}/tool/shell.ts": 2,
    MESSAGES: 3,
    COMPACTION: 2,
    "packages/cli/src/main.ts": 3,
    "docs/guide.md": 3,
}
# {0} is the scope, such as `runner`.
_COMMIT_SUBJECTS = (
    "fix({0}): keep the last part when a step is cut short",
    "fix({0}): do not settle a call twice",
    "feat({0}): say what is being waited for",
    "refactor({0}): one way to build a message",
    "test({0}): cover an empty answer",
    "perf({0}): read the tail of a long session only",
    "chore({0}): tidy imports",
    "docs({0}): say when this runs",
)
_BREAKING_COMMIT_SUBJECTS = (
    "refactor({0}): remove the second queue",
    "refactor({0}): rename the step states",
    "feat({0})!: collapse two part kinds into one",
    "refactor({0}): replace the delta events",
)
# Subjects that look like markup, mentions or control codes, by day.
_HOSTILE_COMMIT_SUBJECTS = {
    -47.3: "fix [/core] index[0] out of range",
    -26.6: "fix: ping @everyone-at-example about #12 before merging",
    -18.7: "docs: right to left \u202egnp.tnemucod\u202c and back",
    -11.2: "feat(runner): [red]not red[/red], <b>not bold</b> | not a cell",
    -4.6: "fix(runner): `code`, **stars**, \x1b[31mescape\x1b[0m and a subject that goes on" + " and on" * 60,
}


def _add(line: str) -> Callable[[str], str]:
    """Return the edit that adds a last line."""
    return lambda text: f"{text}{line}\n"


def _important_commits(today: dt.date) -> list[NewCommit]:
    def migration(day: int, name: str) -> str:
        return f"{MIGRATIONS}/{today + dt.timedelta(days=day):%Y%m%d}_{name}.sql"

    reset = "DELETE FROM event;\nDELETE FROM session_message;\n"
    return [
        NewCommit(
            -151.4,
            "feat(schema)!: reset session events, payloads lose their prefix",
            {migration(-152, "reset_session_events"): reset, EVENTS: swap("session.next.step", "session.step")},
        ),
        NewCommit(
            -101.3,
            "feat(schema)!: drop the session.next prefix everywhere",
            {
                migration(-102, "reset_event_names"): reset,
                EVENTS: swap("session.next.", "session."),
                MESSAGES: bump_revision,
            },
            "Treadle",
        ),
        NewCommit(
            -88.2,
            "feat(core): import sessions of the previous line",
            {
                IMPORT: _module("import", "// One run for all sessions.", 'db.run("DELETE FROM event")'),
                migration(-89, "session_origin"): "ALTER TABLE session ADD origin TEXT;\n",
            },
        ),
        NewCommit(
            -74.5,
            "feat(core): a write-ahead claim for every step",
            {
                CLAIM: _module("claim", "export const lease = 30"),
                RESTART: swap("a hard kill is out of scope", "a claim left behind is taken over"),
                SPEC: swap("Not written yet.", "A write-ahead claim survives a hard kill."),
            },
            "Bobbin",
        ),
        NewCommit(
            -52.6,
            "fix(import): keep events of sessions that were not imported",
            {IMPORT: swap('db.run("DELETE FROM event")', "export const keep = true")},
            "Treadle",
        ),
        NewCommit(
            -36.2,
            "feat(cli): loom is loom now",
            {CLI: '{\n  "name": "loom",\n  "bin": { "loom": "bin/loom.js" }\n}\n'},
            "Selvedge",
        ),
        NewCommit(
            -33.1,
            "refactor(runner): remove the compatibility loop",
            {f"{RUNNER}/index.ts": bump_revision, f"{RUNNER}/step.ts": bump_revision},
        ),
        NewCommit(
            -31.5,
            "refactor(tool)!: replace the registry's own names",
            {f"{CORE}/tool/registry.ts": bump_revision},
            "Bobbin",
        ),
        NewCommit(-29.8, "fix(runner): drop steps that never began", {f"{RUNNER}/step.ts": bump_revision}, "Selvedge"),
        NewCommit(
            -24.4,
            "feat(schema)!: rename session.input.promoted to session.inbox.delivered",
            {
                EVENTS: swap(_event("input.promoted"), _event("inbox.delivered")),
                MESSAGES: bump_revision,
                f"{RUNNER}/to-message.ts": bump_revision,
            },
            "Treadle",
        ),
        NewCommit(
            -22.3,
            "feat(database): optional titles",
            {migration(-23, "optional_title"): "ALTER TABLE session ADD title TEXT;\n"},
        ),
        NewCommit(
            -17.6,
            "refactor(runner): settlement moves to where it is used",
            {MOVED_SETTLEMENT: FILES[SETTLEMENT], SETTLEMENT: None},
            "Bobbin",
        ),
        NewCommit(
            -12.5,
            "docs(spec): nothing is deferred any more",
            {TODO: None, SPEC: _add("Interrupted tools settle as tool.interrupted.")},
        ),
        NewCommit(
            -6.3,
            "feat(compaction): an abandoned compaction ends in an event of its own",
            {EVENTS: _add(_event("compaction.failed")), COMPACTION: bump_revision},
            "Treadle",
        ),
        NewCommit(
            -3.4,
            "fix(restart): take over a claim only once",
            {RESTART: _add("export const once = true"), CLAIM: bump_revision},
            "Bobbin",
        ),
        *(
            NewCommit(day, commit_subject, {f"{RUNNER}/retry.ts": bump_revision}, "Selvedge")
            for day, commit_subject in _HOSTILE_COMMIT_SUBJECTS.items()
        ),
        NewCommit(-58.5, "fix(v1): a last fix for the previous line", {"docs/guide.md": bump_revision}, branch="dev"),
    ]


# (name, day): betas, the first stable release, two minor releases with patches, and a release of the previous version.
TAGS = (
    ("v1.18.0", -160.2),
    ("v2.0.0-beta.1", -96.2),
    ("v2.0.0-beta.2", -61.3),
    ("v2.0.0-rc.1", -43.4),
    ("v2.0.0", FIRST_STABLE),
    ("v2.0.1", -33.6),
    ("v2.0.2", -30.2),
    ("v2.0.3", -25.3),
    ("v2.1.0", -20.5),
    ("v2.1.1", -14.4),
    ("v2.1.2", -9.3),
    ("v2.2.0", -2.4),
)


def _everyday_commits(rng: random.Random) -> list[NewCommit]:
    """Return the commits that matter only by number: few recent ones, and no breaking ones in the last five weeks."""
    commits = []
    paths, weights = list(_FILE_WEIGHTS), list(_FILE_WEIGHTS.values())
    for week, count in enumerate(_COMMITS_PER_WEEK):
        for _ in range(count):
            day = (week - len(_COMMITS_PER_WEEK)) * 7 + rng.uniform(0.3, 6.9)
            path = rng.choices(paths, weights)[0]
            scope = path.rsplit("/", 2)[-2] if "/src/" in path else "docs"
            breaks = day < FIRST_STABLE and rng.random() < 0.15
            commit_subject = rng.choice(_BREAKING_COMMIT_SUBJECTS if breaks else _COMMIT_SUBJECTS).format(scope)
            commits.append(NewCommit(day, commit_subject, {path: bump_revision}, rng.choice(AUTHORS)))
    return commits


def build_upstream(today: dt.date) -> DemoRepository:
    """Return the upstream as of today's midnight (UTC). The result is the same for the same day."""
    repository = DemoRepository(REPO)
    repository.commit("dev", at_day(today, -182.9), "Heddle", "feat: start over", FILES)
    commits = sorted(_important_commits(today) + _everyday_commits(random.Random(1253)), key=lambda commit: commit.day)  # noqa: S311 - a fixed seed
    tags = list(TAGS)
    for commit in commits:
        if commit.day >= V2_CREATED and "v2" not in repository.branches:
            repository.branch("v2", "dev", at_day(today, V2_CREATED))
        main = "v2" if "v2" in repository.branches else "dev"
        while tags and tags[0][1] < commit.day:
            name, day = tags.pop(0)
            repository.tag(name, repository.branches[main].tip, at_day(today, day))
        repository.commit(commit.branch or main, at_day(today, commit.day), commit.author, commit.subject, commit.edits)
    return repository
