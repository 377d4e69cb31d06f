"""A refresh of the built-in tracker over clones, the upstream's with about 6,000 commits, against bare git commands.

The reference is the git commands for the same facts, each once, one after the other, without their output: the refs;
both heads with their trees; one log of all surfaces back to the start of the trend; the branch's head at the start of
each window, with its tree; the commits of new files; the release's tags, and whether the head contains the newest; and
every file that a probe reads, in one `cat-file --batch`.

Issues, comments and documents are returned without requests: only git and pawtui are measured.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from pawtui.probes.context import listed_paths
from pawtui.refresh.refresh_types import Refresh
from pawtui.sources.facts import Comment, Document, Found, Issue, Pulls
from pawtui.sources.git.git_source import GitSource
from pawtui.sources.git.place import OwnClone
from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.read_tracker import builtin_tracker
from pawtui.tracker.tracker_types import TextProbe, Tracker
from tests.bench.busy_repo import make_busy_repositories
from tests.bench.upstream import NOW
from tests.probes.measuring import refreshed, taken
from tests.probes.opencode import DOWN, MIGRATIONS, UP
from tests.support.git_repo import GitRepo

TITLE = "refresh over clones, 6,000 commits"
BUDGET = 1.5
ROUNDS = 15


class InstantGitHub(GitHubSource):
    """A GitHub without requests: no open issues, no comments."""

    def __init__(self) -> None:
        super().__init__(api_url="http://127.0.0.1:9", token=None, cache=None)

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        """Return every issue as closed."""
        return {
            number: Issue(repo=repo, number=number, title="", state="closed", url="", reason="completed")
            for number in numbers
        }

    async def search(self, repo: str, query: str) -> Found:
        """Find no issue."""
        return Found(total=0)

    async def comments(self, repo: str, number: int) -> tuple[Comment, ...]:
        """Return no comments."""
        return ()

    async def open_pulls(self, repo: str, branch: str) -> Pulls:
        """Return no open pull request."""
        return Pulls(items=())

    async def document(self, url: str) -> Document:
        """Return the document of the vendor's update service."""
        return Document(body=b'{"version": "2.3.2"}', host="opencode.ai", url=url)


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the seconds of a refresh and of the commands, measured in turns.

    Each is the lower quartile, which a busy machine changes less.
    """
    with tempfile.TemporaryDirectory(prefix="pawtui-bench-") as folder:
        up, down = make_busy_repositories(Path(folder))
        commands = bare_commands(up, down)
        tracker = builtin_tracker()
        ours, reference = [], []
        # The first round is not counted: it imports all modules.
        for _ in range(rounds + 1):
            ours.append(_refreshed(tracker, up.path, down.path))
            reference.append(run_commands(commands))
    return statistics.quantiles(ours[1:])[0], statistics.quantiles(reference[1:])[0]


Command = tuple[Path, tuple[str, ...], bytes]


def bare_commands(up: GitRepo, down: GitRepo) -> list[Command]:
    """Return the commands, each with its repository and its input."""
    tracker, today = builtin_tracker(), NOW.date()
    head = up.sha("v2")
    days = [today - dt.timedelta(days=days) for days in (28, 56)]
    past = [_past_head(up, head, day) for day in days]
    surfaces = [path for paths in tracker.surfaces.values() for path in paths]
    start = today - dt.timedelta(days=2 * 56)
    texts = [
        path
        for signal in tracker.signals
        for probe in signal.probes
        if isinstance(probe, TextProbe)
        for path in probe.file.split(" | ")
    ]
    new = up.git("diff", "--name-only", "--diff-filter=A", past[1], head, "--", MIGRATIONS).splitlines()
    files = [f"{head}:{path}" for path in (*texts, *surfaces, *new)] + [f"{past[0]}:{path}" for path in surfaces]
    refs = ("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", "refs/heads", "refs/tags")
    log = ("log", "--no-renames", "--format=%H%n%ct%n%an%n%B")
    every = [
        (up, refs, ""),
        (up, ("log", "-1", "--format=%H%n%B", head), ""),
        (up, ("ls-tree", "-r", "-t", "-z", head), ""),
        (up, (*log, "--name-only", f"--since={start}", head, "--", *surfaces), ""),
        *((up, ("rev-list", "-1", "--first-parent", f"--before={day}T00:00:00Z", head), "") for day in days),
        *((up, ("ls-tree", "-r", "-t", "-z", sha), "") for sha in past),
        *((up, (*log, head, "--", path), "") for path in new),
        (up, ("for-each-ref", "--format=%(refname) %(creatordate:unix)", "refs/tags/v2.*"), ""),
        (up, ("rev-list", "--left-right", "--count", f"v2.3.2...{head}"), ""),
        (up, ("merge-base", "v2.3.2", head), ""),
        (up, ("cat-file", "--batch"), "".join(f"{name}\n" for name in files)),
        (down, refs, ""),
        (down, ("log", "-1", "--format=%H%n%B", "maint/v1"), ""),
        (down, ("ls-tree", "-r", "-t", "-z", "maint/v1"), ""),
    ]
    return [(repo.path, arguments, fed.encode()) for repo, arguments, fed in every]


def _past_head(repo: GitRepo, head: str, day: dt.date) -> str:
    return repo.git("rev-list", "-1", "--first-parent", f"--before={day}T00:00:00Z", head)


def run_commands(commands: list[Command]) -> float:
    """Run the commands one after the other, and return the seconds."""
    start = time.perf_counter()
    for folder, arguments, fed in commands:
        subprocess.run(["git", *arguments], cwd=folder, input=fed, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def _refreshed(tracker: Tracker, up: Path, down: Path) -> float:
    start = time.perf_counter()
    found = asyncio.run(_refresh(tracker, up, down))
    seconds = time.perf_counter() - start
    if found.errors or any(probe.cause for signal in found.signals for probe in signal.probes):
        raise RuntimeError(f"the refresh did not measure everything: {found.errors}")
    return seconds


@asynccontextmanager
async def open_clones(tracker: Tracker, up: Path, down: Path) -> AsyncIterator[GitSource]:
    """Open a source over both clones, with a GitHub without requests."""
    places = [OwnClone(UP, up, os.environ), OwnClone(DOWN, down, os.environ)]
    watched = {UP: listed_paths(tracker, "upstream"), DOWN: listed_paths(tracker, "downstream")}
    async with (
        InstantGitHub() as github,
        GitSource(github, places, heads="clone", web="https://github.com", since=NOW, watched=watched) as source,
    ):
        yield source


async def _refresh(tracker: Tracker, up: Path, down: Path) -> Refresh:
    async with open_clones(tracker, up, down) as source:
        return taken(await refreshed(tracker, source, at=NOW))
