"""The base classes of dialogs with a field for pins: completion, and a check of each pin before it is recorded."""

import asyncio
from collections.abc import Collection, Mapping
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from pawtui.evidence_reader import NewPinCheck
from pawtui.refresh.pins import HeadsBySide, Pin, PinError, PinKind, parse_pin, pin_or_none
from pawtui.review.overview import Overview
from pawtui.review.record_types import EvaluationStepEntry, GateEntry
from pawtui.sources.sanitize import safe_text
from pawtui.tui.background import start_worker
from pawtui.tui.pin_completion import Completion, PinQuery, complete_lines, complete_paths, parse_query
from pawtui.tui.pin_field import CompletionBox, PinArea, PinChecks, PinInput, describe_pins
from pawtui.tui.screens.action_dialog import ActionDialog
from pawtui.tui.screens.dialog import labelled
from pawtui.tui.text_fields import ReasonInput

# Debounce of typing, in seconds.
_DEBOUNCE = 0.1
# The mistake itself is shown below the field.
_INVALID_PIN = "A pin is not valid. Correct it, then save."


class PinFieldDialog(ActionDialog):
    """A dialog with a field for pins (`#pin` or `#pins`).

    Subclasses yield `pin_fields` and use `full_pins`.
    """

    pin_field: PinInput | PinArea

    def __init__(self, shown: Overview, subject: str) -> None:
        super().__init__(shown, subject)
        self._pin_checks: dict[str, NewPinCheck | None] = {}
        self._completion_box = CompletionBox()

    def pin_fields(self, label: str, field: PinInput | PinArea) -> ComposeResult:
        """Yield the label, the field, its completions and the results of the check."""
        self.pin_field = field
        yield from labelled(label, field)
        yield self._completion_box
        yield Static(id="checked")

    def on_mount(self) -> None:
        self.update_pin_field()

    def existing_pins(self) -> Collection[str]:
        """Return recorded pins of the subject, which are not checked again."""
        return ()

    def full_pins(self) -> list[str]:
        """Return the typed pins in full form. Raises `PinError` if one is not valid."""
        try:
            return [str(parse_pin(pin, self.heads())) for pin in self.pin_field.pins]
        except PinError:
            raise PinError(_INVALID_PIN) from None

    # --- completion ---

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies. Tab completes only a text that can be completed."""
        if action == "accept_completion":
            return parse_query(self.pin_field.current_pin) is not None
        return super().check_action(action, parameters)

    async def _completions(self, query: PinQuery, heads: HeadsBySide) -> list[Completion]:
        """Return the completions of a query: lines of a file after `#`, else paths."""
        if query.words is None:
            return await asyncio.to_thread(self._path_completions, query, heads)
        head = heads.get(query.sides[0])
        if head is None:
            return []
        return complete_lines(
            query, await self.app.workspace.evidence.completion_lines(head.repo, head.sha, query.path)
        )

    def _path_completions(self, query: PinQuery, heads: HeadsBySide) -> list[Completion]:
        """Return the paths that match. Reads the trees of the heads from disk."""
        evidence = self.app.workspace.evidence
        paths: dict[str, list[str]] = {}
        for side in query.sides:
            head = heads.get(side)
            tree = evidence.local_tree(head.repo, head.sha) if head is not None else None
            if tree is not None:
                paths[side] = [path for path, entry in tree.entries.items() if entry.type == "blob"]
        return complete_paths(query, paths)

    def _offer_if_unchanged(self, query: PinQuery, completions: list[Completion]) -> None:
        if parse_query(self.pin_field.current_pin) == query:
            self._completion_box.offer(completions, query)

    def action_accept_completion(self) -> None:
        """Accept the marked completion; without one for the typed text, go to the next field."""
        completion = self._completion_box.marked
        if completion and self._completion_box.pin_query == parse_query(self.pin_field.current_pin):
            self.pin_field.replace_current(completion.text)
            self._completion_box.offer((), None)
        else:
            self.focus_next()

    def action_next_completion(self) -> None:
        self._completion_box.mark_next()

    # --- checks ---

    @on(Input.Changed, "#pin")
    @on(TextArea.Changed, "#pins")
    @on(TextArea.SelectionChanged, "#pins")
    def update_pin_field(self) -> None:
        """Complete the pin at the cursor, check new pins to files, and show the result of each pin."""
        if parse_query(self.pin_field.current_pin) is None:
            self._completion_box.offer((), None)
        self._show_results()
        self.refresh_bindings()
        start_worker(self, self._after_typing, "typing", exclusive=True)

    @on(events.DescendantBlur)
    def _show_results(self) -> None:
        """Show the result of each pin. The one that is being typed is no mistake until it is left or saved."""
        is_typing = self.pin_field.has_focus and self.typed != self._text_of_mistake
        typed_line = self.pin_field.current_pin if is_typing else ""
        can_be_completed = self._completion_box.marked is not None
        results = describe_pins(
            self.pin_field.pins, self.heads(), self._pin_checks, typed_line, can_be_completed=can_be_completed
        )
        self.query_one("#checked", Static).update(Content("\n").join(results))

    def show_mistake(self, sentence: str) -> None:
        super().show_mistake(sentence)
        self._show_results()

    def heads(self) -> HeadsBySide:
        """Return the commits of `up:` and `down:` in the overview that is shown."""
        return self.shown.record.heads

    def show_state(self) -> None:
        """Show the new state of the subject, and check all pins again."""
        super().show_state()
        self._pin_checks = {}
        self.update_pin_field()

    def _new_pins(self, *kinds: PinKind) -> dict[str, Pin]:
        """Return the pins of these kinds by their typed texts, without the recorded pins of the subject."""
        new = [text for text in self.pin_field.pins if text not in self.existing_pins()]
        pins = {text: pin_or_none(text, self.heads()) for text in new}
        return {text: pin for text, pin in pins.items() if pin and pin.kind in kinds}

    async def _after_typing(self) -> None:
        """Offer completions for the pin at the cursor, then check new pins to files."""
        await asyncio.sleep(_DEBOUNCE)
        query, heads = parse_query(self.pin_field.current_pin), self.heads()
        if query is not None:
            self.call_later(self._offer_if_unchanged, query, await self._completions(query, heads))
        # An issue or a commit is read once, before the change is saved: each digit would cost a request.
        for text, pin in self._new_pins("file").items():
            if text not in self._pin_checks:
                # Not exclusive: a request that has begun is not cancelled by the next key, which would repeat it.
                self._pin_checks[text] = None
                start_worker(self, partial(self._check_pins, {text: pin}, heads), "check pins")
        self.call_later(self._show_results)

    async def _check_pins(self, pins: Mapping[str, Pin], heads: HeadsBySide) -> list[NewPinCheck]:
        """Return the check of each pin, and show the results. `pins` are by their typed texts."""
        evidence = self.app.workspace.evidence
        results = await asyncio.gather(*(evidence.check_pin(pin, heads) for pin in pins.values()))
        self.call_later(self._add_checks, dict(zip(pins, results, strict=True)), heads)
        return results

    def _add_checks(self, checks: PinChecks, heads: HeadsBySide) -> None:
        if heads == self.heads():
            self._pin_checks |= checks
            self._show_results()

    async def check_pins(self) -> Collection[str]:
        """Check new pins, show the results, and return the pins that could not be checked.

        Raises `PinError` if a file, a line, an issue or a commit does not exist.
        """
        pins = self._new_pins("file", "issue", "commit")
        self.call_later(self._add_checks, dict.fromkeys(pins) | self._pin_checks, self.heads())
        checks = await self._check_pins(pins, self.heads())
        if any(check.problem for check in checks):
            raise PinError(_INVALID_PIN)
        return {str(pin) for pin, check in zip(pins.values(), checks, strict=True) if not check.is_complete}


class StateDialog(PinFieldDialog):
    """A dialog that sets the state of a subject, with a reason and pins.

    `entry` is the recorded state. Its reason is filled in if the state stays the same.
    """

    def __init__(
        self, shown: Overview, subject: str, state: str, entry: GateEntry | EvaluationStepEntry | None
    ) -> None:
        super().__init__(shown, subject)
        self.title = f"{subject.partition(':')[2]}: {state}"
        self._reason = safe_text(entry.reason) if entry and entry.state == state else ""

    def reason_field(self, label: str) -> ComposeResult:
        yield from labelled(label, ReasonInput(self._reason))
