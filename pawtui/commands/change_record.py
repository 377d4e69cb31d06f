"""Commands that change the record: signal, gate, step, plan, note, undo, redo, close."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from pawtui.commands.command import JSON, WrongUsage, argument, command, flag, parse_day, repeatable
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import document_context, load_overview, print_document, print_json, print_message
from pawtui.commands.recording import PIN, record_and_print, resolve_pins
from pawtui.phrases import join_names
from pawtui.probes.state import STATES
from pawtui.report.words import short_pin
from pawtui.review.actions import (
    AlreadyDone,
    ChangeFactory,
    close_review,
    find_gate,
    find_signal,
    find_step,
    parse_choice,
)
from pawtui.review.gate_actions import add_pin, check_parts, set_gate, tick_part
from pawtui.review.note_actions import add_note, edit_note, remove_note
from pawtui.review.pin_actions import remove_pin, renew_pins
from pawtui.review.plan_actions import set_plan_state
from pawtui.review.record_types import GATE_STATES, PLAN_ENTRY_STATES, STEP_STATES
from pawtui.review.step_actions import set_step
from pawtui.review.undo import NothingLeft
from pawtui.review.undo import redo as make_redo
from pawtui.review.undo import undo as make_undo
from pawtui.review.verdict_actions import clear_verdict, give_verdict
from pawtui.settings import Settings
from pawtui.sources.sanitize import safe_line

if TYPE_CHECKING:
    from pawtui.tracker.tracker_types import Gate
    from pawtui.workspace import Workspace

_SIGNAL_STATES, _GATE_STATES = join_names(STATES, "or"), join_names(GATE_STATES, "or")
_STEP_STATES, _PLAN_STATES = join_names(STEP_STATES, "or"), join_names(PLAN_ENTRY_STATES, "or")


@command(
    "signal",
    'pawtui signal low-churn met --reason "Only renames of private helpers" --until 2026-12-01',
    argument("id", complete="signals", help="a signal of the tracker"),
    argument("state", complete="states", nargs="?", help=f"{_SIGNAL_STATES} (default: show the signal)"),
    argument("--reason", default="", metavar="TEXT", help="why; a verdict needs a reason"),
    argument(
        "--until", type=parse_day, metavar="DATE", help="the day on which the verdict expires, such as 2026-12-01"
    ),
    flag("--clear", "remove the verdict: the measured state applies again"),
)
def signal(args: argparse.Namespace, settings: Settings) -> None:
    """Show a signal, give a verdict on it, or clear the verdict."""
    if args.clear:
        if args.state or args.reason or args.until:
            raise WrongUsage("--clear removes the verdict. Use it without a state, --reason and --until.")
        record_and_print(settings.workspace(), partial(clear_verdict, signal_id=args.id))
    elif args.state:
        verdict = partial(give_verdict, signal_id=args.id, state=args.state, reason=args.reason, until=args.until)
        record_and_print(settings.workspace(), verdict)
    elif args.reason or args.until:
        raise WrongUsage(f"--reason and --until need a state: {_SIGNAL_STATES}.")
    else:
        find_signal(settings.tracker(), args.id)
        _show_subject(f"signal:{args.id}", settings)


@command(
    "gate",
    'pawtui gate shadow-replay blocked --reason "Skill parts are dropped" --pin anomalyco/opencode#42671',
    argument("id", complete="gates", help="a gate of the tracker"),
    argument(
        "state",
        complete="gate-states",
        nargs="?",
        help=f"{_GATE_STATES} (default: keep it; without options, show the gate)",
    ),
    argument("--reason", default="", metavar="TEXT", help="why; blocked needs a reason"),
    PIN,
    repeatable("--part", "ID", "tick a part of the gate; you may repeat it", complete="parts"),
    repeatable("--untick", "ID", "untick a part of the gate; you may repeat it", complete="parts"),
    flag(
        "--renew",
        "replace stale pins of the gate, its steps and its notes by pins to the current place of the text",
    ),
    repeatable("--unpin", "PIN", "remove a pin from the gate; you may repeat it"),
    statuses=(ExitStatus.NEEDS_EVIDENCE,),
)
def gate(args: argparse.Namespace, settings: Settings) -> None:
    """Show a gate, set its state, tick its parts, or pin evidence to it.

    Renew pins, add pins, remove pins, tick and untick parts, set the state, in this order. Each is one change; with a
    state, the new pins belong to the change of the state.
    """
    workspace, gate_id = settings.workspace(), args.id
    _check_gate_arguments(args, find_gate(workspace.tracker, gate_id))
    if not (args.state or args.part or args.untick or args.pin or args.unpin or args.renew):
        _show_subject(f"gate:{gate_id}", settings)
        return
    pins, unchecked = resolve_pins(workspace, args.pin)
    if args.renew:
        _renew(workspace, f"gate:{gate_id}")
    # Without any pin in between, a satisfied gate would be untested again. The last tick, too, needs evidence.
    for pin in () if args.state else pins:
        record_and_print(workspace, partial(add_pin, gate_id=gate_id, pin=pin), unchecked)
    for pin in args.unpin:
        record_and_print(workspace, partial(remove_pin, subject=f"gate:{gate_id}", typed=pin))
    for part in (*args.part, *args.untick):
        try:
            record_and_print(workspace, partial(tick_part, gate_id=gate_id, part_id=part, ticked=part in args.part))
        except AlreadyDone as done:
            print_message(str(done))
    if args.state:
        change = partial(set_gate, gate_id=gate_id, state=args.state, reason=args.reason, pins=pins)
        record_and_print(workspace, change, unchecked)


def _renew(workspace: Workspace, subject: str) -> None:
    """Renew all stale pins of `gate:ID` or `step:ID`, and print the old and the new place of each."""
    places = workspace.overview().renewable_pins(subject)
    record_and_print(workspace, partial(renew_pins, subject=subject))
    for pin, new_pin in places.items():
        # A pin to an issue is renewed without another place.
        place = short_pin(new_pin) if new_pin != pin else "as it is now"
        print(f"  {safe_line(f'{short_pin(pin)} -> {place}', 2_000)}")


def _check_gate_arguments(args: argparse.Namespace, gate: Gate) -> None:
    """Raise `WrongUsage` or `ActionError` for a mistake, before the first of the changes."""
    check_parts(gate, (*args.part, *args.untick))
    if args.reason and not args.state:
        raise WrongUsage(f"--reason needs a state: {_GATE_STATES}.")
    if args.untick and args.state == "satisfied":
        raise WrongUsage("A satisfied gate has all its parts ticked. Use satisfied without --untick.")
    for part in args.part:
        if part in args.untick:
            raise WrongUsage(f"Part {part!r} is given with --part and with --untick. Give it once.")
    if args.state:
        parse_choice(args.state, GATE_STATES, "gate state")


def _show_subject(subject: str, settings: Settings) -> None:
    """Print the document of `signal:ID` or `gate:ID`, which the screens show, too."""
    from pawtui.report.documents.subject_document import subject_document

    document = subject_document(subject, document_context(settings, load_overview(settings)))
    if document is not None:
        print_document(document, urls=True)


@command(
    "note",
    'pawtui note recovery-story "Interrupted tool calls now end with an error" --pin up:specs/v2/session.md#L10-L20',
    argument(
        "subject",
        complete="subjects",
        nargs="?",
        help="a signal, a gate, or `review` for the review as a whole; not with --edit or --remove",
    ),
    argument("text", nargs="*", help="the text of the note, or - to read it from stdin; not with --edit or --remove"),
    PIN,
    argument(
        "--edit",
        complete="notes",
        nargs=2,
        metavar=("ID", "TEXT"),
        help="replace the text of a note, and with --pin its pins (`pawtui notes` lists the ids)",
    ),
    argument("--remove", complete="notes", metavar="ID", help="remove a note"),
)
def note(args: argparse.Namespace, settings: Settings) -> None:
    """Write, edit or remove a note on a signal, a gate or the review."""
    given = [value for value in (args.subject, args.edit, args.remove) if value is not None]
    lacks_text = args.subject is not None and not args.text
    if len(given) != 1 or lacks_text or (args.remove is not None and args.pin):
        raise WrongUsage("Give one of: a subject and a text, --edit with an id and a text, or --remove with an id.")
    workspace = settings.workspace()
    if args.remove is not None:
        record_and_print(workspace, partial(remove_note, note_id=args.remove))
        return
    pins, unchecked = resolve_pins(workspace, args.pin)
    if args.edit:
        note_id, *words = args.edit
        edited = partial(edit_note, note_id=note_id, text=_text_of(words), pins=pins or None)
        record_and_print(workspace, edited, unchecked)
    else:
        added = partial(add_note, subject=args.subject, text=_text_of(args.text), pins=pins)
        record_and_print(workspace, added, unchecked)


def _text_of(words: Sequence[str]) -> str:
    """Return typed words as a text, or the text from stdin for `-`. Raises `WrongUsage` for `-` with other words."""
    if words[0] != "-":
        return " ".join(words)
    if len(words) > 1:
        raise WrongUsage("- reads the text from stdin. Use it without other words, or write the text in quotes.")
    return sys.stdin.read()


@command("undo", "pawtui undo")
def undo(_args: argparse.Namespace, settings: Settings) -> None:
    """Undo your last change."""
    _undo_or_redo(settings.workspace(), make_undo)


@command("redo", "pawtui redo")
def redo(_args: argparse.Namespace, settings: Settings) -> None:
    """Redo the change that you undid last."""
    _undo_or_redo(settings.workspace(), make_redo)


def _undo_or_redo(workspace: Workspace, make_change: ChangeFactory) -> None:
    """Undo or redo a change. If no change is left, print this and exit with status 0."""
    try:
        record_and_print(workspace, make_change)
    except NothingLeft as nothing:
        print_message(str(nothing))


@command(
    "close",
    "pawtui close Wait until 2.4 has run for two weeks",
    argument("words", nargs="+", metavar="RECOMMENDATION", help="your recommendation, or - to read it from stdin"),
)
def close(args: argparse.Namespace, settings: Settings) -> None:
    """Close the review of the last refresh with your recommendation."""
    record_and_print(settings.workspace(), partial(close_review, recommendation=_text_of(args.words)))


@command(
    "step",
    "pawtui step shadow-replay-run done --pin up:specs/v2/session.md",
    argument("id", complete="steps", nargs="?", default="", help="an evaluation step (default: list all steps)"),
    argument("state", complete="step-states", nargs="?", default="", help=f"{_STEP_STATES} (default: show the step)"),
    argument("--reason", default="", metavar="TEXT", help="why; dropped needs a reason"),
    PIN,
    flag("--renew", "replace the step's stale pins by pins to the current place of the text"),
    repeatable("--unpin", "PIN", "remove a pin from the step; you may repeat it"),
    JSON,
    statuses=(ExitStatus.NEEDS_EVIDENCE,),
)
def step(args: argparse.Namespace, settings: Settings) -> None:
    """Show the evaluation steps, set the state of a step, or renew and remove its pins.

    Renew pins, set the state with new pins, remove pins, in this order. Each is one change.
    """
    if not args.id:
        if args.reason or args.pin or args.renew or args.unpin:
            raise WrongUsage("The id of the step is missing. `pawtui step` lists all steps.")
        _show_steps(settings, as_json=args.json)
        return
    if not args.state and (args.reason or args.pin):
        raise WrongUsage(f"--reason and --pin need a state: {_STEP_STATES}.")
    if not (args.state or args.renew or args.unpin):
        find_step(settings.tracker(), args.id)
        _show_steps(settings, args.id, as_json=args.json)
        return
    if args.json:
        raise WrongUsage("--json shows the step. Use it without a change.")
    workspace, step_id = settings.workspace(), args.id
    pins, unchecked = resolve_pins(workspace, args.pin)
    if args.renew:
        _renew(workspace, f"step:{step_id}")
    if args.state:
        change = partial(set_step, step_id=step_id, state=args.state, reason=args.reason, pins=pins)
        record_and_print(workspace, change, unchecked)
    for pin in args.unpin:
        record_and_print(workspace, partial(remove_pin, subject=f"step:{step_id}", typed=pin))


def _show_steps(settings: Settings, step_id: str = "", *, as_json: bool) -> None:
    """Print one evaluation step with the links to its evidence, or the list of all without an id."""
    from pawtui.report.documents.gate_document import evaluation_steps_document
    from pawtui.report.status_json import step_json

    overview = load_overview(settings)
    statuses = [status for status in overview.steps if step_id in ("", status.step.id)]
    if as_json:
        print_json([step_json(status) for status in statuses])
    else:
        context = document_context(settings, overview)
        print_document(evaluation_steps_document(statuses, context), urls=bool(step_id))


@command(
    "plan",
    'pawtui plan withdrawn --reason "Ann withdraws her approval until 2.4"',
    argument("state", complete="plan-states", nargs="?", help=f"{_PLAN_STATES} (default: show the state)"),
    argument("--reason", default="", metavar="TEXT", help="why; a state needs a reason"),
    argument("--comment", default="", metavar="URL", help="a link to the comment that is the reason"),
    JSON,
)
def plan(args: argparse.Namespace, settings: Settings) -> None:
    """Show the state of the plan, or record what the comments on it mean."""
    if args.state:
        if args.json:
            raise WrongUsage("--json shows the plan. Use it without a state.")
        make_change = partial(set_plan_state, state=args.state, reason=args.reason, comment=args.comment)
        record_and_print(settings.workspace(), make_change)
        return
    if args.reason or args.comment:
        raise WrongUsage(f"--reason and --comment need a state: {_PLAN_STATES}.")
    from pawtui.report.document import Document
    from pawtui.report.documents.document_parts import plan_blocks

    overview = load_overview(settings)
    status = overview.plan
    if args.json:
        print_json(status)
    elif status is None:
        remedy = "" if overview.tracker.issue else "Add `issue` to the tracker. "
        print(f"Plan: not checked yet. {remedy}Run `pawtui refresh`.")
    else:
        print_document(Document("plan", "plan", blocks=plan_blocks(status)), urls=True)
        if status.state == "unclear":
            print(f"Record its meaning ({_PLAN_STATES}): `pawtui plan STATE --reason TEXT`")
