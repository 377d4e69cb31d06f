"""The record: the refreshes, and the data that maintainers recorded, as typed, frozen structs.

These structs are stored, exported and part of the `--json` contract; a renamed key is a breaking change. Times are
timezone-aware UTC, SHAs have 40 hex digits, ids are sorted by time (`pawtui/ids.py`).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from pawtui.ids import is_after, new_id, newest_id
from pawtui.moments import Moment
from pawtui.probes.state import State
from pawtui.refresh.pins import HeadsBySide
from pawtui.refresh.refresh_types import Decision, Drift, PlanStatus, RecordStruct, Refresh, RefreshBaseline

SCHEMA = 5

GateState = Literal["satisfied", "blocked", "untested"]
# In the order in which the key for the next state goes through them.
GATE_STATES: tuple[GateState, ...] = ("satisfied", "blocked", "untested")


class Entry(RecordStruct, frozen=True, kw_only=True):
    """An entry of a table that maintainers edit: its id, who recorded it, and when."""

    id: str
    by: str
    at: Moment


class PinnedEntry(Entry, frozen=True, kw_only=True):
    """An entry with pins. `upstream` and `downstream` are the commits of the last refresh when it was recorded."""

    upstream: str = ""
    downstream: str = ""
    pins: tuple[str, ...] = ()


class Verdict(Entry, frozen=True, kw_only=True):
    """A maintainer's judgement of a signal, which overrides the measurement.

    `measured`, `fingerprint` and `upstream` are the reading and the commit that it overrides. The verdict needs renewal
    on the date `until`, or when the reading or a path that the probes read changes.
    """

    signal: str
    state: State
    reason: str
    until: dt.date | None = None
    upstream: str = ""
    measured: State = "unknown"
    fingerprint: str = ""


class GateEntry(PinnedEntry, frozen=True, kw_only=True):
    """The state of a gate as a maintainer set it. `parts` lists the ticked parts."""

    state: GateState
    reason: str
    parts: tuple[str, ...] = ()


StepState = Literal["planned", "running", "done", "dropped"]
STEP_STATES: tuple[StepState, ...] = ("planned", "running", "done", "dropped")


class EvaluationStepEntry(PinnedEntry, frozen=True, kw_only=True):
    """The state of an evaluation step as a maintainer set it."""

    state: StepState
    reason: str


class Note(PinnedEntry, frozen=True, kw_only=True):
    """A note: a text, with or without pins. `subject` is `signal:ID`, `gate:ID` or `review`."""

    subject: str
    text: str


class Review(Entry, frozen=True, kw_only=True):
    """A closed review of a refresh: the decision at that time, and the recommendation of the reviewer."""

    refresh: str
    decision: Decision
    recommendation: str


PlanEntryState = Literal["approved", "waiting", "withdrawn"]
PLAN_ENTRY_STATES: tuple[PlanEntryState, ...] = ("approved", "waiting", "withdrawn")


class PlanEntry(Entry, frozen=True, kw_only=True):
    """The state of a plan as a maintainer recorded it after reading the comments, and why.

    It applies until the plan is edited again (`plan`, `plan_since`), or until a newer comment about the approval is
    found. `answered_at` is the time of the newest known comment about it.
    """

    state: PlanEntryState
    reason: str
    plan: str
    plan_since: Moment | None
    answered_at: Moment | None = None
    comment: str = ""


def plain_entry(struct: msgspec.Struct) -> dict[str, Any]:
    """Return a struct as the plain dictionary that decoding its JSON yields."""
    # `to_builtins` would return tuples, but decoded JSON has lists.
    entry: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(struct))
    return entry


def past_key(moment: dt.datetime) -> str:
    """Return the key of the refresh of a past time: each time has at most one refresh."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


