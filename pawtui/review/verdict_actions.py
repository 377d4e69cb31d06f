"""Actions on signals: give and clear a verdict."""

import datetime as dt

from pawtui.probes.state import STATES
from pawtui.review.actions import ActionContext, ActionError, checked_text, find_signal, parse_choice
from pawtui.review.record_types import Change, Verdict


def give_verdict(
    context: ActionContext, signal_id: str, state: str, *, reason: str, until: dt.date | None = None
) -> Change:
    """Return the change that gives a signal a verdict with a reason, until the date `until` if given.

    Raises `ActionError` for an unknown signal or state, an empty reason, or a date that is not after today.
    """
    signal, actor = find_signal(context.tracker, signal_id), context.actor
    if until is not None and until <= actor.at.date():
        raise ActionError(f"The verdict would expire on {until}, which is not after today. Give a later day, or none.")
    last = context.record.last
    reading = last.signal(signal.id) if last else None
    verdict = Verdict(
        id=context.new_id(),
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
    edit = context.new_edit("verdicts", signal.id, verdict)
    return context.new_change("verdict", f"gave {signal.id} the verdict {verdict.state}", edit)


def clear_verdict(context: ActionContext, signal_id: str) -> Change:
    """Return the change that removes a verdict: the measured state applies again. Raises `ActionError` without one."""
    signal = find_signal(context.tracker, signal_id)
    if signal.id not in context.record.verdicts:
        raise ActionError(f"Signal {signal.id!r} has no verdict to clear.")
    edit = context.new_edit("verdicts", signal.id, None)
    return context.new_change("verdict", f"cleared the verdict on {signal.id}", edit)
