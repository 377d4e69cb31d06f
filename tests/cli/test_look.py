"""Commands that read: status, check, history, diff, log."""

from __future__ import annotations

import datetime as dt

import pytest

from pawtui.settings import Settings
from tests.cli.conftest import Run, World


def test_status_before_the_first_refresh_says_what_to_do(run: Run) -> None:
    seen = run("status")
    assert (seen.status, seen.err) == (0, "")
    assert "Fork follows upstream\nHOLD: 0 of 2 signals met, 0 of 2 gates satisfied" in seen.out
    assert "No refresh is on record: run `pawtui refresh`." in seen.out
    assert {"tracker", "decision", "refresh", "signals", "gates", "notes", "drift"} <= set(run("status", "--json").json)


def test_check_is_an_exit_status(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    never = run("check")
    assert (never.status, never.out) == (7, "Too old to decide by: no refresh is on record. Run `pawtui refresh`.\n")
    run("refresh")
    hold = run("check", "--json")
    assert hold.status == hold.json["check"]["status"] == 5
    run("gate", "plan", "blocked", "--reason", "No")
    assert run("check").status == 6
    assert "  - There is a plan is blocked: No" in run("check").out
    for gate in ("plan", "value"):
        run("gate", gate, "satisfied", "--pin", "up/stream#3")
    assert run("check").out.startswith("GO: 2 of 2 signals met, 2 of 2 gates satisfied")
    assert run("check").status == 0
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    monkeypatch.setattr("pawtui.settings.utc_now", lambda: later)
    assert run("check").status == 7
    assert run("check", "--max-age", "2w").status == 0


@pytest.mark.parametrize("age", ["8", "d", "0d", "-1d", "x", "8y", ""])
def test_an_age_that_is_none_is_wrong_usage(run: Run, age: str) -> None:
    refused = run("check", f"--max-age={age}")
    assert refused.status == 2
    assert "give a number with m, h, d or w" in refused.err


def test_history_and_diff(run: Run, world: World) -> None:
    assert run("history").out == "No refresh is on record: run `pawtui refresh`.\n"
    assert run("diff").status == 2
    run("refresh")
    assert "Only one refresh is on record" in run("diff").err
    first = world.up.sha("v2")
    world.up.commit({"src/runner/run.ts": "two\n"}, message="feat!: change it", at=dt.datetime.now(dt.UTC))
    second = world.up.sha("v2")
    run("refresh")
    titles, newest, oldest = run("history").out.splitlines()
    assert titles.split() == ["date", "upstream", "downstream", "moved", "decision", "readings"]
    assert (second[:10] in newest, "+1 commits, 1 files" in newest) == (True, True)
    assert first[:10] in oldest
    assert [one["upstream"]["sha"] for one in run("history", "--json").json] == [first, second]
    text = run("diff").out
    assert f"Upstream moved from {first[:10]} to {second[:10]}, that is 1 commit and 1 changed file" in text
    assert "calm: = met -> ~ partly, because upstream changed what it looks at" in text
    assert f"new: {second[:10]}" in text
    by_sha = run("diff", first[:8], second[:8], "--json").json
    assert [reading["id"] for reading in by_sha["readings"]] == ["calm"]


@pytest.mark.parametrize("name", ["2020-01-01", "abcdef0", "nonsense"])
def test_a_refresh_nobody_made_is_wrong_usage(run: Run, world: World, name: str) -> None:
    run("refresh")
    refused = run("diff", name)
    assert refused.status == 2
    assert refused.err == f"pawtui: No refresh is called {name!r}: `pawtui history` lists their days and SHAs.\n"


def test_a_damaged_record_is_told_on_stderr_and_the_earlier_one_shown(run: Run, tracker_file: object) -> None:
    run("gate", "plan", "blocked", "--reason", "No")
    run("note", "calm", "Seen.")
    import os
    from pathlib import Path

    settings = Settings(env=dict(os.environ), folder=Path.cwd())
    path = settings.store(settings.tracker()).path
    path.write_bytes(path.read_bytes()[:-50])
    seen = run("status", "--json")
    assert seen.status == 0
    assert seen.json["notes"] == []
    assert seen.json["gates"][0]["state"] == "blocked"
    assert str(path.parent) in seen.err
