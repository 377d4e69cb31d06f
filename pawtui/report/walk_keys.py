"""The keys that decide an item of the walk, the same on the screen, in the command and in the JSON of `walk`."""

from collections.abc import Mapping

import msgspec

from pawtui.phrases import counted
from pawtui.review.overview import Overview
from pawtui.review.record_types import GateState
from pawtui.review.subject_status import GateStatus, SignalStatus

# The key of each state of a gate, on all screens and in the command.
GATE_STATE_KEYS: Mapping[GateState, str] = {"satisfied": "s", "blocked": "b", "untested": "t"}


class WalkKeys(msgspec.Struct, frozen=True):
    """The usual key that decides an item, its effect, and the other keys with their effects."""

    key: str
    effect: str
    others: str

    @property
    def text(self) -> str:
        """The keys on one line: `a: agree with "unmet"; or v: verdict`."""
        return f"{self.key}: {self.effect}; or {self.others}"


def walk_keys(overview: Overview, status: SignalStatus | GateStatus) -> WalkKeys:
    """Return the keys that decide the item of a signal or gate."""
    renewable_pins = overview.renewable_pins(status.subject)
    if any(drift.pin in renewable_pins for drift in status.stale):
        others = _keys_of_states() if isinstance(status, GateStatus) else "n: note with another pin, v: verdict"
        return WalkKeys("R", f"renew {counted(len(renewable_pins), 'pin')}", others)
    return _gate_keys(status) if isinstance(status, GateStatus) else _signal_keys(status)


def _signal_keys(status: SignalStatus) -> WalkKeys:
    if status.evidence_problem:
        return WalkKeys("n", "note with another pin", "v: verdict")
    if status.renewal_reason:
        return WalkKeys("a", f'accept the measured "{status.measured}"', "v: new verdict")
    if status.measured == "unknown" and not status.verdict:
        return WalkKeys("v", "verdict", 'a: agree that it is "unknown"')
    return WalkKeys("a", f'agree with "{status.effective}"', "v: verdict")


def _keys_of_states(without: GateState | None = None) -> str:
    """Return the keys of all other states of a gate: `b: blocked, t: untested`."""
    return ", ".join(f"{key}: {state}" for state, key in GATE_STATE_KEYS.items() if state != without)


def _gate_keys(status: GateStatus) -> WalkKeys:
    other_states = _keys_of_states(without=status.state)
    if not status.evidence_problem:
        return WalkKeys("a", f"agree that it is still {status.state}", other_states)
    if status.state == "satisfied":
        return WalkKeys(
            "s", "satisfied, with another pin", other_states if status.stale else "skip it until the next refresh"
        )
    return WalkKeys(GATE_STATE_KEYS[status.state], f"still {status.state}", "p: new pin")
