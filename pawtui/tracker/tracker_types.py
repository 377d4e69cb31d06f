"""The tracker file as typed, frozen structs. `pawtui help` prints their docstrings and fields: write them for users."""

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pawtui.tracker.probe_types import Probe, TrackerTable
from pawtui.tracker.value_types import Days, FilePath, GlobPath, Id, IssueName, OneLine, RefName, RepoName


class RefRule(TrackerTable, frozen=True, kw_only=True):
    """A ref that is only valid from a date (inclusive) or until one (exclusive)."""

    name: RefName
    start: dt.date | None = msgspec.field(default=None, name="from")
    end: dt.date | None = msgspec.field(default=None, name="until")

    def is_valid_on(self, day: dt.date) -> bool:
        """Return whether the ref is valid on that day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


class Side(TrackerTable, frozen=True, kw_only=True):
    """The upstream or the downstream: a repository as `owner/name`, and the branches or tags to follow.

    `refs` is in order of preference. `runtime` lists paths in the downstream; if the followed ref has none of them, the
    refresh shows a message. `clone` is the path of a clone, relative to the tracker file: it is only read.
    """

    repo: RepoName
    refs: tuple[RefName | RefRule, ...]
    runtime: tuple[GlobPath, ...] = ()
    clone: str = ""

    def ref_names(self, day: dt.date | None = None) -> tuple[str, ...]:
        """Return the names to try on that day, or on any day (None), in order."""
        return tuple(dict.fromkeys(rule.name for rule in self.ref_rules() if day is None or rule.is_valid_on(day)))

    def ref_rules(self) -> tuple[RefRule, ...]:
        """Return the refs in order; one without dates is valid on any day."""
        return tuple(RefRule(name=ref) if isinstance(ref, str) else ref for ref in self.refs)


class Part(TrackerTable, frozen=True, kw_only=True):
    """A part of a signal or of a gate."""

    id: Id
    title: OneLine


class Signal(TrackerTable, frozen=True, kw_only=True):
    """A statement about the maturity of the upstream, and the probes that measure it.

    `combine` sets how the states of the probes give the state of the signal. `"worst"` takes the worst of them.
    `"parts"` is met if all are met, partial if some are at least partial, otherwise the worst of them. A signal that
    has `parts` always uses `"parts"`: first for the probes of each part, then for the parts. A probe with
    `expect = "absent"` does not make a part partial, because it was met before anything was built.
    """

    id: Id
    title: OneLine
    about: str = ""
    combine: Literal["worst", "parts"] = "worst"
    parts: tuple[Part, ...] = ()
    probes: tuple[Probe, ...] = ()


class Gate(TrackerTable, frozen=True, kw_only=True):
    """A statement about the downstream that must be true before the migration. `paths` are its paths to check.

    `replay` names the results of `pawtui replay` that prove parts of this gate: `semantics` (parts are semantics, such
    as `tool`) or `checks` (parts are `open`, `read`, `resume` and `export`).
    """

    id: Id
    title: OneLine
    about: str = ""
    parts: tuple[Part, ...] = ()
    paths: tuple[FilePath, ...] = ()
    replay: Literal["", "semantics", "checks"] = ""


class Verification(TrackerTable, frozen=True, kw_only=True):
    """What an evaluation step verifies, in a few words each. At least one key is needed."""

    old_sessions: str = ""
    compaction: str = ""
    tools: str = ""
    recovery: str = ""


class EvaluationStep(TrackerTable, frozen=True, kw_only=True):
    """A small, reversible step that tries a part of the migration. `gates` are the ids of the gates that it serves."""

    id: Id
    title: OneLine
    verify: Verification = Verification()
    gates: tuple[str, ...] = ()


class Policy(TrackerTable, frozen=True, kw_only=True):
    """Numbers and choices that apply to the whole tracker.

    `soak` sets whether days or releases alone close a soak window (`either`), or only the two together (`both`).
    `recheck_days` is the number of days until the next review. `history_weeks` is how many weeks of commits are listed,
    but at least twice the longest `days` of a probe. It sets the columns of the charts, and how far back the busiest
    window is searched: another value, or a probe with a longer window, can change states.
    """

    soak: Literal["either", "both"] = "either"
    recheck_days: Days = 7
    history_weeks: Annotated[int, Meta(ge=1, le=104)] = 12


class Related(TrackerTable, frozen=True, kw_only=True):
    """A related issue or pull request that is out of scope here. `ref` is `owner/repo#number`."""

    ref: IssueName
    why: str = ""


class Scope(TrackerTable, frozen=True, kw_only=True):
    """The topics that this tracker covers (`in`) and does not cover (`out`), one sentence each."""

    inside: tuple[str, ...] = msgspec.field(default=(), name="in")
    outside: tuple[str, ...] = msgspec.field(default=(), name="out")


class Tracker(TrackerTable, frozen=True, kw_only=True):
    """The top level of the file.

    `issue` is the tracking issue, as `owner/repo#number`. `surfaces` gives a name to a list of upstream paths.
    """

    id: Id
    title: OneLine
    upstream: Side
    downstream: Side
    issue: IssueName = ""
    about: str = ""
    policy: Policy = Policy()
    scope: Scope = Scope()
    surfaces: dict[str, tuple[GlobPath, ...]] = msgspec.field(default_factory=dict)
    signals: tuple[Signal, ...] = ()
    gates: tuple[Gate, ...] = ()
    steps: tuple[EvaluationStep, ...] = ()
    related: tuple[Related, ...] = ()

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The probes of all signals."""
        return tuple(probe for signal in self.signals for probe in signal.probes)

    def signal(self, signal_id: str) -> Signal | None:
        """Return the signal of that id, or None."""
        return next((signal for signal in self.signals if signal.id == signal_id), None)

    def gate(self, gate_id: str) -> Gate | None:
        """Return the gate of that id, or None."""
        return next((gate for gate in self.gates if gate.id == gate_id), None)
