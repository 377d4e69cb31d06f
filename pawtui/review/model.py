"""The record: what was measured and what people said of it, as typed, frozen structs.

These structs are what is stored, exported and promised by `--json`; a renamed key is a breaking change.
Times are timezone-aware UTC, SHAs full 40-hex, ids our own and time-ordered (`pawtui/ids.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from pawtui.moments import Moment
from pawtui.probes.finding import State
from pawtui.refresh.model import Baseline, Decision, Refresh

SCHEMA = 4

GateState = Literal["satisfied", "blocked", "untested"]
GATE_STATES: tuple[GateState, ...] = ("satisfied", "blocked", "untested")


class _Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the record. Unknown keys are ignored when read, so that an older pawtui reads a newer minor."""


class Verdict(_Frozen, frozen=True, kw_only=True):
    """A person's judgement of a signal, which overrides the measurement.

    `measured`, `fingerprint` and `upstream` are the reading and the commit that it was given over. It needs renewal
    when the reading changes, on the date `until`, or when a path that the probes read has changed.
    """

    id: str
    signal: str
    state: State
    reason: str
    by: str
    at: Moment
    until: dt.date | None = None
    upstream: str = ""
    measured: State = "unknown"
    fingerprint: str = ""


class GateEntry(_Frozen, frozen=True, kw_only=True):
    """The state of a gate as a person set it, with both commits at that moment. `parts` lists the ticked parts."""

    id: str
    state: GateState
    reason: str
    by: str
    at: Moment
    upstream: str = ""
    downstream: str = ""
    pins: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


StepState = Literal["planned", "running", "done", "dropped"]
STEP_STATES: tuple[StepState, ...] = ("planned", "running", "done", "dropped")


class StepEntry(_Frozen, frozen=True, kw_only=True):
    """The state of an evaluation step as a person set it, with both commits at that moment. `pins` are its evidence."""

    id: str
    state: StepState
    reason: str
    by: str
    at: Moment
    upstream: str = ""
    downstream: str = ""
    pins: tuple[str, ...] = ()


class Note(_Frozen, frozen=True, kw_only=True):
    """A note: evidence in words, with pins. `subject` is `signal:ID`, `gate:ID` or `review`."""

    id: str
    subject: str
    text: str
    by: str
    at: Moment
    pins: tuple[str, ...] = ()
    upstream: str = ""
    downstream: str = ""


class Review(_Frozen, frozen=True, kw_only=True):
    """A closed review of a refresh: the decision at that moment, and the recommendation of the reviewer."""

    id: str
    refresh: str
    decision: Decision
    recommendation: str
    by: str
    at: Moment


RulingState = Literal["approved", "waiting", "withdrawn"]
RULING_STATES: tuple[RulingState, ...] = ("approved", "waiting", "withdrawn")


class PlanRuling(_Frozen, frozen=True, kw_only=True):
    """What a maintainer said that the comments under a plan mean, and why.

    It is bound to the plan as it was edited last (`plan`, `plan_since`), and to the newest comment about approving that
    was known (`answered_at`): a later edit or a later comment takes it out.
    """

    id: str
    state: RulingState
    reason: str
    by: str
    at: dt.datetime
    plan: str
    plan_since: dt.datetime | None
    answered_at: dt.datetime | None = None
    comment: str = ""


def document_of(struct: Any) -> dict[str, Any]:
    """Return a struct as the plain dictionary that its JSON is read as."""
    # `to_builtins` would keep tuples, which are lists in what is read back.
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(struct))
    return document


