"""The key that settles an item of the walk, the same on the screen, in the command and in the JSON of `walk`."""

from typing import TypedDict

import msgspec

from pawtui.phrases import counted
from pawtui.review.views import GateView, SignalView
from pawtui.review.walk import Walk


class SettlingKeys(msgspec.Struct, frozen=True):
    """The key that settles an item, its effect, and the other keys that settle it."""

    key: str
    effect: str
    others: str

    @property
    def text(self) -> str:
        """The keys on one line: `a: agree (unmet); or v: verdict`."""
        return f"{self.key}: {self.effect}; or {self.others}"


def settling_keys(view: SignalView | GateView) -> SettlingKeys:
    """Return the key that settles an item, and the other keys that settle it."""
    if any(drift.pin in view.renewable for drift in view.stale):
        gate_keys = "s: satisfied, b: blocked, t: untested"
        others = gate_keys if isinstance(view, GateView) else "n: note with another pin, v: verdict"
        return SettlingKeys("R", f"renew {counted(len(view.renewable), 'pin')}", others)
    return _gate_keys(view) if isinstance(view, GateView) else _signal_keys(view)


def _signal_keys(signal: SignalView) -> SettlingKeys:
    if signal.evidence_problem:
        return SettlingKeys("n", "note with another pin", "v: verdict")
    if signal.renewal:
        return SettlingKeys("a", f'accept the measured "{signal.measured}"', "v: new verdict")
    if signal.measured == "unknown" and not signal.verdict:
        return SettlingKeys("v", "verdict", 'a: agree that it is "unknown"')
    return SettlingKeys("a", f'agree with "{signal.effective}"', "v: verdict")


def _gate_keys(gate: GateView) -> SettlingKeys:
    others = {"untested": "s: satisfied, b: blocked", "blocked": "s: satisfied, t: untested"}
    other_states = others.get(gate.state, "b: blocked, t: untested")
    if not gate.evidence_problem:
        return SettlingKeys("a", f"agree that it is still {gate.state}", other_states)
    if gate.state == "satisfied":
        return SettlingKeys(
            "s", "satisfied, with another pin", other_states if gate.stale else "→: skip until the next refresh"
        )
    return SettlingKeys({"blocked": "b", "untested": "t"}[gate.state], f"still {gate.state}", "p: new pin")


class WalkItemJson(TypedDict):
    """One item of the walk, most urgent first. `urgency` is from 0 (stale or unchecked evidence) to 6 (nothing to do).

    `subject` is `signal:ID` or `gate:ID`; `decided` is true if someone decided it since the last refresh. `next` is the
    key that settles the item, with its effect and the other keys.
    """

    subject: str
    why: str
    urgency: int
    decided: bool
    next: str


def walk_items_json(walk: Walk) -> list[WalkItemJson]:
    """Return the items of a walk."""
    return [
        {
            "subject": item.subject,
            "why": item.why,
            "urgency": item.urgency,
            "decided": item.subject in walk.decided,
            "next": settling_keys(walk.overview.subjects[item.subject]).text,
        }
        for item in walk.items
    ]
