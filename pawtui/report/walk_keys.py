"""The keys that decide an item of the walk. A screen shows the keys that the user has chosen."""

from collections.abc import Mapping

from pawtui.phrases import counted
from pawtui.report.spans import with_keys
from pawtui.review.overview import Overview
from pawtui.review.record_types import GateState
from pawtui.review.subject_status import GateStatus, SignalStatus

# The default key of each state of a gate.
GATE_STATE_KEYS: Mapping[GateState, str] = {"satisfied": "s", "blocked": "b", "untested": "t"}
_RENEW, _AGREE, _VERDICT = "<R:pin.renew>", "<a:walk.agree>", "<v:signal.verdict>"
_NOTE, _PIN = "<n:note.write>", "<p:note.pin>"


def walk_keys(overview: Overview, status: SignalStatus | GateStatus) -> tuple[str, str]:
    """Return the usual key that decides an item, and the other keys; `with_keys` reads both.

    For example, `<a:walk.agree>: agree with "met"` and `<v:signal.verdict>: verdict`.
    """
    renewable_pins = overview.renewable_pins(status.subject)
    if any(drift.pin in renewable_pins for drift in status.stale):
        usual = f"{_RENEW}: renew {counted(len(renewable_pins), 'pin')}"
        if isinstance(status, GateStatus):
            return usual, _keys_of_states()
        return usual, f"{_NOTE}: note with another pin, {_VERDICT}: verdict"
    return _gate_keys(status) if isinstance(status, GateStatus) else _signal_keys(status)


def default_walk_keys(overview: Overview, status: SignalStatus | GateStatus) -> str:
    """Return the default keys on one line: `a: agree with "unmet"; or v: verdict`."""
    return with_keys("; or ".join(walk_keys(overview, status)))


def _signal_keys(status: SignalStatus) -> tuple[str, str]:
    if status.evidence_problem:
        return f"{_NOTE}: note with another pin", f"{_VERDICT}: verdict"
    if status.renewal_reason:
        return f'{_AGREE}: accept the measured "{status.measured}"', f"{_VERDICT}: new verdict"
    if status.measured == "unknown" and not status.verdict:
        return f"{_VERDICT}: verdict", f'{_AGREE}: agree that it is "unknown"'
    return f'{_AGREE}: agree with "{status.effective}"', f"{_VERDICT}: verdict"


def _gate_keys(status: GateStatus) -> tuple[str, str]:
    other_states = _keys_of_states(without=status.state)
    if not status.evidence_problem:
        return f"{_AGREE}: agree that it is still {status.state}", other_states
    if status.state == "satisfied":
        others = other_states if status.stale else "skip it until the next refresh"
        return f"{_state_key('satisfied')}: satisfied, with another pin", others
    return f"{_state_key(status.state)}: still {status.state}", f"{_PIN}: new pin"


def _keys_of_states(without: GateState | None = None) -> str:
    """Return the keys of all states of a gate except `without`: `b: blocked, t: untested`."""
    return ", ".join(f"{_state_key(state)}: {state}" for state in GATE_STATE_KEYS if state != without)


def _state_key(state: GateState) -> str:
    return f"<{GATE_STATE_KEYS[state]}:gate.{state}>"
