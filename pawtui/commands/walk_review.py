"""The walk on the command line: one item at a time, settled by a letter and Enter."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pawtui.commands.change_record import commit_and_print
from pawtui.commands.command import JSON, command
from pawtui.commands.output import has_terminal, print_document, print_json, print_message, print_notices
from pawtui.phrases import counted
from pawtui.refresh.pins import PinError, parse_pin
from pawtui.report.documents.document_parts import PageContext
from pawtui.report.documents.walk_document import walk_end_document, walk_item_document, walk_items_document
from pawtui.report.walk_keys import can_agree, renewable_pins, settling_keys, walk_items_json
from pawtui.report.words import short_pin
from pawtui.review.actions import ActionError, add_note, clear_verdict, find_gate, give_verdict, heads_of
from pawtui.review.basis import Basis, ChangeFactory, SubjectChanged
from pawtui.review.gate_actions import add_pin, set_gate, tick_part
from pawtui.review.pin_renewal import renew_pins
from pawtui.review.record_types import Change
from pawtui.review.undo import undo
from pawtui.review.views import GateView, Overview
from pawtui.review.walk import WalkItem, agree, decided_since_refresh, walk_items
from pawtui.settings import Settings

if TYPE_CHECKING:
    from pawtui.workspace import Workspace

_SIGNAL_KEYS = "v verdict, n note"
_GATE_KEYS = "s satisfied, b blocked, t untested, p pin, n note"
_COMMON_KEYS = "u undo, Enter skip, h back, c close the review, q quit"
_GATE_STATES = {"s": "satisfied", "b": "blocked", "t": "untested"}


class _Stopped(Exception):
    """The user stopped the walk."""


@command("walk", "pawtui walk", JSON)
def walk(args: argparse.Namespace, settings: Settings) -> None:
    """Review the signals and gates one by one, most urgent first. Each decision is recorded at once."""
    workspace = settings.workspace()
    overview = workspace.overview()
    print_notices(workspace.store)
    items = walk_items(overview) if overview.last else ()
    decided = decided_since_refresh(overview.record)
    if overview.last is None:
        print_message("The walk is empty, because no refresh is recorded. Run `pawtui refresh` first.")
    if args.json:
        print_json(walk_items_json(overview, items, decided))
    elif overview.last is not None and has_terminal():
        _Walk(workspace, overview, items).run()
    elif overview.last is not None:
        print_message("The walk needs a terminal. These are its items:")
        print_document(walk_items_document(overview, items, decided))


class _Walk:
    """A running walk. Its items are fixed at the start: no item is shown twice or lost."""

    def __init__(self, workspace: Workspace, overview: Overview, items: tuple[WalkItem, ...]) -> None:
        self._workspace = workspace
        self._tracker = workspace.tracker
        self._overview = overview
        self._items = items
        decided = self._decided()
        open_items = (number for number, item in enumerate(self._items) if item.subject not in decided)
        self._at = next(open_items, len(self._items))

    def run(self) -> None:
        """Show the items until the end, or until the user stops."""
        number = len(self._decided().keys() & {item.subject for item in self._items})
        if number:
            print(f"Continued: {number} of {counted(len(self._items), 'item')} decided.\n")
        try:
            while True:
                while self._at < len(self._items):
                    self._settle(self._items[self._at])
                if self._finish():
                    return
        except _Stopped:
            print("Stopped. Your decisions are recorded; `pawtui walk` continues from here.")

    def _decided(self) -> Mapping[str, Change]:
        return decided_since_refresh(self._overview.record)

    def _settle(self, item: WalkItem) -> None:
        """Show an item and read letters until it is decided or skipped, or the user goes back."""
        self._show()
        here = self._at
        while self._at == here:
            letter = _read(f"{self._keys(item)}\n{_COMMON_KEYS} > ").lower()
            if letter == "":
                self._at += 1
            elif letter == "h":
                self._at = max(0, self._at - 1)
                if here == 0:
                    print("This is the first item.")
            elif letter == "c":
                self._at = len(self._items)
            elif letter == "q":
                raise _Stopped
            else:
                self._perform(letter, item)
        print()

    def _keys(self, item: WalkItem) -> str:
        """Return the keys of an item: `a`, `R` and `x` only if it can be agreed with or renewed, or has parts."""
        view = self._overview.subjects[item.subject]
        keys = _GATE_KEYS if isinstance(view, GateView) else _SIGNAL_KEYS
        if isinstance(view, GateView) and view.gate.parts:
            keys = f"{keys}, x tick a part"
        if not view.evidence_problem:
            return f"a agree, {keys}"
        settling = settling_keys(view)
        return f"R {settling.effect}, {keys}" if settling.key == "R" else keys

    def _show(self) -> None:
        """Show the current item, or the end of the walk."""
        if self._at == len(self._items):
            print_document(walk_end_document(self._overview, self._items, self._decided()))
            return
        item = self._items[self._at]
        print(f"[{self._at + 1}/{len(self._items)}]  {item.subject}")
        # Short lists: the output of a command does not scroll.
        context = PageContext(web=self._workspace.web, now=self._workspace.clock(), max_evidence=3, max_notes=3)
        decided_by = self._decided().get(item.subject)
        print_document(walk_item_document(self._overview, item, context, decided_by), urls=True)

    def _perform(self, letter: str, item: WalkItem) -> None:
        """Make the change of a letter. Go to the next item if the change decided this item."""
        before = self._decided().get(item.subject)
        # The subject of the basis: a note replaces nothing, an undo concerns the last change of any subject.
        subject = {"n": "", "u": "undo"}.get(letter, item.subject)
        try:
            make_change = self._ask_change(letter, item.subject)
            if make_change is None:
                print(f"{letter!r} is not a key of this item.")
                return
            if not self._commit(make_change, subject):
                return
        except (ActionError, PinError) as error:
            print(error)
            return
        after = self._decided().get(item.subject)
        if after is None or (before is not None and after.id == before.id):
            return
        if after.action == "renew" and not can_agree(self._overview, item.subject):
            # Other evidence of the item is still stale or unchecked.
            self._show()
        else:
            self._at += 1

    def _commit(self, make_change: ChangeFactory, subject: str) -> bool:
        """Commit a change; if its subject (`Basis`) changed since it was shown, show it again and ask.

        Return whether the change was recorded.
        """
        while True:
            try:
                self._overview = commit_and_print(self._workspace, make_change, Basis(subject, self._overview))
            except SubjectChanged as changed:
                self._overview = changed.now
                print(changed.what)
                self._show()
                if not _confirm("Record it anyway? [y/N] > "):
                    print("Nothing was recorded.")
                    return False
            else:
                return True

    def _ask_change(self, letter: str, subject: str) -> ChangeFactory | None:
        """Read what the change of a letter needs, and return the change; None if the subject has no such key."""
        kind, _, name = subject.partition(":")
        match kind, letter:
            case _, "a":
                return lambda record, actor: agree(record, self._tracker, subject, actor)
            case _, "n":
                return self._ask_note(subject)
            case _, "r":
                return self._ask_renewal(subject)
            case _, "u":
                return undo
            case "signal", "v":
                return self._ask_verdict(name)
            case "gate", "s" | "b" | "t":
                return self._ask_state(name, _GATE_STATES[letter])
            case "gate", "x":
                return self._ask_part(name)
            case "gate", "p":
                pin = self._full_pin(_read("Pin: "))
                return lambda record, actor: add_pin(record, self._tracker, name, pin, actor)
            case _:
                return None

    def _ask_renewal(self, subject: str) -> ChangeFactory:
        """Show each stale pin with its current place, and ask. Raises `ActionError` if the user declines."""
        places = renewable_pins(self._overview, subject)
        for pin, current in places.items():
            print(f"{short_pin(pin)}\n  -> {short_pin(current) if current != pin else 'its current state'}")
        if places and not _confirm(f"Renew {counted(len(places), 'pin')}? [y/N] > "):
            raise ActionError("Nothing was recorded.")
        return lambda record, actor: renew_pins(record, self._tracker, subject, actor, tuple(places))

    def _ask_note(self, subject: str) -> ChangeFactory:
        text = _read("Note: ")
        pins = self._read_pins("Pins (optional, separated by spaces): ")
        return lambda record, actor: add_note(record, self._tracker, subject, text, actor, pins=pins)

    def _ask_verdict(self, name: str) -> ChangeFactory:
        state = _read("State (met, partial, unmet, unknown; clear: remove the verdict): ").lower()
        if state == "clear":
            return lambda record, actor: clear_verdict(record, self._tracker, name, actor)
        reason = _read("Reason: ")
        typed = _read("Expires on, such as 2026-12-31 (Enter: never): ")
        try:
            until = dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            raise ActionError(f"{typed!r} is not a date. Enter a date such as 2026-12-31, or nothing.") from None
        return lambda record, actor: give_verdict(record, self._tracker, name, state, actor, reason=reason, until=until)

    def _ask_state(self, name: str, state: str) -> ChangeFactory:
        reason = _read("Reason: ")
        pins = self._read_evidence(name) if state == "satisfied" else []
        return lambda record, actor: set_gate(record, self._tracker, name, state, actor, reason=reason, pins=pins)

    def _ask_part(self, name: str) -> ChangeFactory:
        parts = find_gate(self._tracker, name).parts
        typed = _read("Part to tick or untick, by number or id: ") if parts else ""
        chosen = parts[int(typed) - 1].id if typed.isdecimal() and 0 < int(typed) <= len(parts) else typed
        return lambda record, actor: tick_part(record, self._tracker, name, chosen, actor)

    def _read_evidence(self, name: str) -> list[str]:
        """Read the pins of a gate; Enter selects the current places of its stale pins."""
        places = [drift.place for drift in self._overview.gate(name).stale if drift.place]
        if not places:
            return self._read_pins("Evidence pins (separated by spaces): ")
        return self._read_pins(f"Evidence pins (separated by spaces; Enter: {' '.join(places)}): ") or places

    def _read_pins(self, question: str) -> list[str]:
        return [self._full_pin(pin) for pin in _read(question).split()]

    def _full_pin(self, typed: str) -> str:
        """Return a pin with the commit that is shown, not with a newer recorded commit. Raises `PinError`."""
        return str(parse_pin(typed, heads_of(self._overview.record)))

    def _finish(self) -> bool:
        """Show the end and offer to close the review. Return False if the user goes back to the last item."""
        self._show()
        answer = _read("Recommendation to close the review with (Enter: leave it open, h: back) > ")
        if answer.lower() == "h" and self._items:
            self._at = len(self._items) - 1
            return False
        if answer:
            try:
                if not self._commit(self._workspace.closing_change(answer), "review"):
                    return False
            except ActionError as error:
                print(error)
                return False
        print("`pawtui export` writes the summary; `pawtui post` previews the comment.")
        return True


def _read(question: str) -> str:
    """Return one line of input, stripped. Raises `_Stopped` on Ctrl+D."""
    try:
        return input(question).strip()
    except EOFError:
        print()
        raise _Stopped from None


def _confirm(question: str) -> bool:
    return _read(question).lower() in ("y", "yes")
