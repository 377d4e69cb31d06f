"""`mirror`, and `refresh` and `probe` over clones and at past days."""

import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from pawtui.commands.progress_lines import ProgressPrinter
from tests.cli.conftest import Run, World
from tests.support.fake_git_host import FakeGitHost

CLONES = ("up/stream", "down/fork")


@pytest.fixture
def fake() -> Iterator[FakeGitHost]:
    """A fake GitHub that can be cloned from."""
    with FakeGitHost() as host:
        yield host


@pytest.fixture
def clones(world: World) -> list[str]:
    """The options that use both repositories as clones."""
    world.up.flush()
    world.down.flush()
    return ["--git", f"up/stream={world.up.path}", "--git", f"down/fork={world.down.path}"]


def grow(world: World) -> None:
    """Add upstream commits on the tenth of March, April and May, and a downstream commit in April."""
    for month in (3, 4, 5):
        world.up.commit({"src/runner/run.ts": f"{month}\n"}, branch="v2", at=f"2026-0{month}-10T12:00:00Z")
    world.down.commit({"README": "x\n"}, branch="dev", at="2026-04-01T12:00:00Z")
    world.up.flush()
    world.down.flush()


def test_mirrors_are_created_and_updated(run: Run, world: World, fake: FakeGitHost) -> None:
    made = run("mirror")
    assert made.status == 0
    assert re.match(r"up/stream  0\.\d MB, updated 20", made.out)
    assert made.out.count("\n") == 2
    assert made.err.startswith("up/stream: fetching v2\n")
    grow(world)
    again = run("mirror", "--json", "--quiet")
    assert (again.status, again.err) == (0, "")
    assert [mirror["repo"] for mirror in again.json] == ["up/stream", "down/fork"]


def test_the_other_mirror_is_updated_if_one_fails(run: Run, world: World, fake: FakeGitHost) -> None:
    del fake.repos["up/stream"]
    done = run("mirror", "--quiet")
    assert done.status == 4
    assert done.out.startswith("down/fork  0.")
    assert done.err.count("\n") == 1
    assert "refused access to up/stream" in done.err


def test_a_refresh_reads_histories_from_mirrors_and_heads_from_the_host(
    run: Run, world: World, fake: FakeGitHost
) -> None:
    grow(world)
    assert run("mirror", "--quiet").status == 0
    fake.clear()
    done = run("refresh", "--json", "--quiet")
    assert done.status == 0
    assert done.json["source"] == "live and git"
    assert done.json["upstream"]["sha"] == world.up.sha("v2")
    assert done.json["upstream"]["source"].startswith("history and files from the mirror, fetched 20")
    assert not fake.requests("/git/trees")
    assert not [request for request in fake.requests("/commits") if "path" in request.query]
    assert fake.requests("/commits/heads/v2")
    assert fake.requests("/issues")
    # A new commit is fetched into the mirror.
    world.up.commit({"src/runner/run.ts": "new\n"}, branch="v2", at="2026-05-11T12:00:00Z")
    fake.clear()
    moved = run("refresh", "--json", "--quiet")
    assert moved.json["range"]["upstream"]["commits"] == 1
    assert fake.requests("git-upload-pack")
    assert not fake.requests("/compare")
    assert "history and files from the mirror" in run("refresh", "--force", "--quiet").out


def test_a_refresh_updates_the_mirror_of_a_private_repository(run: Run, world: World, fake: FakeGitHost) -> None:
    fake.repos["up/stream"].private = True
    assert run("mirror", "--quiet").status == 0
    world.up.commit({"src/runner/run.ts": "new\n"}, branch="v2", at="2026-05-11T12:00:00Z")
    world.up.flush()
    done = run("refresh", "--json", "--quiet")
    source = r"history and files from the mirror, fetched [0-9: -]+ UTC"
    assert re.fullmatch(source, done.json["upstream"]["source"])


