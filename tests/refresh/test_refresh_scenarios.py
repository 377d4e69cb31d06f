"""Weekly refreshes of an upstream: each signal changes as a maintainer expects."""

import datetime as dt
from collections.abc import Callable, Mapping

import pytest
from msgspec.structs import replace

from pawtui.probes.probe_facts import ChurnFacts, NamesFacts, NewFilesFacts, SoakFacts
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.record_types import Record
from pawtui.tracker.read_tracker import builtin_tracker
from pawtui.tracker.tracker_types import Tracker
from tests.probes.measuring import facts_of, recorded_refresh, refreshed
from tests.probes.opencode import CLI, EVENTS, MESSAGE_SCHEMA, MIGRATIONS, RESTART, RUNNER, cli, events, migration
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

BUILTIN: Tracker = builtin_tracker()
# The made-up upstream has only this branch.
TRACKER = replace(BUILTIN, upstream=replace(BUILTIN.upstream, refs=("dev",)))
COMPACTION = "packages/core/src/session/compaction.ts"
EXTRACTED = "packages/core/src/session/compact/index.ts"
TOOL = "packages/core/src/tool/shell.ts"
MESSAGES = "packages/schema/src/session-message.ts"
NAMES = ("step.started", "step.ended", "input.admitted", "tool.called")


class WeeklyUpstream:
    """An upstream with a long history, and its weekly refreshes."""

    def __init__(self, fake: FakeGitHub, make_repo: Callable[..., GitRepo], open_source: OpenSource) -> None:
        self.git = make_repo("up", "dev")
        up = fake.add("anomalyco/opencode", self.git)
        down = fake.add("Astro-Han/pawwork", make_repo("down", "maint/v1"))
        down.git.commit({"packages/opencode/src/session/a.ts": "1"}, at="2026-01-01")
        files = dict.fromkeys((f"{RUNNER}/llm.ts", COMPACTION, TOOL, RESTART), "// 0\n")
        files[MESSAGES] = MESSAGE_SCHEMA
        self.git.commit(
            {
                **files,
                EVENTS: events(*NAMES),
                CLI: cli("opencode2"),
                f"{MIGRATIONS}/20260101100000_init.ts": migration("CREATE TABLE a"),
            },
            at="2026-01-01",
        )
        for number in (33356, 33447, 34922, 41217, 42671, 42839, 49314, 49641, 50130):
            up.issue(number, at="2026-01-02", state="closed")
        down.issue(1253, "the tracker", at="2026-01-02")
        down.issue(1573, is_pull=True, merged=True)
        self._open = open_source
        self._record = Record()

    def land(self, day: str, message: str = "fix: it", files: Mapping[str, str | None] | None = None) -> str:
        """Commit on that day, without `files` a change of the runner, and return the SHA."""
        return self.git.commit(files or {f"{RUNNER}/llm.ts": f"// {day}\n"}, at=day, message=message).sha

    async def week(self, day: str) -> dict[str, str]:
        """Refresh on that evening and return the signals' states."""
        at = dt.datetime.fromisoformat(f"{day}T20:00:00+00:00")
        async with self._open() as source:
            found = recorded_refresh(await refreshed(TRACKER, source, self._record, at=at))
        self._record = Record(refreshes=(*self._record.refreshes, found))
        return {reading.id: reading.state for reading in found.signals}

    @property
    def last(self) -> Refresh:
        assert self._record.last is not None
        return self._record.last

    def probes(self, signal: str) -> list[tuple[str, str]]:
        reading = self.last.signal(signal)
        assert reading is not None
        return [(probe.kind, probe.state) for probe in reading.probes]


@pytest.fixture
def weekly(fake: FakeGitHub, make_repo: Callable[..., GitRepo], open_source: OpenSource) -> WeeklyUpstream:
    return WeeklyUpstream(fake, make_repo, open_source)


