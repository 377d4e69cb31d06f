"""What the dialogs with a field for pins share: completion, and that each pin is looked up before it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from pawtui.evidence import PinLookUp
from pawtui.refresh.pins import PinError, parse_pin
from pawtui.review.actions import heads_of
from pawtui.review.record_types import Record
from pawtui.review.views import Overview
from pawtui.sources.source_errors import SourceError
from pawtui.tui.content import LINK, MUTED, concat, line, trusted
from pawtui.tui.pin_completion import Completion, Wanted, complete_lines, complete_paths, wanted_of
from pawtui.tui.pin_field import PinArea, PinField, PinInput
from pawtui.tui.pin_input import Found, Heads, checked, files_in
from pawtui.tui.screens.action_dialog import ActionDialog
from pawtui.tui.workers import start

_LOOKUP, _COMPLETE = "pins", "complete"
# How long typing must rest before the disk is read for it, in seconds.
_REST = 0.1


class PinningDialog(ActionDialog):
    """A dialog with a `#checked` line under its pins. Subclasses say what was typed, and call `show_pins` on change."""

    @dataclass
    class LookedUp(Message):
        """By pin: what is known of it."""

        found: Found

    @dataclass
    class Offered(Message):
        """What the pin that was being typed may become."""

        wanted: Wanted
        completions: list[Completion]

    def __init__(self, shown: Overview) -> None:
        super().__init__(shown)
        self._found: dict[str, PinLookUp] = {}
        self._completions_now: list[Completion] = []
        self._marked = 0

    def pins(self) -> list[str]:
        """What was typed, one pin each."""
        raise NotImplementedError

    def kept(self) -> Collection[str]:
        """Pins that were there before: they are not looked up again."""
        return ()

    def field(self) -> PinInput | PinArea:
        """The field for pins."""
        found = self.query_one("#pin, #pins")
        if not isinstance(found, (PinInput, PinArea)):
            raise TypeError(found)
        return found

    # --- completion ---

    def _complete(self) -> None:
        """Look for what the pin that is being typed may become."""
        wanted = wanted_of(self.field().typing)
        if wanted is None:
            self._offer([])
        else:
            start(self, partial(self._completed, wanted), _COMPLETE, exclusive=True)

    async def _completed(self, wanted: Wanted) -> None:
        await asyncio.sleep(_REST)
        self.post_message(self.Offered(wanted, await asyncio.to_thread(self._completions, wanted, self.heads())))

    def _completions(self, wanted: Wanted, heads: Heads) -> list[Completion]:
        evidence = self.app.workspace.evidence
        if wanted.words is None:
            trees = {side: evidence.known_tree(*heads[side]) for side in wanted.sides if side in heads}
            paths = {
                side: [path for path, entry in tree.entries.items() if entry.type == "blob"]
                for side, tree in trees.items()
                if tree is not None
            }
            return complete_paths(wanted, paths)
        repo, sha = heads.get(wanted.sides[0], ("", ""))
        text = evidence.known_text(repo, sha, wanted.path)
        return complete_lines(wanted, text.lines) if text else []

    @on(Offered)
    def _offered(self, event: Offered) -> None:
        if wanted_of(self.field().typing) == event.wanted:
            self._offer(event.completions)

    def _offer(self, completions: list[Completion]) -> None:
        self._completions_now, self._marked = completions, 0
        self._show_completions()

    def _show_completions(self) -> None:
        rows = [
            concat(trusted("▌ ", LINK) if at == self._marked else trusted("  "), line(one.shown, "" if at else LINK))
            for at, one in enumerate(self._completions_now)
        ]
        if rows:
            rows.append(line("Tab takes the marked one, Ctrl+N marks the next", MUTED))
        box = self.query_one("#completions", Static)
        box.display = bool(rows)
        box.update(Content("\n").join(rows))

    @on(PinField.Take)
    def _take(self) -> None:
        if self._completions_now:
            self.field().put(self._completions_now[self._marked].text)
            self._offer([])
        else:
            self.focus_next()

    @on(PinField.Next)
    def _next(self) -> None:
        if self._completions_now:
            self._marked = (self._marked + 1) % len(self._completions_now)
            self._show_completions()

    def show_pins(self) -> None:
        """Say what each pin is read as, and look up those that name a file."""
        self._complete()
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
        found = await self._look_up(pins, record)
        self.post_message(self.LookedUp(found))
        if any(one.lines_unknown for one in found.values()):
            self.post_message(self.LookedUp(await self._with_lines(found, record)))

    async def _look_up(self, pins: list[str], record: Record) -> Found:
        evidence, heads = self.app.workspace.evidence, heads_of(record)
        return await asyncio.to_thread(lambda: {pin: evidence.look_up(pin, heads) for pin in pins})

    async def _with_lines(self, found: Found, record: Record) -> Found:
        """What is known once the texts that are not on disk were asked for; their lines stay unknown otherwise."""
        evidence, heads = self.app.workspace.evidence, heads_of(record)
        asked = [pin for pin, one in found.items() if one.lines_unknown]
        answers = await asyncio.gather(*(evidence.look_up_lines(pin, heads) for pin in asked), return_exceptions=True)
        known = dict(found)
        for pin, answer in zip(asked, answers, strict=True):
            if isinstance(answer, PinLookUp):
                known[pin] = answer
            elif not isinstance(answer, (SourceError, TimeoutError)):
                raise answer
        return known

    async def ready(self) -> None:
        """A pin to a file or line that is known not to be there is not kept, however fast it was saved."""
        record = self.shown.record
        found = await self._look_up(self._new_files(), record)
        for one in (await self._with_lines(found, record)).values():
            if one.problem:
                raise PinError(one.problem)

    @on(LookedUp)
    def _looked_up(self, event: LookedUp) -> None:
        self._found |= event.found
        self.show_pins()
