"""The walk: every signal and gate once, the most urgent first, and the subjects decided since the last refresh.

`Walk` has the items and the position; the screen and the command show its item and read what the user does there. Only
the decisions of a walk are stored, so a walk can be continued later, also on another machine. An agreement is a
line of the log without edits.
"""

from collections.abc import Collection, Iterator
from enum import IntEnum

import msgspec

from pawtui.ids import is_after
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.actions import ActionContext, ActionError, find_subject
from pawtui.review.overview import Overview
from pawtui.review.record_types import Change, Record
from pawtui.review.subject_status import GateStatus, SignalStatus

_AGREED = "agree "


class Urgency(IntEnum):
    """The urgency of an item of the walk, the most urgent first. An item has the first one that applies to it."""

    STALE_OR_UNCHECKED_EVIDENCE = 0
    VERDICT_NEEDS_RENEWAL = 1
    CHANGED_READING = 2
    UNTESTED_GATE = 3
    UNKNOWN_READING = 4
    BLOCKED_GATE = 5
    NOTHING_TO_DECIDE = 6


class WalkItem(msgspec.Struct, frozen=True, kw_only=True):
    """A signal or a gate of the walk: `subject` is `signal:ID` or `gate:ID`, `why` is the reason of its urgency."""

    subject: str
    why: str
    urgency: Urgency

    @property
    def needs_decision(self) -> bool:
        """Whether the maintainer has something to decide."""
        return self.urgency < Urgency.NOTHING_TO_DECIDE


class Walk:
    """The items of a walk, the current one, and those that were decided or skipped.

    It begins at the first item that is not decided. The order is fixed at the start, so that no item is shown twice or
    lost. Without a refresh there are no items.
    """

    def __init__(self, overview: Overview) -> None:
        self.overview = overview
        self.items = walk_items(overview) if overview.last else ()
        # The subjects decided since the last refresh, each with the newest change that decided it.
        self.decided = decided_since_refresh(self.overview)
        self.skipped: set[str] = set()
        open_items = (index for index, item in enumerate(self.items) if item.subject not in self.decided)
        self.index = next(open_items, len(self.items))

    @property
    def item(self) -> WalkItem | None:
        """The current item; None at the end."""
        return self.items[self.index] if self.index < len(self.items) else None

    @property
    def subject(self) -> str:
        """The signal or gate of the current item; empty at the end."""
        return self.item.subject if self.item else ""

    @property
    def deciding_change(self) -> Change | None:
        """The newest change that decided the current item; None if it is not decided."""
        return self.decided.get(self.subject)

    @property
    def evidence_problem(self) -> str:
        """Why a user cannot agree with the current item (`SubjectStatus.evidence_problem`); empty if they can."""
        status = self.overview.status(self.subject)
        return status.evidence_problem if status else ""

    @property
    def decided_count(self) -> int:
        """The number of items that are decided."""
        return sum(item.subject in self.decided for item in self.items)

    def reload(self, overview: Overview) -> None:
        """Take a newer overview. The reasons of the items are updated; their order and the current item stay."""
        new_items = {item.subject: item for item in walk_items(overview)}
        self.overview = overview
        self.items = tuple(new_items[item.subject] for item in self.items)
        self.decided = decided_since_refresh(self.overview)
        self.skipped -= self.decided.keys()

    def reload_and_move(self, overview: Overview, own_changes: Collection[str]) -> bool:
        """Take a newer overview. Go to the next item if the user decided this one, or to one whose decision they undid.

        `own_changes` are the ids of changes that this process recorded or redid. Return whether the item changed.
        """
        index, before, last_change = self.index, self.deciding_change, self.overview.record.log[-1:]
        self.reload(overview)
        after, log = self.deciding_change, overview.record.log
        # An undo can show an older decision again. A decision of another process, also of the same user, is shown
        # before the user leaves the item.
        if after is not None and after.id in own_changes and (before is None or is_after(after, before)):
            self.index += 1
        elif log and log[-1:] != last_change and log[-1].id in own_changes:
            undone = next((change for change in reversed(log) if change.id == log[-1].undoes), None)
            for subject in _decided_subjects(undone) if undone else ():
                self.go_to(subject)
        return self.index != index

    def skip(self) -> None:
        """Go to the next item. The current one counts as skipped if it is not decided."""
        if self.item is not None:
            if self.subject not in self.decided:
                self.skipped.add(self.subject)
            self.index += 1

    def go_back(self) -> None:
        """Go to the previous item; stay at the first."""
        self.index = max(0, self.index - 1)

    def go_to(self, subject: str) -> None:
        """Go to the item of a signal or gate; stay if there is none."""
        self.index = next((index for index, item in enumerate(self.items) if item.subject == subject), self.index)

    def go_to_end(self) -> None:
        """Go to the end. The items before it are not skipped."""
        self.index = len(self.items)


