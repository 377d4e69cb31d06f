"""The log and the difference of two refreshes as JSON: the shape of each object, and the function that makes it."""

import datetime as dt
from typing import TypedDict

from pawtui.refresh.refresh_types import Decision, Refresh
from pawtui.report.refresh_difference import PlanChange, ReadingChange, RefreshDifference
from pawtui.review.log import FoldedChange, fold_log
from pawtui.review.record_types import Change, Edit


class LaterChangeJson(TypedDict):
    """An undo or a redo of a change: `action` is `undo` or `redo`."""

    id: str
    action: str
    by: str
    at: dt.datetime


class ChangeJson(TypedDict):
    """A change by a maintainer, with each changed entry before and after.

    `undone` is true if the change is undone now; in a difference, if it was undone before the second refresh. `later`
    lists its undos and redos, oldest first; `record.log` of `pawtui export --json` lists them as separate changes.
    """

    id: str
    at: dt.datetime
    by: str
    action: str
    summary: str
    undone: bool
    edits: tuple[Edit, ...]
    later: list[LaterChangeJson]


def _change(folded: FoldedChange) -> ChangeJson:
    change = folded.change
    return {
        "id": change.id,
        "at": change.at,
        "by": change.by,
        "action": change.action,
        "summary": change.summary,
        "undone": folded.is_undone,
        "edits": change.edits,
        "later": [
            {"id": later.id, "action": "undo" if later.undoes else "redo", "by": later.by, "at": later.at}
            for later in folded.later
        ],
    }


def log_json(changes: tuple[Change, ...]) -> list[ChangeJson]:
    """Return all changes by maintainers, oldest first, with undone changes folded."""
    return [_change(folded) for folded in fold_log(changes)]


class ComparedRefreshJson(TypedDict):
    """One of the two compared refreshes. `sha` is the upstream commit."""

    id: str
    at: dt.datetime
    sha: str


def _compared(refresh: Refresh) -> ComparedRefreshJson:
    return {"id": refresh.id, "at": refresh.at, "sha": refresh.upstream.sha}


class DecisionChangeJson(TypedDict):
    """The decision at each refresh: that of its closed review, if there is one."""

    before: Decision
    after: Decision


class DifferenceJson(TypedDict):
    """Two refreshes and their differences.

    `warnings` are rewritten branches, withdrawn tags, and another tracker. `moved` has a line for each repository.
    `readings` are the changes of signals, `actions` those by maintainers.
    """

    first: ComparedRefreshJson
    second: ComparedRefreshJson
    warnings: list[str]
    moved: list[str]
    decision: DecisionChangeJson
    plan: PlanChange
    readings: list[ReadingChange]
    actions: list[ChangeJson]


def difference_json(difference: RefreshDifference) -> DifferenceJson:
    before, after = difference.decision
    return {
        "first": _compared(difference.first),
        "second": _compared(difference.second),
        "warnings": list(difference.warnings),
        "moved": [side.text for side in difference.sides],
        "decision": {"before": before, "after": after},
        "plan": difference.plan,
        "readings": list(difference.readings),
        "actions": [_change(folded) for folded in difference.changes],
    }
