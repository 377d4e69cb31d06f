"""The difference between two refreshes: repositories, readings, evidence, the plan, and changes by maintainers."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

import msgspec

from pawtui.ids import is_after
from pawtui.moments import day_text
from pawtui.phrases import counted, short_sha
from pawtui.probes.probe_facts import ReleaseFacts
from pawtui.probes.reading import ProbeReading, numbered_probes
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Decision, PlanStatus, Range, Refresh, RepoSnapshot, SideName, SignalReading
from pawtui.report.evidence_changes import ChangeKind, EvidenceChange, evidence_changes
from pawtui.report.reading_facts import facts_of
from pawtui.report.words import ancestry, plan_summary, range_size
from pawtui.review.log import FoldedChange, fold_log
from pawtui.review.record_types import Change, Record
from pawtui.tracker.tracker_types import Tracker

# By kind of probe: why its state changed, if it may also change without new commits and within one day.
_CAUSES = {
    "issues": "its issues changed",
    "json": "its document changed",
    "pulls": "its pull requests or commits changed",
    "release": "its releases changed",
    "soak": "its days, releases or breaking commits changed",
}
_WINDOW_MOVED = "the time window moved"
_WITHOUT_WINDOW = ("paths", "text")


class ReadingChange(msgspec.Struct, frozen=True, kw_only=True):
    """A signal's state in both refreshes (None: not measured), why it differs, and the changes of its evidence.

    `summary` has the summaries of all probes in the second refresh, each once. `why` is empty if the state is the same.
    `incomplete` are the kinds of change of which `evidence` may not have all.
    """

    id: str
    title: str
    before: State | None
    after: State | None
    summary: str
    why: str = ""
    evidence: tuple[EvidenceChange, ...] = ()
    incomplete: tuple[ChangeKind, ...] = ()

    @property
    def evidence_counts(self) -> str:
        """The number of evidence changes by kind, as text: `at least 3 new, 1 changed, 2 left the window`."""
        counts = Counter(item.change for item in self.evidence)
        return ", ".join(
            f"{'at least ' if change in self.incomplete else ''}{counts[change]} {change}"
            for change in get_args(ChangeKind)
            if counts[change]
        )


class SideChange(msgspec.Struct, frozen=True, kw_only=True):
    """One repository in both refreshes.

    `size` is the number of commits and changed files between them, or of commits only; empty if it is unknown.
    `not_ancestor_reason` is why the later commit may lack the earlier one, such as `branch rewritten`; empty without a
    reason.
    """

    side: SideName
    before: RepoSnapshot
    after: RepoSnapshot
    size: str = ""
    not_ancestor_reason: str = ""

    @property
    def name_changes(self) -> list[str]:
        """The change of the repository's name and of its followed ref, if any."""
        # Without a rename, the tracker names another repository.
        is_renamed = self.after.renamed_from.lower() == self.before.repo.lower()
        names = (
            ("renamed" if is_renamed else "repository changed", self.before.repo, self.after.repo),
            ("ref changed", self.before.ref, self.after.ref),
        )
        return [f"{what} from {before} to {after}" for what, before, after in names if before != after]

    @property
    def text(self) -> str:
        """The change of the commit, the repository and the ref on one line."""
        before, after = short_sha(self.before.sha), short_sha(self.after.sha)
        size = f" ({self.size})" if self.size else ""
        moved = f"moved from {before} to {after}{size}"
        if self.before.sha == self.after.sha:
            moved = f"no new commits, {after}"
        return f"{self.side.capitalize()}: {'; '.join([*self.name_changes, moved])}"


class PlanChange(msgspec.Struct, frozen=True, kw_only=True):
    """The status of the plan at each refresh (None: not checked), and why it changed, if known."""

    before: PlanStatus | None
    after: PlanStatus | None
    changed: bool
    why: str = ""

    @property
    def status_words(self) -> tuple[str, str]:
        """The status at each refresh, in words."""
        before, after = (
            plan_summary(plan).rstrip(".") if plan else "not checked" for plan in (self.before, self.after)
        )
        return before, after


