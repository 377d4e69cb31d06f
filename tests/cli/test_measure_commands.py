"""refresh and probe, with a fake GitHub that reads from git."""

import datetime as dt
import os
from pathlib import Path

import pytest

from pawtui.sources.github.request import RequestOptions
from tests.cli.conftest import Run, World


def test_refresh_prints_the_result_on_stdout_and_progress_on_stderr(run: Run, world: World) -> None:
    done = run("refresh")
    assert done.status == 0
    sha = world.up.sha("v2")
    link = f"{world.fake.url}/up/stream/commit/{sha}"
    assert f"upstream    up/stream  v2\n            {sha}  {link}\n" in done.out
    assert "= met  default-path" in done.out
    assert done.out.splitlines()[-1] == "HOLD: 2 of 2 signals met, 0 of 2 gates satisfied"
    assert "up/stream: v2 @ " in done.err
    assert done.err.startswith("[1/")
    assert "Recorded" not in done.err


def test_an_unchanged_refresh_prints_the_recorded_one(run: Run, world: World) -> None:
    first = run("refresh", "--json", "--quiet")
    assert (first.status, first.err) == (0, "")
    assert first.json["upstream"]["sha"] == world.up.sha("v2")
    assert first.json["requests"]["sent"] > 0
    again = run("refresh", "--json", "--quiet")
    assert again.status == 0
    assert again.json["id"] == first.json["id"]
    assert again.err.startswith("Not measured again: ")
    assert run("refresh", "--quiet").out.startswith("Not measured again: ")
    assert run("refresh", "--force", "--quiet", "--json").json["id"] != first.json["id"]
    assert len(run("history", "--json").json) == 2


def test_a_missing_fact_exits_3_and_the_other_facts_are_recorded(run: Run, world: World) -> None:
    del world.fake.repos["up/stream"].issues[3]
    done = run("refresh", "--quiet", "--json")
    assert done.status == 3
    assert done.json["errors"]
    assert done.json["signals"][0]["state"] == "met"


def test_a_failed_refresh_exits_4_and_records_nothing(run: Run, world: World) -> None:
    run("gate", "plan", "blocked", "--reason", "No")
    world.up.delete_branch("v2")
    done = run("refresh", "--quiet")
    assert done.status == 4
    assert done.out == ""
    assert done.err.count("\n") == 1
    assert "v2" in done.err
    assert run("history", "--json").json == []


def test_a_home_that_cannot_be_written_is_an_error_before_the_first_request(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Permission bits do not stop root.
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    refused = run("refresh", "--quiet")
    assert refused.status == 4
    assert "Cannot write" in refused.err
    assert "permission denied" in refused.err
    assert world.fake.log == []


def test_without_a_network_a_refresh_exits_4(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    done = run("refresh", "--quiet")
    assert done.status == 4
    assert "127.0.0.1" in done.err
    assert "Traceback" not in done.err


def test_a_token_is_never_printed(run: Run, world: World) -> None:
    results = [run("refresh"), run("status"), run("status", "--json"), run("export"), run("export", "--json")]
    assert not any(world.fake.token in ran.out + ran.err for ran in results)


def test_probe_prints_details_and_records_nothing(run: Run, world: World) -> None:
    world.up.commit({"src/runner/run.ts": "two\n"}, message="fix: it", at=dt.datetime.now(dt.UTC))
    done = run("probe", "calm")
    assert done.status == 0
    assert done.out.startswith("calm.1  ~ partial  churn  1 commit in 28 days\n  rule  met up to 0 commits in 28 days")
    assert f"  {world.up.sha('v2')[:10]}  fix: it  http://" in done.out
    assert "\nfacts\n  head        " in done.out
    assert "  total         1\n" in done.out
    assert "  why   The runner must be there." in run("probe", "default-path.1").out
    assert run("history", "--json").json == []
    assert run("probe", "default-path.1", "--json").json[0]["state"] == "met"


def test_a_probe_without_its_facts_exits_3_with_the_cause(run: Run, world: World) -> None:
    world.up.commit({"src/runner/run.ts": None, "src/other.ts": "x\n"})
    done = run("probe", "calm")
    assert done.status == 3
    assert "? unknown" in done.out
    assert "\n  cause " in done.out


def test_a_probe_that_waits_for_a_verdict_exits_0(run: Run, world: World, tracker_file: Path) -> None:
    with tracker_file.open("a", encoding="utf-8") as file:
        file.write('[[signals]]\nid = "word"\ntitle = "They said so"\n')
        file.write('[[signals.probes]]\nkind = "attested"\nask = "Did they?"\n')
    done = run("probe", "word")
    assert (done.status, done.err) == (0, "")
    assert "  cause  needs a verdict: Did they?\n" in done.out


@pytest.mark.parametrize(
    ("name", "summary"),
    [
        ("clam", "did you mean 'calm'?"),
        ("calm.2", "There is no probe calm.2. Signal 'calm' has 1 probe."),
        ("calm.0", "There is no probe calm.0."),
        ("calm.²", "There is no probe calm.²."),
    ],
)
def test_an_unknown_probe_is_wrong_usage(run: Run, name: str, summary: str) -> None:
    refused = run("probe", name)
    assert refused.status == 2
    assert summary in refused.err


def test_the_help_has_the_time_limits_of_a_refresh(run: Run) -> None:
    shown = " ".join(run("refresh", "--help").out.split())
    assert "A refresh takes at most 120 s. Its first requests, which find the commits, take at most 10 s." in shown
    assert "Ctrl+C cancels" in shown


def test_a_silent_server_is_an_error(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pawtui.sources.github.ref_lookup.HEAD_OPTIONS", RequestOptions(cached=True, time_limit=0.2))
    pause = world.fake.pause("/commits/", times=None)
    done = run("refresh")
    pause.released.set()
    assert done.status == 4
    (sentence,) = done.err.splitlines()
    assert "did not respond within 0.2 s, so ref v2 of up/stream could not be read." in sentence
