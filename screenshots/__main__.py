"""Take the screenshots of the README and the help on the demo: `python -m screenshots`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.widgets import Input, TextArea

from pawtui.demo.start import demo_workspace, seed
from pawtui.tui.app import PawtuiApp
from screenshots import review
from screenshots.scene import NOW, fail_to_open
from tests.tui.support import shown, until

FOLDER = Path(__file__).parent

WIDE, MIDDLE, SMALL = (160, 48), (120, 36), (80, 24)
NOTE = "Opened ten copies of real databases:\n\n- all list and read\n- one export drops its notices"
PIN = "up:packages/core/src/session/compaction.ts#L3-L9"


def _type_note(app: PawtuiApp) -> None:
    app.screen.query_one("#text", TextArea).text = NOTE
    app.screen.query_one("#pins", TextArea).text = PIN


def _nothing(_app: PawtuiApp) -> None:
    return


PICTURES: tuple[tuple[str, tuple[int, int], str, Sequence[str], str, Callable[[PawtuiApp], None]], ...] = (
    ("wide", WIDE, "", ("j", "j"), "Week by week", _nothing),
    ("narrow", SMALL, "", ("2", "j"), "Skill", _nothing),
    ("light", MIDDLE, "pawtui-light", ("2", "j", "enter"), "Parts", _nothing),
    ("help", MIDDLE, "", ("question_mark",), "Signals are conditions", _nothing),
    ("note", MIDDLE, "", ("2", "n"), "write a note", _type_note),
    ("walk", MIDDLE, "", ("w",), "step 1 of", _nothing),
    ("diff", MIDDLE, "", ("4", "j", "d"), "Changed states", _nothing),
    ("export", MIDDLE, "", ("e",), "Missing for GO", _nothing),
    ("refresh", MIDDLE, "", ("r",), "measured now", _nothing),
)


async def take(
    name: str, size: tuple[int, int], theme: str, keys: Sequence[str], words: str, then: Callable[[PawtuiApp], None]
) -> None:
    """Write one screenshot after these words are on the screen."""
    with TemporaryDirectory() as home:
        workspace = demo_workspace(Path(home), now=lambda: NOW, latency=0.15)
        await asyncio.to_thread(seed, workspace)
        app = PawtuiApp(workspace, first=workspace.overview(), opener=fail_to_open)
        async with app.run_test(size=size) as pilot:
            if theme:
                app.theme = theme
            await pilot.press(*keys)
            await until(pilot, lambda: words in " ".join(shown(app).split()))
            then(app)
            for field in (*app.screen.query(TextArea), *app.screen.query(Input)):
                field.cursor_blink = False
            await pilot.pause()
            picture = app.export_screenshot(title="pawtui")
            app.background.cancel()
            await until(pilot, lambda: not app.background.refreshing and not app.main.progress.display)
    (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")


def main() -> None:
    """Write all screenshots."""
    for picture in PICTURES:
        asyncio.run(take(*picture))
        print(f"screenshots/{picture[0]}.svg")
    (FOLDER / "review.svg").write_text(asyncio.run(review.take()), encoding="utf-8")
    print("screenshots/review.svg")


if __name__ == "__main__":
    main()