def walk_items(overview: Overview) -> tuple[WalkItem, ...]:
    """Return all signals and gates by urgency, then in the tracker's order."""
    since = compared_refresh(overview.record)
    items = []
    for subject, status in overview.statuses.items():
        urgency, why = _urgency(status, since)
        items.append(WalkItem(subject=subject, why=why, urgency=urgency))
    return tuple(sorted(items, key=lambda item: item.urgency))


def compared_refresh(record: Record) -> Refresh | None:
    """Return the refresh to compare the last one with, or None.

    Of the refreshes before the last one, it is the newest with a closed review; if none has one, it is the newest.
    """
    earlier = record.refreshes[:-1]
    closed = (refresh for refresh in reversed(earlier) if refresh.id in record.reviews)
    return next(closed, earlier[-1] if earlier else None)


def review_start(record: Record) -> Refresh | Change | None:
    """Return what began this review, or None: the change that closed the last one, or `compared_refresh`."""
    before = compared_refresh(record)
    if before is None or before.id not in record.reviews:
        return before
    return next((change for change in reversed(record.log) if change.has_edit("reviews", before.id)), before)


def _urgency(status: SignalStatus | GateStatus, since: Refresh | None) -> tuple[Urgency, str]:
    """Return the urgency of an item, and its reason (`WalkItem`)."""
    if status.evidence_problem:
        return Urgency.STALE_OR_UNCHECKED_EVIDENCE, status.evidence_problem
    if isinstance(status, GateStatus):
        if status.state == "untested":
            return Urgency.UNTESTED_GATE, "untested"
        if status.entry is not None and status.state == "blocked":
            return Urgency.BLOCKED_GATE, f"blocked: {status.entry.reason}"
        return Urgency.NOTHING_TO_DECIDE, status.state
    if status.renewal_reason:
        return Urgency.VERDICT_NEEDS_RENEWAL, f"verdict needs renewal: {status.renewal_reason}"
    before = since.signal(status.signal.id) if since else None
    if before is not None and before.state != status.measured:
        return Urgency.CHANGED_READING, f"measured state changed: {before.state} to {status.measured}"
    if status.measured == "unknown" and not status.verdict:
        return Urgency.UNKNOWN_READING, "unknown, no verdict"
    return Urgency.NOTHING_TO_DECIDE, f"{status.effective}, unchanged" if before else status.effective


def agree(context: ActionContext, subject: str) -> Change:
    """Return the change by which a maintainer agrees with the state of a signal or a gate.

    This only adds a line to the log, except that agreeing with a signal removes a verdict that needs renewal. Raises
    `ActionError`, with the remedy, if evidence of the subject is stale or could not be checked.
    """
    subject = find_subject(context.tracker, subject)
    subject_id = subject.partition(":")[2]
    status = context.overview.statuses[subject]
    if status.evidence_problem:
        remedy = "Write a note with a new pin, or give a verdict."
        if isinstance(status, GateStatus):
            remedy = "Renew or replace its pins, or set the gate's state."
        raise ActionError(f'Cannot agree with "{status.title}": its {status.evidence_problem}. {remedy}')
    if isinstance(status, GateStatus):
        return context.new_change(f"{_AGREED}{subject}", f"agreed that {subject_id} is {status.state}")
    edits = [context.new_edit("verdicts", subject_id, None)] if status.renewal_reason else []
    return context.new_change(f"{_AGREED}{subject}", f"agreed that {subject_id} is {status.effective}", *edits)


def decided_since_refresh(overview: Overview) -> dict[str, Change]:
    """Return each subject that was decided since the last refresh, with the newest change that decided it.

    A renewal of pins decides nothing while other evidence is stale, or while a verdict needs renewal.
    """
    last, statuses = overview.last, overview.statuses
    decided: dict[str, Change] = {}
    for change in overview.record.effective_changes():
        if last is not None and is_after(last, change):
            continue
        for subject in _decided_subjects(change):
            status = statuses.get(subject)
            needs_renewal = status and (
                status.evidence_problem or (isinstance(status, SignalStatus) and status.renewal_reason)
            )
            if change.action != "renew" or not needs_renewal:
                decided[subject] = change
    return decided


def _decided_subjects(change: Change) -> Iterator[str]:
    """Yield the subjects that a change decides. A new pin, or one ticked part of several, does not decide a gate."""
    if change.action.startswith(_AGREED):
        yield change.action.removeprefix(_AGREED)
    for edit in change.edits:
        if edit.table == "gates":
            before, after = ((entry or {}).get("state", "untested") for entry in (edit.before, edit.after))
            # Renewing a pin confirms the evidence at its new place.
            if change.action in ("gate", "renew") or before != after:
                yield f"gate:{edit.key}"
        elif edit.table == "notes" and change.action == "renew":
            yield str((edit.after or {}).get("subject", ""))
        elif edit.table == "verdicts":
            yield f"signal:{edit.key}"
