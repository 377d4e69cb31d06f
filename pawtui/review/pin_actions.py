"""Actions on the pins of a subject: remove a pin, and renew stale pins.

A renewed pin is replaced by a pin to the place where the last refresh found the text. The old pin stays in the log, in
the entry before the change. A renewed pin to an issue has the same name; from then on it is compared with the new
state of the issue.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from pawtui.phrases import capitalized
from pawtui.refresh.pins import HeadsBySide, Pin, parse_pin, pin_or_none
from pawtui.review.actions import (
    ActionContext,
    ActionError,
    NeedsEvidence,
    find_gate,
    find_step,
    find_subject,
    logged_name,
    subject_name,
)
from pawtui.review.record_types import Change, EvaluationStepEntry, GateEntry


def renew_pins(context: ActionContext, subject: str, pins: Iterable[str] | None = None) -> Change:
    """Return the change that renews these stale pins of a subject; all of them if `pins` is None.

    The subject is `signal:ID`, `gate:ID`, `step:ID` or `note:ID`. Raises `ActionError` without a pin to renew.
    """
    if subject.startswith("step:"):
        find_step(context.tracker, subject.removeprefix("step:"))
    elif not subject.startswith("note:"):
        subject = find_subject(context.tracker, subject)
    wanted = None if pins is None else set(pins)
    overview = context.overview
    entries = list(overview.pin_entries(subject))
    if not any(overview.drift[pin].is_stale for _, entry in entries for pin in entry.pins):
        raise ActionError(f"No pin of {subject_name(subject)} is stale: there is nothing to renew.")
    renewable = overview.renewable_pins(subject)
    chosen = {pin: new for pin, new in renewable.items() if wanted is None or pin in wanted}
    if not chosen:
        which = "stale" if wanted is None else "chosen"
        raise ActionError(
            f"The last refresh found no new place for the {which} pins of {subject_name(subject)}. "
            "Pin the new places, or remove the pins."
        )
    edits = []
    for table, entry in entries:
        new_pins = tuple(dict.fromkeys(chosen.get(pin, pin) for pin in entry.pins))
        if new_pins != entry.pins:
            edits.append(context.new_edit(table, entry.id, replace(entry, pins=new_pins)))
    change = context.new_change("renew", _summary(subject, chosen), *edits)
    return replace(change, renewed=tuple(pin for pin, new in chosen.items() if pin == new))


def _summary(subject: str, chosen: dict[str, str]) -> str:
    name = logged_name(subject)
    if len(chosen) > 1:
        return f"renewed {len(chosen)} pins of {name}"
    (pin,) = chosen
    # The edit has the full pins.
    return f"renewed {parse_pin(pin).path_and_lines or pin} of {name}"


def remove_pin(context: ActionContext, subject: str, typed: str) -> Change:
    """Return the change that removes a pin from `gate:ID` or `step:ID`. Its commit may be typed as a short SHA.

    Raises `ActionError` if the subject does not have the pin, and `NeedsEvidence` if it is the last pin of a `done`
    step.
    """
    kind, _, subject_id = subject.partition(":")
    old: GateEntry | EvaluationStepEntry | None
    if kind == "step":
        find_step(context.tracker, subject_id)
        old, table = context.record.steps.get(subject_id), "steps"
    else:
        find_gate(context.tracker, subject_id)
        old, table = context.record.gates.get(subject_id), "gates"
    owner = capitalized(subject_name(subject))
    pins = old.pins if old else ()
    pin = _recorded_pin(pins, typed, context.record.heads)
    if old is None or pin not in pins:
        # On screens and in the status, a gate also has the pins of its steps.
        entries = context.overview.pin_entries(subject)
        if step := next((entry.id for each, entry in entries if each == "steps" and pin in entry.pins), ""):
            raise ActionError(f"{owner} has no pin {pin}. Step {step!r} has it: `pawtui step {step} --unpin PIN`.")
        known = f"Its pins: {', '.join(pins)}" if pins else "It has no pins"
        raise ActionError(f"{owner} has no pin {pin}. {known}.")
    new = replace(old, pins=tuple(other for other in pins if other != pin))
    if new.state == "done" and not new.pins:
        raise NeedsEvidence(f"{owner} is done and needs evidence. Give another pin first.")
    edit = context.new_edit(table, old.id, new)
    return context.new_change("pin", f"removed {pin} from {logged_name(subject)}", edit)


def _recorded_pin(pins: Sequence[str], typed: str, heads: HeadsBySide) -> str:
    """Return the one of these pins that is typed; the full form of the typed pin if there is none, or several."""
    text = typed.strip()
    # A link that an older version recorded may be a pin to a file today.
    wanted = pin_or_none(text, heads) if text not in pins else None
    if wanted is None:
        return text
    matches = [pin for pin in pins if (recorded := pin_or_none(pin)) and _is_same(recorded, wanted)]
    return matches[0] if len(matches) == 1 else str(wanted)


def _is_same(recorded: Pin, typed: Pin) -> bool:
    """Return whether a recorded pin is the typed one. One of the SHAs may be short."""
    is_same_sha = recorded.sha.startswith(typed.sha) or typed.sha.startswith(recorded.sha)
    return is_same_sha and replace(recorded, sha=typed.sha) == typed
