"""The start of the app: imports, style sheets and reads of the record."""

import subprocess
import sys
from pathlib import Path

import pytest
from textual.css.stylesheet import Stylesheet

from pawtui.review.gate_actions import set_gate
from pawtui.review.overview import Overview
from pawtui.tui.app import PawtuiApp
from tests.tui.support import TestWorkspace, make_app, make_workspace, record, until


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        (
            "pawtui.tui.app",
            "httpx pawtui.refresh.refresh_run tinydb markdown_it textual.document pawtui.tui.screens.walk_screen"
            " pawtui.tui.screens.dialog argparse secrets webbrowser pawtui.tui.keymap"
            " pawtui.tui.palette textual.widgets._tabs",
        ),
        ("pawtui.workspace", "httpx regex tree_sitter pawtui.probes.measure pawtui.refresh.refresh_run"),
    ],
)
def test_the_app_starts_without_the_network_or_the_refresh(module: str, unneeded: str) -> None:
    code = f"import sys, {module}; print([name for name in {unneeded!r}.split() if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("chosen", "theme"), [("pawtui-light", "pawtui-light"), ("no such theme", "pawtui-dark")])
async def test_the_first_theme_is_set_without_parsing_style_sheets_twice(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch, chosen: str, theme: str
) -> None:
    read: list[Stylesheet] = []
    monkeypatch.setenv("TEXTUAL_THEME", chosen)
    monkeypatch.setattr(Stylesheet, "reparse", lambda sheet: read.append(sheet))
    app = make_app(workspace)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.theme == theme
        assert app.screen.styles.background.hex.lower() == app.current_theme.background
    assert read == []


async def test_the_record_is_read_again_only_after_another_process_wrote_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(tmp_path, record())
    app = make_app(workspace)
    reads: list[str] = []
    original = workspace.overview

    def counted() -> Overview:
        reads.append("read")
        return original()

    monkeypatch.setattr(workspace, "overview", counted)
    # The app's own checks are disabled: they would replace the checks of this test.
    monkeypatch.setattr(PawtuiApp, "CHECK_EVERY", 3600.0)
    async with app.run_test() as pilot:
        for _ in range(2):
            app.check_record()
            await app.workers.wait_for_complete()
        app.record_change(lambda context: set_gate(context, "value", "untested"), "gate:value")
        await app.workers.wait_for_complete()
        app.check_record()
        await app.workers.wait_for_complete()
        assert reads == []
        other = make_workspace(tmp_path)
        other.record_change(lambda context: set_gate(context, "value", "blocked", reason="elsewhere"))
        app.check_record()
        await until(pilot, lambda: app.overview.gate("value").state == "blocked")
        assert reads == ["read"]
