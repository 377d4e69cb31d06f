"""Fields for pins, their completions, and the result for each typed pin: how it is read, and whether it exists."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import getters
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from pawtui.evidence_reader import NewPinCheck
from pawtui.refresh.pins import HeadsBySide, Pin, PinError, parse_pin
from pawtui.report.words import name_and_commit
from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import DANGER, LINK, MUTED, OK, concat, line, spaced, trusted
from pawtui.tui.line_view import CURSOR_MARK, NO_MARK
from pawtui.tui.pin_completion import Completion, PinQuery
from pawtui.tui.text_fields import TextField

# The result of the check of each typed pin to a file; None while the check runs.
PinChecks = Mapping[str, NewPinCheck | None]
_HINT = trusted("up:FILE#L10-L20 (or down:) is a file at the last refresh. A link or owner/repo#12 also works.", MUTED)
_KIND_WORDS = {"file": "file", "commit": "commit", "issue": "issue", "url": "link"}
# The actions are methods of the dialog, which has the completions.
_BINDINGS: list[BindingType] = [
    Binding(
        "tab",
        "screen.accept_completion",
        "Complete",
        show=False,
        id="pin.complete",
        tooltip="Accept completion, or go to the next field",
    ),
    Binding(
        "ctrl+n", "screen.next_completion", "Mark next", show=False, id="pin.mark_next", tooltip="The next completion"
    ),
]


class PinInput(Input):
    """A field for one pin."""

    BINDING_GROUP_TITLE = "Pins"
    BINDINGS: ClassVar[list[BindingType]] = _BINDINGS

    def __init__(self, text: str) -> None:
        super().__init__(text, id="pin", placeholder="up:path/file.ts#L10-L20")

    @property
    def pins(self) -> list[str]:
        return _split_pins(self.value)

    @property
    def current_pin(self) -> str:
        return self.value

    def replace_current(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)


class PinArea(TextField):
    """A field for pins, one per line. A filled-in text ends with an empty line, for the next pin."""

    BINDING_GROUP_TITLE = "Pins"
    BINDINGS: ClassVar[list[BindingType]] = _BINDINGS

    def __init__(self, text: str) -> None:
        super().__init__(f"{text}\n" if text else "", id="pins", classes="few-lines")

    @property
    def pins(self) -> list[str]:
        return _split_pins(self.text)

    @property
    def current_pin(self) -> str:
        return self.document.get_line(self.cursor_location[0])

    def replace_current(self, text: str) -> None:
        row = self.cursor_location[0]
        self.replace(text, (row, 0), (row, len(self.current_pin)), maintain_selection_offset=False)
        self.move_cursor((row, len(text)))


class CompletionBox(Static):
    """The completions of the pin that is being typed, below the field. One of them is marked.

    `pin_query` is the text that they complete; None without a text.
    """

    app = getters.app(BaseApp)

    def __init__(self) -> None:
        super().__init__()
        self.pin_query: PinQuery | None = None
        self._completions: Sequence[Completion] = ()
        self._marked_index = 0

    @property
    def marked(self) -> Completion | None:
        """The marked completion; None without completions."""
        return self._completions[self._marked_index] if self._completions else None

    def offer(self, completions: Sequence[Completion], pin_query: PinQuery | None) -> None:
        """Show the completions of a query, with the first one marked; without any, the box is hidden."""
        self._completions, self._marked_index, self.pin_query = completions, 0, pin_query
        self._show()

    def mark_next(self) -> None:
        """Mark the next completion; after the last one, the first."""
        if self._completions:
            self._marked_index = (self._marked_index + 1) % len(self._completions)
            self._show()

    def _show(self) -> None:
        # The keys are first: on a short screen the end of the list is off screen.
        keys = "<Tab:pin.complete> accepts the marked completion, <Ctrl+N:pin.mark_next> marks the next"
        rows = [concat(NO_MARK, line(self.app.with_keys(keys), MUTED))]
        for completion in self._completions:
            mark, style = (CURSOR_MARK, LINK) if completion is self.marked else (NO_MARK, "")
            rows.append(concat(mark, line(completion.shown, style)))
        self.display = bool(self._completions)
        self.update(Content("\n").join(rows))


def _split_pins(text: str) -> list[str]:
    """Return the typed pins, one per line that is not empty."""
    return [pin.strip() for pin in text.splitlines() if pin.strip()]


def describe_pins(
    pins: Sequence[str], heads: HeadsBySide, checks: PinChecks, typed_line: str, *, can_be_completed: bool
) -> list[Content]:
    """Return a result line for each typed pin.

    `typed_line` is the line that is being typed. Its result is a hint as long as it is no pin, or names no file
    but can be completed to a path.
    """
    results: list[Content] = []
    for pin in pins:
        is_typed, check = pin == typed_line.strip(), checks.get(pin)
        try:
            parsed = parse_pin(pin, heads)
        except PinError as error:
            results.append(_HINT if is_typed else _mistake(str(error)))
            continue
        if check and check.problem:
            results.append(_HINT if is_typed and can_be_completed else _mistake(check.problem))
        else:
            name, commit = name_and_commit(str(parsed))
            is_pending = pin in checks and check is None
            state = trusted("? not checked yet", MUTED) if is_pending else _state(parsed, check)
            results.append(spaced(state, line(name, LINK), line(commit, MUTED)))
    return results or [_HINT]


def _mistake(problem: str) -> Content:
    return concat(trusted("x ", f"bold {DANGER}"), line(problem, DANGER))


def _state(pin: Pin, check: NewPinCheck | None) -> Content:
    """Return what is known about the file or issue; without a check, the kind of the pin."""
    if check is None:
        return concat(trusted("= ", f"bold {OK}"), trusted(_KIND_WORDS[pin.kind], MUTED))
    if check.found and check.unread:
        return trusted("? file exists, lines not checked", MUTED)
    if not check.found:
        return trusted("? will be checked at the next refresh", MUTED)
    return concat(trusted("= ", f"bold {OK}"), trusted("exists", OK))
