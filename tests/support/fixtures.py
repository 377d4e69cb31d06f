"""Fixtures for all tests: an isolated environment, git repositories, a fake GitHub and sources for it."""

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest

from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.github.token import Secret
from tests.support.fake_github import FakeGitHub
from tests.support.git_repo import GitRepo
from tests.support.offline_transports import InProcessTransport, update_service

_REMOVED_VARIABLES = (
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GITHUB_API_URL",
    "GITHUB_SERVER_URL",
    "GITHUB_ACTIONS",
    "GH_HOST",
    "PAWTUI_TRACKER",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "NO_COLOR",
    "VISUAL",
    "EDITOR",
)


_GETADDRINFO = socket.getaddrinfo
_numbers = count()


class OpenSource(Protocol):
    """A factory of sources for the fake."""

    def __call__(
        self, *, anonymous: bool = ..., token: str = ..., cache: Path | None = ..., **options: Any
    ) -> GitHubSource:
        """Open a source. By default, `token` is that of the fake, and `cache` is one folder for each test."""


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new folder for the files of a test, faster than that of pytest."""
    # `mktemp` would search all earlier folders for the next number.
    folder = tmp_path_factory.getbasetemp() / f"test-{next(_numbers)}"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session", autouse=True)
def _environment() -> Iterator[None]:
    """Remove tokens, host and tracker from the environment, hide `gh`, and let a test fail that connects to a host."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in _REMOVED_VARIABLES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr("pawtui.sources.github.token.GH", "gh-that-is-not-there")
        monkeypatch.setattr("socket.getaddrinfo", _only_local_address)
        yield


def _only_local_address(host: str | bytes | None, *arguments: Any, **options: Any) -> Any:
    assert host in (None, "127.0.0.1", "localhost", b"localhost"), f"a test must not connect to {host!r}"
    return _GETADDRINFO(host, *arguments, **options)


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set a home folder that does not exist yet, and return it."""
    home = tmp_path_factory.getbasetemp() / f"home-{next(_numbers)}"
    monkeypatch.setenv("PAWTUI_HOME", str(home / "pawtui"))
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[..., GitRepo]:
    """A factory of git repositories: `make_repo("up")`, `make_repo("up", default="v2")`."""
    return lambda name="repo", default="main": GitRepo(tmp_path / "git" / name, default)


@pytest.fixture
def fake() -> Iterator[FakeGitHub]:
    """A running fake GitHub."""
    with FakeGitHub() as github:
        yield github


@pytest.fixture
def sleeps() -> list[float]:
    """The requested sleeps of the sources of `open_source`, in seconds."""
    return []


@pytest.fixture
def open_source(fake: FakeGitHub, tmp_path: Path, sleeps: list[float]) -> OpenSource:
    """A factory of sources for the fake, with its token, a cache for the test, and only recorded sleeps (`sleeps`).

    No request uses the network, except in tests of sources with the mark `network`.
    """

    async def sleep(seconds: float) -> None:
        sleeps.append(seconds)

    unset = Path()

    def make(*, anonymous: bool = False, token: str = "", cache: Path | None = unset, **options: Any) -> GitHubSource:
        secret = None if anonymous else Secret(token or fake.token)
        folder = tmp_path / "cache" if cache is unset else cache
        settings: dict[str, Any] = {
            "sleep": sleep,
            "time_limit": 60.0,
            "clock": lambda: dt.datetime.now(dt.UTC),
            "transport": InProcessTransport(fake),
            "web_transport": update_service(),
        }
        return GitHubSource(api_url=fake.url, token=secret, cache=folder, **(settings | options))

    return make
