"""A review of the demo, step by step, as the animated screenshot of the README."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from pawtui.demo.start import demo_workspace, seed
from pawtui.tui.app import PawtuiApp
from screenshots.animation import Frame, animated
from screenshots.scene import NOW, fail_to_open
from tests.tui.support import shown, until

SIZE = (100, 30)


class Step(NamedTuple):
    """The keys, the words on the screen after them, the caption, and the duration in seconds."""

    keys: tuple[str, ...]
    words: str
    caption: str
    seconds: float = 3.0


STEPS = (
    Step((), "1 Signals", "A week after the last review", 2.5),
    Step(("r",), "measured now", "r: measure both repositories"),
    Step((), "is stale", "The changes, and what needs you", 4.0),
    Step(("w",), "step 1 of", "w: walk through it, most urgent first", 4.0),
    Step(("R",), "renew pins", "R: renew stale pins; both places are shown", 3.0),
    Step(("y",), "step 2 of", "Each decision is recorded at once", 2.5),
    Step(("R",), "renew pins", "R: this file has moved", 2.5),
    Step(("y",), "step 3 of", "A verdict that needs renewal", 3.0),
    Step(("a",), "step 4 of", "a: accept the new measurement", 2.0),
    Step(("c",), "close the review", "c: close the review", 2.0),
    Step((*"Wait for 2.3", "ctrl+s"), "Closed the review", "Your recommendation is recorded", 2.5),
    Step(("e",), "Missing for GO", "e: the summary for the tracking issue", 4.0),
    Step(("y",), "Copied the Markdown", "y: copied, ready to paste; P posts it", 4.0),
)


async def take() -> str:
    """Return the review as an animated SVG."""
    frames: list[Frame] = []
    with TemporaryDirectory() as home:
        workspace = demo_workspace(Path(home), now=lambda: NOW, latency=0.15)
        await asyncio.to_thread(seed, workspace)
        app = PawtuiApp(workspace, first=workspace.overview(), opener=fail_to_open)
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            for step in STEPS:
                await _do(pilot, step)
                frames.append(Frame(app.export_screenshot(), step.caption, step.seconds))
    return animated(frames)


async def _do(pilot: Pilot[None], step: Step) -> None:
    await pilot.press(*step.keys)
    await until(pilot, lambda: step.words in " ".join(shown(pilot.app).split()))
    for field in (*pilot.app.screen.query(TextArea), *pilot.app.screen.query(Input)):
        field.cursor_blink = False
    await pilot.pause()
