"""Dialogs for a gate's state: evidence for satisfied, a reason for blocked, a yes before parts or reasons change."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from pawtui.report.words import short_pin
from pawtui.review.actions import set_gate
from pawtui.review.model import GateState
from pawtui.review.views import GateView
from pawtui.tui.background import ChangeFactory
from pawtui.tui.content import ALERT, LINK, STRONG, concat, editable, line, spaced, state_mark, trusted
from pawtui.tui.pin_input import checked, typed_pins
from pawtui.tui.screens.dialog import Dialog
from pawtui.tui.screens.pins_dialog import PinningDialog


class GateDialog(PinningDialog):
    """Asks for what the state needs. Where evidence is stale it lists the pins, and asks for new ones."""

    HELP = "Satisfied needs evidence: a pin, one per line. Blocked needs a reason."

    def __init__(self, view: GateView, state: GateState) -> None:
        super().__init__()
        self._view = view
        self._state: GateState = state
        entry = view.entry
        self._was = editable(entry.reason) if entry and entry.state == state else ""
        self.card_title = f"{view.gate.id}: {state}"

    def fields(self) -> ComposeResult:
        """The sentence, then reason and pins in the order in which the state needs them."""
        yield Static(concat(state_mark(self._state), "  ", line(self._view.gate.title, STRONG)))
        blocked = self._state == "blocked"
        if blocked:
            yield from self._reason("What blocks it")
        elif self._view.stale:
            yield Static(Content("\n").join(self._stale()), id="stale")
        if self._state == "satisfied" and unticked(self._view):
            yield Static(line(f"Saving also ticks: {', '.join(unticked(self._view))}", ALERT), id="ticks")
        yield Label("Evidence" if not blocked else "Evidence (optional)", classes="label")
        yield TextArea(id="pins", classes="few", show_line_numbers=False)
        yield Static(Content("\n").join(checked([], {}, {})[0]), id="checked", classes="checked")
        if not blocked:
            yield from self._reason("Comment (optional)")

    def _reason(self, label: str) -> ComposeResult:
        yield Label(label, classes="label")
        yield Input(self._was, id="reason")

    def _stale(self) -> list[Content]:
        pins = [spaced([state_mark(one.state), line(short_pin(one.pin), LINK)]) for one in self._view.stale]
        return [trusted("Stale evidence: pin the current place.", ALERT), *pins]

    @on(TextArea.Changed, "#pins")
    def _typed(self) -> None:
        self.show_pins()
        self.touched()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_submit()

    def pins(self) -> list[str]:
        """What was typed, one pin a line."""
        return typed_pins(self.query_one("#pins", TextArea).text)

    def dirty(self) -> bool:
        """Whether a pin was typed, or another reason."""
        return bool(self.pins() or self.query_one("#reason", Input).value.strip() != self._was.strip())

    def submit(self) -> ChangeFactory | None:
        """Set the gate, with its reason and pins."""
        pins = self.pins()
        reason = self.query_one("#reason", Input).value
        if wrong := self.wrong_pin():
            self.wrong(wrong)
            return None
        tracker, gate_id, state = self.app.workspace.tracker, self._view.gate.id, self._state
        return lambda record, actor: set_gate(record, tracker, gate_id, state, actor, reason=reason, pins=pins)


def unticked(view: GateView) -> tuple[str, ...]:
    """Return the titles of the gate's parts that are not ticked."""
    ticked = view.entry.parts if view.entry else ()
    return tuple(part.title for part in view.gate.parts if part.id not in ticked)


def consequence(view: GateView, state: GateState) -> str:
    """Return what else changes when the gate gets that state, as one sentence; empty where nothing else does."""
    if state == "satisfied" and (parts := unticked(view)):
        return f"This also ticks: {', '.join(parts)}."
    entry = view.entry
    if state != "untested" or entry is None or entry.state == "untested":
        return ""
    lost = [f"the reason “{entry.reason}”"] if entry.reason else []
    if entry.parts and len(entry.parts) == len(view.gate.parts):
        lost.append(f"all {len(entry.parts)} ticks")
    return f"This removes {' and '.join(lost)}. u restores." if lost else ""


class ConfirmGateDialog(Dialog):
    """Asks before setting a gate's state changes anything else. Only `y` sets it."""

    AUTO_FOCUS = ""
    HELP = "Setting this state changes more than the state. y sets it, n or Esc leaves the gate as it is."
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("y", "yes"), ("n", "no, change nothing"))

    def __init__(self, view: GateView, state: GateState) -> None:
        super().__init__()
        self._view = view
        self._state: GateState = state
        self.card_title = f"{view.gate.id}: {state}?"

    def fields(self) -> ComposeResult:
        """The gate, and what else would change."""
        yield Static(concat(state_mark(self._state), "  ", line(self._view.gate.title, STRONG)))
        yield Static(line(consequence(self._view, self._state), ALERT))

    def on_key(self, event: events.Key) -> None:
        """Answer. These are no bindings: y and n are the same whatever other keys are set."""
        if event.key not in ("y", "n", "enter"):
            return
        # The screen below must not take the same key for one of its own.
        event.stop()
        event.prevent_default()
        if event.key == "y":
            self.action_submit()
        else:
            self.action_leave()

    def submit(self) -> ChangeFactory | None:
        """Set the state."""
        tracker, gate_id, state = self.app.workspace.tracker, self._view.gate.id, self._state
        return lambda record, actor: set_gate(record, tracker, gate_id, state, actor)
