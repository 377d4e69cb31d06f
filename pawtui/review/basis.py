"""The state that a user saw before an action, and a check that the record still has it.

An action on a screen or in the walk has a `Basis`. It is checked under the store's lock, against the record that the
action would change. If the subject is not as the user knows it, the action is refused. The error (`SubjectChanged`)
states what changed, and has the current overview, on which the action can be repeated.

A command that reads and changes the record in one step needs no basis.
"""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from pawtui.moments import moment_text
from pawtui.phrases import capitalized
from pawtui.review.actions import ActionContext, ActionError, subject_name
from pawtui.review.log import InconsistentLog, next_change
from pawtui.review.overview import Overview, make_overview
from pawtui.review.record_types import KEYED_TABLES, Change, Record

_MAX_NAMED = 3  # changes of other processes that are named
# The table with the entry of a subject, by the kind of the subject.
_TABLES = {"signal": "verdicts", "gate": "gates", "step": "steps", "note": "notes"}


class SubjectChanged(ActionError):
    """The subject of an action changed since it was shown. `what` states the change; `now` is the current overview."""

    def __init__(self, what: str, now: Overview) -> None:
        super().__init__(f"{what} Nothing was recorded: check it, then do it again.")
        self.what = what
        self.now = now


class Basis(msgspec.Struct, frozen=True):
    """The subject of an action, and the overview that the user saw.

    The subject is `signal:ID`, `gate:ID`, `step:ID`, `note:ID`, `review`, `plan`, `undo` or `redo`. `review` is the
    decision and its reasons; `undo` and `redo` are the change that would be undone or redone. The subject is empty for
    an action that replaces nothing, such as a new note.
    """

    subject: str
    shown: Overview

    def check(self, context: ActionContext, own_changes: Collection[str] = ()) -> None:
        """Raise `SubjectChanged` if the subject changed since it was shown.

        `own_changes` are the ids of changes that this process recorded or redid, so the user knows them.
        """
        actor, shown = context.actor, self.shown
        if not self.subject or (context.record is shown.record and actor.at.date() == shown.today):
            return
        now = context.overview
        known = {change.id for change in shown.record.log}
        since = [change for change in context.record.log if change.id not in known]
        own = [change for change in since if change.id in own_changes]
        expected = make_overview(shown.tracker, _with_changes(shown.record, own), shown.today) if own else shown
        before, after = _state(self.subject, expected, actor.by), _state(self.subject, now, actor.by)
        if before == after:
            return
        others = [change for change in since if change not in own and _concerns(change, self.subject)]
        clauses = [f"{change.by} {change.summary} at {moment_text(change.at)}" for change in others[-_MAX_NAMED:]]
        if now.last is not None and now.last != shown.last:
            clauses.append(f"the refresh of {moment_text(now.last.at)} was recorded")
        (old_words, _), (new_words, _) = before, after
        if old_words != new_words or not clauses:
            clauses.append(f"it is {new_words} (before: {old_words})")
        is_undo = self.subject in ("undo", "redo")
        what = f"The change to {self.subject}" if is_undo else capitalized(subject_name(self.subject))
        raise SubjectChanged(f"{what} changed since it was shown: {'; '.join(clauses)}.", now)


def _with_changes(record: Record, changes: Sequence[Change]) -> Record:
    """Return a record with the edits of these changes, and with the changes in its log."""
    tables: dict[str, Any] = {name: dict(getattr(record, name)) for name in KEYED_TABLES}
    for change in changes:
        for edit in change.edits:
            if edit.after is None:
                tables[edit.table].pop(edit.key, None)
            else:
                tables[edit.table][edit.key] = msgspec.convert(edit.after, KEYED_TABLES[edit.table])
    return replace(record, log=(*record.log, *changes), **tables)


def _state(subject: str, overview: Overview, by: str) -> tuple[str, object]:
    """Return the state of a subject in words, and all that belongs to it. `by` is the user who undoes or redoes."""
    kind, _, subject_id = subject.partition(":")
    record, last = overview.record, overview.last
    match kind:
        case "signal":
            signal = overview.signal(subject_id)
            return signal.effective, signal
        case "gate":
            gate = overview.gate(subject_id)
            return gate.state, gate
        case "step":
            step = overview.step(subject_id)
            return step.state, step
        case "note":
            note = record.notes.get(subject_id)
            return "there" if note else "removed", note
        case "review":
            review = record.reviews.get(last.id) if last else None
            return overview.decision, (last, overview.reasons, review)
        case "plan":
            plan = overview.plan
            return (plan.state, (plan, record.rulings.get(plan.url))) if plan else ("none", None)
        case _:
            try:
                change = next_change(record.log, by, "undo" if subject == "undo" else "redo")
            except InconsistentLog:
                # Another process undid one of the user's own changes, and this log has only the user's own.
                change = None
            return (f'"{change.summary}" of {moment_text(change.at)}', change.id) if change else ("nothing", None)


def _concerns(change: Change, subject: str) -> bool:
    """Return whether a change edited the subject, or a note on it. Every change may concern the review."""
    kind, _, subject_id = subject.partition(":")
    if kind not in _TABLES:
        return subject == "review" or (subject == "plan" and any(edit.table == "rulings" for edit in change.edits))
    notes = (entry.get("subject") for edit in change.edits for entry in (edit.before, edit.after) if entry)
    return change.has_edit(_TABLES[kind], subject_id) or subject in notes