class Edit(RecordStruct, frozen=True, kw_only=True):
    """A change of one entry: its table and key, and the whole entry before and after; None if there was none."""

    table: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Change(RecordStruct, frozen=True, kw_only=True):
    """One line of the log. `undoes` or `redoes` is the id of the change that it undoes or redoes.

    `renewed` are pins that were made again with the same name: pins to an issue that was closed or reopened.
    `unchecked` are new pins of which it was not known whether the file, its lines or the issue exist.
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
    unchecked: tuple[str, ...] = ()

    def has_edit(self, table: str, key: str) -> bool:
        """Return whether this change edited that entry."""
        return any((edit.table, edit.key) == (table, key) for edit in self.edits)

    def new_pins(self) -> Iterable[str]:
        """Return the pins that this change added to an entry, or made again."""
        yield from self.renewed
        for edit in self.edits:
            before = (edit.before or {}).get("pins", ())
            yield from (pin for pin in (edit.after or {}).get("pins", ()) if pin not in before)


# Tables whose entries are in order and never change.
LIST_TABLES: Mapping[str, type[Refresh | Change]] = {"refreshes": Refresh, "log": Change}
# Tables whose entries have a key and can be edited.
KEYED_TABLES: Mapping[str, type[Entry]] = {
    "verdicts": Verdict,
    "gates": GateEntry,
    "steps": EvaluationStepEntry,
    "notes": Note,
    "reviews": Review,
    "rulings": PlanEntry,
}
# All tables that every record has.
TABLES = ("refreshes", *KEYED_TABLES, "log", "blobs")
# Tables that are stored only if they are not empty: earlier versions wrote this schema without them.
OPTIONAL_TABLES = ("past",)


class Record(RecordStruct, frozen=True, kw_only=True):
    """Everything that is recorded for one tracker. Lists are oldest first.

    `pinned_states` (the table `blobs`) maps each pin to its state when it was made: the SHA of a file at its pinned
    commit, or the state of an issue and the time. Drift is measured from this value. `rulings` has an entry for each
    plan, by its link.
    """

    schema: int = SCHEMA
    refreshes: tuple[Refresh, ...] = ()
    verdicts: dict[str, Verdict] = msgspec.field(default_factory=dict)
    gates: dict[str, GateEntry] = msgspec.field(default_factory=dict)
    steps: dict[str, EvaluationStepEntry] = msgspec.field(default_factory=dict)
    notes: dict[str, Note] = msgspec.field(default_factory=dict)
    reviews: dict[str, Review] = msgspec.field(default_factory=dict)
    rulings: dict[str, PlanEntry] = msgspec.field(default_factory=dict)
    log: tuple[Change, ...] = ()
    pinned_states: dict[str, str] = msgspec.field(default_factory=dict, name="blobs")
    # Refreshes of past times by that time (`past_key`), measured later. They never change the current decision: only
    # the timeline and the backtest read them.
    past: dict[str, Refresh] = msgspec.field(default_factory=dict)

    def has_entry(self, table: str, key: str, expected: dict[str, Any] | None) -> bool:
        """Return whether the entry of a table with keys is the expected one of the log; None: there is no entry.

        A logged entry of an older minor version may lack keys that have a default.
        """
        try:
            entry = None if expected is None else msgspec.convert(expected, KEYED_TABLES[table])
        except msgspec.ValidationError:
            return False
        return bool(getattr(self, table).get(key) == entry)

    def notes_on(self, subject: str) -> list[Note]:
        """Return the notes on `signal:ID`, `gate:ID` or `review`."""
        return [note for note in self.notes.values() if note.subject == subject]

    @property
    def pins(self) -> tuple[str, ...]:
        """Every pin of a gate, evaluation step or note, each once."""
        return tuple(self._entry_times())

    @property
    def pin_times(self) -> dict[str, dt.datetime]:
        """The time at which each pin was made; the last time if it was made several times."""
        times = self._entry_times()
        for change in self.effective_changes():
            times |= {pin: change.at for pin in change.new_pins() if pin in times}
        return times

    def _entry_times(self) -> dict[str, dt.datetime]:
        """Return the time of the last entry that has each pin."""
        tables: tuple[Mapping[str, PinnedEntry], ...] = (self.gates, self.steps, self.notes)
        return {pin: entry.at for table in tables for entry in table.values() for pin in entry.pins}

    def renewed_since(self, refresh: Refresh) -> set[str]:
        """Return the pins that a refresh compared with another state of the issue than they have now.

        They were made again with the same name since then, or that was undone.
        """
        # An even number of undos and redos changes nothing.
        counts = Counter(each.undoes or each.redoes or each.id for each in self.log if is_after(each, refresh))
        return {pin for change in self.log if counts[change.id] % 2 for pin in change.renewed}

    @property
    def last_drift(self) -> dict[str, Drift]:
        """The drift of each pin at the last refresh, without the pins that were made again since."""
        if self.last is None:
            return {}
        renewed = self.renewed_since(self.last)
        return {drift.pin: drift for drift in self.last.drift if drift.pin not in renewed}

    @property
    def known_plan(self) -> PlanStatus | None:
        """The plan as the last refresh found it; None if there was none, or if its comments could not be read."""
        plan = self.last.plan if self.last else None
        return plan if plan is not None and plan.state not in ("none", "unknown") else None

    @property
    def current_plan(self) -> PlanStatus | None:
        """The status of the plan: as the last refresh found it, or as a maintainer recorded since."""
        plan = self.known_plan
        if plan is None:
            return self.last.plan if self.last else None
        entry = self.rulings.get(plan.url)
        # An entry applies until the plan or the comments about it change.
        if entry is None or (entry.plan_since, entry.answered_at) != (plan.since, plan.answered_at):
            return plan
        approved = entry.state == "approved"
        return replace(
            plan,
            state=entry.state,
            by=entry.by,
            at=entry.at,
            approval_url=entry.comment if approved else "",
            unclear_url="" if approved else entry.comment,
            cause=entry.reason,
            recorded=True,
        )

    def effective_changes(self) -> Iterator[Change]:
        """Yield the changes that are not undone, oldest first, without undos and redos."""
        undone: set[str] = set()
        for change in self.log:
            if change.undoes:
                undone.add(change.undoes)
            undone.discard(change.redoes)
        return (change for change in self.log if not (change.undoes or change.redoes or change.id in undone))

    @property
    def ids(self) -> Iterable[str]:
        """Every id that pawtui made, in no order."""
        # The entries of gates and steps have the ids of the tracker, those of reviews the ids of their refreshes.
        listed = (self.refreshes, self.past.values(), self.log)
        for entries in (*listed, self.verdicts.values(), self.notes.values(), self.rulings.values()):
            yield from (entry.id for entry in entries)

    def next_id(self, now: dt.datetime) -> str:
        """Return an id that sorts after every id in the record, even if the clock was set back."""
        return new_id(now, after=newest_id(self.ids))

    @property
    def heads(self) -> HeadsBySide:
        """What the last refresh found for `up` and `down`, as in the pin `up:path`; nothing without a refresh."""
        return {"up": self.last.upstream, "down": self.last.downstream} if self.last is not None else {}

    @property
    def baseline(self) -> RefreshBaseline:
        """The earlier refreshes and the pins that the next refresh compares with."""
        refreshes = self.refreshes
        if self.last is not None:
            # The next refresh must check the other pins, even if no branch has a new commit.
            refreshes = (*refreshes[:-1], replace(self.last, drift=tuple(self.last_drift.values())))
        return RefreshBaseline(
            refreshes=refreshes,
            ordinary=refreshes,
            pins=self.pins,
            pinned_states=self.pinned_states,
            pin_times=self.pin_times,
        )

    def baseline_at(self, moment: dt.datetime) -> RefreshBaseline:
        """Return the refreshes that a refresh of a past time compares with: up to that time. It checks no pins."""
        earlier = tuple(refresh for refresh in self.past_refreshes if refresh.moment <= moment)
        return RefreshBaseline(refreshes=earlier, ordinary=self.refreshes)

    @property
    def past_refreshes(self) -> tuple[Refresh, ...]:
        """Refreshes of past times, the earliest time first."""
        return tuple(sorted(self.past.values(), key=lambda refresh: refresh.moment))

    @property
    def all_refreshes(self) -> tuple[Refresh, ...]:
        """Every refresh, also those of past times, the earliest time first."""
        return tuple(sorted((*self.past.values(), *self.refreshes), key=lambda refresh: refresh.moment))

    def decision_at(self, refresh: Refresh) -> Decision:
        """Return the decision with which the review of a refresh was closed, else that of the refresh."""
        review = self.reviews.get(refresh.id)
        return review.decision if review else refresh.decision

    @property
    def last(self) -> Refresh | None:
        """The newest refresh, or None."""
        return self.refreshes[-1] if self.refreshes else None
