"""The dialogs of a gate: its state, with evidence or a reason; a pin; and a confirmation if more would change."""

from textual.app import ComposeResult
from textual.content import Content

from pawtui.phrases import counted
from pawtui.report.documents.document_parts import gate_span
from pawtui.report.spans import signature
from pawtui.report.words import short_pin
from pawtui.review.actions import ChangeFactory
from pawtui.review.gate_actions import add_pin, set_gate
from pawtui.review.overview import Overview
from pawtui.review.record_types import GateState
from pawtui.review.subject_status import GateStatus
from pawtui.tui.content import (
    ALERT,
    EMPTY,
    LINK,
    MUTED,
    STRONG,
    concat,
    line,
    shown_text,
    spaced,
    state_mark,
    trusted,
)
from pawtui.tui.pin_field import PinArea, PinInput
from pawtui.tui.screens.action_dialog import ConfirmDialog
from pawtui.tui.screens.pin_field_dialog import PinFieldDialog, StateDialog


class GateDialog(StateDialog):
    """The dialog for a state that needs a reason or evidence. Renewed pins of stale evidence are filled in."""

    HELP = "Satisfied needs evidence: a pin, one per line. Blocked needs a reason."

    def __init__(self, shown: Overview, gate_id: str, state: GateState) -> None:
        super().__init__(shown, f"gate:{gate_id}", state, shown.gate(gate_id).entry)
        self._gate_id = gate_id
        self._new_state: GateState = state

    @property
    def _status(self) -> GateStatus:
        return self.shown.gate(self._gate_id)

    def current_state(self) -> Content:
        """Return the state of the gate; for `satisfied` also its stale pins and the parts that are ticked too."""
        status = self._status
        lines = [_state_line(status)]
        if self._new_state == "satisfied":
            if status.stale:
                lines.append(trusted("Stale evidence: pin the current place.", ALERT))
                lines += [spaced(state_mark(drift.state), line(short_pin(drift.pin), LINK)) for drift in status.stale]
            if parts := _unticked_titles(status):
                lines.append(line(f"Saving also ticks: {', '.join(parts)}", ALERT))
        return Content("\n").join(lines)

    def heading(self) -> Content:
        return concat(state_mark(self._new_state), "  ", line(self._status.title, STRONG))

    def inputs(self) -> ComposeResult:
        """Yield reason and pins; the required field is first."""
        if self._new_state == "blocked":
            yield from self.reason_field("Reason: what blocks the gate")
            yield from self.pin_fields("Evidence (optional)", PinArea(""))
        else:
            yield from self.pin_fields("Evidence", PinArea("\n".join(self._status.new_places)))
            yield from self.reason_field("Comment (optional)")

    def prepare_change(self) -> ChangeFactory:
        reason, pins = self.typed["reason"], self.full_pins()
        return lambda context: set_gate(context, self._gate_id, self._new_state, reason=reason, pins=pins)


class PinDialog(PinFieldDialog):
    """The dialog for one pin of a gate; `offered` is filled in, and typing replaces it."""

    HELP = "A pin is a path at a commit (up:path/file.ts#L10-L20), an issue (owner/repo#12) or a link."

    def __init__(self, shown: Overview, gate_id: str, offered: str) -> None:
        super().__init__(shown, f"gate:{gate_id}")
        self._gate_id = gate_id
        self._offered = offered
        self.title = f"Pin to {gate_id}"

    def heading(self) -> Content:
        return line(self.shown.gate(self._gate_id).title, STRONG)

    def current_state(self) -> Content:
        status = self.shown.gate(self._gate_id)
        pins = line(counted(len(status.own_pins), "pin"), MUTED) if status.own_pins else EMPTY
        return spaced(_state_line(status), pins)

    def inputs(self) -> ComposeResult:
        yield from self.pin_fields("Pin", PinInput(self._offered))

    def prepare_change(self) -> ChangeFactory:
        pin = next(iter(self.full_pins()), "")
        return lambda context: add_pin(context, self._gate_id, pin)


class ConfirmGateDialog(ConfirmDialog):
    RETRY_HINT = "y sets it anyway."
    HELP = "Setting this state changes more than the state. y sets it, n or Esc leaves the gate as it is."

    def __init__(self, shown: Overview, gate_id: str, state: GateState) -> None:
        super().__init__(shown, f"gate:{gate_id}")
        self._gate_id = gate_id
        self._new_state: GateState = state
        self.title = f"{gate_id}: {state}?"

    def heading(self) -> Content:
        return concat(state_mark(self._new_state), "  ", line(self.shown.gate(self._gate_id).title, STRONG))

    def current_state(self) -> Content:
        status = self.shown.gate(self._gate_id)
        undo = self.app.with_keys("<u:undo>: undo.")
        return Content("\n").join([_state_line(status), line(f"{consequence(status, self._new_state)} {undo}", ALERT)])

    def prepare_change(self) -> ChangeFactory:
        return lambda context: set_gate(context, self._gate_id, self._new_state)


def consequence(status: GateStatus, state: GateState) -> str:
    """Return what else changes when the gate gets that state, in sentences; empty if nothing else changes."""
    ticks = _unticked_titles(status) if state == "satisfied" else ()
    entry = status.entry
    lost = []
    if entry is not None and entry.state != state:
        lost += [f'the reason "{entry.reason}"'] if entry.reason else []
        if state == "untested" and entry.parts and len(entry.parts) == len(status.gate.parts):
            lost.append(f"all {len(entry.parts)} ticks")
    sentences = [
        f"This also ticks: {', '.join(ticks)}." if ticks else "",
        f"This removes {' and '.join(lost)}." if lost else "",
    ]
    return " ".join(filter(None, sentences))


def _state_line(status: GateStatus) -> Content:
    entry = status.entry
    by = shown_text(signature(entry.by, entry.at)) if entry else EMPTY
    return spaced(line("now", MUTED), shown_text(gate_span(status)), by, line(status.summary, MUTED))


def _unticked_titles(status: GateStatus) -> tuple[str, ...]:
    ticked = status.ticked_parts
    return tuple(part.title for part in status.gate.parts if part.id not in ticked)
