"""Help: the help of the focused widget, and a list of all actions that is filtered by typing."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from pawtui.tui.content import ALERT, EMPTY, MUTED, STRONG, concat, fit, line, trusted, uncoloured
from pawtui.tui.footer import KeysFooter
from pawtui.tui.help_list import HelpEntry, elsewhere_message
from pawtui.tui.word_filter import word_filter

_KEYS_WIDTH, _NAME_WIDTH = 10, 14
_SELECT = Binding.Group("Select", compact=True)


class HelpScreen(ModalScreen[HelpEntry | None]):
    """The list of entries below the help `text`. The result is the entry to run."""

    CSS_PATH = "help_screen.tcss"
    AUTO_FOCUS = "Input"
    BINDING_GROUP_TITLE = "Help"
    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the filter, which has the focus and would handle these keys itself.
        Binding("down", "move('cursor_down')", "Down", id="help.down", group=_SELECT, priority=True),
        Binding("up", "move('cursor_up')", "Up", id="help.up", group=_SELECT, priority=True),
        Binding("pagedown", "move('page_down')", "Page down", show=False, id="help.page_down"),
        Binding("pageup", "move('page_up')", "Page up", show=False, id="help.page_up"),
        Binding("enter", "run", "Run", priority=True),
        Binding("escape,f1", "close", "Close", id="help.close"),
    ]

    def __init__(self, text: str, entries: Sequence[HelpEntry]) -> None:
        super().__init__()
        self._text = text
        self._entries = {entry.known.id: entry for entry in entries}

    def compose(self) -> ComposeResult:
        with Vertical(id="help") as card:
            card.border_title = line("Help")
            yield Static(line(self._text), id="about")
            yield Input(placeholder="Type to filter", compact=True, id="words")
            self._list = OptionList(id="entries", markup=False, compact=True)
            yield self._list
            yield Static(id="message")
            yield KeysFooter()

    def on_mount(self) -> None:
        self.query_one("#about").display = bool(self._text)
        self._list.can_focus = False
        self._show("")

    @on(Input.Changed)
    def _filter_edited(self, event: Input.Changed) -> None:
        # The key that opens the help also closes it. It is also a character for the filter.
        if event.value == "?":
            self.action_close()
        else:
            self._show(event.value)

    def _show(self, words: str) -> None:
        matches = word_filter(words)
        matching = [entry for entry in self._entries.values() if matches(entry.searched_text)]
        # In an ANSI theme, coloured text may be invisible on the selected row.
        self._list.set_options(_options(matching, coloured=not self.app.current_theme.ansi))
        self._list.action_first()
        self._list.scroll_home(animate=False)
        self._show_message(EMPTY if matching else line(f'No action matches "{words}".', ALERT))

    def _show_message(self, message: Content) -> None:
        self.query_one("#message", Static).update(message)

    async def action_move(self, list_action: str) -> None:
        """Move the cursor of the list. The focus stays on the filter."""
        await self._list.run_action(list_action)
        self._show_message(EMPTY)

    def action_run(self) -> None:
        """Run the selected action, or show where it applies."""
        self._list.action_select()

    @on(OptionList.OptionSelected)
    def _option_selected(self, event: OptionList.OptionSelected) -> None:
        entry = self._entries[event.option_id or ""]
        if entry.applies_here:
            self.dismiss(entry)
        else:
            self._show_message(line(elsewhere_message(entry), ALERT))

    def action_close(self) -> None:
        self.dismiss(None)


def _options(entries: Sequence[HelpEntry], *, coloured: bool) -> Iterator[Option]:
    """Yield the entries under their places: of each place first those that apply here, then the others."""
    groups = groupby(entries, key=lambda entry: (entry.known.place, entry.applies_here))
    for number, ((place, is_here), group) in enumerate(groups):
        remark = EMPTY if is_here else trusted("  not available here", MUTED)
        yield Option(concat(trusted("\n" if number else ""), line(place, STRONG), remark), disabled=True)
        for entry in group:
            row = _row(entry)
            yield Option(row if coloured else uncoloured(row), id=entry.known.id)


def _row(entry: HelpEntry) -> Content:
    key = fit(line(entry.keys, "bold $text-accent" if entry.applies_here else MUTED), _KEYS_WIDTH)
    name = fit(line(entry.binding.description, "" if entry.applies_here else MUTED), _NAME_WIDTH)
    return concat("  ", key, " ", name, " ", line(entry.binding.tooltip, MUTED))
