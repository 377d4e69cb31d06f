"""The command palette: every action of the help list, and every signal, gate, note and refresh by name."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import ModalScreen

from pawtui.moments import day_text, minute_text
from pawtui.phrases import short_sha
from pawtui.probes.state import STATES
from pawtui.report.words import shown_gate_state
from pawtui.review.record_types import GATE_STATES, STEP_STATES, StepState
from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import MUTED, concat, line, trusted
from pawtui.tui.help_list import HelpEntry, help_entries, run_entry
from pawtui.tui.messages import SubjectRequested
from pawtui.tui.word_filter import word_filter

# The maximum number of matching refreshes and notes in the list.
_MAX_TEXTS = 30
# Actions that move the cursor or the focus. They are not listed before a word is typed.
_MOVES = ("list.", "detail.", "pane.", "palette")
# The scores of matches by words, which are below the scores of matches by name.
_ABOUT_SCORE, _TEXT_SCORE = 0.4, 0.3


class PaletteItem(NamedTuple):
    """An item: the two lines of its row, and its function.

    `listed` is false if it is listed only after typing. The score of a match is multiplied by `weight`.
    """

    name: str
    about: str
    run: Callable[[], object]
    listed: bool = True
    weight: float = 0.9

    @property
    def text(self) -> str:
        return f"{self.name} {self.about}"


class PaletteProvider(Provider):
    """The items for the screen below the palette. The app imports all screens before it opens the palette."""

    @property
    def _app(self) -> BaseApp:
        app = self.app
        assert isinstance(app, BaseApp)  # noqa: S101 - only the app of pawtui has this provider
        return app

    def _actions(self) -> Iterator[PaletteItem]:
        app = self._app
        for entry in help_entries(app, self.screen):
            listed = entry.applies_here and not entry.known.id.startswith(_MOVES)
            weight = 1.0 if entry.applies_here else 0.6
            run = partial(run_entry, app, entry)
            yield PaletteItem(entry.binding.description, _about(entry), run, listed, weight)

    def _go_to(self, subject: str, action: str = "") -> Callable[[], object]:
        return partial(self.app.post_message, SubjectRequested(subject, action))

    def _commands_of_textual(self) -> list[PaletteItem]:
        """Return the commands of Textual that pawtui keeps, such as the themes."""
        commands = self._app.get_system_commands(self.screen)
        return [PaletteItem(command.title, command.help, command.callback) for command in commands]

    def _subjects(self) -> Iterator[PaletteItem]:
        overview = self._app.overview
        for signal in overview.tracker.signals:
            yield PaletteItem(f"Go to signal {signal.id}", signal.title, self._go_to(f"signal:{signal.id}"))
        for gate in overview.tracker.gates:
            yield PaletteItem(f"Go to gate {gate.id}", gate.title, self._go_to(f"gate:{gate.id}"))

    def _state_changes(self) -> Iterator[PaletteItem]:
        overview = self._app.overview
        for gate in overview.gates:
            for state in GATE_STATES:
                run = self._go_to(gate.subject, f"gate('{state}')")
                yield PaletteItem(f"Set gate {gate.gate.id}: {state}", f"now {shown_gate_state(gate)}", run)
        for signal in overview.signals:
            for verdict in STATES:
                run = self._go_to(signal.subject, f"verdict('{verdict}')")
                yield PaletteItem(f"Verdict on {signal.signal.id}: {verdict}", f"measured {signal.measured}", run)
        for step in overview.steps:
            for step_state in STEP_STATES:
                run = partial(self._open_step, step.step.id, step_state)
                yield PaletteItem(f"Set step {step.step.id}: {step_state}", f"now {step.state}", run)

    def _open_step(self, step_id: str, state: StepState) -> None:
        from pawtui.tui.screens.evaluation_step_dialog import EvaluationStepDialog

        app = self._app
        if isinstance(self.screen, ModalScreen):
            # The dialog may contain text that is not saved.
            app.show_message("Close the dialog first.")
        else:
            app.push_screen(EvaluationStepDialog(app.overview, step_id, state))

    def _refreshes_and_notes(self) -> Iterator[PaletteItem]:
        record = self._app.overview.record
        for refresh in reversed(record.all_refreshes):
            decision = record.decision_at(refresh) if refresh.as_of is None else "past day"
            about = f"{refresh.upstream.ref} @ {short_sha(refresh.upstream.sha)}, {decision}"
            yield PaletteItem(
                f"Go to refresh {minute_text(refresh.moment)}", about, self._go_to(f"refresh:{refresh.id}")
            )
        for note in reversed(record.notes.values()):
            words = " ".join(note.text[:200].split())
            about = f"{day_text(note.at)}, on {note.subject}, by {note.by}"
            yield PaletteItem(f"Go to note: {words[:60]}", about, self._go_to(f"note:{note.id}"))

    async def discover(self) -> Hits:
        """Return the actions that apply here, the signals, the gates and Textual's commands, before a word is typed."""
        for item in (*self._actions(), *self._subjects(), *self._commands_of_textual()):
            if item.listed:
                yield DiscoveryHit(self._shown(item), item.run, text=item.name)

    async def search(self, query: str) -> Hits:
        """Return the matches: names by fuzzy match, all other text by words."""
        matcher = self.matcher(query)
        contains_words = word_filter(query)
        for item in (*self._actions(), *self._subjects(), *self._state_changes(), *self._commands_of_textual()):
            score = matcher.match(item.name)
            if score == 0 and contains_words(item.text):
                score = _ABOUT_SCORE
            if score > 0:
                yield Hit(score * item.weight, self._shown(item), item.run, text=item.name)
        # A fuzzy match is too slow for long texts.
        matching = (item for item in self._refreshes_and_notes() if contains_words(item.text))
        for item in await asyncio.to_thread(lambda: list(islice(matching, _MAX_TEXTS))):
            yield Hit(_TEXT_SCORE, self._shown(item), item.run, text=item.name)

    def _shown(self, item: PaletteItem) -> Content:
        """Return the two lines without parsing markup, which Textual would do for a help text."""
        # In an ANSI theme, coloured text may be invisible on the selected row.
        style = "not bold" if self.app.current_theme.ansi else f"not bold {MUTED}"
        return concat(line(item.name), trusted("\n"), line(item.about, style))


def _about(entry: HelpEntry) -> str:
    tooltip = entry.binding.tooltip
    about = f"{entry.keys}: {tooltip}" if tooltip else entry.keys
    return about if entry.applies_here else f"{about} (only in: {entry.known.place})"
