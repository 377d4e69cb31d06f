"""A refresh of the built-in tracker from clones, with 6,000 upstream commits, against plain git commands.

The reference runs the commands for the same facts, each once, without reading their output: the refs; both heads with
their trees; one log of all surfaces for a year; the commits and trees at the start of each window; the commits of new
files; the tags of the release, and whether the head contains the newest; and every file that a probe reads, in one
`cat-file --batch`.

The host returns issues, comments and documents without delay, so only the work with git is measured.
"""

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

from pawtui.probes.probe_inputs import listed_paths
from pawtui.refresh.refresh_types import Refresh
from pawtui.sources.facts import Comment, Issue, Pulls, SearchResult, WebDocument
from pawtui.sources.git.clone import OwnClone
from pawtui.sources.git.git_source import GitSource
from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.probe_types import TextProbe
from pawtui.tracker.read_tracker import builtin_tracker
from pawtui.tracker.tracker_types import Tracker
from tests.bench.busy_repo import make_busy_repositories
from tests.bench.upstream import NOW
from tests.probes.measuring import recorded_refresh, refreshed
from tests.probes.opencode import DOWN, MIGRATIONS, UP
from tests.support.git_repo import GitRepo

TITLE = "refresh from clones, 6,000 commits"
BUDGET = 1.5
ROUNDS = 15


class InstantHost(GitHubSource):
    """A host that responds without requests: nothing is open, and there are no comments."""

    def __init__(self) -> None:
        super().__init__(api_url="http://127.0.0.1:9", token=None, cache=None)

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        """Return every issue as closed."""
        return {
            number: Issue(repo=repo, number=number, title="", state="closed", url="", reason="completed")
            for number in numbers
        }

    async def is_archived(self, repo: str) -> bool:
        """Return False."""
        return False

    async def search(self, repo: str, query: str) -> SearchResult:
        """Return no issues."""
        return SearchResult(total=0)

    async def comments(self, repo: str, number: int) -> tuple[Comment, ...]:
        """Return no comments."""
        return ()

    async def open_pulls(self, repo: str, branch: str) -> Pulls:
        """Return no open pull requests."""
        return Pulls(items=())

    async def web_document(self, url: str) -> WebDocument:
        """Return the document of the update service."""
        return WebDocument(body=b'{"version": "2.3.2"}', host="opencode.ai", url=url)


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the lower quartiles of a refresh and of the commands, in seconds, measured alternately.

    A busy machine changes the lower quartile less than the median.
    """
    with tempfile.TemporaryDirectory(prefix="pawtui-bench-") as folder:
        up, down = make_busy_repositories(Path(folder))
        commands = bare_commands(up, down)
        tracker = builtin_tracker()
        ours, reference = [], []
        # The first round imports all modules and is not counted.
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
    heads = [_head_before(up, head, day) for day in days]
    surfaces = [path for paths in tracker.surfaces.values() for path in paths]
    # Some of the paths are gone: their last commits are searched for in a year.
    start = today - dt.timedelta(weeks=52)
    new = up.git("diff", "--name-only", "--diff-filter=A", heads[1], head, "--", MIGRATIONS).splitlines()
    files = [f"{head}:{path}" for path in (*text_paths(tracker), *surfaces, *new)] + [
        f"{heads[0]}:{path}" for path in surfaces
    ]
    refs = ("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", "refs/heads", "refs/tags")
    log = ("log", "--no-renames", "--format=%H%n%ct%n%an%n%B")
    commands = [
        (up, refs, ""),
        (up, ("log", "-1", "--format=%H%n%B", head), ""),
        (up, ("ls-tree", "-r", "-t", "-z", head), ""),
        (up, (*log, "--name-only", f"--since={start}", head, "--", *surfaces), ""),
        *((up, ("rev-list", "-1", "--first-parent", f"--before={day}T00:00:00Z", head), "") for day in days),
        *((up, ("ls-tree", "-r", "-t", "-z", sha), "") for sha in heads),
        *((up, (*log, head, "--", path), "") for path in new),
        (up, ("for-each-ref", "--format=%(refname) %(creatordate:unix)", "refs/tags/v2.*"), ""),
        (up, ("rev-list", "--left-right", "--count", f"v2.3.2...{head}"), ""),
        (up, ("merge-base", "v2.3.2", head), ""),
        (up, ("cat-file", "--batch"), "".join(f"{name}\n" for name in files)),
        (down, refs, ""),
        (down, ("log", "-1", "--format=%H%n%B", "maint/v1"), ""),
        (down, ("ls-tree", "-r", "-t", "-z", "maint/v1"), ""),
    ]
    return [(repo.path, arguments, fed.encode()) for repo, arguments, fed in commands]


def text_paths(tracker: Tracker) -> list[str]:
    """Return the paths that the `text` probes of a tracker read."""
    probes = [probe for signal in tracker.signals for probe in signal.probes if isinstance(probe, TextProbe)]
    return [path for probe in probes for path in probe.file.split(" | ")]


def _head_before(repo: GitRepo, head: str, day: dt.date) -> str:
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
    """Open a source from both clones, with a host that responds without delay."""
    places = [OwnClone(UP, up, os.environ), OwnClone(DOWN, down, os.environ)]
    paths = {UP: listed_paths(tracker, "upstream"), DOWN: listed_paths(tracker, "downstream")}
    async with (
        InstantHost() as host,
        GitSource(host, places, heads_from="clone", web="https://github.com", since=NOW, listed_paths=paths) as source,
    ):
        yield source


async def _refresh(tracker: Tracker, up: Path, down: Path) -> Refresh:
    async with open_clones(tracker, up, down) as source:
        return recorded_refresh(await refreshed(tracker, source, at=NOW))
