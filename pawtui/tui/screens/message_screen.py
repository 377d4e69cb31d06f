"""The base class of screens that show messages in a banner."""

from textual import getters
from textual.notifications import SeverityLevel
from textual.screen import Screen

from pawtui.review.overview import Overview
from pawtui.tui.banner import Banner
from pawtui.tui.base_app import BaseApp


class MessageScreen(Screen[None]):
    """A screen with a banner. Subclasses yield a `Banner` in `compose`."""

    app = getters.app(BaseApp)
    banner = getters.query_one(Banner)
    _last_information = ""

    @property
    def overview(self) -> Overview:
        return self.app.overview

    def show_message(self, sentence: str, severity: SeverityLevel) -> bool:
        """Show a message in the banner; return False for a short information, for which a toast is enough."""
        if severity == "information":
            # The message about the action before is out of date, for example after an undo.
            self.banner.remove_message(self._last_information)
            self._last_information = sentence
            if len(sentence) <= self.size.width - 2:
                return False
        self.banner.add(sentence, severity)
        return True

    def on_screen_suspend(self) -> None:
        """Remove the toast: it is about this screen, and would cover the keys of the next one."""
        self.app.clear_notifications()
