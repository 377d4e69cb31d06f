"""Make clones with git, and open them as sources, in tests."""

import datetime as dt
import os
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from pawtui.sources.git.clone import OwnClone, open_clone
from pawtui.sources.git.clone_reader import CloneReader
from pawtui.sources.git.git_source import GitSource, HeadsFrom
from pawtui.sources.github.github_source import GitHubSource
from tests.support.git_repo import GitRepo

UP = "up/stream"
WEB = "https://github.com"
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
ENV = {"PATH": os.environ.get("PATH", os.defpath), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
USER = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
NOWHERE = "http://127.0.0.1:9"  # no server listens there


def git(folder: Path, *args: str) -> str:
    """Run git as a user would."""
    done = subprocess.run(["git", *USER, *args], cwd=folder, env=ENV, capture_output=True, check=True, text=True)
    return done.stdout.strip()


def set_creation_time(git_dir: Path, at: dt.datetime = NOW) -> None:
    """Set the time at which a clone was made: git itself writes the present time."""
    for name in ("description", "config", "packed-refs"):
        os.utime(git_dir / name, (at.timestamp(), at.timestamp()))


def silent(step: str) -> None:
    """Report no step of an update of a mirror."""


def path_of(clone: GitRepo | Path) -> Path:
    """Return a clone's path, after pending changes of a `GitRepo` were written to it."""
    if isinstance(clone, GitRepo):
        clone.flush()
        return clone.path
    return clone


@asynccontextmanager
async def opened(
    clone: GitRepo | Path, *, repo: str = UP, listed_paths: Sequence[str] = ()
) -> AsyncIterator[CloneReader]:
    """Open a clone and yield its reader."""
    reader = CloneReader(await open_clone(repo, path_of(clone), os.environ), listed_paths)
    try:
        yield reader
    finally:
        await reader.close()


@asynccontextmanager
async def git_source(
    *clones: tuple[str, GitRepo | Path],
    api: GitHubSource | None = None,
    heads_from: HeadsFrom = "clone",
    web: str = WEB,
) -> AsyncIterator[GitSource]:
    """Open a source over clones by repository name. Without an `api`, GitHub cannot be reached."""
    locations = [OwnClone(repo, path_of(clone), os.environ) for repo, clone in clones]
    github = api or GitHubSource(api_url=NOWHERE, token=None, cache=None, time_limit=60)
    async with github, GitSource(github, locations, heads_from=heads_from, web=web, since=NOW) as source:
        yield source
