"""Snapshots of the screens. `pytest tests/tui/test_snapshots.py --snapshot-update` updates them: check the changes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from tests.tui.support import TestWorkspace, make_app, make_workspace

pytestmark = pytest.mark.frames

Compare = Callable[..., bool]


async def _still(pilot: Pilot[None]) -> None:
    """Stop the blinking of cursors."""
    for area in pilot.app.screen.query(TextArea):
        area.cursor_blink = False
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)], ids=str)
def test_main(workspace: TestWorkspace, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(workspace), terminal_size=size, press=["j"])


def test_first_start(tmp_path: Path, snap_compare: Compare) -> None:
    assert snap_compare(make_app(make_workspace(tmp_path)), terminal_size=(80, 24))


def test_a_gate_in_the_light_theme(workspace: TestWorkspace, snap_compare: Compare) -> None:
    app = make_app(workspace)
    app.theme = "pawtui-light"
    assert snap_compare(app, terminal_size=(120, 36), press=["2", "enter"])


def test_note_editor(workspace: TestWorkspace, snap_compare: Compare) -> None:
    app = make_app(workspace)
    assert snap_compare(app, terminal_size=(120, 36), press=["n", *"Seen"], run_before=_still)


def test_walk(workspace: TestWorkspace, snap_compare: Compare) -> None:
    assert snap_compare(make_app(workspace), terminal_size=(120, 36), press=["w"])