def past_key(moment: dt.datetime) -> str:
    """Return the key of a past moment's refresh: one is kept of each."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


class Edit(_Frozen, frozen=True, kw_only=True):
    """A change of one document: its table and key, and the whole document before and after; None if there was none."""

    table: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Change(_Frozen, frozen=True, kw_only=True):
    """One line of the log: what a person did. `undoes` or `redoes` is the id of the change that it undoes or redoes.

    `renewed` are pins that were taken again as they are: those to an issue, after it was closed or reopened.
    """

    id: str
    action: str
    summary: str
    by: str
    at: Moment
    edits: tuple[Edit, ...] = ()
    undoes: str = ""
    redoes: str = ""
    renewed: tuple[str, ...] = ()

    def new_pins(self) -> Iterable[str]:
        """Return the pins that this change added to a gate or a note, or took again."""
        yield from self.renewed
        for edit in self.edits:
            if edit.table in ("gates", "notes"):
                before = (edit.before or {}).get("pins", ())
                yield from (pin for pin in (edit.after or {}).get("pins", ()) if pin not in before)


# Tables of the record: of documents in order, of documents by key that a change may edit, and all of them.
LISTED: Mapping[str, type[Refresh | Change]] = {"refreshes": Refresh, "log": Change}
KEYED: Mapping[str, type[Verdict | GateEntry | StepEntry | Note | Review | PlanRuling]] = {
    "verdicts": Verdict,
    "gates": GateEntry,
    "steps": StepEntry,
    "notes": Note,
    "reviews": Review,
    "rulings": PlanRuling,
}
TABLES = ("refreshes", *KEYED, "log", "blobs")
# Tables that are there once something is in them: an earlier version of the schema did not know them.
LATER_TABLES = ("past",)


class Record(_Frozen, frozen=True, kw_only=True):
    """Everything that is recorded for one tracker. Lists are oldest first.

    `blobs` has what each pin named when it was taken, which its drift is measured from: the SHA of a file at its pinned
    commit, or the state of an issue and the moment.
    """

    schema: int = SCHEMA
    refreshes: tuple[Refresh, ...] = ()
    verdicts: dict[str, Verdict] = msgspec.field(default_factory=dict)
    gates: dict[str, GateEntry] = msgspec.field(default_factory=dict)
    steps: dict[str, StepEntry] = msgspec.field(default_factory=dict)
    notes: dict[str, Note] = msgspec.field(default_factory=dict)
    reviews: dict[str, Review] = msgspec.field(default_factory=dict)
    rulings: dict[str, PlanRuling] = msgspec.field(default_factory=dict)
    log: tuple[Change, ...] = ()
    blobs: dict[str, str] = msgspec.field(default_factory=dict)
    # Refreshes of past moments by that moment (`past_key`), measured later. They are evidence of nothing but the past:
    # only what asks for them by name reads them.
    past: dict[str, Refresh] = msgspec.field(default_factory=dict)

    @property
    def pins(self) -> tuple[str, ...]:
        """Every pin of a gate, evaluation step or note, once, in the order they were taken."""
        entries: Iterable[GateEntry | StepEntry | Note] = (
            *self.gates.values(),
            *self.steps.values(),
            *self.notes.values(),
        )
        return tuple(dict.fromkeys(pin for entry in entries for pin in entry.pins))

    @property
    def taken(self) -> dict[str, dt.datetime]:
        """When each pin was taken, or taken again: for one of several gates or notes, the last time."""
        entries: tuple[GateEntry | Note, ...] = (*self.gates.values(), *self.notes.values())
        found = {pin: entry.at for entry in entries for pin in entry.pins}
        for change in self._standing():
            found |= {pin: change.at for pin in change.new_pins() if pin in found}
        return found

    @property
    def renewed(self) -> dict[str, Change]:
        """The last change that took each pin again as it is."""
        return {pin: change for change in self._standing() if change.renewed for pin in change.renewed}

    def _standing(self) -> Iterable[Change]:
        """The changes that are not undone, without those that undo or redo: undoing a removal takes nothing anew."""
        undone: set[str] = set()
        for change in self.log:
            undone |= {change.undoes} if change.undoes else set()
            undone -= {change.redoes} if change.redoes else set()
        return (change for change in self.log if not (change.undoes or change.redoes or change.id in undone))

    @property
    def ids(self) -> Iterable[str]:
        """Every id on record, in no order."""
        listed = (self.refreshes, self.past.values(), self.log)
        for one in (*listed, self.verdicts.values(), self.notes.values(), self.rulings.values()):
            yield from (document.id for document in one)

    @property
    def baseline(self) -> Baseline:
        """What the next refresh compares with."""
        return Baseline(
            refreshes=self.refreshes, seen=self.refreshes, pins=self.pins, blobs=self.blobs, taken=self.taken
        )

    def baseline_at(self, moment: dt.datetime) -> Baseline:
        """What a refresh of a past moment compares with: those of earlier ones, or of the same. It checks no pins."""
        earlier = tuple(one for one in self.past_refreshes if one.moment <= moment)
        return Baseline(refreshes=earlier, seen=self.refreshes)

    @property
    def past_refreshes(self) -> tuple[Refresh, ...]:
        """Refreshes of past moments, the earliest moment first."""
        return tuple(sorted(self.past.values(), key=lambda one: one.moment))

    @property
    def last(self) -> Refresh | None:
        """The newest refresh, or None."""
        return self.refreshes[-1] if self.refreshes else None
