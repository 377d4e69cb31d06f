"""A review of the demo, step by step, as the animated picture of the README."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from pawtui.demo.start import demo_workspace, seed
from pawtui.tui.app import PawtuiApp
from screenshots.animation import Frame, animated
from screenshots.moment import NOW, nothing_opened
from tests.tui.support import shown, until

SIZE = (100, 30)


class Step(NamedTuple):
    """Keys to press, the words that are then on the screen, the caption, and how long it stays, in seconds."""

    keys: tuple[str, ...]
    words: str
    caption: str
    seconds: float = 3.0


STEPS = (
    Step((), "1 Signals", "A week after the last review", 2.5),
    Step(("r",), "new reading", "r: measure both repositories"),
    Step((), "went stale", "What changed, and what needs you", 4.0),
    Step(("w",), "step 1 of", "w: walk through it, most urgent first", 4.0),
    Step(("v", "enter"), "verdict", "v: your verdict, where it differs"),
    Step(tuple("The rule is written"), "The rule is written", "v: your verdict, with the reason"),
    Step(("ctrl+s",), "step 2 of", "Each decision is recorded at once", 3.0),
    Step(("b",), "What blocks it", "b: a gate is blocked, with the reason", 2.0),
    Step((*"Export drops notices", "enter"), "step 3 of", "Next step"),
    Step(("c",), "close the review", "c: close the review", 2.0),
    Step((*"Wait for 2.3", "ctrl+s"), "Closed the review", "Your recommendation is recorded", 2.5),
    Step(("e",), "Missing for GO", "e: the summary for the tracking issue", 4.0),
    Step(("y",), "Copied the Markdown", "y: copied, ready to paste; P posts it", 4.0),
)


async def take() -> str:
    """Take all frames, and return them as one picture."""
    frames: list[Frame] = []
    with TemporaryDirectory() as home:
        workspace = demo_workspace(Path(home), now=lambda: NOW, latency=0.15)
        await asyncio.to_thread(seed, workspace)
        app = PawtuiApp(workspace, first=workspace.overview(), opener=nothing_opened)
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            for step in STEPS:
                await _do(pilot, step, lambda words: words in " ".join(shown(app).split()))
                frames.append(Frame(app.export_screenshot(), step.caption, step.seconds))
    return animated(frames)


async def _do(pilot: Pilot[None], step: Step, stands: Callable[[str], bool]) -> None:
    await pilot.press(*step.keys)
    await until(pilot, lambda: stands(step.words))
    for field in (*pilot.app.screen.query(TextArea), *pilot.app.screen.query(Input)):
        field.cursor_blink = False
    await pilot.pause()