async def test_a_quiet_upstream_breaks_an_event_name(weekly: WeeklyUpstream) -> None:
    assert (await weekly.week("2026-06-01"))["low-churn"] == "met"
    weekly.land("2026-06-03", files={EVENTS: events(*NAMES[1:])})
    # One removed name is partial; another renamed name makes it a break.
    assert (await weekly.week("2026-06-08"))["low-churn"] == "partial"
    assert weekly.probes("low-churn")[:3] == [("churn", "met"), ("subjects", "met"), ("names", "partial")]
    weekly.land("2026-06-10", "refactor: the inbox", {EVENTS: events("step.ended", "inbox.admitted", "tool.called")})
    assert (await weekly.week("2026-06-15"))["low-churn"] == "unmet"
    reading = weekly.last.signal("low-churn")
    assert reading is not None
    removed = ("session.input.admitted@1", "session.step.started@1")
    assert facts_of(reading.probes[2], NamesFacts).removed == removed
    weekly.land("2026-07-01", files={EVENTS: events("step.ended", "inbox.admitted", "tool.called", "goal.set")})
    assert (await weekly.week("2026-07-20"))["low-churn"] == "met"


async def test_a_moved_surface_is_unknown(weekly: WeeklyUpstream) -> None:
    await weekly.week("2026-06-01")
    weekly.land("2026-06-03", "refactor: move the compaction", {COMPACTION: None, "packages/core/src/x.ts": "// 0\n"})
    assert (await weekly.week("2026-06-08"))["low-churn"] == "unknown"
    reading = weekly.last.signal("low-churn")
    assert reading is not None
    assert reading.probes[0].cause.startswith(
        "path missing: packages/core/src/session/compaction.ts does not exist at dev @ "
    )
    # Its last commit is still counted.
    assert facts_of(reading.probes[0], ChurnFacts).total == 1


async def test_a_migration_that_deletes_rows_is_a_reset(weekly: WeeklyUpstream) -> None:
    assert (await weekly.week("2026-06-01"))["no-resets"] == "met"
    rebuilt = (
        "CREATE TABLE `__new_session` (`id` text)",
        "INSERT INTO `__new_session` (`id`) SELECT `id` FROM `session`",
        "DROP TABLE `session`",
        "ALTER TABLE `__new_session` RENAME TO `session`",
    )
    weekly.git.commit({f"{MIGRATIONS}/20260602100000_title.ts": migration(*rebuilt)}, at="2026-06-02")
    assert (await weekly.week("2026-06-08"))["no-resets"] == "met"
    wiped = f"{MIGRATIONS}/20260609100000_loose_psylocke.ts"
    text = migration("CREATE TABLE `b` (`id` text)", "DROP TABLE `session_message`")
    sha = weekly.git.commit({wiped: text}, at="2026-06-09").sha
    assert (await weekly.week("2026-06-15"))["no-resets"] == "unmet"
    reading = weekly.last.signal("no-resets")
    assert reading is not None
    assert reading.probes[0].evidence[0].text == f"{wiped}:4  deletes the rows of session_message (drop)"
    assert reading.probes[0].evidence[1].pin == f"anomalyco/opencode@{sha}"
    assert facts_of(reading.probes[0], NewFilesFacts).met_on == dt.date(2026, 8, 5)
    # The reset counts until its window closes.
    assert (await weekly.week("2026-07-07"))["no-resets"] == "unmet"
    assert (await weekly.week("2026-07-08"))["no-resets"] == "partial"
    assert (await weekly.week("2026-08-04"))["no-resets"] == "partial"
    assert (await weekly.week("2026-08-05"))["no-resets"] == "met"


async def test_code_that_leaves_a_surface_for_a_new_file_still_counts(weekly: WeeklyUpstream) -> None:
    await weekly.week("2026-06-01")
    weekly.land("2026-06-02", files={COMPACTION: 'export * from "./compact/index"\n', EXTRACTED: "// 0\n"})
    for number in range(91):
        weekly.land(f"2026-06-{3 + number // 20:02}T{number % 20:02}:00", files={EXTRACTED: f"// {number}\n"})
    assert (await weekly.week("2026-06-08"))["low-churn"] == "unmet"


