"""Shared parts of the commands that change the record: recording a change, and typed pins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pawtui.commands.command import WrongUsage, repeatable
from pawtui.commands.output import print_message
from pawtui.refresh.pins import parse_pin
from pawtui.report.words import last_change

if TYPE_CHECKING:
    from pawtui.evidence_reader import NewPinCheck
    from pawtui.review.actions import ChangeFactory
    from pawtui.workspace import Workspace

PIN = repeatable(
    "--pin", "PIN", "evidence, such as up:path#L3, owner/repo@sha:path, owner/repo#12 or a link; you may repeat it"
)


def record_and_print(workspace: Workspace, make_change: ChangeFactory, unchecked: Collection[str] = ()) -> None:
    """Record one change, and print it with the resulting decision. See `Workspace.record_change`, also for errors."""
    print(last_change(workspace.record_change(make_change, unchecked=unchecked)))


class ResolvedPins(NamedTuple):
    """Typed pins in full form, and those of them that could not be checked."""

    pins: list[str]
    unchecked: list[str]


def resolve_pins(workspace: Workspace, typed: Sequence[str]) -> ResolvedPins:
    """Return typed pins in full form: `up:` and `down:` are the commits of the last refresh.

    Raises `PinError`, and `WrongUsage` if a pinned file, line, issue or commit does not exist. A pin that is not
    checked is accepted, and the reason is printed: it could not be read, a list of files is not cached or incomplete,
    or the commit is one of another repository.
    """
    import asyncio

    record, resolved = workspace.store.load(), ResolvedPins([], [])
    for text in typed:
        pin = parse_pin(text, record.heads)
        resolved.pins.append(str(pin))
        if str(pin) in record.last_drift:
            continue
        check = asyncio.run(workspace.evidence.check_pin(pin, record.heads))
        if check.problem:
            raise WrongUsage(check.problem)
        if pin.kind != "url" and not check.is_complete:
            resolved.unchecked.append(str(pin))
            print_message(_unchecked_message(text, check))
    return resolved


def _unchecked_message(text: str, check: NewPinCheck) -> str:
    """Return why a typed pin was not checked."""
    if check.found:
        return f"The lines of {text} were not checked. {check.unread}"
    cause = check.unread or "The list of files at its commit is not cached or is incomplete."
    return f"{text} was not checked. {cause}"
