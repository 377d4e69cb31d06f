"""Fixtures: commands in this process, on a small tracker; a fake GitHub serves its two repositories from git."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pawtui.cli import main
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.git_repo import GitRepo
from tests.support.offline_transports import InProcessTransport

TRACKER = """
id = "small"
title = "Fork follows upstream"
issue = "down/fork#7"
[upstream]
repo = "up/stream"
refs = ["v2"]
[downstream]
repo = "down/fork"
refs = ["dev"]
[scope]
out = ["No code migration"]
[surfaces]
runner = ["src/runner"]
[[signals]]
id = "default-path"
title = "It is the default"
[[signals.probes]]
kind = "paths"
exist = ["src/runner/run.ts"]
why = "The runner must be there."
[[signals]]
id = "calm"
title = "It is calm"
[[signals.probes]]
kind = "churn"
surfaces = ["runner"]
days = 28
met = 0
partial = 1
[[gates]]
id = "plan"
title = "There is a plan"
parts = [{ id = "app", title = "App" }, { id = "sdk", title = "SDK" }]
[[gates]]
id = "value"
title = "There is value"
[[related]]
ref = "up/stream#3"
"""


class CommandResult(NamedTuple):
    """The result of a command."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The parsed JSON on stdout."""
        return json.loads(self.out)


Run = Callable[..., CommandResult]
RECORD = Path("small", "pawtui.json")


class World(NamedTuple):
    """The fake GitHub and the two repositories behind it."""

    fake: FakeGitHub
    up: GitRepo
    down: GitRepo


@pytest.fixture
def tracker_file(tmp_path: Path) -> Path:
    """The file of the small tracker."""
    path = tmp_path / "work" / "small.toml"
    path.parent.mkdir()
    path.write_text(TRACKER, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user's name, and a working directory without a tracker."""
    monkeypatch.setenv("PAWTUI_USER", "mira")
    folder = tmp_path / "start"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tracker_file: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the small tracker."""
    monkeypatch.setenv("PAWTUI_TRACKER", str(tracker_file))

    def run_it(*words: str) -> CommandResult:
        capsys.readouterr()
        status = main(list(words))
        printed = capsys.readouterr()
        return CommandResult(status, printed.out, printed.err)

    return run_it


@pytest.fixture
def world(fake: FakeGitHub, make_repo: Callable[..., GitRepo], monkeypatch: pytest.MonkeyPatch) -> World:
    """Two repositories with a few commits, and the environment variables that point to them.

    Only other processes connect to the fake's server.
    """
    return _world(fake, make_repo, monkeypatch)


def _world(fake: FakeGitHub, make_repo: Callable[..., GitRepo], monkeypatch: pytest.MonkeyPatch) -> World:
    up, down = make_repo("up", default="v2"), make_repo("down", default="dev")
    up.commit({"src/runner/run.ts": "one\n", "README.md": "x\n"}, at="2026-01-05T12:00:00Z")
    down.commit({"package.json": "{}\n"}, at="2026-01-06T12:00:00Z")
    fake.add("up/stream", up).issue(3, "Names under review")
    fake.add("down/fork", down).issue(7, "Tracking")
    in_process = InProcessTransport(fake)
    monkeypatch.setattr("httpx.AsyncHTTPTransport.handle_async_request", in_process.handle_async_request)
    monkeypatch.setenv("GITHUB_API_URL", fake.url)
    monkeypatch.setenv("GH_TOKEN", fake.token)
    return World(fake, up, down)


@pytest.fixture(scope="session")
def first_record(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The record after one refresh of `world`, with `{url}` for the address of the fake."""
    folder = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as monkeypatch, FakeGitHub() as fake:
        _world(fake, lambda name, default: GitRepo(folder / name, default), monkeypatch)
        tracker = folder / "small.toml"
        tracker.write_text(TRACKER, encoding="utf-8")
        assert main(["--home", str(folder / "home"), "--tracker", str(tracker), "refresh", "--quiet"]) == 0
        record = (folder / "home" / RECORD).read_text(encoding="utf-8")
    return record.replace(fake.url, "{url}")


@pytest.fixture
def measured(isolated: Path, world: World, first_record: str) -> World:
    """The repositories after a refresh: two signals met, two gates untested."""
    record = isolated / "pawtui" / RECORD
    record.parent.mkdir(parents=True)
    record.write_text(first_record.replace("{url}", world.fake.url), encoding="utf-8")
    return world


@pytest.fixture
def down(measured: World) -> FakeRepo:
    """The downstream repository with its tracking issue, after a refresh. The fake's log is empty."""
    return measured.fake.repos["down/fork"]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The file of a plan."""
    path = tmp_path / "plan.md"
    path.write_text("## Plan\n\n1. Replay ten sessions.\n", encoding="utf-8")
    return path
