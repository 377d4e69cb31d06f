"""The command that reviews one item at a time at a terminal, each decided by a letter and Enter: walk."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pawtui.commands.command import JSON, WrongUsage, command
from pawtui.commands.committing import commit_and_print, print_places, resolve_pins
from pawtui.commands.output import has_terminal, print_document, print_json, print_message, print_notices
from pawtui.phrases import counted
from pawtui.probes.state import STATES
from pawtui.refresh.pins import PinError
from pawtui.report.documents.walk_document import walk_document
from pawtui.report.walk_json import walk_items_json
from pawtui.report.walk_keys import GATE_STATE_KEYS, default_walk_keys
from pawtui.review.actions import ActionError, ChangeFactory, checked_text, close_review, find_gate, parse_choice
from pawtui.review.basis import Basis, SubjectChanged
from pawtui.review.gate_actions import add_pin, set_gate, tick_part
from pawtui.review.note_actions import add_note
from pawtui.review.pin_actions import renew_pins
from pawtui.review.subject_status import GateStatus
from pawtui.review.undo import undo
from pawtui.review.verdict_actions import clear_verdict, give_verdict
from pawtui.review.walk import Walk, agree
from pawtui.settings import Settings

if TYPE_CHECKING:
    from pawtui.workspace import Workspace

_GATE_STATES = {key: state for state, key in GATE_STATE_KEYS.items()}
_GATE_KEYS = ", ".join((*(f"{key} {state}" for key, state in _GATE_STATES.items()), "p pin", "x tick a part"))
_COMMON_KEYS = "n note, u undo, h back, c close the review, q quit. Type a key, then Enter; Enter alone skips"


class _Stopped(Exception):
    """The user stopped the walk."""


@command("walk", "pawtui walk", JSON)
def walk(args: argparse.Namespace, settings: Settings) -> None:
    """Review the signals and gates one by one, most urgent first. Each decision is recorded immediately."""
    workspace = settings.workspace()
    current = Walk(workspace.overview())
    print_notices(settings)
    is_measured = current.overview.last is not None
    if not is_measured:
        print_message("The walk is empty, because no refresh is recorded. Run `pawtui refresh` first.")
    if args.json:
        print_json(walk_items_json(current))
    elif is_measured and has_terminal():
        _TerminalWalk(workspace, current).run()
    elif is_measured:
        print_message("The walk needs a terminal. These are its items:")
        current.go_to_end()
        print_document(walk_document(current, workspace.document_context(current.overview)))


class _TerminalWalk:
    """The input and output of a walk at a terminal."""

    def __init__(self, workspace: Workspace, walk: Walk) -> None:
        self._workspace = workspace
        self._walk = walk

    def run(self) -> None:
        if number := self._walk.decided_count:
            print(f"Continued: {number} of {counted(len(self._walk.items), 'item')} decided.\n")
        try:
            while True:
                while self._walk.item is not None:
                    self._review(self._walk.subject)
                if self._finish():
                    return
        except _Stopped:
            print("Stopped. Your decisions are recorded; `pawtui walk` continues from here.")

    def _review(self, subject: str) -> None:
        """Show the current item and read letters until the user decides it or goes to another one."""
        self._show()
        while self._walk.subject == subject:
            status = self._walk.overview.statuses[subject]
            # All keys, below those that decide the item. Its title may be above the top of the terminal by now.
            usual = default_walk_keys(self._walk.overview, status)
            keys = _GATE_KEYS if isinstance(status, GateStatus) else "v verdict"
            prompt = f"{subject.partition(':')[2]}: {usual}\nKeys: {keys}, {_COMMON_KEYS} > "
            letter = _read(prompt).lower()
            if letter == "":
                self._walk.skip()
            elif letter == "h":
                if self._walk.index == 0:
                    print("This is the first item.")
                self._walk.go_back()
            elif letter == "c":
                self._walk.go_to_end()
            elif letter == "q":
                raise _Stopped
            else:
                self._perform(letter, subject)
        print()

    def _show(self) -> None:
        walk = self._walk
        if walk.item is not None:
            print(f"[{walk.index + 1}/{len(walk.items)}]  {walk.subject}")
        # Short lists: the output of a command does not scroll.
        context = replace(self._workspace.document_context(walk.overview), max_evidence=3, max_notes=3)
        print_document(walk_document(walk, context), urls=True)

    def _perform(self, letter: str, subject: str) -> None:
        # The subject of the basis: a note replaces nothing, an undo concerns the last change of any subject.
        basis_subject = {"n": "", "u": "undo"}.get(letter, subject)
        decided_before = self._walk.deciding_change
        try:
            make_change = self._ask_change(letter, subject)
            if make_change is None:
                print(f"{letter!r} is not a key of this item.")
                return
            if not self._commit(make_change, basis_subject):
                return
        except (ActionError, PinError, WrongUsage) as error:
            print(error)
            return
        if self._walk.subject == subject and (letter == "r" or self._walk.deciding_change != decided_before):
            # It was renewed and is not decided yet, its decision was undone, or somebody else decided it.
            self._show()

    def _commit(self, make_change: ChangeFactory, subject: str) -> bool:
        """Commit a change. Go to the next item if it decided this one, or back to the item of an undone decision.

        If the subject (`Basis`) changed since it was shown, show it again and ask. Return whether the change was
        recorded.
        """
        while True:
            try:
                overview = commit_and_print(self._workspace, make_change, Basis(subject, self._walk.overview))
            except SubjectChanged as changed:
                self._walk.reload(changed.now)
                print(changed.what)
                self._show()
                if not _confirm("Record it anyway? [y/N] > "):
                    print("Nothing was recorded.")
                    return False
            else:
                self._walk.reload_and_move(overview, self._workspace.own_changes)
                return True

    def _ask_change(self, letter: str, subject: str) -> ChangeFactory | None:
        """Read what the change of a letter needs, and return the function that makes it; None for an unknown letter."""
        kind, _, subject_id = subject.partition(":")
        match kind, letter:
            case _, "a":
                return lambda context: agree(context, subject)
            case _, "n":
                return self._ask_note(subject)
            case _, "r":
                return self._ask_renewal(subject)
            case _, "u":
                return undo
            case "signal", "v":
                return self._ask_verdict(subject_id)
            case "gate", _ if letter in _GATE_STATES:
                return self._ask_state(subject_id, _GATE_STATES[letter])
            case "gate", "x":
                return self._ask_part(subject_id)
            case "gate", "p":
                (pin,) = self._resolve([_read("Pin: ")])
                return lambda context: add_pin(context, subject_id, pin)
            case _:
                return None

    def _ask_renewal(self, subject: str) -> ChangeFactory:
        """Show each stale pin with its current place, and ask. Raises `ActionError` if the user declines."""
        places = self._walk.overview.renewable_pins(subject)
        print_places(places)
        if places and not _confirm(f"Renew {counted(len(places), 'pin')}? [y/N] > "):
            raise ActionError("Nothing was recorded.")
        return lambda context: renew_pins(context, subject, tuple(places))

    def _ask_note(self, subject: str) -> ChangeFactory:
        text = _read("Note: ")
        pins = self._read_pins("Pins (optional, separated by spaces): ")
        return lambda context: add_note(context, subject, text, pins=pins)

    def _ask_verdict(self, signal_id: str) -> ChangeFactory:
        state = _read(f"State ({', '.join(STATES)}; clear: remove the verdict): ").lower()
        if state == "clear":
            return lambda context: clear_verdict(context, signal_id)
        # A mistake is reported before the next answer is typed.
        parse_choice(state, STATES, "state")
        reason = checked_text(_read("Reason: "), "reason")
        typed = _read("Expires on, such as 2026-12-31 (Enter: never): ")
        try:
            until = dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            raise ActionError(f"{typed!r} is not a date. Enter a date such as 2026-12-31, or nothing.") from None
        return lambda context: give_verdict(context, signal_id, state, reason=reason, until=until)

    def _ask_state(self, gate_id: str, state: str) -> ChangeFactory:
        reason = _read("Reason: ")
        pins: list[str] = []
        if state == "satisfied":
            # Enter selects the current places of its stale pins.
            places = list(self._walk.overview.gate(gate_id).new_places)
            enter = f"; Enter: {' '.join(places)}" if places else ""
            pins = self._read_pins(f"Evidence pins (separated by spaces{enter}): ") or places
        return lambda context: set_gate(context, gate_id, state, reason=reason, pins=pins)

    def _ask_part(self, gate_id: str) -> ChangeFactory:
        parts = find_gate(self._workspace.tracker, gate_id).parts
        typed = _read("Part to tick or untick, by number or id: ") if parts else ""
        chosen = parts[int(typed) - 1].id if typed.isdecimal() and 0 < int(typed) <= len(parts) else typed
        return lambda context: tick_part(context, gate_id, chosen)

    def _read_pins(self, question: str) -> list[str]:
        """Read pins until all of them are valid: the text that was typed before is not lost."""
        while True:
            try:
                return self._resolve(_read(question).split())
            except (PinError, WrongUsage) as error:
                print(error)

    def _resolve(self, typed: list[str]) -> list[str]:
        """Return pins with the commits that are shown, not with newer recorded ones (`resolve_pins`)."""
        return resolve_pins(self._workspace, typed, self._walk.overview.record)

    def _finish(self) -> bool:
        """Show the end and offer to close the review. Return False if the user goes back to the last item."""
        self._show()
        answer = _read("Recommendation to close the review with (Enter: leave it open, h: back) > ")
        if answer.lower() == "h" and self._walk.items:
            self._walk.go_back()
            return False
        if answer:
            try:
                if not self._commit(lambda context: close_review(context, answer), "review"):
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
