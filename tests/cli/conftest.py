"""Commands run in this process, on a small tracker whose two repositories a fake GitHub serves from git."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pawtui.cli import main
from tests.support.fake_github import FakeGitHub
from tests.support.git_repo import GitRepo

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


class Ran(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its stdout, read as JSON."""
        return json.loads(self.out)


Run = Callable[..., Ran]


class World(NamedTuple):
    """The fake GitHub and the two repositories behind it."""

    fake: FakeGitHub
    up: GitRepo
    down: GitRepo


@pytest.fixture
def tracker_file(tmp_path: Path) -> Path:
    """The small tracker as a file."""
    path = tmp_path / "work" / "small.toml"
    path.parent.mkdir()
    path.write_text(TRACKER, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whose name acts carry, and a folder without a tracker to start in."""
    monkeypatch.setenv("PAWTUI_USER", "mira")
    folder = tmp_path / "start"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tracker_file: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the small tracker."""
    monkeypatch.setenv("PAWTUI_TRACKER", str(tracker_file))

    def run_it(*words: str) -> Ran:
        capsys.readouterr()
        status = main(list(words))
        summary = capsys.readouterr()
        return Ran(status, summary.out, summary.err)

    return run_it


@pytest.fixture
def world(fake: FakeGitHub, make_repo: Callable[..., GitRepo], monkeypatch: pytest.MonkeyPatch) -> World:
    """Two repositories with a few commits, and the environment that leads to them."""
    up, down = make_repo("up", default="v2"), make_repo("down", default="dev")
    up.commit({"src/runner/run.ts": "one\n", "README.md": "x\n"}, at="2026-01-05T12:00:00Z")
    down.commit({"package.json": "{}\n"}, at="2026-01-06T12:00:00Z")
    fake.add("up/stream", up).issue(3, "Names under review")
    fake.add("down/fork", down).issue(7, "Tracking")
    monkeypatch.setenv("GITHUB_API_URL", fake.url)
    monkeypatch.setenv("GH_TOKEN", fake.token)
    return World(fake, up, down)
