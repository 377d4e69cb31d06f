"""The action on evaluation steps: set the state."""

from collections.abc import Sequence

from pawtui.review.actions import ActionContext, ActionError, NeedsEvidence, checked_text, find_step, parse_choice
from pawtui.review.record_types import STEP_STATES, Change, EvaluationStepEntry


def set_step(context: ActionContext, step_id: str, state: str, *, reason: str = "", pins: Sequence[str] = ()) -> Change:
    """Return the change that sets the state of an evaluation step, and adds new pins to its pins.

    `done` needs a pin and `dropped` needs a reason. If the state does not change and there is no new reason, the reason
    stays. Raises `ActionError`, and `NeedsEvidence` if a pin is missing.
    """
    step = find_step(context.tracker, step_id)
    new_state = parse_choice(state, STEP_STATES, "step state")
    old = context.record.steps.get(step.id)
    all_pins = tuple(dict.fromkeys((*(old.pins if old else ()), *context.checked_pins(pins))))
    reason = reason.strip() or (old.reason if old and old.state == new_state else "")
    reason = checked_text(reason, "reason") if reason else ""
    if new_state == "dropped" and not reason:
        raise ActionError(f"Evaluation step {step.id!r} cannot be dropped without a reason. Give a reason.")
    if new_state == "done" and not all_pins:
        raise NeedsEvidence(f"Evaluation step {step.id!r} needs evidence to be done. Give a pin.")
    up, down = context.last_commits
    entry = EvaluationStepEntry(
        id=step.id,
        state=new_state,
        reason=reason,
        by=context.actor.by,
        at=context.actor.at,
        upstream=up,
        downstream=down,
        pins=all_pins,
    )
    edit = context.new_edit("steps", step.id, entry)
    return context.new_change("step", f"set step {step.id} to {new_state}", edit)
