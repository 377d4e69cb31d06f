"""What all actions share, and the action that closes a review. The others are in `*_actions.py`, by their subject.

An action is a pure function of an `ActionContext`. It returns the `Change` that the store then records. It runs under
the store's lock, on the current record, so two processes never overwrite each other's changes.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from pawtui.errors import PawtuiError
from pawtui.phrases import shortened
from pawtui.refresh.pins import parse_pin
from pawtui.review.overview import Overview, make_overview
from pawtui.review.record_types import Change, Edit, Record, Review, plain_entry
from pawtui.similar_names import did_you_mean
from pawtui.tracker.tracker_types import EvaluationStep, Gate, Signal, Tracker

_MAX_NAME = 80  # characters of an unknown name in a message
MAX_TEXT = 20_000  # characters of a reason, a note or a recommendation

_Choice = TypeVar("_Choice", bound=str)
_Item = TypeVar("_Item", Gate, Signal, EvaluationStep)


class ActionError(PawtuiError):
    """The action is refused; `str()` is a message for the user."""


class AlreadyDone(ActionError):
    """The action would change nothing."""


class NeedsEvidence(ActionError):
    """A gate or an evaluation step cannot get this state without evidence."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The maintainer who acts, and the time (UTC). The record and the export show the name."""

    by: str
    at: dt.datetime


class ActionContext(msgspec.Struct, frozen=True):
    """What an action works with: the tracker, the current record, and who acts and when."""

    tracker: Tracker
    record: Record
    actor: Actor

    @property
    def overview(self) -> Overview:
        """The overview of the record at the time of the action."""
        return make_overview(self.tracker, self.record, self.actor.at.date())

    @property
    def last_commits(self) -> tuple[str, str]:
        """The upstream and the downstream commit of the last refresh; both are empty without a refresh."""
        last = self.record.last
        return (last.upstream.sha, last.downstream.sha) if last else ("", "")

    def checked_pins(self, pins: Sequence[str]) -> tuple[str, ...]:
        """Return the pins in full form, each once. Raises `PinError` for a text that is not a pin."""
        heads = self.record.heads
        return tuple(dict.fromkeys(str(parse_pin(pin, heads)) for pin in pins))

    def new_id(self) -> str:
        """Return the id of a new entry (`Record.next_id`)."""
        return self.record.next_id(self.actor.at)

    def new_change(self, action: str, summary: str, *edits: Edit) -> Change:
        """Return a change with a new id by the actor."""
        return Change(id=self.new_id(), action=action, summary=summary, by=self.actor.by, at=self.actor.at, edits=edits)

    def new_edit(self, table: str, key: str, after: msgspec.Struct | None) -> Edit:
        """Return the edit that replaces one entry of the record, or adds it; None removes it."""
        before = getattr(self.record, table).get(key)
        return Edit(
            table=table,
            key=key,
            before=plain_entry(before) if before is not None else None,
            after=plain_entry(after) if after is not None else None,
        )

    def edits_of_lost_evidence(self, subject: str) -> list[Edit]:
        """Return the edit that records a satisfied gate without evidence as untested; nothing for another subject.

        Otherwise new evidence would satisfy the gate again, and a maintainer has to decide that.
        """
        kind, _, gate_id = subject.partition(":")
        entry = self.record.gates.get(gate_id) if kind == "gate" else None
        if entry is None or entry.state != "satisfied" or entry.pins or self.record.notes_on(subject):
            return []
        return [self.new_edit("gates", gate_id, replace(entry, state="untested", reason=""))]


# Makes the change of an action on the current record; the store calls it under its lock.
ChangeFactory = Callable[[ActionContext], Change]


def parse_choice(text: str, choices: Sequence[_Choice], kind: str) -> _Choice:
    """Return the choice that the text names. Raises `ActionError` with the nearest choice."""
    for choice in choices:
        if text == choice:
            return choice
    raise ActionError(f"There is no {kind} {_quoted(text)}: {did_you_mean(text, choices)}")


def find_gate(tracker: Tracker, gate_id: str) -> Gate:
    """Return the gate with that id. Raises `ActionError` with the nearest id."""
    return _find("gate", gate_id, tracker.gates)


