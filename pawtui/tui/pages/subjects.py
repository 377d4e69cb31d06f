"""The page of a subject by its key."""

from __future__ import annotations

from pawtui.review.model import Note
from pawtui.review.views import GateView, Overview, SignalView
from pawtui.tui.page import Page
from pawtui.tui.pages.common import PageContext
from pawtui.tui.pages.gate_page import gate_page
from pawtui.tui.pages.note_page import note_page
from pawtui.tui.pages.refresh_page import refresh_page
from pawtui.tui.pages.signal_page import signal_page


def signal_of(overview: Overview | None, subject: str) -> SignalView | None:
    """The signal that a subject names, if it is one."""
    kind, _, name = subject.partition(":")
    views = overview.signals if overview and kind == "signal" else ()
    return next((view for view in views if view.signal.id == name), None)


def gate_of(overview: Overview | None, subject: str) -> GateView | None:
    """The gate that a subject names, if it is one."""
    kind, _, name = subject.partition(":")
    views = overview.gates if overview and kind == "gate" else ()
    return next((view for view in views if view.gate.id == name), None)


def note_of(overview: Overview | None, subject: str) -> Note | None:
    """The note that a subject names, if it is one."""
    kind, _, name = subject.partition(":")
    return overview.record.notes.get(name) if overview and kind == "note" else None


def page_of(overview: Overview, subject: str, page_context: PageContext) -> Page | None:
    """The page of `signal:ID`, `gate:ID`, `note:ID` or `refresh:ID`; None where there is no such thing any more."""
    kind, _, name = subject.partition(":")
    if signal := signal_of(overview, subject):
        return signal_page(overview, signal, page_context)
    if gate := gate_of(overview, subject):
        return gate_page(overview, gate, page_context)
    if note := note_of(overview, subject):
        return note_page(overview, note, page_context)
    refresh = next((one for one in reversed(overview.record.refreshes) if one.id == name), None)
    return refresh_page(overview, refresh, page_context) if refresh and kind == "refresh" else None
