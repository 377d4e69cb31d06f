"""The state that a user saw before an action, and a check that the record still has it.

An action on a screen or in the walk has a `Basis`. It is checked under the store's lock, against the record that the
action would change. If the subject is not as it was shown, the action is refused. The error (`SubjectChanged`) states
each change: its author, time, old and new state. It has the current overview, on which the action can be repeated.

A command that reads and changes the record in one step needs no basis.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from pawtui.moments import moment_text
from pawtui.phrases import capitalized
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.review.actions import ActionContext, ActionError, subject_name
from pawtui.review.overview import Overview
from pawtui.review.record_types import Change, logged_state
from pawtui.review.subject_status import GateStatus, SignalStatus, SubjectStatus
from pawtui.review.undo import InconsistentLog, next_redo, next_undo

_REFUSED = "Nothing was recorded: check it, then do it again."


class SubjectChanged(ActionError):
    """The subject of an action changed since it was shown. `what` states the change; `now` is the current overview."""

    def __init__(self, what: str, now: Overview) -> None:
        super().__init__(f"{what} {_REFUSED}")
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

        `own_changes` are the ids of changes that the same session recorded or redid, so the user knows them.
        """
        actor = context.actor
        if not self.subject or (context.record is self.shown.record and actor.at.date() == self.shown.today):
            return
        now = context.overview
        # One change can edit several entries of the subject.
        clauses = dict.fromkeys(_Comparison(self.shown, now, own_changes).clauses(self.subject, actor.by))
        if clauses:
            raise SubjectChanged(f"{_title(self.subject)} changed since it was shown: {'; '.join(clauses)}.", now)


def _title(subject: str) -> str:
    """Return the subject of a basis as the beginning of a sentence."""
    kind = subject.partition(":")[0]
    match kind:
        case "signal" | "gate" | "step":
            return capitalized(subject_name(subject))
        case "undo" | "redo":
            return f"The change to {kind}"
        case _:
            return f"The {kind}"


