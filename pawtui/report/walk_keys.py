"""The key that settles a step of the walk: the same letters in the screen, in the command and in the JSON."""

from __future__ import annotations

import msgspec

from pawtui.report.documents.subject_document import gate_of, signal_of
from pawtui.review.views import GateView, Overview


class Keys(msgspec.Struct, frozen=True):
    """The key that settles a step, what it does, and the others that do."""

    key: str
    does: str
    others: str = ""

    @property
    def text(self) -> str:
        """All of it on one line: `a: agree (unmet); or v: verdict`."""
        return f"{self.key}: {self.does}" + (f"; or {self.others}" if self.others else "")


def settling_keys(overview: Overview, subject: str) -> Keys:
    """Return the key that settles a step, and the others."""
    if gate := gate_of(overview, subject):
        return _gate_keys(gate)
    signal = signal_of(overview, subject)
    if signal is None:
        return Keys("a", "agree")
    if signal.stale:
        return Keys("n", "note with a pin to the current place", "v: verdict")
    if signal.unchecked:
        return Keys("n", "note with another pin", "v: verdict")
    if signal.renewal:
        return Keys("a", f'accept the measured "{signal.measured}"', "v: new verdict")
    if signal.measured == "unknown" and not signal.verdict:
        return Keys("v", "verdict", 'a: agree that it is "unknown"')
    return Keys("a", f'agree with "{signal.effective}"', "v: verdict")


def _gate_keys(gate: GateView) -> Keys:
    if gate.stale and gate.state == "satisfied":
        return Keys("s", "satisfied, with a pin to the current place", "b: blocked, t: untested")
    if gate.stale or (gate.unchecked and gate.state != "satisfied"):
        return Keys(
            {"blocked": "b", "untested": "t", "satisfied": "s"}[gate.state], f"still {gate.state}", "p: new pin"
        )
    if gate.unchecked:
        return Keys("s", "satisfied, with another pin", "skip until the next refresh")
    if gate.state == "untested":
        return Keys("a", "agree that it is still untested", "s: satisfied, b: blocked")
    if gate.state == "blocked":
        return Keys("a", "agree that it is still blocked", "s: satisfied, t: untested")
    return Keys("a", "agree that it is still satisfied", "b: blocked, t: untested")
