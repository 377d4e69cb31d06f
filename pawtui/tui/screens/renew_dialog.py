"""Renewing stale pins: the old place and the place now are shown before anything is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from pawtui.refresh.pins import parse_pin
from pawtui.report.words import counted, short_sha
from pawtui.review.basis import ChangeFactory
from pawtui.review.renewal import renew_pins, renewals
from pawtui.review.views import Overview
from pawtui.tui.content import ALERT, LINK, MUTED, NONE, STRONG, concat, line, spaced, state_mark, trusted
from pawtui.tui.screens.action_dialog import ActionDialog

# Pins whose places are listed; of more only the number is shown.
_SHOWN = 6


def renewable(shown: Overview, subject: str) -> dict[str, str]:
    """Return the stale pins of a subject that have a place now, with the pin that each becomes."""
    return renewals(shown.record, subject, shown.drift.values())


def _parts(pin: str) -> tuple[str, str]:
    """What a pin names, and its lines and commit."""
    taken = parse_pin(pin)
    if taken.kind != "file":
        return pin, ""
    lines = str(taken).rpartition("#")[2] if taken.lines else "file"
    return taken.path, f"{lines} at {short_sha(taken.sha)}"


class RenewDialog(ActionDialog):
    """Asks before stale pins take their places now. `marked` is the pin to renew; `a` renews all of the subject."""

    AUTO_FOCUS = ""
    AGAIN = "y renews it anyway."
    HELP = "A renewed pin takes the place where the text stands now. y renews, n or Esc leaves the pins as they are."
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("y", "renew"), ("a", "all of them"), ("n", "no, change nothing"))

    def __init__(self, shown: Overview, subject: str, marked: str = "") -> None:
        super().__init__(shown)
        self.subject = subject
        self._marked = marked if marked in renewable(shown, subject) else ""
        self._all = not self._marked
        self.card_title = f"renew pins of {subject.partition(':')[2] if subject.startswith('gate:') else subject}"

    def _chosen(self) -> Mapping[str, str]:
        found = renewable(self.shown, self.subject)
        return {pin: now for pin, now in found.items() if self._all or pin == self._marked}

    def state(self) -> Content:
        """Each pin with what became of it, its old place and its place now."""
        lines: list[Content] = []
        chosen = self._chosen()
        for pin, now in list(chosen.items())[:_SHOWN]:
            drift = self.shown.drift[pin]
            what, old = _parts(pin)
            lines.append(spaced([state_mark(drift.state), line(what, LINK)]))
            new_what, new = _parts(now)
            place = "as it is now" if pin == now else new if new_what == what else f"{new_what} {new}"
            lines.append(concat("  ", line(old, MUTED), trusted(" → ", ALERT), line(place, STRONG)))
            if drift.summary:
                lines.append(concat("  ", line(drift.summary, MUTED)))
        if (more := len(chosen) - _SHOWN) > 0:
            lines.append(line(f"and {counted(more, 'more pin')}", MUTED))
        rest = len(renewable(self.shown, self.subject)) - len(chosen)
        if rest > 0:
            lines.append(line(f"{counted(rest, 'other stale pin')}: a renews all.", MUTED))
        return Content("\n").join(lines) if lines else NONE

    def fields(self) -> ComposeResult:
        """The pins and their places."""
        yield Static(self.state(), id="state")

    def on_key(self, event: events.Key) -> None:
        """Answer. These are no bindings: y, a and n are the same whatever other keys are set."""
        if event.key not in ("y", "a", "n", "enter"):
            return
        # The screen below must not take the same key for one of its own.
        event.stop()
        event.prevent_default()
        if event.key == "n":
            self.action_leave()
        elif event.key != "enter":
            self._all = self._all or event.key == "a"
            self.action_submit()

    def submit(self) -> ChangeFactory | None:
        """Renew the pins that are shown."""
        tracker, subject, pins = self.app.workspace.tracker, self.subject, tuple(self._chosen())
        return lambda record, actor: renew_pins(record, tracker, subject, actor, pins)
