"""The command palette: every act and every place to go to, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from pawtui.tui.content import MUTED, concat, line, trusted

_ACTIONS = (
    ("Refresh", "refresh", "look at both repositories and record it"),
    ("Walk", "walk", "go through what needs you"),
    ("Export", "export", "the Markdown summary"),
    ("Post the summary", "post", "on the tracking issue; it is shown first, and you are asked"),
    ("Post a plan file", "post(True)", "on the tracking issue; work waits for its approval"),
    ("Diff", "diff", "what changed between two refreshes"),
    ("Close the review", "close", "with a recommendation"),
    ("Log", "log", "who changed what, and when"),
    ("Scope and related work", "scope", "what this tracker is for, and what is linked"),
    ("Write a note", "note", "on what the cursor is on"),
    ("Undo", "undo", "take back your last act"),
    ("Redo", "redo", "do again what you took back"),
)


class PaletteCommands(Provider):
    """Acts, and jumps to every signal and gate."""

    def _commands(self) -> Iterator[tuple[str, Callable[[], object], str]]:
        from pawtui.tui.app import PawtuiApp

        app = self.app
        if not isinstance(app, PawtuiApp):
            return
        # The screen the palette was called from: the app's own is the palette itself.
        if self.screen is app.main:
            for name, action, words in _ACTIONS:
                yield name, partial(_run, app, action), words
        for view in app.overview.signals if app.overview else ():
            yield f"Go to signal: {view.signal.id}", partial(_jump, app, f"signal:{view.signal.id}"), view.signal.title
        for gate in app.overview.gates if app.overview else ():
            yield f"Go to gate: {gate.gate.id}", partial(_jump, app, f"gate:{gate.gate.id}"), gate.gate.title

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


async def _run(app: object, action: str) -> None:
    from pawtui.tui.app import PawtuiApp

    if isinstance(app, PawtuiApp):
        await (app.main if hasattr(app.main, f"action_{action}") else app).run_action(action)


def _jump(app: object, subject: str) -> None:
    from pawtui.tui.app import PawtuiApp

    if isinstance(app, PawtuiApp):
        while app.screen is not app.main:
            app.pop_screen()
        app.main.body.jump(subject)
