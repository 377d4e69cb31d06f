"""Actions on signals: give and clear a verdict."""

import datetime as dt

from pawtui.probes.state import STATES
from pawtui.review.actions import (
    ActionError,
    Actor,
    checked_text,
    find_signal,
    new_change,
    new_edit,
    next_id,
    parse_choice,
)
from pawtui.review.record_types import Change, Record, Verdict
from pawtui.tracker.tracker_types import Tracker


def give_verdict(
    record: Record,
    tracker: Tracker,
    signal_id: str,
    state: str,
    actor: Actor,
    *,
    reason: str,
    until: dt.date | None = None,
) -> Change:
    """Return the change that gives a signal a verdict with a reason, until the date `until` if given.

    Raises `ActionError` for an unknown signal or state, an empty reason, or a date that is not after today.
    """
    signal = find_signal(tracker, signal_id)
    if until is not None and until <= actor.at.date():
        raise ActionError(f"The verdict would expire on {until}, which is not after today. Give a later day, or none.")
    last = record.last
    reading = last.signal(signal.id) if last else None
    verdict = Verdict(
        id=next_id(record, actor.at),
        signal=signal.id,
        state=parse_choice(state, STATES, "state"),
        reason=checked_text(reason, "reason"),
        by=actor.by,
        at=actor.at,
        until=until,
        upstream=last.upstream.sha if last else "",
        measured=reading.state if reading else "unknown",
        fingerprint=reading.fingerprint if reading else "",
    )
    edit = new_edit(record, "verdicts", signal.id, verdict)
    return new_change(record, actor, "verdict", f"gave {signal.id} the verdict {verdict.state}", edit)


def clear_verdict(record: Record, tracker: Tracker, signal_id: str, actor: Actor) -> Change:
    """Return the change that removes a verdict: the measured state applies again. Raises `ActionError` without one."""
    signal = find_signal(tracker, signal_id)
    if signal.id not in record.verdicts:
        raise ActionError(f"Signal {signal.id!r} has no verdict to clear.")
    edit = new_edit(record, "verdicts", signal.id, None)
    return new_change(record, actor, "verdict", f"cleared the verdict on {signal.id}", edit)
