"""The dialog that renews stale pins. It shows the old and the new place of each pin before they are recorded."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from pawtui.phrases import counted, short_sha
from pawtui.refresh.pins import parse_pin
from pawtui.review.actions import ChangeFactory, logged_name
from pawtui.review.overview import Overview
from pawtui.review.pin_actions import renew_pins
from pawtui.tui.content import ALERT, EMPTY, LINK, MUTED, STRONG, concat, line, spaced, state_mark, trusted
from pawtui.tui.screens.action_dialog import ConfirmDialog

# Up to this number, each pin is shown with its places; the rest is only counted.
_MAX_SHOWN = 6


class RenewDialog(ConfirmDialog):
    """The dialog that renews the pin `marked`; if it is empty, or after the key `a`, all stale pins of the subject."""

    RETRY_HINT = "y renews it anyway."
    HELP = "A renewed pin names the current place of the text. y renews, n or Esc leaves the pins as they are."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "submit", "Renew"),
        Binding("a", "renew_all", "All of them"),
    ]

    def __init__(self, shown: Overview, subject: str, marked: str = "") -> None:
        super().__init__(shown, subject)
        # Empty for all stale pins.
        self._marked = marked if marked in shown.renewable_pins(subject) else ""
        self.title = f"Renew pins of {logged_name(subject)}"

    def _chosen(self) -> dict[str, str]:
        pins = self.shown.renewable_pins(self.subject)
        return {pin: new_pin for pin, new_pin in pins.items() if self._marked in ("", pin)}

    def current_state(self) -> Content:
        lines: list[Content] = []
        chosen = self._chosen()
        steps = {pin: step.subject for step in self.shown.steps if step.entry for pin in step.entry.pins}
        for pin, new_pin in list(chosen.items())[:_MAX_SHOWN]:
            drift = self.shown.drift[pin]
            path, old = _path_and_place(pin)
            owner = logged_name(steps[pin]) if pin in steps else ""
            lines.append(spaced(state_mark(drift.state), line(path, LINK), line(owner, MUTED)))
            new_path, new = _path_and_place(new_pin)
            # A path needs a line of its own.
            arrow, place = (" → ", new) if new_path == path else ("\n  → ", f"{new_path} {new}")
            if pin == new_pin:
                place = "as it is now"
            lines.append(concat("  ", line(old, MUTED), trusted(arrow, ALERT), line(place, STRONG)))
            if drift.summary:
                lines.append(concat("  ", line(drift.summary, MUTED)))
        if (more := len(chosen) - _MAX_SHOWN) > 0:
            lines.append(line(f"and {counted(more, 'more pin')}", MUTED))
        rest = len(self.shown.renewable_pins(self.subject)) - len(chosen)
        if rest > 0:
            lines.append(line(f"{counted(rest, 'other stale pin')}: a renews all.", MUTED))
        return Content("\n").join(lines) if lines else EMPTY

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "renew_all":
            return bool(self._marked)
        return super().check_action(action, parameters)

    def action_renew_all(self) -> None:
        self._marked = ""
        self.refresh_bindings()
        self.action_submit()

    def prepare_change(self) -> ChangeFactory:
        pins = tuple(self._chosen())
        return lambda context: renew_pins(context, self.subject, pins)


def _path_and_place(pin: str) -> tuple[str, str]:
    """Return the path of a pin, and its lines and commit; for a pin without a path, the pin and an empty text."""
    parsed = parse_pin(pin)
    if parsed.kind != "file":
        return pin, ""
    return parsed.path, f"{parsed.line_span} at {short_sha(parsed.sha)}".lstrip()
