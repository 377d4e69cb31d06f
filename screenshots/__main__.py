"""Take the screenshots of the README and the help on the demo: `python -m screenshots`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from textual.widgets import TextArea

from pawtui.tui.app import PawtuiApp
from screenshots import review
from screenshots.scene import demo_app, press, stop_blinking
from tests.tui.support import until

FOLDER = Path(__file__).parent

WIDE, MIDDLE, SMALL = (160, 48), (120, 36), (80, 24)
NOTE = "Opened ten copies of real databases:\n\n- all list and read\n- one export drops its notices"
PIN = "up:packages/core/src/session/compaction.ts#L3-L9"


class Picture(NamedTuple):
    """A screenshot: the keys to press, and a text on the screen after them."""

    name: str
    keys: Sequence[str]
    text: str
    size: tuple[int, int] = MIDDLE
    theme: str = "pawtui-dark"


PICTURES = (
    Picture("wide", ("j", "j"), "Week by week", WIDE),
    Picture("narrow", ("2", "j"), "Skill", SMALL),
    Picture("light", ("2", "j", "enter"), "Parts", theme="pawtui-light"),
    Picture("help", ("question_mark",), "Search actions"),
    Picture("note", ("2", "n"), "Write a note"),
    Picture("walk", ("w",), "Walk 1 of"),
    Picture("diff", ("4", "j", "d"), "Changed states"),
    Picture("export", ("e",), "Missing for GO"),
    Picture("refresh", ("r",), "measured now"),
)


def _type_note(app: PawtuiApp) -> None:
    app.screen.query_one("#text", TextArea).text = NOTE
    app.screen.query_one("#pins", TextArea).text = PIN


async def take(picture: Picture) -> None:
    """Write one screenshot."""
    async with demo_app(picture.size) as (app, pilot):
        app.theme = picture.theme
        await press(pilot, picture.keys, picture.text)
        if picture.name == "note":
            _type_note(app)
        await stop_blinking(pilot)
        svg = app.export_screenshot(title="pawtui")
        app.background.cancel_refresh()
        await until(pilot, lambda: not app.background.is_refreshing and not app.main.progress_line.display)
    (FOLDER / f"{picture.name}.svg").write_text(svg, encoding="utf-8")


def main() -> None:
    """Write all screenshots."""
    for picture in PICTURES:
        asyncio.run(take(picture))
        print(f"screenshots/{picture.name}.svg")
    (FOLDER / "review.svg").write_text(asyncio.run(review.take()), encoding="utf-8")
    print("screenshots/review.svg")


if __name__ == "__main__":
    main()