class RefreshDifference(msgspec.Struct, frozen=True, kw_only=True):
    """The difference between two refreshes, the earlier first.

    `decision` is the one at each refresh, that of its closed review if there is one.
    `warnings` are rewritten branches, withdrawn tags, and another tracker.
    `changes` are those by maintainers after the first refresh, oldest first, with undone changes folded.
    """

    first: Refresh
    second: Refresh
    decision: tuple[Decision, Decision]
    warnings: tuple[str, ...]
    sides: tuple[SideChange, ...]
    readings: tuple[ReadingChange, ...]
    changes: tuple[FoldedChange, ...]
    plan: PlanChange


def compare_refreshes(
    tracker: Tracker, record: Record, first: Refresh, second: Refresh, until: dt.datetime | None = None
) -> RefreshDifference:
    """Return the difference of two refreshes, with the changes by maintainers up to `until` (None: up to `second`)."""
    # If one of them measured a past day, refreshes are ordered by date, otherwise by the record.
    by_date = first.as_of is not None or second.as_of is not None
    is_later = _has_later_date if by_date else is_after
    if is_later(first, second):
        first, second = second, first
    refreshes = record.all_refreshes if by_date else record.refreshes
    between = [refresh for refresh in refreshes if is_later(refresh, first) and not is_later(refresh, second)]
    changes = (
        change
        for change in record.log
        if is_later(change, first) and (change.at <= until if until else not is_later(change, second))
    )
    other_rules = ["The tracker changed: differences may come from its rules"] if first.rules != second.rules else []
    return RefreshDifference(
        first=first,
        second=second,
        decision=(record.decision_at(first), record.decision_at(second)),
        warnings=(*_rewrite_warnings(between), *_withdrawn_tag_warnings(first, second), *other_rules),
        sides=(_side_change("upstream", first, second, between), _side_change("downstream", first, second, between)),
        readings=tuple(
            change
            for signal_id, title in _signal_titles(tracker, first, second)
            if (change := reading_change(signal_id, title, first, second))
        ),
        changes=fold_log(changes),
        plan=_plan_change(first.plan, second.plan),
    )


def _has_later_date(recorded: Refresh | Change, refresh: Refresh) -> bool:
    return (recorded.moment if isinstance(recorded, Refresh) else recorded.at) > refresh.moment


def _signal_titles(tracker: Tracker, first: Refresh, second: Refresh) -> list[tuple[str, str]]:
    """Return the id and title of each signal: first those of the tracker, then those that only a refresh has."""
    titles = {signal.id: signal.title for signal in tracker.signals}
    for refresh in (first, second):
        for reading in refresh.signals:
            titles.setdefault(reading.id, reading.id)
    return list(titles.items())


def _side_change(side: SideName, first: Refresh, second: Refresh, between: Iterable[Refresh]) -> SideChange:
    """Return the change of a repository. `between` are the refreshes after the first one, up to the second one."""
    before, after = first.snapshot(side), second.snapshot(side)
    last = second.range.of_side(side)
    ranges = [refresh.range.of_side(side) for refresh in between]
    reasons = [each.not_ancestor_reason for each in ranges if each is not None and each.from_ != each.to]
    commits = commits_between(before.sha, after.sha, ranges)
    size = counted(commits, "commit") if commits is not None else ""
    if last is not None and last.from_ == before.sha:
        # The changed files are known only of consecutive refreshes.
        size = range_size(last)
    return SideChange(
        side=side,
        before=before,
        after=after,
        size=size,
        not_ancestor_reason=next(filter(None, reversed(reasons)), ""),
    )


def commits_between(base: str, head: str, ranges: Iterable[Range | None]) -> int | None:
    """Return the number of commits from a base to a head that these consecutive ranges connect; None if unknown.

    It is unknown if a range is, or if the branch was rewritten.
    """
    total, sha = 0, base
    for range_ in ranges:
        if range_ is None or range_.from_ != sha or not range_.ancestor:
            return None
        total, sha = total + range_.commits, range_.to
    return total if sha == head else None


