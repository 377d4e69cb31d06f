"""Fixtures for the tests of clones and mirrors."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pawtui.sources.git.mirror import Mirror
from pawtui.sources.github.token import Secret
from tests.sources.git.clones import NOW, UP, git, set_creation_time
from tests.support.fake_git_host import FakeGitHost
from tests.support.fake_github import FakeGitHub
from tests.support.git_repo import GitRepo

MakeMirror = Callable[..., Mirror]


@pytest.fixture
def host() -> Iterator[FakeGitHost]:
    """A running fake GitHub from which repositories can be cloned."""
    with FakeGitHost() as fake:
        yield fake


@pytest.fixture
def hosted(host: FakeGitHost, make_repo: Callable[..., GitRepo]) -> GitRepo:
    """A repository on `host` with three branches and a tag; each commit changes one file and adds another."""
    repo = make_repo("up", default="dev")
    for number in range(20):
        repo.commit({"src/a": f"{number}\n", f"b/{number}": "b\n" * 200}, at=NOW - dt.timedelta(days=30 - number))
    repo.tag("v1.0", annotated=True)
    repo.branch("v2", "dev")
    repo.commit({"src/a": "v2\n"}, branch="v2", at=NOW - dt.timedelta(days=1))
    repo.branch("gone", "dev")
    host.add(UP, repo)
    return repo


@pytest.fixture
def make_mirror(host: FakeGitHost, tmp_path: Path) -> MakeMirror:
    """A factory of mirrors of the repository on `host`, all in one cache folder."""

    def make(
        *, token: bool = False, web: str = "", env: dict[str, str] | None = None, first_branches: tuple[str, ...] = ()
    ) -> Mirror:
        return Mirror(
            UP,
            tmp_path / "cache",
            web=web or host.url,
            env={**os.environ, **(env or {})},
            token=Secret(host.token) if token else None,
            clock=lambda: NOW,
            first_branches=first_branches,
        )

    return make


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> GitRepo:
    """A repository with four commits and a tag, in the fake GitHub with an issue."""
    repo = make_repo("up")
    for number in range(4):
        repo.commit({"src/a": f"{number}\n"}, at=f"2026-06-0{number + 1}")
    repo.tag("v1.0")
    fake.add(UP, repo).issue(3, "An issue")
    repo.flush()
    return repo


@pytest.fixture
def behind(up: GitRepo, tmp_path: Path) -> Path:
    """A clone that was made before the last commit."""
    git(tmp_path, "clone", "-q", "--bare", "--no-local", f"file://{up.path}", "behind")
    git(tmp_path / "behind", "remote", "set-url", "origin", "https://github.com/fork/stream")
    set_creation_time(tmp_path / "behind")
    up.commit({"src/a": "new\n"}, at="2026-06-10")
    return tmp_path / "behind"
