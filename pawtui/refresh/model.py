"""What a refresh records: both repositories as they stood, every reading, what became of each pin, and the plan.

These structs are stored, exported and promised by `--json`; a renamed key is a breaking change.
Times are timezone-aware UTC, SHAs full 40-hex, ids our own and time-ordered (`pawtui/ids.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from pawtui.probes.finding import State
from pawtui.probes.reading import ProbeReading
from pawtui.sources.facts import Spent

Decision = Literal["go", "hold", "no-go"]
DriftState = Literal["fresh", "changed", "moved", "gone", "unchecked"]
DECISIONS: tuple[Decision, ...] = ("go", "hold", "no-go")
# States of evidence that no longer supports a gate: it does not count as satisfied for the decision.
STALE: frozenset[DriftState] = frozenset({"changed", "moved", "gone"})


class _Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the record. Unknown keys are ignored when read, so that an older pawtui reads a newer minor."""


class RepoSnapshot(_Frozen, frozen=True, kw_only=True):
    """One repository as a refresh found it.

    `renamed_from` is set when it has another name than the tracker gives. `remark` says what is odd about the ref;
    `doubt` why it may be the wrong one, so that nothing was read from it. `missing` are refs of the tracker that do not
    exist (`dev`, or `dev (now main)` where the forge says so).
    """

    repo: str
    ref: str
    sha: str
    committed_at: dt.datetime
    renamed_from: str = ""
    remark: str = ""
    doubt: str = ""
    missing: tuple[str, ...] = ()


class Range(_Frozen, frozen=True, kw_only=True):
    """What lies between the last refresh's commit and this one's.

    `commits` are those of the new head only, `behind` those of the former one only. `ancestor` False means that the
    branch was rewritten, or, where `ref_before` names another ref, that the followed ref changed. `undone` names the
    newest commits that a reset took back, where they are known (`aaaaaaaaaa feat: it`).
    """

    from_: str = msgspec.field(name="from")
    to: str
    ancestor: bool
    commits: int
    files: int
    behind: int = 0
    files_at_least: bool = False
    ref_before: str = ""
    undone: tuple[str, ...] = ()

    @property
    def reset_back(self) -> bool:
        """Whether the branch was set back to an earlier commit of its own."""
        return not self.ref_before and self.behind > 0 and self.commits == 0


class Ranges(_Frozen, frozen=True, kw_only=True):
    """The ranges of both sides; None where there was no earlier refresh or the comparison could not be had."""

    upstream: Range | None = None
    downstream: Range | None = None


class PartReading(_Frozen, frozen=True, kw_only=True):
    """One part of a signal as measured: `summary` is the finding that decides its state."""

    id: str
    title: str
    state: State
    summary: str = ""


class SignalReading(_Frozen, frozen=True, kw_only=True):
    """A signal as measured: its state, its parts and its probes' readings, in the tracker's order.

    `fingerprint` is one of every path that its probes read, by object SHA: another one means that the upstream changed
    under it. Empty where the tree could not be had.
    """

    id: str
    state: State
    probes: tuple[ProbeReading, ...] = ()
    parts: tuple[PartReading, ...] = ()
    fingerprint: str = ""


class Drift(_Frozen, frozen=True, kw_only=True):
    """What became of a pin: `by` is the commit that changed it where known, `url` shows the difference."""

    pin: str
    state: DriftState
    summary: str = ""
    by: str = ""
    url: str = ""
    # Whether a failure kept it from being checked: such evidence holds nothing up.
    failed: bool = False


class RelatedStatus(_Frozen, frozen=True, kw_only=True):
    """A related issue or pull request as it stood."""

    ref: str
    title: str = ""
    state: str = "unknown"
    url: str = ""
    cause: str = ""


class PlanStatus(_Frozen, frozen=True, kw_only=True):
    """Where the migration plan stands on the tracking issue.

    `since` is the plan's last edit. `unclear`: a maintainer's comment (`unclear_url`, `by`, `at`) may be about
    approving, and is not a clear approval. `approval_url` is the approving comment. `answered_at` is when a maintainer
    last wrote or edited a comment that is about approving. `recorded`: a maintainer said in pawtui what the comments
    mean, and `cause` is the reason. Otherwise `cause` says why the state is unknown, or why a plan does not count.
    """

    state: Literal["none", "waiting", "approved", "withdrawn", "unclear", "unknown"]
    url: str = ""
    since: dt.datetime | None = None
    plan_by: str = ""
    by: str = ""
    at: dt.datetime | None = None
    approval_url: str = ""
    cause: str = ""
    unclear_url: str = ""
    answered_at: dt.datetime | None = None
    recorded: bool = False


class Refresh(_Frozen, frozen=True, kw_only=True):
    """One recorded look at both repositories. `duration` is in seconds; `rules` is the tracker's fingerprint."""

    id: str
    at: dt.datetime
    duration: float
    source: str
    tool: str
    upstream: RepoSnapshot
    downstream: RepoSnapshot
    range: Ranges = Ranges()
    signals: tuple[SignalReading, ...] = ()
    errors: tuple[str, ...] = ()
    requests: Spent = Spent()
    drift: tuple[Drift, ...] = ()
    related: tuple[RelatedStatus, ...] = ()
    plan: PlanStatus | None = None
    rules: str = ""
    # The decision as it stood when this refresh was recorded, by the gates and verdicts of that moment.
    decision: Decision = "hold"

    def signal(self, signal_id: str) -> SignalReading | None:
        """The reading of that signal, or None."""
        return next((reading for reading in self.signals if reading.id == signal_id), None)


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What a refresh compares with: the earlier refreshes (oldest first), every pin on record, and the blob SHA of
    each pinned file at its pinned commit, as far as it is known."""

    refreshes: tuple[Refresh, ...] = ()
    pins: tuple[str, ...] = ()
    blobs: Mapping[str, str] = {}

    @property
    def last(self) -> Refresh | None:
        """The newest refresh, or None."""
        return self.refreshes[-1] if self.refreshes else None
