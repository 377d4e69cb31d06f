"""A user in a separate process: `python -m tests.store.concurrent_writer FOLDER NAME SEED COUNT`.

The process makes, undoes and redoes random changes through the same store and rules as the screens and commands. It
skips changes that the rules refuse. At the end it prints the number of recorded changes.
"""

import datetime as dt
import random
import sys
from functools import partial
from pathlib import Path

from pawtui.review.actions import ActionContext, ActionError, Actor
from pawtui.review.gate_actions import set_gate, tick_part
from pawtui.review.note_actions import add_note, remove_note
from pawtui.review.record_types import Change, Record
from pawtui.review.undo import redo, undo
from pawtui.review.verdict_actions import give_verdict
from pawtui.store.store import Store
from tests.review.review_samples import TRACKER, UP

# Often a redo directly after an undo: a change between them can make it impossible.
STEPS = ("block", "clear", "satisfy", "tick", "note", "drop", "verdict", "undo", "undo redo", "undo redo")


def make_change(step: str, actor: Actor, record: Record) -> Change:
    """Return one change of that kind. Raises `ActionError` if it is not possible now."""
    context = ActionContext(TRACKER, record, actor)
    match step:
        case "block":
            return set_gate(context, "value", "blocked", reason=f"{actor.by} says so")
        case "clear":
            return set_gate(context, "value", "untested")
        case "satisfy":
            return set_gate(context, "value", "satisfied", pins=[f"up/stream@{UP}:src/a.ts"])
        case "tick":
            return tick_part(context, "plan", "app")
        case "note":
            return add_note(context, "calm", "seen")
        case "drop":
            return remove_note(context, next(reversed(record.notes), "none"))
        case "verdict":
            return give_verdict(context, "calm", "met", reason="looked")
        case "undo":
            return undo(context)
        case _:
            return redo(context)


def main(folder: str, name: str, seed: str, count: str) -> None:
    """Make `count` random changes."""
    rng = random.Random(seed)
    store = Store(Path(folder), wait_seconds=60)
    done = 0
    for number in range(int(count)):
        actor = Actor(by=name, at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC) + dt.timedelta(seconds=number))
        for step in rng.choice(STEPS).split():
            try:
                store.record_change(partial(make_change, step, actor))
            except ActionError:
                continue
            done += 1
    print(done, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
