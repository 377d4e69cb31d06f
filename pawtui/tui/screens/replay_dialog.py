"""The dialog that asks what to replay, and opens the screen of the replay."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from pawtui.tui.screens.dialog import FileDialog, labelled
from pawtui.tui.screens.replay_screen import ReplayScreen


class ReplayDialog(FileDialog):
    BINDING_GROUP_TITLE = "Replay"
    HELP = """
    The database is only read. The schema is the upstream's OpenAPI document: a file, or a pin at the last refresh.
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "submit", "Replay", id="dialog.save")]
    TITLE = "Replay sessions"
    LABEL = "Session database, export or folder"

    def fields(self) -> ComposeResult:
        yield from super().fields()
        yield from labelled(
            "Schema (optional): file or pin", Input(placeholder="such as up:packages/sdk/openapi.json", id="schema")
        )

    async def process(self, path: Path) -> None:
        if await asyncio.to_thread(path.exists):
            self.call_later(self._replay, path)
        else:
            self.call_later(self.show_mistake, f"There is no file or folder {path}. Correct the path.")

    def _replay(self, path: Path) -> None:
        schema = self.query_one("#schema", Input).value.strip()
        self.replace_with(ReplayScreen(path, schema))
