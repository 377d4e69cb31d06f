"""The command palette: every act and every place to go to, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import MUTED, concat, line, trusted
from pawtui.tui.messages import GoTo
from pawtui.tui.screens.main_screen import MainScreen

_ACTIONS = (
    ("Refresh", "app.refresh", "look at both repositories and record it"),
    ("Walk", "app.walk", "go through what needs you"),
    ("Export", "app.export", "the Markdown summary"),
    ("Post the summary", "app.post", "on the tracking issue; it is shown first, and you are asked"),
    ("Post a plan file", "app.post(True)", "on the tracking issue; work waits for its approval"),
    ("Diff", "app.diff", "what changed between two refreshes"),
    ("Close the review", "app.close", "with a recommendation"),
    ("Log", "app.log", "who changed what, and when"),
    ("Scope and related work", "app.scope", "what this tracker is for, and what is linked"),
    ("Write a note", "screen.note", "on what the cursor is on"),
    ("Undo", "screen.undo", "take back your last act"),
    ("Redo", "screen.redo", "do again what you took back"),
)


class PaletteCommands(Provider):
    """Acts, and jumps to every signal and gate."""

    def _commands(self) -> Iterator[tuple[str, Callable[[], object], str]]:
        app = self.app
        if not isinstance(app, BaseApp):
            return
        # The screen that the palette was opened from; the app's own is the palette itself.
        if isinstance(self.screen, MainScreen):
            for name, action, words in _ACTIONS:
                yield name, partial(app.run_action, action), words
        for view in app.overview.signals if app.overview else ():
            yield f"Go to signal: {view.signal.id}", partial(_go_to, app, f"signal:{view.signal.id}"), view.signal.title
        for gate in app.overview.gates if app.overview else ():
            yield f"Go to gate: {gate.gate.id}", partial(_go_to, app, f"gate:{gate.gate.id}"), gate.gate.title

    async def discover(self) -> Hits:
        """Everything, before a word is typed."""
        for name, run, words in self._commands():
            yield DiscoveryHit(_shown(name, words), run, text=name)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for name, run, words in self._commands():
            score = max(matcher.match(name), matcher.match(words) * 0.9)
            if score > 0:
                yield Hit(score, _shown(name, words), run, text=name)


def _shown(name: str, words: str) -> Content:
    """Two lines, literally: Textual's own highlighting and help read markup, and titles come from a file."""
    return concat(line(name), trusted("\n"), line(words, MUTED))


def _go_to(app: BaseApp, subject: str) -> None:
    app.post_message(GoTo(subject))
