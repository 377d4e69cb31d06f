"""The base class of dialogs that ask before a change with other consequences."""

from __future__ import annotations

from typing import ClassVar

from textual import events

from pawtui.tui.screens.action_dialog import ActionDialog


class ConfirmDialog(ActionDialog):
    """A question: `y` commits the change; `n`, Enter or Escape closes the dialog without a change."""

    AUTO_FOCUS = ""
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("y", "yes"), ("n", "no, change nothing"))
    # The keys that commit the change. They are not bindings, so that no setting can change them.
    YES: ClassVar[tuple[str, ...]] = ("y",)

    def on_key(self, event: events.Key) -> None:
        """Commit the change, or close the dialog."""
        if event.key not in (*self.YES, "n", "enter"):
            return
        # The screen below must not get the same key.
        event.stop()
        event.prevent_default()
        if event.key in self.YES:
            self.confirm(event.key)
        else:
            self.action_leave()

    def confirm(self, key: str) -> None:
        """Commit the change."""
        self.action_submit()
