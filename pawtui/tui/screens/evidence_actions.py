"""Actions on the evidence of a line: read it, offer it as a pin, renew it."""

from __future__ import annotations

from collections.abc import Sequence

from pawtui.refresh.pins import Pin, PinError, parse_pin
from pawtui.report.document import Target
from pawtui.tui.base_app import BaseApp


def readable_pin(text: str) -> Pin | None:
    """Return the pin if the text is a pin to a file or a commit, else None."""
    try:
        pin = parse_pin(text)
    except PinError:
        return None
    return pin if pin.kind in ("file", "commit") else None


def read_evidence(app: BaseApp, target: Target, subject: str) -> bool:
    """Show the file or commit of a line; return False if the line has neither.

    `subject` is the subject for pins from that screen.
    """
    from pawtui.tui.screens.commit_screen import CommitScreen
    from pawtui.tui.screens.text_screen import TextScreen

    changed = readable_pin(target.object)
    pin = changed or readable_pin(target.copy) or readable_pin(target.url)
    if pin is None:
        return False
    if pin.kind == "commit":
        app.push_screen(CommitScreen(pin, subject))
    else:
        drift = app.overview.drift.get(str(pin)) if app.overview else None
        app.push_screen(TextScreen(pin, subject, place=drift.place if drift else "", difference=bool(changed)))
    return True


def offered_pins(target: Target | None, existing: Sequence[str]) -> tuple[str, ...]:
    """Return the pin of the marked line, unless it is an existing pin."""
    pin = readable_pin(target.copy) if target else None
    return (str(pin),) if pin is not None and str(pin) not in existing else ()
