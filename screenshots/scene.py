"""The app on the demo, as all screenshots show it."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from pawtui.demo.demo_workspace import demo_workspace, seed
from pawtui.tui.app import PawtuiApp
from tests.tui.support import shown, until

NOW = dt.datetime(2026, 11, 24, 14, 2, tzinfo=dt.UTC)


def _fail_to_open(url: str) -> None:
    raise AssertionError(f"a screenshot opened {url}")


@asynccontextmanager
async def demo_app(
    size: tuple[int, int], *, notifications: bool = False
) -> AsyncIterator[tuple[PawtuiApp, Pilot[None]]]:
    """Run the app on the demo at a fixed time, on a screen of this size."""
    with TemporaryDirectory() as home:
        workspace = demo_workspace(Path(home), clock=lambda: NOW, latency=0.15)
        await asyncio.to_thread(seed, workspace)
        app = PawtuiApp(workspace, opener=_fail_to_open)
        async with app.run_test(size=size, notifications=notifications) as pilot:
            yield app, pilot


async def press(pilot: Pilot[None], keys: Sequence[str], text: str) -> None:
    """Press the keys, and wait until the screen shows the text."""
    await pilot.press(*keys)
    await until(pilot, lambda: text in " ".join(shown(pilot.app).split()))


async def stop_blinking(pilot: Pilot[None]) -> None:
    """Show all cursors, so that equal screens give equal pictures."""
    for field in (*pilot.app.screen.query(TextArea), *pilot.app.screen.query(Input)):
        field.cursor_blink = False
    await pilot.pause()
