"""The review on the command line: one question at a time, answered by a letter and Enter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from pawtui.commands.change_record import closing, perform
from pawtui.commands.command import Command, json_option, print_document, print_json, say, say_notices
from pawtui.commands.exit_status import ExitStatus

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from pawtui.report.documents.document_parts import PageContext
    from pawtui.review.basis import ChangeFactory
    from pawtui.review.record_types import Change
    from pawtui.review.views import Overview
    from pawtui.review.walk import WalkStep
    from pawtui.settings import Settings
    from pawtui.workspace import Workspace

_FOR_SIGNALS = "a agree, v verdict, c clear the verdict, n note"
_FOR_GATES = "a agree, s satisfied, b blocked, t untested, x tick a part, p pin, n note"
_ALWAYS = "u undo, Enter skip, k back, e end, q leave"


class _Left(Exception):
    """The person leaves the walk."""


def walk(args: argparse.Namespace, settings: Settings) -> int:
    """Every signal and gate once, what needs a person first. What is decided is on record at once."""
    from pawtui.commands.open_screens import has_terminal
    from pawtui.review.walk import decided_since_refresh, walk_steps

    workspace = settings.workspace()
    seen = workspace.overview()
    say_notices(workspace.store)
    if seen.last is None:
        say("There is nothing to walk yet, as no refresh is on record: run `pawtui refresh` first.")
    if args.json:
        from pawtui.report.as_json import walk_steps_json

        print_json(walk_steps_json(seen, walk_steps(seen) if seen.last else (), decided_since_refresh(seen.record)))
    elif seen.last is None:
        return ExitStatus.DONE
    elif not has_terminal():
        from pawtui.report.documents.walk_document import walk_steps_document

        say("The walk needs a terminal. These are its steps:")
        print_document(walk_steps_document(seen, walk_steps(seen), decided_since_refresh(seen.record)))
    else:
        _Walk(workspace, seen).go()
    return ExitStatus.DONE


class _Walk:
    """A walk under way. The steps are those of its beginning, so that nothing comes twice or gets lost."""

    def __init__(self, workspace: Workspace, seen: Overview) -> None:
        from pawtui.review.walk import walk_steps

        self._workspace = workspace
        self._seen = seen
        self._steps: tuple[WalkStep, ...] = walk_steps(seen)
        done = self._done()
        left = [number for number, step in enumerate(self._steps) if step.subject not in done]
        self._at = left[0] if left else len(self._steps)

    def go(self) -> None:
        """Ask until the end, or until the person leaves."""
        decided = len(self._done().keys() & {step.subject for step in self._steps})
        if decided:
            print(f"Taken up again: {decided} of {len(self._steps)} decided already.\n")
        try:
            while True:
                while self._at < len(self._steps):
                    self._stop(self._steps[self._at])
                if self._end():
                    return
        except _Left:
            print("Left. What you decided is kept; `pawtui walk` goes on from there.")

    def _context(self) -> PageContext:
        """A step on paper is shorter than on a screen: it cannot be scrolled."""
        from pawtui.report.documents.document_parts import PageContext

        workspace = self._workspace
        return PageContext(web=workspace.web, now=workspace.clock(), most_evidence=3, most_notes=3)

    def _done(self) -> Mapping[str, Change]:
        from pawtui.review.walk import decided_since_refresh

        return decided_since_refresh(self._seen.record)

    def _stop(self, step: WalkStep) -> None:
        """Show one step and ask until something is decided, skipped or gone back from."""
        self._show(step)
        signal = step.subject.startswith("signal:")
        keys = _FOR_SIGNALS if signal else _FOR_GATES
        here = self._at
        while self._at == here:
            letter = _ask(f"{keys}; {_ALWAYS} > ").lower()
            if letter == "":
                self._at += 1
            elif letter == "k":
                self._at = max(0, self._at - 1)
                if here == 0:
                    print("This is the first one.")
            elif letter == "e":
                self._at = len(self._steps)
            elif letter == "q":
                raise _Left
            else:
                make = self._common(letter, step) or (self._signal if signal else self._gate)(letter, step)
                if make is None:
                    print(f"{letter!r} is none of them.")
                else:
                    # A note replaces nothing, and undo is about the last act, whatever it was on.
                    self._perform(make, {"n": "", "u": "undo"}.get(letter, step.subject), step)
        print()

    def _show(self, step: WalkStep) -> None:
        from pawtui.report.documents.walk_step_document import walk_step_document

        print(f"[{self._at + 1}/{len(self._steps)}]  {step.subject}")
        document = walk_step_document(self._seen, step, self._context(), self._done().get(step.subject))
        if document is not None:
            print_document(document, urls=True)

    def _perform(self, ask: Callable[[], ChangeFactory], subject: str, step: WalkStep) -> None:
        """Ask for what the act needs and do it; go on if that decided the step."""
        from pawtui.refresh.pins import PinError
        from pawtui.review.actions import ActionError

        before = self._done().get(step.subject)
        try:
            if not self._commit(ask(), subject, lambda: self._show(step)):
                return
        except (ActionError, PinError) as error:
            print(error)
            return
        after = self._done().get(step.subject)
        if after is not None and (before is None or after.id != before.id):
            self._at += 1

    def _commit(self, make: ChangeFactory, subject: str, show: Callable[[], None]) -> bool:
        """Do an act on what was shown; where that has changed, show what it is now, and ask whether to do it anyway.

        Return whether it was done.
        """
        from pawtui.review.basis import Basis, MovedOn

        while True:
            try:
                self._seen = perform(self._workspace, make, Basis(subject, self._seen))
            except MovedOn as moved:
                self._seen = moved.now
                print(moved.what)
                show()
                if _ask("Do it anyway? [y/N] > ").lower() not in ("y", "yes"):
                    print("Nothing was recorded.")
                    return False
            else:
                return True

    def _common(self, letter: str, step: WalkStep) -> Callable[[], ChangeFactory] | None:
        from pawtui.review.undo import undo
        from pawtui.review.walk import agree

        tracker = self._workspace.tracker
        if letter == "a":
            return lambda: lambda record, actor: agree(record, tracker, step.subject, actor)
        if letter == "n":
            return partial(self._note, step.subject)
        return (lambda: undo) if letter == "u" else None

    def _signal(self, letter: str, step: WalkStep) -> Callable[[], ChangeFactory] | None:
        from pawtui.review.judgements import clear_verdict

        name = step.subject.partition(":")[2]
        if letter == "v":
            return partial(self._verdict, name)
        if letter == "c":
            return lambda: lambda record, actor: clear_verdict(record, self._workspace.tracker, name, actor)
        return None

    def _gate(self, letter: str, step: WalkStep) -> Callable[[], ChangeFactory] | None:
        name = step.subject.partition(":")[2]
        states = {"s": "satisfied", "b": "blocked", "t": "untested"}
        if letter in states:
            return partial(self._state, name, states[letter])
        if letter == "x":
            return partial(self._part, name)
        return partial(self._pin, name) if letter == "p" else None

    def _note(self, subject: str) -> ChangeFactory:
        from pawtui.review.note_actions import add_note

        text = _ask("Note: ")
        pins = self._ask_pins("Pins, if any, with spaces between: ")
        return lambda record, actor: add_note(record, self._workspace.tracker, subject, text, actor, pins=pins)

    def _verdict(self, name: str) -> ChangeFactory:
        import datetime as dt

        from pawtui.review.actions import ActionError
        from pawtui.review.judgements import give_verdict

        state = _ask("State (met, partial, unmet, unknown): ").lower()
        reason = _ask("Reason: ")
        typed = _ask("Until, such as 2026-12-31 (Enter: no end date): ")
        try:
            until = dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            raise ActionError(f"{typed!r} is no day: give one as 2026-12-31, or none.") from None
        return lambda record, actor: give_verdict(
            record, self._workspace.tracker, name, state, actor, reason=reason, until=until
        )

    def _state(self, name: str, state: str) -> ChangeFactory:
        from pawtui.review.gate_actions import set_gate

        reason = _ask("Reason: ")
        pins = self._ask_evidence(name) if state == "satisfied" else []
        return lambda record, actor: set_gate(
            record, self._workspace.tracker, name, state, actor, reason=reason, pins=pins
        )

    def _part(self, name: str) -> ChangeFactory:
        from pawtui.review.actions import find_gate
        from pawtui.review.gate_actions import tick_part

        parts = find_gate(self._workspace.tracker, name).parts
        typed = _ask("Which part, by number or id (again to untick): ") if parts else ""
        chosen = parts[int(typed) - 1].id if typed.isdecimal() and 0 < int(typed) <= len(parts) else typed
        return lambda record, actor: tick_part(record, self._workspace.tracker, name, chosen, actor)

    def _pin(self, name: str) -> ChangeFactory:
        from pawtui.review.gate_actions import add_pin

        pin = self._full_pin(_ask("Pin: "))
        return lambda record, actor: add_pin(record, self._workspace.tracker, name, pin, actor)

    def _ask_evidence(self, name: str) -> list[str]:
        """Ask for the pins of a gate; Enter takes the places where its stale evidence stands now."""
        places = [drift.place for drift in self._seen.gate(name).stale if drift.place]
        if not places:
            return self._ask_pins("Evidence pins, if any, with spaces between: ")
        return self._ask_pins(f"Evidence pins, with spaces between (Enter: {' '.join(places)}): ") or places

    def _ask_pins(self, question: str) -> list[str]:
        return [self._full_pin(pin) for pin in _ask(question).split()]

    def _full_pin(self, typed: str) -> str:
        """Return a pin with the commit that is shown, whatever is recorded before the act. Raises `PinError`."""
        from pawtui.refresh.pins import parse_pin
        from pawtui.review.actions import heads_of

        return str(parse_pin(typed, heads_of(self._seen.record)))

    def _end(self) -> bool:
        """Tell what came of it and offer to close the review. False: the person goes back into the walk."""
        from pawtui.review.actions import ActionError

        self._show_end()
        words = _ask("Your recommendation, to close the review (Enter: leave it open, k: back) > ")
        if words.lower() == "k" and self._steps:
            self._at = len(self._steps) - 1
            return False
        if words:
            try:
                if not self._commit(closing(self._workspace, words), "review", self._show_end):
                    return False
            except ActionError as error:
                print(error)
                return False
        print("`pawtui export` writes the summary, `pawtui post` shows it as it would be posted.")
        return True

    def _show_end(self) -> None:
        from pawtui.report.documents.walk_document import end_document

        print_document(end_document(self._seen, self._steps, self._done()))


def _ask(question: str) -> str:
    """One line, without the spaces around it. Ctrl+D leaves the walk."""
    try:
        return input(question).strip()
    except EOFError:
        print()
        raise _Left from None


COMMANDS = (
    Command(
        "walk",
        "review the signals and gates one by one, most urgent first",
        "pawtui walk",
        json_option,
        walk,
    ),
)
