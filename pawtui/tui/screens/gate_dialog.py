"""What a gate's state needs: evidence for satisfied, a reason for blocked, a yes before something is dropped."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from pawtui.review.actions import set_gate
from pawtui.review.basis import ChangeFactory
from pawtui.review.model import GateState
from pawtui.review.views import GateView, Overview
from pawtui.tui.content import ALERT, LINK, MUTED, STRONG, concat, editable, line, spaced, trusted
from pawtui.tui.pages.common import drift_mark, gate_mark, short_pin, stamp
from pawtui.tui.pin_input import checked, typed_pins
from pawtui.tui.screens.act_dialog import ActDialog
from pawtui.tui.screens.pins_dialog import PinningDialog


class GateDialog(PinningDialog):
    """Asks for what the state needs. Where evidence went stale it says which, and asks for what is there now."""

    def __init__(self, shown: Overview, gate_id: str, state: GateState) -> None:
        super().__init__(shown)
        self._gate_id = gate_id
        self._state: GateState = state
        self.subject = f"gate:{gate_id}"
        entry = self._view.entry
        self._was = editable(entry.reason) if entry and entry.state == state else ""
        self.card_title = f"{gate_id}: {state}"

    @property
    def _view(self) -> GateView:
        return self.shown.gate(self._gate_id)

    def state(self) -> Content:
        """The gate's state; for `satisfied` also the evidence that went stale."""
        stale = self._stale() if self._state == "satisfied" and self._view.stale else []
        return Content("\n").join([gate_standing(self._view), *stale])

    def fields(self) -> ComposeResult:
        """The sentence, then reason and pins in the order in which the state needs them."""
        yield Static(concat(gate_mark(self._state), "  ", line(self._view.gate.title, STRONG)))
        yield Static(self.state(), id="state")
        blocked = self._state == "blocked"
        if blocked:
            yield from self._reason("What blocks it")
        yield Label("Evidence" if not blocked else "Evidence, if there is any", classes="label")
        yield TextArea(id="pins", classes="few", show_line_numbers=False)
        yield Static(Content("\n").join(checked([], {}, {})[0]), id="checked", classes="checked")
        if not blocked:
            yield from self._reason("In a few words, if you like")

    def _reason(self, label: str) -> ComposeResult:
        yield Label(label, classes="label")
        yield Input(self._was, id="reason")

    def _stale(self) -> list[Content]:
        pins = [spaced([drift_mark(one), line(short_pin(one.pin), LINK)]) for one in self._view.stale]
        return [trusted("Its evidence went stale: pin what is there now.", ALERT), *pins]

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
    by = line(f"{entry.by}, {stamp(entry.at)}", MUTED) if entry else line("")
    return spaced([line("now", MUTED), gate_mark(view.state), by, line(view.summary, MUTED)])


def dropped(view: GateView) -> str:
    """What a gate loses when it becomes untested: its reason, and its ticks where all were there; empty if nothing."""
    entry = view.entry
    if entry is None or entry.state == "untested":
        return ""
    parts = []
    if entry.reason:
        parts.append(f"the reason “{entry.reason}”")
    if entry.parts and len(entry.parts) == len(view.gate.parts):
        parts.append(f"all {len(entry.parts)} ticks")
    return " and ".join(parts)


class UntestedDialog(ActDialog):
    """Asks before a gate loses what people gave it: nothing but a yes changes it."""

    AUTO_FOCUS = ""
    AGAIN = "y sets it to untested."
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("y", "yes"), ("n", "no, leave it as it is"))

    def __init__(self, shown: Overview, gate_id: str) -> None:
        super().__init__(shown)
        self._gate_id = gate_id
        self.subject = f"gate:{gate_id}"
        self.card_title = f"{gate_id}: untested?"

    def state(self) -> Content:
        """The gate's state, and what would be lost."""
        view = self.shown.gate(self._gate_id)
        lost = dropped(view)
        warning = line(f"This drops {lost}. Ctrl+Z brings it back.", ALERT)
        return Content("\n").join([gate_standing(view), *([warning] if lost else [])])

    def fields(self) -> ComposeResult:
        """The sentence, and what would be lost."""
        yield Static(concat(gate_mark("untested"), "  ", line(self.shown.gate(self._gate_id).gate.title, STRONG)))
        yield Static(self.state(), id="state")

    def on_key(self, event: events.Key) -> None:
        """The answer. These are no bindings: a question's y and n are the same whatever else the keys are."""
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
        """Set it to untested."""
        tracker, gate_id = self.app.workspace.tracker, self._gate_id
        return lambda record, actor: set_gate(record, tracker, gate_id, "untested", actor)
