"""Commands that show the record: status, check, history, diff."""

import datetime as dt
import os
from pathlib import Path

import pytest

from pawtui.settings import Settings
from pawtui.tracker.read_tracker import builtin_tracker
from tests.cli.conftest import Run, World
from tests.store import store_samples


def test_status_before_the_first_refresh_shows_the_next_step(run: Run) -> None:
    shown = run("status")
    assert (shown.status, shown.err) == (0, "")
    assert "Fork follows upstream\nHOLD: 0 of 2 signals met, 0 of 2 gates satisfied" in shown.out
    assert "No refresh is recorded. Run `pawtui refresh`." in shown.out
    assert {"tracker", "decision", "refresh", "signals", "gates", "notes", "drift"} <= set(run("status", "--json").json)


def test_status_shows_a_tracker_file_that_was_found(
    run: Run, tracker_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Tracker file" not in run("status").out, "PAWTUI_TRACKER names it"
    assert run("status", "--json").json["tracker"]["file"] == str(tracker_file)
    monkeypatch.delenv("PAWTUI_TRACKER")
    assert run("status").out.endswith(
        "\nThis is the built-in tracker. For other projects, write one with `pawtui init --small`.\n"
    )
    assert run("status", "--json").json["tracker"]["file"] is None
    store = Settings(env=os.environ, folder=Path()).store(builtin_tracker())
    store.add_refresh(store_samples.as_is(store_samples.refresh()), {})
    assert "built-in" not in run("status").out
    deep = tracker_file.parent / "deep"
    deep.mkdir()
    found = tracker_file.rename(tracker_file.with_name("pawtui.toml"))
    monkeypatch.chdir(deep)
    assert run("status").out.endswith(f"\nTracker file: {found} (--tracker selects another)\n")
    assert run("status", "--json").json["tracker"]["file"] == str(found)
    assert run("check", "--json").json["tracker"]["file"] == str(found)
    assert Settings(env={}, folder=deep).workspace().description == "tracker: ../pawtui.toml"
    assert Settings(tracker=str(found), env={}, folder=deep).workspace().description == ""


def test_check_is_an_exit_status(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    never = run("check")
    assert (never.status, never.out) == (7, "No refresh is recorded. Run `pawtui refresh`.\n")
    run("refresh")
    hold = run("check", "--json")
    assert hold.status == hold.json["check"]["status"] == 5
    run("gate", "plan", "blocked", "--reason", "No")
    assert run("check").status == 6
    assert run("check").out.splitlines()[1].startswith('- Blocked: "There is a plan": No')
    for gate in ("plan", "value"):
        run("gate", gate, "satisfied", "--pin", "up/stream#3")
    assert run("check").out.startswith("GO: 2 of 2 signals met, 2 of 2 gates satisfied")
    assert run("check").status == 0
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    monkeypatch.setattr("pawtui.moments.utc_now", lambda: later)
    old = run("check")
    assert (old.status, old.out) == (7, "The last refresh is too old (9 days ago). Run `pawtui refresh`.\n")
    assert run("check", "--max-age", "2w").status == 0


def test_a_refresh_dated_in_the_future_is_too_old_and_is_repeated(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dt.datetime.now(dt.UTC)
    # The clock of another server can be wrong too.
    world.fake.now = lambda: now.replace(year=now.year + 10, day=1)
    monkeypatch.setattr("pawtui.moments.utc_now", world.fake.now)
    run("refresh", "--quiet")
    for gate in ("plan", "value"):
        run("gate", gate, "satisfied", "--pin", "up/stream#3")
    assert run("check").status == 0
    monkeypatch.setattr("pawtui.moments.utc_now", lambda: now)
    for age in ("1d", "9999w"):
        refused = run("check", "--max-age", age)
        assert refused.status == 7
        assert f"its date is in the future ({now.year + 10}-" in refused.out
        assert "Check the clock, then run `pawtui refresh`." in refused.out
    assert run("check", "--json").json["check"]["status"] == 7
    assert run("refresh", "--quiet").out.startswith("Recorded "), "the repositories are unchanged"
    assert run("check").status == 0
    # A small difference between clocks is accepted.
    monkeypatch.setattr("pawtui.moments.utc_now", lambda: now - dt.timedelta(minutes=4))
    assert run("check").status == 0


@pytest.mark.parametrize("age", ["8", "d", "0d", "-1d", "x", "8y", ""])
def test_an_invalid_age_is_wrong_usage(run: Run, age: str) -> None:
    refused = run("check", f"--max-age={age}")
    assert refused.status == 2
    assert "Give one such as 90m, 12h, 8d or 2w." in refused.err


def test_history_and_diff_show_the_recorded_refreshes(run: Run, world: World) -> None:
    assert run("history").out == "No refresh is recorded. Run `pawtui refresh`.\n"
    none = run("diff")
    assert (none.status, none.out, none.err.count("\n")) == (0, "", 1)
    assert none.err == "A comparison needs two refreshes. Run `pawtui refresh`, or give two past days.\n"
    run("refresh")
    single = run("diff", "--json")
    assert (single.status, single.json) == (0, None)
    assert single.err == none.err
    first = world.up.sha("v2")
    world.up.commit({"src/runner/run.ts": "two\n"}, message="feat!: change it", at=dt.datetime.now(dt.UTC))
    second = world.up.sha("v2")
    run("refresh")
    titles, newest, oldest = run("history").out.splitlines()
    assert titles.split() == [
        "time",
        "(UTC)",
        "upstream",
        "downstream",
        "new",
        "commits",
        "decision",
        "states",
        "review",
    ]
    assert (second[:10] in newest, "+1 commit, 1 file" in newest) == (True, True)
    assert first[:10] in oldest
    assert [refresh["upstream"]["sha"] for refresh in run("history", "--json").json] == [first, second]
    text = run("diff").out
    assert f"upstream    up/stream  {first[:10]}..{second[:10]}  1 commit and 1 changed file  http://" in text
    assert "It is calm  = met  →  ~ partial\n  why       new upstream commits, or the time window moved\n" in text
    assert f"  {second[:10]}  feat!: change it  http://" in text
    by_sha = run("diff", first[:8], second[:8], "--json").json
    assert [reading["id"] for reading in by_sha["readings"]] == ["calm"]


def test_the_history_has_the_decision_of_a_closed_review(run: Run, world: World) -> None:
    run("refresh", "--quiet")
    run("gate", "plan", "blocked", "--reason", "No one has started")
    newest = run("history").out.splitlines()[1]
    run("close", "Wait")
    assert (newest.count("HOLD"), "closed" in newest) == (1, False)
    assert run("history").out.splitlines()[1].split("  ")[-1].strip() == "closed: NO-GO"


@pytest.fixture
def busy_days(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of two refreshes on Thursday and three on Friday, at full hours."""
    for hour in ("19T10", "19T11", "20T09", "20T10", "20T11"):
        at = dt.datetime.fromisoformat(f"2026-11-{hour}:00:00+00:00")
        monkeypatch.setattr("pawtui.moments.utc_now", lambda at=at: at)
        world.up.commit({"src/runner/run.ts": hour}, message=f"fix: {hour}", at=at)
        assert run("refresh", "--quiet").status == 0
    return [refresh["id"] for refresh in run("history", "--json").json]


def test_a_day_means_its_last_refresh(run: Run, busy_days: list[str]) -> None:
    expected: dict[tuple[str, ...], tuple[int, int]] = {
        (): (3, 4),
        ("2026-11-19",): (1, 4),
        ("2026-11-20", "2026-11-19"): (1, 4),
        ("2026-11-20T10:00Z", "2026-11-20 09:00"): (2, 3),
    }
    for names, pair in expected.items():
        shown = run("diff", *names, "--json").json
        assert [shown[side]["id"] for side in ("first", "second")] == [busy_days[number] for number in pair], names


def test_a_day_with_a_refresh_and_a_past_measurement_means_the_refresh(run: Run, busy_days: list[str]) -> None:
    assert run("refresh", "--quiet", "--as-of", "2026-11-19").status == 0
    for name, at in (("2026-11-19", "11:00"), ("2026-11-19T23:59", "23:59")):
        assert f"From 2026-11-19 {at} UTC to " in run("diff", name, "last").out


def test_diff_follows_the_order_of_the_record_after_the_clock_was_set_back(
    run: Run, busy_days: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (17, 18):
        monkeypatch.setattr("pawtui.moments.utc_now", lambda day=day: dt.datetime(2026, 11, day, 9, tzinfo=dt.UTC))
        assert run("refresh", "--quiet").status == 0
    recorded = [refresh["id"] for refresh in run("history", "--json").json]
    shown = run("diff", "--json").json
    assert [shown[side]["id"] for side in ("first", "second")] == recorded[-2:]


def test_comparing_a_refresh_with_itself_is_a_message(run: Run, busy_days: list[str]) -> None:
    same = run("diff", busy_days[4], "last")
    summary = "Both names mean the refresh of 2026-11-20 11:00 UTC. A day means the last refresh of that day. "
    assert (same.status, same.out) == (0, "")
    assert same.err == f"{summary}`pawtui history` lists all refreshes with their minutes.\n"
    assert run("diff", "last", "last", "--json").json["readings"] == []


@pytest.mark.parametrize("name", ["2020-01-01", "abcdef0", "nonsense"])
def test_an_unknown_refresh_is_wrong_usage(run: Run, world: World, name: str) -> None:
    run("refresh")
    refused = run("diff", name)
    assert refused.status == 2
    assert refused.err == f"pawtui: There is no refresh {name!r}. `pawtui history` lists all days and SHAs.\n"


@pytest.mark.parametrize("command", [["backtest"], ["gate", "plan", "satisfied"], ["export"]])
def test_a_damaged_record_is_reported_by_every_command(run: Run, command: list[str]) -> None:
    run("note", "calm", "Seen.")
    run("note", "calm", "Seen again.")
    settings = Settings(env=dict(os.environ), folder=Path.cwd())
    path = settings.store(settings.tracker()).path
    path.write_bytes(b"{")
    assert str(path.parent) in run(*command).err
    assert str(path.parent) not in run(*command).err


def test_a_damaged_record_is_reported_and_its_backup_is_used(run: Run) -> None:
    run("gate", "plan", "blocked", "--reason", "No")
    run("note", "calm", "Seen.")
    settings = Settings(env=dict(os.environ), folder=Path.cwd())
    path = settings.store(settings.tracker()).path
    path.write_bytes(path.read_bytes()[:-50])
    shown = run("status", "--json")
    assert shown.status == 0
    assert shown.json["notes"] == []
    assert shown.json["gates"][0]["state"] == "blocked"
    assert str(path.parent) in shown.err


def test_a_comparison_of_past_days_needs_their_names(run: Run, world: World) -> None:
    assert run("refresh", "--quiet", "--as-of", "2026-02-01").status == 0
    message = "A comparison needs two refreshes. Run `pawtui refresh`, or give two past days.\n"
    assert run("diff").err == message
    assert run("refresh", "--quiet", "--as-of", "2026-02-08").status == 0
    assert run("diff").err == message
    assert "From 2026-02-01 23:59 UTC to 2026-02-08 23:59 UTC\n" in run("diff", "2026-02-01", "2026-02-08").out


@pytest.mark.parametrize("option", ["--past", "--json"])
def test_a_chart_of_only_the_past_or_as_json_is_refused(run: Run, option: str) -> None:
    refused = run("history", "--chart", option)
    assert (refused.status, refused.out) == (2, "")
    assert refused.err == "pawtui: --chart shows all days, as text. Use it without --past and --json.\n"
