"""Shared parts of the commands that change the record: the commit of a change, and typed pins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pawtui.commands.command import WrongUsage, repeatable
from pawtui.commands.output import print_message
from pawtui.refresh.pins import Pin, parse_pin
from pawtui.report.words import last_change
from pawtui.review.overview import new_pin_drift

if TYPE_CHECKING:
    from pawtui.review.actions import ChangeFactory
    from pawtui.review.record_types import Record
    from pawtui.workspace import Workspace

PIN = repeatable(
    "--pin", "PIN", "evidence, such as up:path#L3, owner/repo@sha:path, owner/repo#12 or a link; you may repeat it"
)


def commit_and_print(workspace: Workspace, make_change: ChangeFactory) -> None:
    """Commit one change, and print it with the decision that results. Raises the errors of `Workspace.commit`."""
    print(last_change(workspace.commit(make_change)))


def resolve_pins(workspace: Workspace, typed: Sequence[str]) -> list[str]:
    """Return typed pins in full form: `up:` and `down:` are the commits of the last refresh.

    Raises `PinError`, and `WrongUsage` if a pinned file or line does not exist. A pin that is not checked is accepted,
    and the reason is printed: a file could not be read, a list of files is not cached or incomplete, or only the next
    refresh reads the issue or the commit.
    """
    import asyncio

    record, pins = workspace.store.load(), []
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