def test_a_damaged_mirror_is_replaced_by_the_host(run: Run, world: World, fake: FakeGitHost) -> None:
    assert run("mirror", "--quiet").status == 0
    home = Path(os.environ["PAWTUI_HOME"])
    for pack in home.rglob("*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(b"")
    done = run("refresh", "--json", "--quiet")
    assert done.status == 0
    assert done.json["upstream"]["source"].startswith("all from GitHub: The mirror of up/stream is damaged")
    assert fake.requests("/git/trees")
    # The damaged mirror is not read again.
    assert run("refresh", "--json", "--quiet", "--force").json["upstream"]["source"] == ""


def test_a_typed_pin_is_checked_in_the_mirror(run: Run, world: World, fake: FakeGitHost) -> None:
    assert run("mirror", "--quiet").status == 0
    assert run("refresh", "--quiet").status == 0
    fake.clear()
    assert run("note", "signal:calm", "Seen", "--pin", "up:src/runner/run.ts").err == ""
    missing = run("note", "signal:calm", "Seen", "--pin", "up:src/run.ts")
    assert "There is no file 'src/run.ts' at" in missing.err
    assert "did you mean src/runner/run.ts?" in missing.err
    assert fake.log == []


def test_source_github_reads_no_clone(run: Run, world: World, clones: list[str], fake: FakeGitHost) -> None:
    done = run("refresh", "--json", "--quiet", "--source", "github")
    assert (done.json["source"], done.json["upstream"]["source"]) == ("live", "")
    refused = run("refresh", "--source", "github", *clones)
    assert refused.status == 2
    assert "`--source github` does not read clones" in refused.err


def test_clones_work_without_a_network(
    run: Run, world: World, clones: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    # The clone may be outdated if its newest commit is old.
    world.up.commit({"README.md": "new\n"}, branch="v2", at=dt.datetime.now(dt.UTC))
    world.up.flush()
    done = run("refresh", "--json", "--quiet", "--source", "git", *clones)
    assert done.status == 3
    assert done.json["source"] == "git"
    assert [signal["state"] for signal in done.json["signals"]] == ["met", "met"]
    assert (
        done.json["upstream"]["source"]
        == "refs, history and files from a clone, which has no remote: its age is not known"
    )
    assert all("No connection to 127.0.0.1:9" in error for error in done.json["errors"])
    assert done.json["errors"]


def test_a_clone_path_is_relative_to_the_tracker(run: Run, world: World, tracker_file: Path) -> None:
    world.up.flush()
    relative = os.path.relpath(world.up.path, tracker_file.parent)
    text = tracker_file.read_text(encoding="utf-8")
    tracker_file.write_text(text.replace('refs = ["v2"]', f'refs = ["v2"]\nclone = "{relative}"'), encoding="utf-8")
    done = run("refresh", "--json", "--quiet")
    assert done.status == 0
    assert done.json["upstream"]["source"] == "history and files from a clone"
    assert done.json["downstream"]["source"] == ""
    assert run("validate", str(tracker_file)).err == ""
    needs = run("refresh", "--quiet", "--source", "git")
    assert (needs.status, needs.err) == (
        4,
        "pawtui: There is no clone of down/fork. Run `pawtui mirror`, or give one with --git down/fork=PATH.\n",
    )


@pytest.mark.parametrize("path", ["nowhere", "~no-such-user/clone"])
def test_without_the_clone_of_the_tracker_a_refresh_reads_github(
    run: Run, world: World, tracker_file: Path, path: str
) -> None:
    text = tracker_file.read_text(encoding="utf-8")
    tracker_file.write_text(text.replace('refs = ["v2"]', f'refs = ["v2"]\nclone = "{path}"'), encoding="utf-8")
    name = Path(path).name
    source = run("refresh", "--json", "--quiet").json["upstream"]["source"]
    assert source.startswith(f"all from GitHub: The clone of up/stream does not exist: {name!r}.")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--git", "up/stream"], "'up/stream' is not a clone. Give OWNER/REPO=PATH."),
        (["--git", "up/stream=nowhere"], "nowhere. Give the path of your clone of up/stream."),
        (["--git", "up/stream=~no-such-user/x"], "~no-such-user/x. Give the path of your clone of up/stream."),
        (["--git", "other/repo=."], "The tracker does not follow other/repo. Give a clone of up/stream or down/fork."),
        (["--as-of", "yesterday"], "'yesterday' is not a date. Give one such as 2026-07-10."),
        (["--as-of", "2999-01-01"], "2999-01-01 23:59 UTC is in the future. Give a past day."),
        (["--source", "svn"], "invalid choice"),
    ],
)
def test_wrong_options_are_errors(run: Run, world: World, options: list[str], message: str) -> None:
    for command in (["refresh"], ["probe", "calm"]):
        refused = run(*command, *options)
        assert refused.status == 2
        assert message in refused.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--every", "3"], "'3' is not a step. Give days or weeks, such as 3d or 1w."),
        (["--every", "0d"], "'0d' is not a step"),
        (["--every", "12345d"], "'12345d' is not a step"),
        (["--every", "3m"], "'3m' is not a step"),
        (["--since", "2999-01-01"], "The first day 2999-01-01 is after the last day"),
        (["--since", "2000-01-01", "--every", "1d"], "days exceed the limit of 1,000. Use a later --since"),
    ],
)
def test_wrong_options_of_a_backfill_are_errors(run: Run, options: list[str], message: str) -> None:
    refused = run("backfill", "--since", "2026-02-01", *options)
    assert refused.status == 2
    assert message in refused.err


