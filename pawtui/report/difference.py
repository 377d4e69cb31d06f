"""What changed between two refreshes, and why: readings, evidence, the plan, people's acts, the commits between."""

from __future__ import annotations

import datetime as dt

import msgspec

from pawtui.probes.facts import ReleaseFacts
from pawtui.probes.finding import Evidence, State
from pawtui.refresh.model import Decision, PlanStatus, Range, Refresh, RepoSnapshot, SignalReading
from pawtui.report.words import ancestry, counted, movement, plan_summary
from pawtui.review.model import Change, Record
from pawtui.review.order import is_after
from pawtui.tracker.model import Tracker


class ReadingChange(msgspec.Struct, frozen=True, kw_only=True):
    """A signal's reading in both refreshes (None: not in that one), why it differs, and evidence that came or went.

    `why` is empty where the state is the same and only the evidence differs.
    """

    id: str
    title: str
    before: State | None
    after: State | None
    summary: str
    why: str = ""
    new: tuple[Evidence, ...] = ()
    gone: tuple[Evidence, ...] = ()


class PlanChange(msgspec.Struct, frozen=True, kw_only=True):
    """Where the plan stood at each refresh (None: it was not looked at then), and what happened, where that is told.

    `changed` is False where it stands as before.
    """

    before: PlanStatus | None
    after: PlanStatus | None
    changed: bool
    why: str = ""

    @property
    def summary(self) -> tuple[str, str]:
        """Both in words."""
        before, after = (plan_summary(one).rstrip(".") if one else "not looked at" for one in (self.before, self.after))
        return before, after


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Two refreshes, the earlier one first. `warnings` come before everything else: rewritten branches, lost tags.

    `moved` are sentences about both repositories; `acts` is what people did from the first refresh on, oldest first.
    """

    first: Refresh
    second: Refresh
    warnings: tuple[str, ...]
    moved: tuple[str, ...]
    readings: tuple[ReadingChange, ...]
    actions: tuple[Change, ...]
    plan: PlanChange

    @property
    def decision(self) -> tuple[Decision, Decision]:
        """The decision as it stood at each."""
        return self.first.decision, self.second.decision


def difference(
    tracker: Tracker, record: Record, first: Refresh, second: Refresh, until: dt.datetime | None = None
) -> Difference:
    """What changed from `first` to `second`. `until` is the last moment of acts, that of `second` if not given."""
    if is_after(first, second):
        first, second = second, first
    return Difference(
        first=first,
        second=second,
        warnings=(*_rewrites(record, first, second), *_withdrawn(first, second)),
        moved=(
            _side("Upstream", first.upstream, second.upstream, _range_between(first, second, "upstream")),
            _side("Downstream", first.downstream, second.downstream, _range_between(first, second, "downstream")),
        ),
        readings=tuple(
            change for name, title in _names(tracker, first, second) if (change := _reading(name, title, first, second))
        ),
        actions=tuple(change for change in record.log if is_after(change, first) and _until(change, second, until)),
        plan=_plan(first.plan, second.plan),
    )


def _until(change: Change, second: Refresh, until: dt.datetime | None) -> bool:
    return change.at <= until if until else not is_after(change, second)


def _names(tracker: Tracker, first: Refresh, second: Refresh) -> list[tuple[str, str]]:
    """Every signal's id and title: the tracker's in its order, then those only a refresh still knows."""
    titles = {signal.id: signal.title for signal in tracker.signals}
    for refresh in (first, second):
        for reading in refresh.signals:
            titles.setdefault(reading.id, reading.id)
    return list(titles.items())


def _range_between(first: Refresh, second: Refresh, side: str) -> Range | None:
    """The measured range from one refresh to the other: on record only where they follow each other."""
    range_: Range | None = getattr(second.range, side)
    snapshot: RepoSnapshot = getattr(first, side)
    return range_ if range_ is not None and range_.from_ == snapshot.sha else None


def _side(name: str, before: RepoSnapshot, after: RepoSnapshot, range_: Range | None) -> str:
    summary = []
    if before.repo != after.repo:
        summary.append(f"is now {after.repo} (it was {before.repo})")
    if before.ref != after.ref:
        summary.append(f"is followed on {after.ref} (it was {before.ref})")
    if before.sha == after.sha:
        summary.append(f"is still at {after.sha[:10]}")
    else:
        summary.append(f"moved from {before.sha[:10]} to {after.sha[:10]}")
        if range_ is not None:
            summary.append(f"that is {movement(range_)}")
    return f"{name} {', '.join(summary)}"


def _rewrites(record: Record, first: Refresh, second: Refresh) -> list[str]:
    between = [one for one in record.refreshes if is_after(one, first) and not is_after(one, second)]
    return [
        f"On {refresh.at:%Y-%m-%d} the {side} head {range_.from_[:10]} {ancestry(range_)}"
        for refresh in between
        for side, range_ in (("upstream", refresh.range.upstream), ("downstream", refresh.range.downstream))
        if range_ is not None and not range_.ancestor and range_.from_ != range_.to
    ]


def _plan(before: PlanStatus | None, after: PlanStatus | None) -> PlanChange:
    if before is None or after is None:
        return PlanChange(before=before, after=after, changed=before is not after)
    changed = (before.state, before.url, before.since, before.by) != (after.state, after.url, after.since, after.by)
    why = ""
    if changed and before.state in ("waiting", "approved") and after.state in ("waiting", "approved"):
        if before.url != after.url:
            why = "another plan was posted"
        elif before.since != after.since:
            why = "it was edited"
        elif after.state == "waiting":
            why = "the approval was taken back"
    return PlanChange(before=before, after=after, changed=changed, why=why)


def _withdrawn(first: Refresh, second: Refresh) -> list[str]:
    """Lines of releases that have fewer stable tags than before."""
    before, after = _stable_tags(first), _stable_tags(second)
    return [
        f"Stable tags of {line} went from {old} to {after[line]}: {counted(old - after[line], 'tag')} withdrawn"
        for line, old in before.items()
        if line in after and after[line] < old
    ]


def _stable_tags(refresh: Refresh) -> dict[str, int]:
    found: dict[str, int] = {}
    for reading in refresh.signals:
        for probe in reading.probes:
            if isinstance(probe.facts, ReleaseFacts):
                found[probe.facts.line] = probe.facts.stable
    return found


def _evidence(reading: SignalReading | None) -> dict[str, Evidence]:
    """Evidence by its words: its link and pin name the head it was seen at, which moves without anything changing."""
    probes = reading.probes if reading else ()
    return {one.text: one for probe in probes for one in probe.evidence}


def _reading(name: str, title: str, first: Refresh, second: Refresh) -> ReadingChange | None:
    before, after = first.signal(name), second.signal(name)
    old, new = _evidence(before), _evidence(after)
    came = tuple(one for key, one in new.items() if key not in old)
    went = tuple(one for key, one in old.items() if key not in new)
    same = (before.state if before else None) == (after.state if after else None)
    if same and not came and not went:
        return None
    return ReadingChange(
        id=name,
        title=title,
        before=before.state if before else None,
        after=after.state if after else None,
        summary="; ".join(probe.summary for probe in after.probes) if after else "",
        why="" if same else _why(before, after, first, second),
        new=came,
        gone=went,
    )


def _why(before: SignalReading | None, after: SignalReading | None, first: Refresh, second: Refresh) -> str:
    if before is None or after is None:
        return "the tracker's rules changed" if first.rules != second.rules else "it is measured in only one of them"
    causes = [probe.cause for probe in after.probes if probe.state == "unknown" and probe.cause]
    if after.state == "unknown" and causes:
        return f"a fact could not be had: {causes[0].rstrip('.')}"
    if before.state == "unknown" and any(probe.cause for probe in before.probes if probe.state == "unknown"):
        return "it could not be measured before"
    if first.rules != second.rules:
        return "the tracker's rules changed"
    if before.fingerprint and after.fingerprint and before.fingerprint != after.fingerprint:
        return "upstream changed what it looks at"
    if first.upstream.sha != second.upstream.sha:
        return "upstream moved"
    return "a window moved on"