class _Comparison:
    """The changes of a subject between two overviews, as clauses, without the changes that this session made."""

    def __init__(self, shown: Overview, now: Overview, own_changes: Collection[str]) -> None:
        self._shown = shown
        self._now = now
        known = {change.id for change in shown.record.log}
        since = [change for change in now.record.log if change.id not in known]
        self._own = [change for change in since if change.id in own_changes]
        self._others = [change for change in since if change.id not in own_changes]

    def clauses(self, subject: str, by: str) -> Iterator[str]:
        """Yield each change of the subject; `by` is the user whose undo and redo are compared."""
        kind, _, subject_id = subject.partition(":")
        shown, now = self._shown, self._now
        match kind:
            case "signal":
                yield from self._signal(shown.signal(subject_id), now.signal(subject_id))
            case "gate":
                yield from self._entry("gates", subject_id)
                yield from self._evidence(shown.gate(subject_id), now.gate(subject_id))
            case "step":
                yield from self._entry("steps", subject_id)
                yield from self._drift(now.step(subject_id))
            case "note":
                yield from self._entry("notes", subject_id)
            case "review":
                yield from self._review()
            case "plan":
                yield from self._plan()
            case _:
                yield from self._undo_or_redo(subject, by)

    def _signal(self, shown: SignalStatus, now: SignalStatus) -> Iterator[str]:
        clauses = [*self._reading(shown, now), *self._entry("verdicts", now.signal.id), *self._evidence(shown, now)]
        has_own_verdict = any(change.has_edit("verdicts", now.signal.id) for change in self._own)
        if not clauses and not has_own_verdict and shown.effective != now.effective:
            cause = f": {now.renewal_reason}" if now.renewal_reason else ""
            clauses.append(f"it counts as {now.effective} (before: {shown.effective}){cause}")
        yield from clauses

    def _reading(self, shown: SignalStatus, now: SignalStatus) -> Iterator[str]:
        if shown.measured != now.measured:
            yield f"{self._refresh()} measured {now.measured} (before: {shown.measured})"
            return
        before, after = _fingerprint(shown), _fingerprint(now)
        if before and after and before != after:
            yield f"{self._refresh()} found other content in the files that it reads"

    def _evidence(self, shown: SignalStatus | GateStatus, now: SignalStatus | GateStatus) -> Iterator[str]:
        yield from self._drift(now)
        note_ids = [note.id for note in (*shown.notes, *now.notes)]
        # A note that this session wrote since may be removed by now.
        own_edits = [edit for change in self._own for edit in change.edits if edit.table == "notes"]
        note_ids += [edit.key for edit in own_edits if (edit.after or {}).get("subject") == now.subject]
        for note_id in note_ids:
            yield from self._entry("notes", note_id)

    def _drift(self, now: SubjectStatus) -> Iterator[str]:
        """Yield the problems with pins that had none when they were shown."""
        for drift in now.problem_pins:
            before = self._shown.drift.get(drift.pin)
            if before is not None and not (before.is_stale or before.failed):
                state = drift.state if drift.state != "unchecked" else "that it could not be checked"
                yield f"{self._refresh()} found the evidence {drift.pin} {state} (before: {before.state})"

    def _review(self) -> Iterator[str]:
        shown, now = self._shown, self._now
        last = now.last
        if last is not None and last != shown.last:
            yield f"{self._refresh()} was recorded"
        newest = next(reversed(self._others or self._own), None)
        cause = f"{_summary_of(newest)}; " if newest else ""
        if shown.decision != now.decision:
            yield f"{cause}the decision is {now.decision} (before: {shown.decision})"
        elif shown.reasons != now.reasons:
            yield f"{cause}the decision is still {now.decision}, for other reasons"
        if last is not None:
            yield from self._entry("reviews", last.id)

    def _plan(self) -> Iterator[str]:
        shown, now = self._shown.plan, self._now.plan
        if now is not None:
            yield from self._entry("rulings", now.url)
        # An entry changes the plan, but not what a refresh found.
        if shown != now and _found_plan(self._shown) != _found_plan(self._now):
            before, after = shown.state if shown else "none", now.state if now else "none"
            was = f" (before: {before})" if before != after else ", with other comments"
            yield f"{self._refresh()} found it {after}{was}"

    def _undo_or_redo(self, verb: str, by: str) -> Iterator[str]:
        """Yield the next change to undo or redo, unless the user expects it after the session's own changes."""
        find = next_undo if verb == "undo" else next_redo
        try:
            before = find((*self._shown.record.log, *self._own), by)
        except InconsistentLog:
            # Another session undid one of the user's own changes.
            before = find(self._shown.record.log, by)
        after = find(self._now.record.log, by)
        if before != after:
            yield f"it is {_quoted(after)} (before: {_quoted(before)})"

    def _entry(self, table: str, key: str) -> Iterator[str]:
        """Yield the change of an entry since it was shown, apart from the session's own changes to it."""
        before, after = self._known_entry(table, key), self._now.record.plain_entry(table, key)
        if before == after:
            return
        newest = next((change for change in reversed(self._others) if change.has_edit(table, key)), None)
        old, new = logged_state(table, before), logged_state(table, after)
        was = f" (before: {old})" if old != new and table != "notes" else ""
        yield f"{_summary_of(newest)}{was}" if newest else f"it is {new}{was}"

    def _known_entry(self, table: str, key: str) -> Mapping[str, Any] | None:
        """Return the entry after the session's own last change of it, or else as it was shown; None if none."""
        for change in reversed(self._own):
            for edit in change.edits:
                if (edit.table, edit.key) == (table, key):
                    return edit.after
        return self._shown.record.plain_entry(table, key)

    def _refresh(self) -> str:
        last = self._now.last
        return f"the refresh of {moment_text(last.at)}" if last else "the record without a refresh"


def _fingerprint(status: SignalStatus) -> str:
    return status.reading.fingerprint if status.reading else ""


def _found_plan(overview: Overview) -> PlanStatus | None:
    """Return the plan as the last refresh found it."""
    return overview.last.plan if overview.last else None


def _quoted(change: Change | None) -> str:
    return f'"{change.summary}" of {moment_text(change.at)}' if change else "nothing"


def _summary_of(change: Change) -> str:
    return f"{change.by} {change.summary} at {moment_text(change.at)}"
