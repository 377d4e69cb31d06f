"""The record: what was measured and what people said of it, as typed, frozen structs.

These structs are what is stored, exported and promised by `--json`; a renamed key is a breaking change.
Times are timezone-aware UTC, SHAs full 40-hex, ids our own and time-ordered (`ids.py`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

from pawtui.probes.reading import STATES as STATES
from pawtui.probes.reading import Evidence as Evidence
from pawtui.probes.reading import ProbeReading as ProbeReading
from pawtui.probes.reading import State as State
from pawtui.sources.facts import Spent

SCHEMA = 1

GateState = Literal["satisfied", "blocked", "untested"]
Decision = Literal["go", "hold", "no-go"]
DriftState = Literal["fresh", "changed", "moved", "gone", "unchecked"]
GATE_STATES: tuple[GateState, ...] = ("satisfied", "blocked", "untested")
# What evidence rests on no longer: it takes its gate out of `satisfied` for the decision.
STALE: frozenset[DriftState] = frozenset({"changed", "moved", "gone"})
DECISIONS: tuple[Decision, ...] = ("go", "hold", "no-go")


class _Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the record. Unknown keys are ignored when read, so that an older pawtui reads a newer minor."""


class SideLook(_Frozen, frozen=True, kw_only=True):
    """One repository as a refresh found it. `asked` is set when it has been renamed; `remark` says what is odd."""

    repo: str
    ref: str
    sha: str
    committed_at: dt.datetime
    asked: str = ""
    remark: str = ""


class Range(_Frozen, frozen=True, kw_only=True):
    """What lies between the last refresh's commit and this one's. `ancestor` False: the branch was rewritten."""

    from_: str = msgspec.field(name="from")
    to: str
    ancestor: bool
    commits: int
    files: int
    commits_at_least: bool = False
    files_at_least: bool = False


class Ranges(_Frozen, frozen=True, kw_only=True):
    """The ranges of both sides; None where there was no earlier refresh or the comparison could not be had."""

    upstream: Range | None = None
    downstream: Range | None = None


class SignalReading(_Frozen, frozen=True, kw_only=True):
    """A signal as measured: its state and its probes' readings, in the tracker's order.

    `looked` is a fingerprint of every path its probes look at, by object SHA: another one means that the upstream
    changed under it. Empty where the tree could not be had.
    """

    id: str
    state: State
    probes: tuple[ProbeReading, ...] = ()
    looked: str = ""


class Drift(_Frozen, frozen=True, kw_only=True):
    """What became of a pin: `by` is the commit that changed it where known, `url` shows the difference."""

    pin: str
    state: DriftState
    said: str = ""
    by: str = ""
    url: str = ""
    # Whether a failure kept it from being checked: such evidence holds nothing up.
    failed: bool = False


class RelatedLook(_Frozen, frozen=True, kw_only=True):
    """A related issue or pull request as it stood."""

    ref: str
    title: str = ""
    state: str = "unknown"
    url: str = ""
    cause: str = ""


class PlanLook(_Frozen, frozen=True, kw_only=True):
    """Where the migration plan stands on the tracking issue: none, waiting `since`, or approved `by` whom and `at`.

    `url` is the plan's comment, `approval_url` the approving one; `cause` says why it is unknown.
    """

    state: Literal["none", "waiting", "approved", "unknown"]
    url: str = ""
    since: dt.datetime | None = None
    plan_by: str = ""
    by: str = ""
    at: dt.datetime | None = None
    approval_url: str = ""
    cause: str = ""


class Refresh(_Frozen, frozen=True, kw_only=True):
    """One recorded look at both repositories. `duration` is in seconds; `rules` is the tracker's fingerprint."""

    id: str
    at: dt.datetime
    duration: float
    source: str
    tool: str
    upstream: SideLook
    downstream: SideLook
    range: Ranges = Ranges()
    signals: tuple[SignalReading, ...] = ()
    errors: tuple[str, ...] = ()
    requests: Spent = Spent()
    drift: tuple[Drift, ...] = ()
    related: tuple[RelatedLook, ...] = ()
    plan: PlanLook | None = None
    rules: str = ""
    # The decision as it stood when this refresh was recorded, by the gates and verdicts of that moment.
    decision: Decision = "hold"

    def signal(self, signal_id: str) -> SignalReading | None:
        """The reading of that signal, or None."""
        return next((reading for reading in self.signals if reading.id == signal_id), None)


class Verdict(_Frozen, frozen=True, kw_only=True):
    """A person's state over the machine's. `measured`, `looked` and `upstream` are what it was given over: it is asked
    again when the reading changes, when `until` has come, or when what the signal looks at changed since `upstream`."""

    id: str
    signal: str
    state: State
    reason: str
    by: str
    at: dt.datetime
    until: dt.date | None = None
    upstream: str = ""
    measured: State = "unknown"
    looked: str = ""


class GateEntry(_Frozen, frozen=True, kw_only=True):
    """A gate's state as a person set it, with both SHAs at that moment. `parts` holds the ids that are ticked."""

    id: str
    state: GateState
    reason: str
    by: str
    at: dt.datetime
    upstream: str = ""
    downstream: str = ""
    pins: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class Note(_Frozen, frozen=True, kw_only=True):
    """Evidence in words, with pins. `subject` is `signal:ID`, `gate:ID` or `review`."""

    id: str
    subject: str
    text: str
    by: str
    at: dt.datetime
    pins: tuple[str, ...] = ()
    upstream: str = ""
    downstream: str = ""


class Review(_Frozen, frozen=True, kw_only=True):
    """A closed walk over a refresh: the decision at that moment and the reviewer's recommendation."""

    id: str
    refresh: str
    decision: Decision
    recommendation: str
    by: str
    at: dt.datetime


class Edit(_Frozen, frozen=True, kw_only=True):
    """One document changed: its table and key, and the whole document before and after (None: not there)."""

    table: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Change(_Frozen, frozen=True, kw_only=True):
    """What a person did, as one line of the log. `undoes` names the change that this one takes back or redoes."""

    id: str
    act: str
    said: str
    by: str
    at: dt.datetime
    edits: tuple[Edit, ...] = ()
    undoes: str = ""
    redoes: str = ""


class Record(_Frozen, frozen=True, kw_only=True):
    """Everything on record for one tracker. Lists are oldest first."""

    schema: int = SCHEMA
    refreshes: tuple[Refresh, ...] = ()
    verdicts: dict[str, Verdict] = msgspec.field(default_factory=dict)
    gates: dict[str, GateEntry] = msgspec.field(default_factory=dict)
    notes: dict[str, Note] = msgspec.field(default_factory=dict)
    reviews: dict[str, Review] = msgspec.field(default_factory=dict)
    log: tuple[Change, ...] = ()
    # Blob SHA of each pinned file at its pinned commit, filled in as pins are checked: drift is measured from it.
    blobs: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def last(self) -> Refresh | None:
        """The newest refresh, or None."""
        return self.refreshes[-1] if self.refreshes else None