def find_signal(tracker: Tracker, signal_id: str) -> Signal:
    """Return the signal with that id. Raises `ActionError` with the nearest id."""
    return _find("signal", signal_id, tracker.signals)


def find_step(tracker: Tracker, step_id: str) -> EvaluationStep:
    """Return the evaluation step with that id. Raises `ActionError` with the nearest id."""
    return _find("evaluation step", step_id, tracker.steps)


def _find(kind: str, wanted: str, known: Sequence[_Item]) -> _Item:
    for item in known:
        if item.id == wanted:
            return item
    # Evaluation steps are in `[[steps]]`.
    table = kind.removeprefix("evaluation ")
    remedy = did_you_mean(wanted, (item.id for item in known)) if known else f"add [[{table}s]] to the tracker file."
    raise ActionError(f"The tracker has no {kind} {_quoted(wanted)}: {remedy}")


def _quoted(text: str) -> str:
    """Return an unknown name for a message. It is long if the arguments of a command are in the wrong order."""
    return repr(shortened(text, _MAX_NAME))


def subject_name(subject: str) -> str:
    """Return a subject as messages name it: `gate 'user-value'`, `the note`, or `the review`."""
    kind, _, subject_id = subject.partition(":")
    if not subject_id or kind == "note":
        return f"the {kind}"
    return f"{'evaluation step' if kind == 'step' else kind} {subject_id!r}"


def logged_name(subject: str) -> str:
    """Return a subject as the log names it: the id of a signal or gate, `step ID`, `a note`, or `the review`."""
    kind, _, subject_id = subject.partition(":")
    if kind == "note":
        return "a note"
    if kind == "step":
        return f"step {subject_id}"
    return subject_id or "the review"


def find_subject(tracker: Tracker, subject: str) -> str:
    """Return `signal:ID`, `gate:ID` or `review` for that text or for a bare id.

    Raises `ActionError` if the id names neither a signal nor a gate, or both.
    """
    if subject == "review":
        return subject
    kind, colon, name = subject.partition(":")
    if colon and kind == "signal":
        return f"signal:{find_signal(tracker, name).id}"
    if colon and kind == "gate":
        return f"gate:{find_gate(tracker, name).id}"
    is_signal, is_gate = tracker.signal(subject) is not None, tracker.gate(subject) is not None
    if is_signal and is_gate:
        raise ActionError(f"{subject!r} is a signal and a gate: write signal:{subject} or gate:{subject}.")
    if not (is_signal or is_gate):
        known = ["review", *(signal.id for signal in tracker.signals), *(gate.id for gate in tracker.gates)]
        raise ActionError(f"The tracker has no signal or gate {_quoted(subject)}: {did_you_mean(subject, known)}")
    return f"signal:{subject}" if is_signal else f"gate:{subject}"


def checked_text(text: str, name: str) -> str:
    """Return the text without surrounding blanks. Raises `ActionError` if it is empty, too long or not UTF-8."""
    text = text.strip()
    if not text:
        raise ActionError(f"The {name} is empty. Write a few words.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ActionError(f"The {name} is not UTF-8 text. Check the encoding of your terminal or file.") from None
    if len(text) > MAX_TEXT:
        raise ActionError(f"The {name} has {len(text):,} characters; at most {MAX_TEXT:,} are allowed. Shorten it.")
    return text


def close_review(context: ActionContext, recommendation: str) -> Change:
    """Return the change that closes the review of the last refresh with the current decision.

    Closing it again replaces the recommendation. Raises `ActionError` without a refresh or a recommendation.
    """
    last = context.record.last
    if last is None:
        raise ActionError("There is no refresh. Refresh first, then close the review.")
    review = Review(
        id=last.id,
        refresh=last.id,
        decision=context.overview.decision,
        recommendation=checked_text(recommendation, "recommendation"),
        by=context.actor.by,
        at=context.actor.at,
    )
    edit = context.new_edit("reviews", last.id, review)
    return context.new_change("close", f"closed the review with {review.decision}", edit)
