"""Dialogs for a gate's state: evidence for satisfied, a reason for blocked, a yes before parts or reasons change."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from pawtui.report.words import minute, short_pin
from pawtui.review.basis import ChangeFactory
from pawtui.review.gate_actions import set_gate
from pawtui.review.record_types import GateState
from pawtui.review.renewal import renewed_pin
from pawtui.review.views import GateView, Overview
from pawtui.tui.content import ALERT, LINK, MUTED, STRONG, concat, editable, line, spaced, state_mark, trusted
from pawtui.tui.pin_field import PinArea
from pawtui.tui.pin_input import checked, typed_pins
from pawtui.tui.screens.action_dialog import ActionDialog
from pawtui.tui.screens.pins_dialog import PinningDialog


class GateDialog(PinningDialog):
    """Asks for what the state needs. Where evidence is stale it lists the pins, and asks for new ones."""

    HELP = "Satisfied needs evidence: a pin, one per line. Blocked needs a reason."

    def __init__(self, shown: Overview, gate_id: str, state: GateState) -> None:
        super().__init__(shown)
        self._gate_id = gate_id
        self._state: GateState = state
        self.subject = f"gate:{gate_id}"
        entry = self._view.entry
        self._was = editable(entry.reason) if entry and entry.state == state else ""
        self.card_title = f"{gate_id}: {state}"
        self._filled = self._places()

    @property
    def _view(self) -> GateView:
        return self.shown.gate(self._gate_id)

    def state(self) -> Content:
        """The gate's state; for `satisfied` also the evidence that went stale, and the parts that are ticked by it."""
        lines = [gate_standing(self._view)]
        if self._state == "satisfied":
            lines += self._stale() if self._view.stale else []
            if parts := unticked(self._view):
                lines.append(line(f"Saving also ticks: {', '.join(parts)}", ALERT))
        return Content("\n").join(lines)

    def fields(self) -> ComposeResult:
        """The sentence, then reason and pins in the order in which the state needs them."""
        yield Static(concat(state_mark(self._state), "  ", line(self._view.gate.title, STRONG)))
        yield Static(self.state(), id="state")
        blocked = self._state == "blocked"
        if blocked:
            yield from self._reason("What blocks it")
        yield Label("Evidence" if not blocked else "Evidence (optional)", classes="label")
        yield PinArea(self._filled, id="pins", classes="few", show_line_numbers=False)
        yield Static(id="completions", classes="completions")
        yield Static(Content("\n").join(checked([], {}, {})[0]), id="checked", classes="checked")
        if not blocked:
            yield from self._reason("Comment (optional)")

    def _reason(self, label: str) -> ComposeResult:
        yield Label(label, classes="label")
        yield Input(self._was, id="reason")

    def _places(self) -> str:
        """The places where the text of stale pins stands now: they are filled in, one a line."""
        if self._state != "satisfied":
            return ""
        return "\n".join(now for drift in self._view.stale if (now := renewed_pin(drift)) and now != drift.pin)

    def on_mount(self) -> None:
        """Look up the pins that are filled in."""
        if self.pins():
            self.show_pins()

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
        return bool(
            self.pins() != typed_pins(self._filled)
            or self.query_one("#reason", Input).value.strip() != self._was.strip()
        )

    def submit(self) -> ChangeFactory | None:
        """Set the gate, with its reason and pins."""
        reason = self.query_one("#reason", Input).value
        if wrong := self.wrong_pin():
            self.wrong(wrong)
            return None
        pins = self.full_pins()
        tracker, gate_id, state = self.app.workspace.tracker, self._gate_id, self._state
        return lambda record, actor: set_gate(record, tracker, gate_id, state, actor, reason=reason, pins=pins)


def gate_standing(view: GateView) -> Content:
    """Return a gate's state now, by whom and when, and its summary."""
    entry = view.entry
    by = line(f"{entry.by}, {minute(entry.at)}", MUTED) if entry else line("")
    return spaced([line("now", MUTED), state_mark(view.state), by, line(view.summary, MUTED)])


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


class ConfirmGateDialog(ActionDialog):
    """Asks before setting a gate's state changes anything else. Only `y` sets it."""

    AUTO_FOCUS = ""
    AGAIN = "y sets it anyway."
    HELP = "Setting this state changes more than the state. y sets it, n or Esc leaves the gate as it is."
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("y", "yes"), ("n", "no, change nothing"))

    def __init__(self, shown: Overview, gate_id: str, state: GateState) -> None:
        super().__init__(shown)
        self._gate_id = gate_id
        self._state: GateState = state
        self.subject = f"gate:{gate_id}"
        self.card_title = f"{gate_id}: {state}?"

    def state(self) -> Content:
        """The gate's state, and what else would change."""
        view = self.shown.gate(self._gate_id)
        return Content("\n").join([gate_standing(view), line(consequence(view, self._state), ALERT)])

    def fields(self) -> ComposeResult:
        """The gate, and what else would change."""
        title = self.shown.gate(self._gate_id).gate.title
        yield Static(concat(state_mark(self._state), "  ", line(title, STRONG)))
        yield Static(self.state(), id="state")

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
        tracker, gate_id, state = self.app.workspace.tracker, self._gate_id, self._state
        return lambda record, actor: set_gate(record, tracker, gate_id, state, actor)
