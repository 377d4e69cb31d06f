"""A refresh of the built-in tracker with an empty cache and 50 ms a round trip, against its longest chain of requests.

A request must wait for another request if it needs its response. The longest chain is that of the `new-files` probe
with a reset, and has seven requests: the head; whether it contains the newest release; the history of the branch, for
the commit at the start of the window; the tree at that commit, for the new files; the text of a new file; the commits
of that file; and the tree on the day of its commit, because the branch may have got the file later.

The reference sends this chain to the same server in the same run, with the client of the standard library, on one
connection. The refresh sends 35 more requests, of which eight can run at a time.
"""

import asyncio
import statistics
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from pawtui.sources.github.github_source import BUDGET_WITH_TOKEN, GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.tracker.read_tracker import builtin_tracker
from tests.bench.upstream import HOST_TOKEN, NOW, RESET, make_fake, make_repositories
from tests.probes.measuring import recorded_refresh, refreshed
from tests.probes.opencode import UP
from tests.support.git_repo import GitRepo
from tests.support.offline_transports import update_service
from tests.support.subprocess_server import serve_in_subprocess

TITLE = "cold refresh, 50 ms a round trip"
BUDGET = 1.5
ROUND_TRIP = 0.05
ROUNDS = 9


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the median seconds of a refresh with an empty cache, and of the chain, measured alternately."""
    with tempfile.TemporaryDirectory(prefix="pawtui-bench-") as folder:
        home = Path(folder)
        up, down = make_repositories(home)
        paths = chain(up)
        with serve_in_subprocess(lambda: make_fake(up, down, ROUND_TRIP)) as url:
            ours, reference = [], []
            # The first round is not counted: it imports all modules, and the server runs git only then.
            for number in range(rounds + 1):
                ours.append(asyncio.run(_cold(url, home / f"cache-{number}")))
                reference.append(_one_by_one(url, paths))
    return statistics.median(ours[1:]), statistics.median(reference[1:])


def chain(up: GitRepo) -> tuple[str, ...]:
    """Return the paths of the seven requests, found with git."""
    head, newest = up.sha("v2"), up.sha("v2.3.2^{commit}")
    then, day = (
        up.git("log", "-1", "--first-parent", "--format=%H", f"--before={day}T00:00:00Z", "v2")
        for day in ("2026-09-27", "2026-11-21")
    )
    return (
        f"/repos/{UP}/commits/heads/v2?per_page=1",
        f"/repos/{UP}/compare/{newest}...{head}?per_page=1&page=1",
        f"/repos/{UP}/commits?sha={head}&per_page=100",
        f"/repos/{UP}/git/trees/{then}?recursive=1",
        f"/repos/{UP}/git/blobs/{up.sha(f'v2:{RESET}')}",
        f"/repos/{UP}/commits?sha={head}&per_page=100&path={RESET}",
        f"/repos/{UP}/git/trees/{day}?recursive=1",
    )


def _one_by_one(url: str, paths: tuple[str, ...]) -> float:
    start = time.perf_counter()
    connection = HTTPConnection(urlsplit(url).netloc)
    for path in paths:
        connection.request("GET", path, headers={"Authorization": f"Bearer {HOST_TOKEN}"})
        if (response := connection.getresponse()).status != 200 or not response.read():
            raise RuntimeError(f"{path} has the status {response.status}")
    connection.close()
    return time.perf_counter() - start


async def _cold(url: str, cache: Path) -> float:
    start = time.perf_counter()
    token, web = Secret(HOST_TOKEN), update_service()
    async with GitHubSource(
        api_url=url, token=token, cache=cache, budget=BUDGET_WITH_TOKEN, web_transport=web
    ) as source:
        found = recorded_refresh(await refreshed(builtin_tracker(), source, at=NOW))
    seconds = time.perf_counter() - start
    if found.errors or any(probe.cause for signal in found.signals for probe in signal.probes):
        raise RuntimeError(f"the refresh did not measure everything: {found.errors}")
    return seconds
