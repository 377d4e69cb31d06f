"""The record of a refresh: both repositories, every reading, the drift of each pin, and the plan.

These structs are stored, and `RefreshJson` names the keys that are exported; a renamed key is a breaking change.
Times are timezone-aware UTC, SHAs have 40 hex digits, ids are time-ordered (`pawtui/ids.py`).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from pawtui.moments import Moment
from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import State
from pawtui.sources.facts import RequestUsage

Decision = Literal["go", "hold", "no-go"]
SideName = Literal["upstream", "downstream"]
# help/review.md defines them. `PinnedFile`, `line_drift`, `FileCheck` and `check_issues` find them.
DriftState = Literal["fresh", "changed", "moved", "gone", "unchecked"]
# States of a pin whose file or issue has changed since the pin was made: it is no evidence for a decision.
_STALE: frozenset[DriftState] = frozenset({"changed", "moved", "gone"})


class RecordStruct(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the record. Reading ignores unknown keys, so an older version can read a record with new ones."""


class RepoSnapshot(RecordStruct, frozen=True, kw_only=True):
    """One repository as a refresh found it: the followed ref and its commit.

    `source` lists the facts that came from a clone; it is empty if all came from GitHub. `renamed_from` is the name in
    the tracker if the repository has another name now. `remark` describes an unusual ref. `doubt` is the reason why the
    ref may be the wrong one: then nothing was read from it. `missing` are refs of the tracker that do not exist, such
    as `dev`, or `dev (now main)` if it was renamed.
    """

    repo: str
    ref: str
    sha: str
    committed_at: Moment
    renamed_from: str = ""
    remark: str = ""
    doubt: str = ""
    missing: tuple[str, ...] = ()
    source: str = ""

    def has_name(self, repo: str) -> bool:
        """Return whether the repository has this name, or had it when it was renamed."""
        return repo.lower() in (self.repo.lower(), self.renamed_from.lower())


