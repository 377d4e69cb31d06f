"""Commands that change the record: signal, gate, note, undo, redo, close."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pawtui.commands.command import WrongUsage, argument, command, flag, parse_day, repeatable
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import document_context, load_overview, print_document, print_message
from pawtui.phrases import join_names
from pawtui.probes.state import STATES
from pawtui.refresh.pins import Pin, parse_pin
from pawtui.report.words import last_change, short_pin
from pawtui.review.actions import (
    AlreadyDone,
    ChangeFactory,
    close_review,
    find_gate,
    find_signal,
    parse_choice,
)
from pawtui.review.basis import Basis
from pawtui.review.gate_actions import add_pin, check_parts, part_ids, set_gate, tick_part
from pawtui.review.note_actions import add_note, edit_note, remove_note
from pawtui.review.overview import Overview, new_pin_drift
from pawtui.review.pin_actions import remove_pin, renew_pins
from pawtui.review.record_types import GATE_STATES, Record
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
PIN = repeatable(
    "--pin", "PIN", "evidence, such as up:path#L3, owner/repo@sha:path, owner/repo#12 or a link; you may repeat it"
)


def commit_and_print(workspace: Workspace, make_change: ChangeFactory, basis: Basis | None = None) -> Overview:
    """Commit one change, and print it with the decision that results. Raises the errors of `Workspace.commit`."""
    overview = workspace.commit(make_change, basis)
    print(last_change(overview))
    return overview


def refuse_empty_reason(reason: str) -> None:
    """Raise `WrongUsage` if a reason has no words."""
    if not reason.strip():
        raise WrongUsage("The reason is empty. Give it with --reason.")


def resolve_pins(workspace: Workspace, typed: Sequence[str], record: Record) -> list[str]:
    """Return typed pins in full form: `up:` and `down:` are the commits of the last refresh of the record.

    Raises `PinError`, and `WrongUsage` if a pinned file or line does not exist. Read a file that is not cached from the
    source to count its lines, and the list of files at a commit of the last refresh. If this fails, or if the list is
    incomplete, print why the pin was not checked, and accept it. Print this also for a new pin to an issue or a commit,
    which is read by a refresh.
    """
    import asyncio

    pins = []
    for text in typed:
        pin = parse_pin(text, record.heads)
        if pin.kind == "file":
            check = asyncio.run(workspace.evidence.check_file_pin(pin, record.heads))
            if check.problem:
                raise WrongUsage(check.problem)
            if check.unread:
                print_message(f"The lines of {text} were not checked. {check.unread}")
            elif not check.found:
                print_message(
                    f"{text} was not checked: the list of files at its commit is not cached or is incomplete."
                )
        elif _is_checked_by_refresh(pin, record):
            print_message(f"{text} was not checked: the next refresh checks it.")
        pins.append(str(pin))
    return pins


def _is_checked_by_refresh(pin: Pin, record: Record) -> bool:
    """Return whether only the next refresh finds out if the issue or commit of a pin exists."""
    drift = record.last_drift.get(str(pin)) or new_pin_drift(str(pin), record.heads.values())
    # Commits of other repositories are never read.
    return drift.state == "unchecked" and (pin.kind == "issue" or (pin.kind == "commit" and drift.failed))


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
    if args.clear and (args.state or args.reason or args.until):
        raise WrongUsage("--clear removes the verdict. Use it without a state, --reason and --until.")
    if not args.clear and not args.state:
        if args.reason or args.until:
            raise WrongUsage(f"--reason and --until need a state: {_SIGNAL_STATES}.")
        find_signal(settings.tracker(), args.id)
        _show_subject(f"signal:{args.id}", settings)
        return
    if args.state:
        parse_choice(args.state, STATES, "state")
        refuse_empty_reason(args.reason)
    workspace = settings.workspace()
    if args.clear:
        commit_and_print(workspace, lambda context: clear_verdict(context, args.id))
    else:
        commit_and_print(
            workspace,
            lambda context: give_verdict(context, args.id, args.state, reason=args.reason, until=args.until),
        )


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
    repeatable("--unpin", "PIN", "remove a pin from the gate; you may repeat it", complete="pins"),
    statuses=(ExitStatus.NEEDS_EVIDENCE,),
)
def gate(args: argparse.Namespace, settings: Settings) -> None:
    """Show a gate, set its state, tick its parts, or pin evidence to it.

    Renew and remove pins, add pins, tick and untick parts, set the state, in this order. Each is one change; with a
    state, the new pins belong to the change of the state.
    """
    workspace, gate_id = settings.workspace(), args.id
    _check_gate_arguments(args, find_gate(workspace.tracker, gate_id))
    if not (args.state or args.part or args.untick or args.pin or args.unpin or args.renew):
        _show_subject(f"gate:{gate_id}", settings)
        return
    pins = resolve_pins(workspace, args.pin, workspace.store.load())
    if args.renew:
        renew(workspace, f"gate:{gate_id}")
    for pin in args.unpin:
        unpin(workspace, f"gate:{gate_id}", pin)
    if not args.state:
        # Before the parts: the last tick satisfies only a gate that has evidence. With a state, `set_gate` adds them.
        for pin in pins:
            _pin(workspace, gate_id, pin)
    for part in args.part:
        _tick(workspace, gate_id, part, ticked=True)
    for part in args.untick:
        _tick(workspace, gate_id, part, ticked=False)
    if args.state:
        commit_and_print(
            workspace, lambda context: set_gate(context, gate_id, args.state, reason=args.reason, pins=pins)
        )


def renew(workspace: Workspace, subject: str) -> None:
    """Renew all stale pins of `gate:ID` or `step:ID`, and print the old and the new place of each."""
    places = workspace.overview().renewable_pins(subject)
    commit_and_print(workspace, lambda context: renew_pins(context, subject))
    print_places(places)


def print_places(places: Mapping[str, str]) -> None:
    """Print each stale pin with the pin that replaces it."""
    for pin, new_pin in places.items():
        # A pin to an issue is renewed without another place.
        place = short_pin(new_pin) if new_pin != pin else "as it is now"
        change = safe_line(f"{short_pin(pin)} -> {place}", 2_000)
        print(f"  {change}")


def _check_gate_arguments(args: argparse.Namespace, gate: Gate) -> None:
    """Raise `WrongUsage` or `ActionError` for a mistake, before the first of the changes."""
    check_parts(gate, (*args.part, *args.untick))
    if args.state in part_ids(gate) and args.state not in GATE_STATES:
        raise WrongUsage(f"{args.state!r} is a part of gate {gate.id!r}, not a state. Tick it with `--part`.")
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


def _pin(workspace: Workspace, gate_id: str, pin: str) -> None:
    commit_and_print(workspace, lambda context: add_pin(context, gate_id, pin))


def unpin(workspace: Workspace, subject: str, pin: str) -> None:
    """Remove a pin from `gate:ID` or `step:ID`."""
    commit_and_print(workspace, lambda context: remove_pin(context, subject, pin))


def _tick(workspace: Workspace, gate_id: str, part: str, *, ticked: bool) -> None:
    """Tick or untick a part. This is idempotent: a part in that state stays unchanged."""
    try:
        commit_and_print(workspace, lambda context: tick_part(context, gate_id, part, ticked=ticked))
    except AlreadyDone as done:
        print(done)


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
        commit_and_print(workspace, lambda context: remove_note(context, args.remove))
        return
    pins = resolve_pins(workspace, args.pin, workspace.store.load())
    edited, typed = args.edit or ("", " ".join(args.text))
    text = sys.stdin.read() if typed == "-" else typed
    if args.edit:
        commit_and_print(workspace, lambda context: edit_note(context, edited, text, pins=pins or None))
    else:
        commit_and_print(workspace, lambda context: add_note(context, args.subject, text, pins=pins))


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
        commit_and_print(workspace, make_change)
    except NothingLeft as nothing:
        print_message(str(nothing))


@command(
    "close",
    "pawtui close Wait until 2.4 has run for two weeks",
    argument("words", nargs="+", metavar="RECOMMENDATION", help="your recommendation, or - to read it from stdin"),
)
def close(args: argparse.Namespace, settings: Settings) -> None:
    """Close the review of the last refresh with your recommendation."""
    recommendation = sys.stdin.read() if args.words == ["-"] else " ".join(args.words)
    commit_and_print(settings.workspace(), lambda context: close_review(context, recommendation))