@pytest.mark.parametrize("source", ["github", "git"])
def test_a_past_day_is_measured_and_recorded_separately(run: Run, world: World, clones: list[str], source: str) -> None:
    grow(world)
    options = ["--source", source, *(clones if source == "git" else [])]
    live = run("refresh", "--json", "--quiet").json
    done = run("refresh", "--json", "--quiet", "--as-of", "2026-04-20", *options)
    assert done.status == 0
    assert (done.json["as_of"], done.json["upstream"]["sha"]) == ("2026-04-20T23:59:59Z", world.up.sha("v2~1"))
    assert done.json["range"]["upstream"] is None
    churn = done.json["signals"][1]["probes"][0]["facts"]
    assert (churn["total"], churn["since"]) == (1, "2026-03-23")
    # At noon of April 9, the April commit does not exist yet.
    early = run("refresh", "--json", "--quiet", "--as-of", "2026-04-09T12:00", *options).json
    assert early["upstream"]["sha"] == world.up.sha("v2~2")
    later = run("refresh", "--json", "--quiet", "--as-of", "2026-05-20T10:00+02:00", *options).json
    assert later["as_of"] == "2026-05-20T08:00:00Z"
    assert later["range"]["upstream"]["from"] == done.json["upstream"]["sha"]
    # Past refreshes change neither the status nor the history.
    assert run("status", "--json").json["refresh"]["id"] == live["id"]
    assert [refresh["id"] for refresh in run("history", "--json").json] == [live["id"]]
    assert run("diff").err.startswith("A comparison needs two refreshes.")
    assert run("refresh", "--quiet").out.startswith("Not measured again: ")
    past = run("history", "--past", "--json").json
    assert [refresh["as_of"] for refresh in past] == [early["as_of"], done.json["as_of"], later["as_of"]]
    assert "2026-04-20 23:59" in run("history", "--past").out


def test_a_past_day_measured_again_is_replaced_only_with_force(run: Run, world: World, clones: list[str]) -> None:
    grow(world)
    options = ["--as-of", "2026-04-20", "--source", "git", *clones, "--quiet"]
    first = run("refresh", *options)
    assert "Recorded v2 @" in first.out
    assert " as of 2026-04-20 23:59 UTC" in first.out
    assert "  refs, history and files from a clone" in first.out
    assert "HOLD" not in first.out
    again = run("refresh", *options)
    assert again.out == "2026-04-20 23:59 UTC is recorded already. Both commits, the rules and the plan are the same.\n"
    assert run("refresh", *options, "--force").out.startswith("Recorded v2 @")
    assert len(run("history", "--past", "--json").json) == 1
    assert run("history").out.endswith("\n1 past day not listed: `pawtui history --past`\n")


def test_a_cause_that_several_past_days_have_is_printed_once(run: Run, world: World, clones: list[str]) -> None:
    grow(world)
    world.fake.fail("/issues/3", 403, times=None)
    done = run("backfill", "--since", "2026-04-20", "--until", "2026-04-22", "--every", "1d", "--quiet", *clones)
    assert done.status == 3
    assert done.err.count("\n") == 1
    assert done.err.startswith("3 days from 2026-04-20 to 2026-04-22: ")


def test_a_backfill_without_a_day_to_measure_does_not_need_a_writable_home(
    run: Run, world: World, clones: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(world)
    options = ["backfill", "--since", "2026-04-20", "--until", "2026-04-20", "--quiet", *clones]
    assert run(*options).status == 0
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    assert run(*options).status == 0
    refused = run(*options, "--force")
    assert refused.status == 4
    assert "permission denied" in refused.err


def test_a_probe_of_a_past_day_shows_details(run: Run, world: World, clones: list[str]) -> None:
    grow(world)
    done = run("probe", "calm", "--as-of", "2026-04-20", "--source", "git", *clones)
    assert done.status == 0
    assert "1 commit in 28 days" in done.out
    assert f"  head          {world.up.sha('v2~1')}" in done.out
    assert run("history", "--past", "--json").json == []


def test_a_day_before_the_first_commit_is_an_error(run: Run, world: World, clones: list[str]) -> None:
    done = run("refresh", "--quiet", "--as-of", "2025-01-01", "--source", "git", *clones)
    assert done.status == 4
    assert "The ref v2 does not exist in up/stream with a commit before 2025-01-01" in done.err


def test_ctrl_c_reports_the_stored_data(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_printer: ProgressPrinter, _line: str) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(ProgressPrinter, "print_line", interrupt)
    assert run("mirror") == (
        130,
        "",
        "Cancelled. The fetched data is stored. Run `pawtui mirror` again to continue.\n",
    )
