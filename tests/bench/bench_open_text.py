"""The time from opening a cached file until its lines are painted, in the running app.

Ours is a file of 5,000 lines, the reference is a file of ten lines. Both are opened alternately in one app, so that
load affects both. The cache contains the trees and texts, as after an earlier refresh.
"""

import asyncio
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from pawtui.refresh.pins import Pin
from pawtui.sources.facts import Tree, TreeEntry
from pawtui.sources.github.cache import BLOB, TREE, Cache, fact_key
from pawtui.tui.app import PawtuiApp
from pawtui.tui.screens.text_screen import TextScreen
from tests.tui.support import UP, make_workspace, record, sha

TITLE = "opening a cached file of 5,000 lines"
BUDGET = 1.5
ROUNDS = 30
_LINE = 'export function part{0}(input: Input) {{ return input.parts[{0}] // "part {0}" }}\n'


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the medians of the long and of the short file, in seconds."""
    with TemporaryDirectory() as folder:
        return asyncio.run(_measured(Path(folder), rounds))


async def _measured(folder: Path, rounds: int) -> tuple[float, float]:
    cache, commit = Cache(folder / "cache"), sha("b")
    texts = {"long.ts": "".join(map(_LINE.format, range(5_000))), "short.ts": "".join(map(_LINE.format, range(10)))}
    blobs = {path: f"{number:040x}" for number, path in enumerate(texts)}
    entries = {path: TreeEntry(blobs[path], "blob", len(text)) for path, text in texts.items()}
    cache.put(fact_key(TREE, UP, commit), Tree(sha=commit, entries=entries))
    for path, text in texts.items():
        cache.put(fact_key(BLOB, UP, blobs[path]), text.encode())
    workspace = make_workspace(
        folder,
        record(),
        local_tree=lambda repo, name: cache.get(fact_key(TREE, repo, name), Tree),
        local_blob=lambda repo, name: cache.get(fact_key(BLOB, repo, name), bytes),
    )
    app = PawtuiApp(workspace)
    taken: dict[str, list[float]] = {path: [] for path in texts}
    async with app.run_test(size=(120, 36)) as pilot:
        for number in range(rounds + 1):
            for path, times in taken.items():
                took = await _open(app, Pin(kind="file", repo=UP, sha=commit, path=path, lines=(8, 9)))
                if number:
                    times.append(took)
                await pilot.pause(0.05)
                await pilot.press("escape")
    return statistics.median(taken["long.ts"]), statistics.median(taken["short.ts"])


async def _open(app: PawtuiApp, pin: Pin) -> float:
    """Return the seconds until the lines are painted: the first refresh of the screen after the view has them."""
    began = time.perf_counter()
    screen = TextScreen(pin, "")
    await app.push_screen(screen)
    while not screen.code.text.lines:  # noqa: ASYNC110 - an event would change the measured code
        # Without a pause, the loop would slow down the threads that read.
        await asyncio.sleep(0.001)
    painted = asyncio.Event()
    screen.call_after_refresh(painted.set)
    await painted.wait()
    return time.perf_counter() - began
