"""Text is selected with the mouse. A drag is not a click."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from pawtui.review.actions import ActionContext, Actor
from pawtui.review.note_actions import add_note
from pawtui.tui.app import PawtuiApp
from tests.tui.support import (
    NOW,
    TestWorkspace,
    applied,
    cells,
    make_workspace,
    record,
    running,
    shown,
    tracker,
    until,
)

pytestmark = pytest.mark.frames


async def drag(pilot: Pilot[None], widget: Widget, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Drag from one cell to another; both are offsets in the widget, with its border."""
    await pilot.mouse_down(widget, offset=start)
    await pilot.hover(widget, offset=end)
    await pilot.mouse_up(widget, offset=end)
    await pilot.pause()


def backgrounds(app: PawtuiApp, words: str) -> set[str]:
    """Return the background colours of the cells of these words."""
    for line, row in zip(shown(app).split("\n"), cells(app), strict=True):
        if (start := line.find(words)) >= 0:
            return {str(style.bgcolor) for _text, style in row[start : start + len(words)]}
    return set()


async def test_a_row_is_copied_without_its_marks_and_the_cursor_stays(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        signals = app.main.body.signals
        await drag(pilot, signals, (1, 3), (27, 3))
        await pilot.press("ctrl+c")
        assert app.clipboard == "x unmet    The runtime is"
        assert signals.cursor == 0, "a drag is not a click"
        await pilot.click(signals, offset=(20, 3))
        assert signals.cursor == 1
        assert app.screen.get_selected_text() is None, "a click clears the selection"


async def test_lines_of_the_detail_are_copied_unchanged(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        detail = app.main.document_view
        await drag(pilot, detail, (1, 1), (60, 4))
        before = shown(app)
        await pilot.press("ctrl+c")
        assert app.clipboard.split("\n") == [
            "v2 is the default path",
            "",
            "measured  = met  v2.3.2 is out",
            "verdict   none (v to override)",
        ]
        selected = backgrounds(app, "= met  v2.3.2 is out")
        await pilot.click(detail, offset=(20, 1))
        assert shown(app) == before, "only colours had changed"
        assert selected.isdisjoint(backgrounds(app, "= met  v2.3.2 is out"))


async def test_scrolled_and_wide_text_is_copied_by_character(tmp_path: Path) -> None:
    made = record()
    text = "\n".join([*(f"line {number}" for number in range(60)), "日本語 is wide"])
    made = applied(made, add_note(ActionContext(tracker(), made, Actor(by="ana", at=NOW)), "gate:value", text))
    async with running(make_workspace(tmp_path, made)) as (app, pilot):
        await pilot.press("3", "0")
        await until(pilot, lambda: "line 9" in shown(app))
        await pilot.press("G")
        await until(pilot, lambda: "日本語 is wide" in shown(app))
        detail = app.main.document_view
        top = next(y for y, words in enumerate(shown(app).split("\n")) if "is wide" in words) - detail.region.y
        await drag(pilot, detail, (detail.region.width - 3, top - 1), (7, top))
        await pilot.press("ctrl+c")
    assert app.clipboard == "\n日本語", "the character under the mouse is included"


async def test_a_double_click_opens_and_does_not_select(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.click(app.main.body.gates, offset=(10, 2), times=2)
        await until(pilot, lambda: app.main.document_view.has_focus)
        assert app.screen.get_selected_text() is None


async def test_a_double_click_with_the_right_button_opens_and_ticks_nothing(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.click(app.main.body.gates, offset=(10, 2), times=2, button=3)
        await pilot.pause(0.1)
        assert app.main.body.gates.has_focus
        lines = shown(app).splitlines()
        row = next(number for number, line in enumerate(lines) if "[ ] Open" in line)
        changes = len(workspace.store.load().log)
        await pilot.click(offset=(lines[row].index("[ ] Open"), row), times=2, button=3)
        await pilot.pause(0.1)
        assert len(workspace.store.load().log) == changes


async def test_changed_lines_clear_the_selection(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await drag(pilot, app.main.document_view, (3, 1), (20, 1))
        assert app.screen.get_selected_text() == "v2 is the default"
        await pilot.press("1", "j")
        await until(pilot, lambda: "The runtime is calm" in app.main.document_view.line_strip(0).text)
        assert app.screen.get_selected_text() is None


async def test_a_selection_over_several_panes_has_the_text_of_all(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        body = app.main.body
        await pilot.mouse_down(body.signals, offset=(3, 1))
        await pilot.hover(body.gates, offset=(52, 3))
        await pilot.mouse_up(body.gates, offset=(52, 3))
        await pilot.pause()
        copied = app.screen.get_selected_text() or ""
    assert copied.startswith("= met      v2 is the default path\n")
    assert "[!] blocked" in copied
    assert "│" not in copied
