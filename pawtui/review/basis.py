"""The state that a user saw before an action, and a check that the record still has it.

An action on a screen or in the walk has a `Basis`. It is checked under the store's lock, against the record that the
action would change. If the subject is not as it was shown, the action is refused. The error (`SubjectChanged`) states
each change: its author, time, old and new state. It has the current overview, on which the action can be repeated.

A command that reads and changes the record in one step needs no basis.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from pawtui.moments import moment_text
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.review.actions import ActionError, Actor
from pawtui.review.evidence_words import NOT_CHECKABLE
from pawtui.review.overview import Overview, make_overview
from pawtui.review.record_types import KEYED_TABLES, Change, Record
from pawtui.review.subject_status import GateStatus, SignalStatus, SubjectStatus
from pawtui.review.undo import InconsistentLog, next_redo, next_undo

# Makes the change of an action on the current record; the store calls it under its lock.
ChangeFactory = Callable[[Record, Actor], Change]

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

    def check(self, record: Record, actor: Actor, own: Collection[str] = ()) -> None:
        """Raise `SubjectChanged` if the subject changed since it was shown.

        `own` are the ids of changes that the same session recorded or redid, so the user knows them.
        """
        if not self.subject or (record is self.shown.record and actor.at.date() == self.shown.today):
            return
        now = make_overview(self.shown.tracker, record, actor.at.date())
        # One change can edit several entries of the subject.
        clauses = dict.fromkeys(_Comparison(self.shown, now, own).clauses(self.subject, actor.by))
        if clauses:
            raise SubjectChanged(f"{_title(self.subject)} changed since it was shown: {'; '.join(clauses)}.", now)


def _title(subject: str) -> str:
    """Return the subject of a basis as the beginning of a sentence."""
    kind, _, subject_id = subject.partition(":")
    match kind:
        case "signal" | "gate":
            return f"{kind.capitalize()} {subject_id!r}"
        case "step":
            return f"Evaluation step {subject_id!r}"
        case "undo" | "redo":
            return f"The change to {kind}"
        case _:
            return f"The {kind}"


class _Comparison:
    """The changes of a subject between two overviews, as clauses.

    `_expected` is the overview that was shown, with the session's own changes since.
    """

    def __init__(self, shown: Overview, now: Overview, own: Collection[str]) -> None:
        self._shown = shown
        self._now = now
        known = {change.id for change in shown.record.log}
        since = [change for change in now.record.log if change.id not in known]
        self._own = [change for change in since if change.id in own]
        self._others = [change for change in since if change.id not in own]
        self._expected = shown
        if self._own:
            self._expected = make_overview(shown.tracker, _with_changes(shown.record, self._own), shown.today)

    def clauses(self, subject: str, by: str) -> Iterator[str]:
        """Yield each change of the subject; `by` is the user whose undo and redo are compared."""
        kind, _, subject_id = subject.partition(":")
        if kind == "signal":
            yield from self._signal(self._expected.signal(subject_id), self._now.signal(subject_id))
        elif kind == "gate":
            yield from self._entry("gates", subject_id)
            yield from self._evidence(self._expected.gate(subject_id), self._now.gate(subject_id))
        elif kind == "step":
            yield from self._entry("steps", subject_id)
            yield from self._drift(self._expected.step(subject_id), self._now.step(subject_id))
        elif kind == "note":
            yield from self._entry("notes", subject_id)
        elif kind == "review":
            yield from self._review()
        elif kind == "plan":
            yield from self._plan()
        else:
            yield from self._undo_or_redo(subject, by)

    def _signal(self, shown: SignalStatus, now: SignalStatus) -> Iterator[str]:
        clauses = [*self._reading(shown, now), *self._entry("verdicts", now.signal.id), *self._evidence(shown, now)]
        if not clauses and shown.effective != now.effective:
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
        yield from self._drift(shown, now)
        for note in (*shown.notes, *now.notes):
            yield from self._entry("notes", note.id)

    def _drift(self, shown: SubjectStatus, now: SubjectStatus) -> Iterator[str]:
        before = {drift.pin for drift in shown.problem_pins}
        # Not the pins that the session itself added or removed.
        known = self._shown.drift.keys() & self._expected.drift.keys()
        for pin, drift in {drift.pin: drift for drift in now.problem_pins}.items():
            if pin not in before and pin in known:
                state = drift.state if drift.state != "unchecked" else f"that it {NOT_CHECKABLE}"
                yield f"{self._refresh()} found the evidence {pin} {state} (before: {self._expected.drift[pin].state})"

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
        shown, now = self._expected.plan, self._now.plan
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
            before = find(self._expected.record.log, by)
        except InconsistentLog:
            # Another session undid one of the user's own changes.
            before = find(self._shown.record.log, by)
        after = find(self._now.record.log, by)
        if before != after:
            yield f"it is {_quoted(after)} (before: {_quoted(before)})"

    def _entry(self, table: str, key: str) -> Iterator[str]:
        """Yield the change of an entry since it was shown, apart from the session's own changes to it."""
        before = getattr(self._expected.record, table).get(key)
        after = getattr(self._now.record, table).get(key)
        if before == after:
            return
        newest = next((change for change in reversed(self._others) if change.has_edit(table, key)), None)
        old, new = _state(before, table), _state(after, table)
        was = f" (before: {old})" if old != new and table != "notes" else ""
        yield f"{_summary_of(newest)}{was}" if newest else f"it is {new}{was}"

    def _refresh(self) -> str:
        last = self._now.last
        return f"the refresh of {moment_text(last.at)}" if last else "the record without a refresh"


def _with_changes(record: Record, changes: Sequence[Change]) -> Record:
    """Return the record after these changes."""
    tables: dict[str, Any] = {"log": (*record.log, *changes)}
    for edit in (edit for change in changes for edit in change.edits):
        entries = tables.setdefault(edit.table, dict(getattr(record, edit.table)))
        if edit.after is None:
            entries.pop(edit.key, None)
        else:
            entries[edit.key] = msgspec.convert(edit.after, KEYED_TABLES[edit.table])
    return replace(record, **tables)


def _fingerprint(status: SignalStatus) -> str:
    return status.reading.fingerprint if status.reading else ""


def _found_plan(overview: Overview) -> PlanStatus | None:
    """Return the plan as the last refresh found it."""
    return overview.last.plan if overview.last else None


def _quoted(change: Change | None) -> str:
    return f'"{change.summary}" of {moment_text(change.at)}' if change else "nothing"


def _summary_of(change: Change) -> str:
    return f"{change.by} {change.summary} at {moment_text(change.at)}"


def _state(entry: Any, table: str) -> str:
    """Return the state in an entry of that table, as one word."""
    if entry is None:
        return {"gates": "untested", "steps": "planned"}.get(table, "none")
    state: str = getattr(entry, "state", "") or getattr(entry, "decision", "another text")
    return state
