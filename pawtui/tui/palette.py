"""The palette, which is also the help: every action with its key, and every signal, gate and note by name."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

from textual.await_complete import AwaitComplete
from textual.binding import ActiveBinding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from pawtui.moments import day_text
from pawtui.phrases import shortened
from pawtui.probes.state import STATES
from pawtui.report.words import shown_gate_state
from pawtui.review.record_types import GATE_STATES, STEP_STATES
from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import MUTED, concat, fit, line, wrapped
from pawtui.tui.keymap import PLACES, known_bindings
from pawtui.tui.messages import SubjectRequested
from pawtui.tui.word_filter import word_filter

# The maximum number of matching notes in the list.
_MAX_NOTES = 30
# The scores of matches by words, which are below the scores of matches by name.
_ABOUT_SCORE, _TEXT_SCORE = 0.4, 0.3
# Cells of a row: the keys, the name of an action, and the space at both sides with the scroll bar.
_KEYS_WIDTH, _NAME_WIDTH, _PADDING = 11, 14, 6


class Palette(CommandPalette):
    """The palette. Its list ignores keys until it has a size: before that, Page Up in Textual 8.2 fails."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies."""
        if action == "command_list":
            return any(commands.scrollable_content_region for commands in self.query(CommandList))
        return super().check_action(action, parameters)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close the palette, once: Enter and Escape in a burst would also close the screen below it."""
        return super().dismiss(result) if self.is_current else AwaitComplete()


class PaletteItem(NamedTuple):
    """An item: its name, description and function, and the keys of an action as screens show them.

    An action that does not apply here has a function that shows the place where it applies.
    """

    name: str
    about: str
    run: Callable[[], object]
    keys: str = ""
    is_here: bool = True


class PaletteProvider(Provider):
    """The items for the screen below the palette. The app imports all screens before it opens the palette."""

    _has_run = False

    def _run_once(self, item: PaletteItem) -> object:
        """Run an item. A second Enter in the same burst must not open a second dialog."""
        if self._has_run:
            return None
        self._has_run = True
        return item.run()

    @property
    def _app(self) -> BaseApp:
        app = self.app
        assert isinstance(app, BaseApp)  # noqa: S101 - only the app of pawtui has this provider
        return app

    def actions(self) -> Iterator[PaletteItem]:
        """Yield every action with an id: first those that apply here, and of these first those of this screen."""
        app, known = self._app, known_bindings()
        active: dict[str, list[ActiveBinding]] = {}
        for candidate in self.screen.active_bindings.values():
            binding = known.get(candidate.binding.id or "")
            # The key of an action that does not apply has the action that shows why.
            if binding and candidate.enabled and candidate.binding.action == binding.binding.action:
                active.setdefault(binding.id, []).append(candidate)
        # The known bindings are in the order of `PLACES`. A screen whose place has no order comes first on that screen.
        here = sorted((item for item in known.values() if item.id in active), key=lambda item: item.place in PLACES)
        for item in here:
            keys, first = active[item.id], active[item.id][0]
            run = partial(app.run_action, first.binding.action, first.node)
            yield PaletteItem(
                item.binding.description, item.binding.tooltip, run, app.shown_keys(key.binding.key for key in keys)
            )
        for item in known.values():
            if item.id not in active:
                keys_elsewhere = app.key_overrides.get(item.id, ",".join(item.keys)).split(",")
                name, about = item.binding.description, f"{item.place}: {item.binding.tooltip}"
                explain = partial(app.show_message, f'"{name}" works only in this place: {item.place}. Go there first.')
                yield PaletteItem(name, about, explain, app.shown_keys(keys_elsewhere), is_here=False)

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
                run = self._go_to(step.subject, f"change_step('{step.step.id}', '{step_state}')")
                yield PaletteItem(f"Set step {step.step.id}: {step_state}", f"now {step.state}", run)

    def _notes(self, contains_words: Callable[[str], bool]) -> Iterator[PaletteItem]:
        """Yield the notes that contain the words anywhere, also in text that the row does not show."""
        for note in reversed(self._app.overview.record.notes.values()):
            about = f"{day_text(note.at)}, on {note.subject}, by {note.by}"
            if contains_words(f"Go to note: {note.text} {about}"):
                words = " ".join(note.text[:200].split())
                yield PaletteItem(f"Go to note: {shortened(words, 60)}", about, self._go_to(f"note:{note.id}"))

    async def discover(self) -> Hits:
        """Return the help of the screen, all actions, signals and gates, before a word is typed."""
        # Without a `HELP` of the screen, that of the focused widget or its nearest ancestor with one.
        nodes = (self.screen, *(self.screen.focused or self.screen).ancestors_with_self)
        if found := next((node.HELP for node in nodes if node.HELP), ""):
            text = self._app.with_keys(" ".join(found.split()))
            rows = wrapped(line(text, self._about_style), self.app.size.width - _PADDING)
            yield DiscoveryHit(Content("\n").join(rows), lambda: None, text=text)
        actions = list(self.actions())
        here = [item for item in actions if item.is_here]
        elsewhere = [item for item in actions if not item.is_here]
        for item in (*here, *self._subjects(), *self._commands_of_textual(), *elsewhere):
            yield DiscoveryHit(self._shown(item), partial(self._run_once, item), text=item.name)

    async def search(self, query: str) -> Hits:
        """Return the matches: names by fuzzy match, all other text by words."""
        matcher = self.matcher(query)
        contains_words = word_filter(query)
        for item in (*self.actions(), *self._subjects(), *self._state_changes(), *self._commands_of_textual()):
            score = matcher.match(item.name)
            if score == 0 and contains_words(f"{item.name} {item.about} {item.keys}"):
                score = _ABOUT_SCORE
            if score > 0:
                yield Hit(score * _weight(item), self._shown(item), partial(self._run_once, item), text=item.name)
        # A fuzzy match is too slow for long texts.
        for item in await asyncio.to_thread(lambda: list(islice(self._notes(contains_words), _MAX_NOTES))):
            yield Hit(_TEXT_SCORE, self._shown(item), partial(self._run_once, item), text=item.name)

    @property
    def _about_style(self) -> str:
        # In an ANSI theme, coloured text may be invisible on the selected row.
        return "not bold" if self.app.current_theme.ansi else f"not bold {MUTED}"

    def _shown(self, item: PaletteItem) -> Content:
        """Return the row without parsing markup, which Textual would do for a help text."""
        name = line(item.name, "" if item.is_here else self._about_style)
        keys, name = fit(line(item.keys), _KEYS_WIDTH), fit(name, max(_NAME_WIDTH, name.cell_length))
        return concat(keys, " ", name, "  ", line(item.about, self._about_style))


def _weight(item: PaletteItem) -> float:
    """Return the factor of a score: actions that apply here come first, actions of other places last."""
    if not item.is_here:
        return 0.6
    return 1.0 if item.keys else 0.9
