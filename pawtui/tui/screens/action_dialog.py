"""What the dialogs that change the record share: the state of their subject as it was shown, and committing on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from pawtui.review.basis import Basis, ChangeFactory, MovedOn
from pawtui.review.views import Overview
from pawtui.tui.screens.dialog import Dialog
from pawtui.tui.workers import start


class ActionDialog(Dialog):
    """A dialog for one act on a subject (`signal:ID`, `gate:ID`, `note:ID`, `review`; empty: it replaces nothing).

    The act is based on `shown`, the overview that the dialog shows its subject from. Where the record has moved on, the
    dialog keeps what was typed, shows what changed and the subject as it is now; submitted again, the act is based on
    that.

    Subclasses give `submit()`, `fields()` with a `Static` of `state()` called `#state`, and `subject`.
    """

    # What to press to give the act again, as a sentence.
    AGAIN: ClassVar[str] = "Ctrl+S records yours over it."
    subject: str = ""

    class Committed(Message):
        """The act is on record."""

    @dataclass
    class Refused(Message):
        """The subject is not as it was shown."""

        error: MovedOn

    def __init__(self, shown: Overview) -> None:
        super().__init__()
        self.shown = shown

    def submit(self) -> ChangeFactory | None:
        """The act that this dialog is for; None after saying what is wrong."""
        raise NotImplementedError

    def state(self) -> Content:
        """How the subject stands in `shown`."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Show the subject anew; what was typed stays."""
        self.query_one("#state", Static).update(self.state())

    async def ready(self) -> None:
        """Check what can only be checked with I/O before the act is committed. Raises `PawtuiError`."""

    def action_submit(self) -> None:
        """Commit the act; the dialog closes once it is on record."""
        make = self.submit()
        if make is not None:
            start(self, partial(self._commit, make, Basis(self.subject, self.shown)), "save", exclusive=True)

    async def _commit(self, make: ChangeFactory, basis: Basis) -> None:
        await self.ready()
        try:
            await self.app.background.commit(make, basis)
        except MovedOn as error:
            self.post_message(self.Refused(error))
        else:
            self.post_message(self.Committed())

    @on(Committed)
    def _committed(self) -> None:
        self.dismiss()

    @on(Refused)
    def _refused(self, event: Refused) -> None:
        self.shown = event.error.now
        self.show_state()
        self.wrong(f"{event.error.what} {self.AGAIN}")
