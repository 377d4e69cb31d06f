"""The base class of dialogs with a field for pins: completion, and a check of each pin before it is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static, TextArea

from pawtui.evidence import Heads, PinLookUp
from pawtui.refresh.pins import PinError, parse_pin
from pawtui.review.actions import heads_of
from pawtui.review.basis import ChangeFactory
from pawtui.review.views import Overview
from pawtui.sources.source_errors import SourceError
from pawtui.tui.content import LINK, MUTED, concat, line, trusted
from pawtui.tui.pin_completion import Completion, PinQuery, complete_lines, complete_paths, parse_query
from pawtui.tui.pin_field import PinArea, PinInput
from pawtui.tui.screens.action_dialog import ActionDialog
from pawtui.tui.typed_pins import LookUps, describe_pins, file_pins, split_pins
from pawtui.tui.workers import start

_CHECK, _COMPLETE = "pins", "complete"
# Debounce of typing, in seconds.
_DEBOUNCE = 0.1


class PinFieldDialog(ActionDialog):
    """A dialog with a field for pins (`#pin` or `#pins`).

    Subclasses yield `pin_fields` and implement `change_with_pins`.
    """

    @dataclass
    class PinsChecked(Message):
        found: LookUps

    @dataclass
    class CompletionsFound(Message):
        query: PinQuery
        completions: list[Completion]

    def __init__(self, shown: Overview) -> None:
        super().__init__(shown)
        self._look_ups: dict[str, PinLookUp] = {}
        self._completions: list[Completion] = []
        self._marked = 0

    def pin_fields(self, label: str, field: PinInput | PinArea) -> ComposeResult:
        """Yield the label, the field, its completions and the results of the check."""
        yield Label(label, classes="label")
        yield field
        yield Static(id="completions", classes="completions")
        yield Static(Content("\n").join(describe_pins([], {}, {})[0]), id="checked", classes="checked")

    def on_mount(self) -> None:
        if self.pins():
            self.show_pins()

    @on(Input.Changed, "#pin")
    @on(TextArea.Changed, "#pins")
    def _pins_edited(self) -> None:
        self.show_pins()

    def pins(self) -> list[str]:
        return split_pins(self.field().typed)

    def existing_pins(self) -> Collection[str]:
        """Return recorded pins of the subject, which are not checked again."""
        return ()

    def field(self) -> PinInput | PinArea:
        found = self.query_one("#pin, #pins")
        if not isinstance(found, (PinInput, PinArea)):
            raise TypeError(found)
        return found

    def change(self) -> ChangeFactory | None:
        """Return the change with the full pins; None after showing the mistake in a pin."""
        if problem := describe_pins(self.pins(), self.heads(), self._look_ups)[1]:
            self.show_mistake(problem)
            return None
        return self.change_with_pins([str(parse_pin(pin, self.heads())) for pin in self.pins()])

    def change_with_pins(self, pins: Sequence[str]) -> ChangeFactory:
        """Return the change with these full pins."""
        raise NotImplementedError

    # --- completion ---

    def _complete(self) -> None:
        query = parse_query(self.field().current_pin)
        if query is None:
            self._offer([])
        else:
            start(self, partial(self._find_completions, query), _COMPLETE, exclusive=True)

    async def _find_completions(self, query: PinQuery) -> None:
        await asyncio.sleep(_DEBOUNCE)
        self.post_message(self.CompletionsFound(query, await asyncio.to_thread(self._completed, query, self.heads())))

    def _completed(self, query: PinQuery, heads: Heads) -> list[Completion]:
        evidence = self.app.workspace.evidence
        if query.words is None:
            trees = {side: evidence.known_tree(*heads[side]) for side in query.sides if side in heads}
            paths = {
                side: [path for path, entry in tree.entries.items() if entry.type == "blob"]
                for side, tree in trees.items()
                if tree is not None
            }
            return complete_paths(query, paths)
        repo, sha = heads.get(query.sides[0], ("", ""))
        text = evidence.known_text(repo, sha, query.path)
        return complete_lines(query, text.lines) if text else []

    @on(CompletionsFound)
    def _completions_found(self, event: CompletionsFound) -> None:
        if parse_query(self.field().current_pin) == event.query:
            self._offer(event.completions)

    def _offer(self, completions: list[Completion]) -> None:
        self._completions, self._marked = completions, 0
        self._show_completions()

    def _show_completions(self) -> None:
        rows = [
            concat(trusted("▌ ", LINK) if at == self._marked else trusted("  "), line(offer.shown, "" if at else LINK))
            for at, offer in enumerate(self._completions)
        ]
        if rows:
            rows.append(line("Tab accepts the marked completion, Ctrl+N marks the next", MUTED))
        box = self.query_one("#completions", Static)
        box.display = bool(rows)
        box.update(Content("\n").join(rows))

    def action_accept_completion(self) -> None:
        """Accept the marked completion; without completions go to the next field."""
        if self._completions:
            self.field().replace_current(self._completions[self._marked].text)
            self._offer([])
        else:
            self.focus_next()

    def action_next_completion(self) -> None:
        if self._completions:
            self._marked = (self._marked + 1) % len(self._completions)
            self._show_completions()

    # --- checks ---

    def show_pins(self) -> None:
        """Show the result of each pin, and check new pins to files."""
        self._complete()
        results, _problem = describe_pins(self.pins(), self.heads(), self._look_ups)
        self.query_one("#checked", Static).update(Content("\n").join(results))
        files = [pin for pin in self._new_files() if pin not in self._look_ups]
        if files:
            start(self, partial(self._check_later, files, self.heads()), _CHECK, exclusive=True)

    def heads(self) -> Heads:
        """Return the commits of `up:` and `down:` in the overview that is shown."""
        return heads_of(self.shown.record)

    def show_state(self) -> None:
        """Show the new state of the subject, and check all pins again."""
        super().show_state()
        self._look_ups = {}
        self.show_pins()

    def _new_files(self) -> list[str]:
        return file_pins((pin for pin in self.pins() if pin not in self.existing_pins()), self.heads())

    async def _check_later(self, pins: list[str], heads: Heads) -> None:
        await asyncio.sleep(_DEBOUNCE)
        checks = await self._check(pins, heads)
        self.post_message(self.PinsChecked(checks))
        if any(check.lines_unknown for check in checks.values()):
            self.post_message(self.PinsChecked(await self._check_lines(checks, heads)))

    async def _check(self, pins: list[str], heads: Heads) -> LookUps:
        evidence = self.app.workspace.evidence
        return await asyncio.to_thread(lambda: {pin: evidence.look_up(pin, heads) for pin in pins})

    async def _check_lines(self, checks: LookUps, heads: Heads) -> LookUps:
        """Return the checks with the lines of files that had to be fetched. If that fails, the lines stay unknown."""
        evidence = self.app.workspace.evidence
        pins = [pin for pin, check in checks.items() if check.lines_unknown]
        results = await asyncio.gather(*(evidence.look_up_lines(pin, heads) for pin in pins), return_exceptions=True)
        checked = dict(checks)
        for pin, result in zip(pins, results, strict=True):
            if isinstance(result, PinLookUp):
                checked[pin] = result
            elif not isinstance(result, (SourceError, TimeoutError)):
                raise result
        return checked

    async def check_before_commit(self) -> None:
        """Check new pins to files. Raises `PinError` if a file or line does not exist."""
        heads = self.heads()
        checks = await self._check(self._new_files(), heads)
        for check in (await self._check_lines(checks, heads)).values():
            if check.problem:
                raise PinError(check.problem)

    @on(PinsChecked)
    def _pins_checked(self, event: PinsChecked) -> None:
        self._look_ups |= event.found
        self.show_pins()