class Range(RecordStruct, frozen=True, kw_only=True):
    """The difference between the commit of the previous refresh and this one.

    `commits` counts the commits that only the new head has, `behind` those that only the old head has. `ancestor` is
    False if the branch was rewritten, or if another ref was followed before (`ref_before`). `files_at_least`: there may
    be more files. `undone` names the newest commits that a reset removed, if they are known (`aaaaaaaaaa feat: it`).
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
    def was_reset(self) -> bool:
        """Whether the branch was reset to one of its earlier commits."""
        return not self.ref_before and self.behind > 0 and self.commits == 0

    @property
    def not_ancestor_reason(self) -> str:
        """Why the previous commit is not an ancestor of the head: `branch rewritten`; empty if it is an ancestor."""
        if self.ancestor:
            return ""
        if self.ref_before:
            return "ref changed"
        return "branch reset" if self.was_reset else "branch rewritten"


class Ranges(RecordStruct, frozen=True, kw_only=True):
    """The ranges of both repositories; None without an earlier refresh, or if the comparison could not be fetched."""

    upstream: Range | None = None
    downstream: Range | None = None

    def of_side(self, side: SideName) -> Range | None:
        """Return the range of one of the repositories, or None."""
        return self.upstream if side == "upstream" else self.downstream


class PartReading(RecordStruct, frozen=True, kw_only=True):
    """One part of a signal as measured: `summary` is that of the probe that decides its state."""

    id: str
    title: str
    state: State
    summary: str = ""


class SignalReading(RecordStruct, frozen=True, kw_only=True):
    """A signal as a refresh measured it: its state, its parts and the readings of its probes in the tracker's order.

    `fingerprint` covers every path that its probes read: another value means that the upstream changed one of them. It
    is empty if the list of paths could not be fetched.
    """

    id: str
    state: State
    probes: tuple[ProbeReading, ...] = ()
    parts: tuple[PartReading, ...] = ()
    fingerprint: str = ""


# The end of the summary of a pin that could not be checked: the errors of the refresh have the cause.
SEE_ERRORS = 'see "Not available"'
# The summary of a pin to another page.
LINK_SUMMARY = "links are never checked"


def other_repo_summary(repo: str) -> str:
    """Return the summary of a pin to a file or commit of another repository, which is never checked."""
    return f"{repo} is not one of the tracker's repositories"


class Drift(RecordStruct, frozen=True, kw_only=True):
    """What happened to a pin: `by` is the newest commit on its file, if known, and `url` shows the difference.

    `place` is a pin to the current place of the text or its replacement; it is empty if it equals the pin, or is not
    known. `hunk` is the difference around changed lines, as in a unified diff. `failed` means that the pin was not
    compared, because of a failure or because the content at its commit is not known: then the pin is no evidence.
    """

    pin: str
    state: DriftState
    summary: str = ""
    by: str = ""
    url: str = ""
    failed: bool = False
    place: str = ""
    hunk: tuple[str, ...] = ()

    @property
    def is_stale(self) -> bool:
        """Whether the pin is out of date: its text was changed, moved or removed."""
        return self.state in _STALE


class RelatedStatus(RecordStruct, frozen=True, kw_only=True):
    """A related issue or pull request at the time of the refresh. `cause` is the reason why its state is unknown."""

    ref: str
    title: str = ""
    state: str = "unknown"
    url: str = ""
    cause: str = ""


class PlanStatus(RecordStruct, frozen=True, kw_only=True):
    """The state of the migration plan on the tracking issue: waiting `since` a time, or approved `by` someone (`at`).

    `since` is the last edit of the plan. `unclear` means that a maintainer's comment (`unclear_url`) may be about the
    approval but is not clear. `url` is the comment with the plan, `approval_url` the comment that approves it.
    `answered_at` is the time of a maintainer's last comment or edit about the approval. With `recorded`, a maintainer
    recorded in pawtui what the comments mean, and `cause` is the reason; otherwise `cause` is the reason why the state
    is unknown, or why a plan does not count.
    """

    state: Literal["none", "waiting", "approved", "withdrawn", "unclear", "unknown"]
    url: str = ""
    since: Moment | None = None
    plan_by: str = ""
    by: str = ""
    at: Moment | None = None
    approval_url: str = ""
    cause: str = ""
    unclear_url: str = ""
    answered_at: Moment | None = None
    recorded: bool = False


class Refresh(RecordStruct, frozen=True, kw_only=True):
    """One recorded measurement of both repositories. `duration` is in seconds; `rules` is a fingerprint of the tracker.

    `at` is the time of the measurement, and `decision` the decision then, with the gates and verdicts of that time. If
    a past time was measured, `as_of` is that time, and `decision` has no meaning.
    """

    id: str
    at: Moment
    duration: float
    source: str
    tool: str
    upstream: RepoSnapshot
    downstream: RepoSnapshot
    range: Ranges = Ranges()
    signals: tuple[SignalReading, ...] = ()
    errors: tuple[str, ...] = ()
    requests: RequestUsage = RequestUsage()
    drift: tuple[Drift, ...] = ()
    related: tuple[RelatedStatus, ...] = ()
    plan: PlanStatus | None = None
    rules: str = ""
    decision: Decision = "hold"
    as_of: Moment | None = None

    @property
    def moment(self) -> Moment:
        """The time that the readings describe."""
        return self.as_of or self.at

    def snapshot(self, side: SideName) -> RepoSnapshot:
        """Return the snapshot of one of the repositories."""
        return self.upstream if side == "upstream" else self.downstream

    def signal(self, signal_id: str) -> SignalReading | None:
        """Return the reading of that signal, or None."""
        return next((reading for reading in self.signals if reading.id == signal_id), None)


class RefreshBaseline(msgspec.Struct, frozen=True, kw_only=True):
    """The data that a refresh compares with: earlier refreshes and every recorded pin.

    `refreshes` are in the order of their times; for a refresh of a past time they are those of past times up to it.
    `ordinary` are all refreshes except those of past times: each has the heads of the branches at its time. `pin_times`
    has the time at which each pin was made, and `pinned_states` its state then, if known: the blob SHA of a file, the
    full SHA of a commit, or the state of an issue.
    """

    refreshes: tuple[Refresh, ...] = ()
    ordinary: tuple[Refresh, ...] = ()
    pins: tuple[str, ...] = ()
    pinned_states: Mapping[str, str] = {}
    pin_times: Mapping[str, dt.datetime] = {}

    @property
    def last(self) -> Refresh | None:
        """The newest refresh, or None."""
        return self.refreshes[-1] if self.refreshes else None