def _rewrite_warnings(refreshes: Iterable[Refresh]) -> Iterator[str]:
    for refresh in refreshes:
        for side, range_ in (("upstream", refresh.range.upstream), ("downstream", refresh.range.downstream)):
            if range_ is not None and not range_.ancestor and range_.from_ != range_.to:
                previous = f"the previous {side} commit {short_sha(range_.from_)}"
                yield f"{day_text(refresh.moment)}: {previous} is {ancestry(range_)}"


def _plan_change(before: PlanStatus | None, after: PlanStatus | None) -> PlanChange:
    if before is None or after is None:
        return PlanChange(before=before, after=after, changed=before is not after)
    changed = (before.state, before.url, before.since, before.by) != (after.state, after.url, after.since, after.by)
    why = ""
    if changed and before.state in ("waiting", "approved") and after.state in ("waiting", "approved"):
        if before.url != after.url:
            why = "another plan posted"
        elif before.since != after.since:
            why = "plan edited"
        elif after.state == "waiting":
            why = "approval withdrawn"
    return PlanChange(before=before, after=after, changed=changed, why=why)


def _withdrawn_tag_warnings(first: Refresh, second: Refresh) -> list[str]:
    before = {facts.line: facts.stable for facts in facts_of(first.signals, ReleaseFacts)}
    after = {facts.line: facts.stable for facts in facts_of(second.signals, ReleaseFacts)}
    return [
        f"Stable tags of {line}: {counted(old - after[line], 'tag')} withdrawn ({old} before, {after[line]} now)"
        for line, old in before.items()
        if line in after and after[line] < old
    ]


def reading_change(signal_id: str, title: str, first: Refresh, second: Refresh) -> ReadingChange | None:
    """Return the change of a signal, or None if it has not changed."""
    before, after = first.signal(signal_id), second.signal(signal_id)
    evidence, incomplete = evidence_changes(before, after, same_tracker=first.rules == second.rules)
    old, new = before.state if before else None, after.state if after else None
    if old == new and not evidence:
        return None
    summary = "; ".join(dict.fromkeys(probe.summary for probe in after.probes)) if after else ""
    why = _why(before, after, first, second) if old != new else ""
    return ReadingChange(
        id=signal_id,
        title=title,
        before=old,
        after=new,
        summary=summary,
        why=why,
        evidence=evidence,
        incomplete=incomplete,
    )


def _why(before: SignalReading | None, after: SignalReading | None, first: Refresh, second: Refresh) -> str:
    if before is None or after is None:
        return "tracker rules changed" if first.rules != second.rules else "measured at only one refresh"
    if cause := _unknown_cause(after):
        return f"could not be measured: {cause.rstrip('.')}"
    if _unknown_cause(before):
        return "could not be measured before"
    if first.rules != second.rules:
        return "tracker rules changed"
    causes = dict.fromkeys(_cause(probe, first, second) for probe in _changed_probes(before, after))
    return "; ".join(causes) or "its probes have the same states"


def _unknown_cause(reading: SignalReading) -> str:
    """Return why a signal could not be measured; empty if it was measured, or if no probe has a cause."""
    if reading.state != "unknown":
        return ""
    return next((probe.cause for probe in reading.probes if probe.state == "unknown" and probe.cause), "")


def _changed_probes(before: SignalReading, after: SignalReading) -> list[ProbeReading]:
    """Return each probe whose state changed, or which was not measured before."""
    states = {key: probe.state for key, probe in numbered_probes(before.probes)}
    return [probe for key, probe in numbered_probes(after.probes) if states.get(key) != probe.state]


def _cause(probe: ProbeReading, first: Refresh, second: Refresh) -> str:
    """Return why the state of a probe changed, as far as its kind and the commits of its repository show it."""
    if probe.kind in _CAUSES:
        return _CAUSES[probe.kind]
    is_downstream = probe.facts is not None and probe.facts.head == second.downstream.sha
    side: SideName = "downstream" if is_downstream else "upstream"
    if first.snapshot(side).sha == second.snapshot(side).sha:
        return _WINDOW_MOVED
    # The evidence has the commits that are new, and those that left the window.
    return f"new {side} commits" if probe.kind in _WITHOUT_WINDOW else f"new {side} commits, or {_WINDOW_MOVED}"
