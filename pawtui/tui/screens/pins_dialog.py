"""What the dialogs with a field for pins share: each pin is looked up as it is typed, and again before it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from pawtui.refresh.pins import PinError, parse_pin
from pawtui.review.actions import heads_of
from pawtui.review.model import Record
from pawtui.review.views import Overview
from pawtui.tui.pin_input import Found, Heads, checked, files_in
from pawtui.tui.screens.act_dialog import ActDialog
from pawtui.tui.workers import start

_LOOKUP = "pins"
# How long typing must rest before the disk is read for it, in seconds.
_REST = 0.1


class PinningDialog(ActDialog):
    """A dialog with a `#checked` line under its pins. Subclasses say what was typed, and call `show_pins` on change."""

    @dataclass
    class LookedUp(Message):
        """By pin: whether it is known what it names, and the sentence where there is no such file."""

        found: Found

    def __init__(self, shown: Overview) -> None:
        super().__init__(shown)
        self._found: dict[str, tuple[bool, str]] = {}

    def pins(self) -> list[str]:
        """What was typed, one pin each."""
        raise NotImplementedError

    def kept(self) -> Collection[str]:
        """Pins that were there before: they are not looked up again."""
        return ()

    def show_pins(self) -> None:
        """Say what each pin is read as, and look up those that name a file."""
        summary, _wrong = checked(self.pins(), self.heads(), self._found)
        self.query_one("#checked", Static).update(Content("\n").join(summary))
        files = [pin for pin in self._new_files() if pin not in self._found]
        if files:
            start(self, partial(self._rested, files, self.shown.record), _LOOKUP, exclusive=True)

    def wrong_pin(self) -> str:
        """The first sentence about a pin that cannot be kept, as far as that is known by now."""
        return checked(self.pins(), self.heads(), self._found)[1]

    def heads(self) -> Heads:
        """What `up:` and `down:` stand for: the commits that are shown, whatever is recorded meanwhile."""
        return heads_of(self.shown.record)

    def full_pins(self) -> list[str]:
        """What was typed, each pin with its commit. Raises `PinError`."""
        return [str(parse_pin(pin, self.heads())) for pin in self.pins()]

    def show_state(self) -> None:
        """Show the subject anew, and what each pin is read as now."""
        super().show_state()
        self._found = {}
        self.show_pins()

    def _new_files(self) -> list[str]:
        return files_in((pin for pin in self.pins() if pin not in self.kept()), self.heads())

    async def _rested(self, pins: list[str], record: Record) -> None:
        await asyncio.sleep(_REST)
        self.post_message(self.LookedUp(await self._look_up(pins, record)))

    async def _look_up(self, pins: list[str], record: Record) -> Found:
        look_up = self.app.workspace.look_up
        return await asyncio.to_thread(lambda: {pin: look_up(pin, record) for pin in pins})

    async def ready(self) -> None:
        """A pin to a file that is known not to be there is not kept, however fast it was saved."""
        for _known, missing in (await self._look_up(self._new_files(), self.shown.record)).values():
            if missing:
                raise PinError(missing)

    @on(LookedUp)
    def _looked_up(self, event: LookedUp) -> None:
        self._found |= event.found
        self.show_pins()
