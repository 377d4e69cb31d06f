"""A review of the demo, step by step, as the animated screenshot of the README."""

from typing import NamedTuple

from screenshots.animation import Frame, animated
from screenshots.scene import demo_app, press, stop_blinking
from tests.tui.support import cells

SIZE = (100, 30)


class Step(NamedTuple):
    """The keys, a text on the screen after them, the caption, and the duration in seconds."""

    keys: tuple[str, ...]
    text: str
    caption: str
    seconds: float = 3.0


STEPS = (
    Step((), "1 Signals", "A week after the last review", 2.5),
    Step(("r",), "measured now", "r: measure both repositories"),
    Step((), "has stale evidence", "The changes, and what needs you", 4.0),
    Step(("w",), "Walk 1 of", "w: walk through it, most urgent first", 4.0),
    Step(("R",), "Renew pins", "R: renew stale pins; both places are shown", 3.0),
    Step(("y",), "Walk 2 of", "Each decision is recorded immediately", 2.5),
    Step(("R",), "Renew pins", "R: this file has moved", 2.5),
    Step(("y",), "Walk 3 of", "A verdict that needs renewal", 3.0),
    Step(("a",), "Walk 4 of", "a: accept the new measurement", 2.0),
    Step(("c",), "Close the review of", "c: close the review", 2.0),
    Step((*"Wait for 2.3", "ctrl+s"), "Closed the review", "Your recommendation is recorded", 2.5),
    Step(("e",), "Missing for GO", "e: the summary for the tracking issue", 4.0),
    Step(("y",), "Copied the Markdown", "y: copied, ready to paste; P posts it", 4.0),
)


async def take() -> str:
    """Return the review as an animated SVG."""
    frames: list[Frame] = []
    async with demo_app(SIZE, notifications=True) as (app, pilot):
        for step in STEPS:
            await press(pilot, step.keys, step.text)
            await stop_blinking(pilot)
            frames.append(Frame(cells(app), step.caption, step.seconds))
    return animated(frames)