async def test_a_reset_in_a_second_folder_of_migrations_counts(weekly: WeeklyUpstream) -> None:
    await weekly.week("2026-06-01")
    folder = "packages/core/src/storage/migrations"
    weekly.land("2026-06-02", files={f"{folder}/20260602100000_log.ts": migration("DELETE FROM `event`")})
    assert (await weekly.week("2026-06-08"))["no-resets"] == "unmet"


async def test_squashed_migrations_are_not_met_until_their_window_closes(weekly: WeeklyUpstream) -> None:
    squashed = {f"{MIGRATIONS}/20260101100000_init.ts": None, f"{MIGRATIONS}/20260602100000_all.ts": migration()}
    weekly.land("2026-06-02", files=squashed)
    assert (await weekly.week("2026-06-08"))["no-resets"] == "partial"
    assert (await weekly.week("2026-07-28"))["no-resets"] == "partial"
    assert (await weekly.week("2026-07-29"))["no-resets"] == "met"


async def test_a_tag_line_appears_settles_and_breaks(weekly: WeeklyUpstream) -> None:
    assert (await weekly.week("2026-06-01"))["stability-window"] == "unmet"
    weekly.git.tag("v2.0.0-beta.1")
    assert (await weekly.week("2026-06-08"))["default-path"] == "unmet"
    weekly.land("2026-06-10", "feat: take the plain name", {CLI: cli("opencode")})
    weekly.git.tag("v2.0.0")
    first = await weekly.week("2026-06-12")
    assert (first["default-path"], first["stability-window"]) == ("met", "unmet")
    # Two quiet weeks, then a break.
    assert (await weekly.week("2026-06-23"))["stability-window"] == "unmet"
    assert (await weekly.week("2026-06-24"))["stability-window"] == "partial"
    broke = weekly.land("2026-06-25", "feat(runner)!: another step")
    assert (await weekly.week("2026-06-29"))["stability-window"] == "unmet"
    reading = weekly.last.signal("stability-window")
    assert reading is not None
    facts = facts_of(reading.probes[0], SoakFacts)
    assert facts.last_break is not None
    assert (facts.last_break.sha, facts.met_on) == (broke, dt.date(2026, 7, 23))
    assert (await weekly.week("2026-07-22"))["stability-window"] == "partial"
    assert (await weekly.week("2026-07-23"))["stability-window"] == "met"
    # After a late break only the age is met: the signal is partial.
    weekly.land("2026-08-20", "feat(runner)!: once more")
    assert (await weekly.week("2026-08-24"))["stability-window"] == "partial"


async def test_many_releases_in_a_few_days_do_not_close_the_window(weekly: WeeklyUpstream) -> None:
    weekly.land("2026-06-10", "feat: take the plain name", {CLI: cli("opencode")})
    for tag in ("v2.0.0", "v2.0.1", "v2.0.2", "v2.0.3", "v2.1.0", "v2.1.1"):
        weekly.git.tag(tag)
    assert (await weekly.week("2026-06-12"))["stability-window"] == "unmet"
    weekly.land("2026-06-14")
    weekly.git.tag("v2.2.0")
    assert (await weekly.week("2026-06-15"))["stability-window"] == "met"


async def test_a_fortnight_without_commits_is_not_low_churn(weekly: WeeklyUpstream) -> None:
    for number in range(36):
        weekly.land(f"2026-06-{1 + number // 3:02}T{8 + number % 3:02}:00", files={COMPACTION: f"// {number}\n"})
    assert (await weekly.week("2026-06-27"))["low-churn"] == "partial"
    weekly.land("2026-07-06")
    assert (await weekly.week("2026-07-10"))["low-churn"] == "met"


async def test_a_reopened_and_closed_issue_changes_the_signal(weekly: WeeklyUpstream, fake: FakeGitHub) -> None:
    up = fake.repos["anomalyco/opencode"]
    up.set_issue_state(34922, state="open", at="2026-06-01")
    assert (await weekly.week("2026-06-02"))["no-resets"] == "partial"
    up.set_issue_state(34922, state="closed")
    assert (await weekly.week("2026-06-09"))["no-resets"] == "met"
