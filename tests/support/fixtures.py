"""Fixtures for all tests: an isolated environment, git repositories, a fake GitHub and sources that ask it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from pawtui.sources.github.source import GitHubSource
from pawtui.sources.github.token import Secret
from tests.support.fake_github import FakeGitHub
from tests.support.git_repo import GitRepo
from tests.support.web import update_service

_FOREIGN = (
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GITHUB_API_URL",
    "GITHUB_SERVER_URL",
    "GITHUB_ACTIONS",
    "GH_HOST",
    "PAWTUI_TRACKER",
    "NO_COLOR",
    "VISUAL",
    "EDITOR",
)


class OpenSource(Protocol):
    """Makes a source that asks the fake."""

    def __call__(
        self, *, anonymous: bool = ..., token: str = ..., cache: Path | None = ..., **options: Any
    ) -> GitHubSource:
        """`token` is the fake's own and `cache` one folder for all of a test, unless told otherwise."""


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No token, host, tracker or home from outside, and `gh` knows nobody. Returns the home."""
    for name in _FOREIGN:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PAWTUI_HOME", str(home / "pawtui"))
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (("XDG_CACHE_HOME", "cache"), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config")):
        monkeypatch.setenv(name, str(home / folder))
    return home


@pytest.fixture(autouse=True)
def no_gh(monkeypatch: pytest.MonkeyPatch) -> None:
    """`gh` is not found, whatever this machine has."""
    monkeypatch.setattr("pawtui.sources.github.token.GH", "gh-that-is-not-there")


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[..., GitRepo]:
    """Makes a git repository: `make_repo("up")`, `make_repo("up", default="v2")`."""
    return lambda name="repo", default="main": GitRepo(tmp_path / "git" / name, default)


@pytest.fixture
def fake() -> Iterator[FakeGitHub]:
    """A fake GitHub, running."""
    with FakeGitHub() as github:
        yield github


@pytest.fixture
def naps() -> list[float]:
    """The seconds that `open_source`'s sources would have slept."""
    return []


@pytest.fixture
def open_source(fake: FakeGitHub, tmp_path: Path, naps: list[float]) -> OpenSource:
    """Makes sources over the fake, with its token, a cache of the test's and sleeps that only count (`naps`)."""

    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    unset = Path()

    def make(*, anonymous: bool = False, token: str = "", cache: Path | None = unset, **options: Any) -> GitHubSource:
        secret = None if anonymous else Secret(token or fake.token)
        folder = tmp_path / "cache" if cache is unset else cache
        settings: dict[str, Any] = {
            "sleep": sleep,
            "deadline": 60.0,
            "clock": lambda: dt.datetime.now(dt.UTC),
            "web_transport": update_service(),
        }
        return GitHubSource(api_url=fake.url, token=secret, cache=folder, **(settings | options))

    return make
