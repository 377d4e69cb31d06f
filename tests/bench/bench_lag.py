"""The delay of the event loop during a refresh: the p99 of the delay of a timer, against one frame of 16 ms.

The upstream has 6,000 paths and responds from another process. The cache is empty, so every response is decoded and
written; a refresh with a cache does less. The delay of an idle loop is far below a millisecond.
"""

import asyncio
import tempfile
from pathlib import Path

from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.tracker.read_tracker import builtin_tracker
from tests.bench.upstream import HOST_TOKEN, NOW, make_fake, make_repositories
from tests.probes.measuring import recorded_refresh, refreshed
from tests.support.subprocess_server import serve_in_subprocess

TITLE = "event-loop lag during a refresh, p99"
BUDGET = 1.0
FRAME = 0.016
TICK = 0.002
ROUNDS = 8


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the p99 of all delays and the duration of one frame, in seconds."""
    with tempfile.TemporaryDirectory(prefix="pawtui-bench-") as folder:
        home = Path(folder)
        up, down = make_repositories(home)
        with serve_in_subprocess(lambda: make_fake(up, down, 0.01)) as url:
            asyncio.run(_lags(url, home / "first"))
            lags = [lag for number in range(rounds) for lag in asyncio.run(_lags(url, home / f"cache-{number}"))]
    return sorted(lags)[int(len(lags) * 0.99)], FRAME


async def _lags(url: str, cache: Path) -> list[float]:
    """Return the delays of a timer with a period of 2 ms during one refresh."""

    async def run() -> None:
        async with GitHubSource(api_url=url, token=Secret(HOST_TOKEN), cache=cache) as source:
            recorded_refresh(await refreshed(builtin_tracker(), source, at=NOW))

    loop = asyncio.get_running_loop()
    work = asyncio.create_task(run())
    lags = []
    while not work.done():
        due = loop.time() + TICK
        await asyncio.sleep(TICK)
        lags.append(max(0.0, loop.time() - due))
    await work
    return lags
