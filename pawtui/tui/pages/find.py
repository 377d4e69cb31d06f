"""The page of a subject by its key."""

from __future__ import annotations

from pawtui.review.views import Overview
from pawtui.tui.page import Page
from pawtui.tui.pages.common import Ground
from pawtui.tui.pages.gate import gate_page
from pawtui.tui.pages.note import note_page
from pawtui.tui.pages.refresh import refresh_page
from pawtui.tui.pages.signal import signal_page


def page_of(overview: Overview, subject: str, ground: Ground) -> Page | None:
    """The page of `signal:ID`, `gate:ID`, `note:ID` or `refresh:ID`; None where there is no such thing any more."""
    kind, _, name = subject.partition(":")
    if kind == "signal":
        view = next((view for view in overview.signals if view.signal.id == name), None)
        return signal_page(overview, view, ground) if view else None
    if kind == "gate":
        gate = next((view for view in overview.gates if view.gate.id == name), None)
        return gate_page(overview, gate, ground) if gate else None
    if kind == "note":
        note = overview.record.notes.get(name)
        return note_page(overview, note, ground) if note else None
    refresh = next((one for one in reversed(overview.record.refreshes) if one.id == name), None)
    return refresh_page(overview, refresh, ground) if refresh and kind == "refresh" else None
