"""Actions on signals and the review: give and clear verdicts, close the review. Each returns a `Change` to commit."""

import datetime as dt

from pawtui.probes.state import STATES
from pawtui.refresh.refresh_types import Decision
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
from pawtui.review.record_types import Change, Record, Review, Verdict
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


def close_review(record: Record, decision: Decision, recommendation: str, actor: Actor) -> Change:
    """Return the change that closes the review of the last refresh; closing it again replaces the recommendation.

    Raises `ActionError` without a refresh or a recommendation.
    """
    last = record.last
    if last is None:
        raise ActionError("There is no refresh. Refresh first, then close the review.")
    review = Review(
        id=last.id,
        refresh=last.id,
        decision=decision,
        recommendation=checked_text(recommendation, "recommendation"),
        by=actor.by,
        at=actor.at,
    )
    edit = new_edit(record, "reviews", last.id, review)
    return new_change(record, actor, "close", f"closed the review: {decision}", edit)
