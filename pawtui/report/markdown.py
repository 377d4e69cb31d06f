"""The summary of a refresh for the tracking issue, in the maintainers' own habit: fit to be pasted on GitHub as it is.

Headings, full SHAs, ancestor words, `A..B` and "N commits and M changed files" are how PawWork writes its refresh
comments. Whatever came from outside is harmless in it (`escape.py`); every link is built from repository, SHA and path.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pawtui.probes.facts import ReleaseFacts
from pawtui.refresh.model import PlanStatus, Range, Refresh, RelatedStatus, RepoSnapshot
from pawtui.report import escape
from pawtui.report.difference import Difference, difference
from pawtui.report.markdown_evidence import missing, notes, stale_evidence, unchecked_evidence
from pawtui.report.markdown_tables import gates_table, pin_link, signals_table
from pawtui.report.words import ancestry, cost, counted, moment, movement, plan_summary, ref_doubt, ref_notes, tally
from pawtui.review.model import Change
from pawtui.review.steps import agreed_with
from pawtui.review.views import Overview
from pawtui.sources import links

_ACTIONS_SHOWN = 20


def summary_markdown(overview: Overview, *, web: str, now: dt.datetime) -> str:
    """The whole summary. `web` is the forge's web root, `now` the moment it is written (UTC)."""
    last = overview.last
    if last is None:
        return (
            f"## Scope refresh on {now:%Y-%m-%d}\n\n**Nothing has been measured yet: run `pawtui refresh` first.**\n\n"
            + "\n".join(_closing(overview, web))
            + "\n"
        )
    sections = [
        [f"## Scope refresh on {last.at:%Y-%m-%d}"],
        [*_recommendation(overview), *_plan(overview.plan)],
        _titled(f"### Why {overview.decision}", _why_so(overview)),
        ["### Source range", "", *_source_range(overview, last, web)],
        ["### Upstream signals", "", *signals_table(overview, web)],
        ["### Go/no-go gates", "", *gates_table(overview, web)],
        ["### What changed since the last refresh", "", *_changes(overview, last, now)],
        _titled("### Stale evidence", stale_evidence(overview, web)),
        _titled("### Evidence that was not checked", unchecked_evidence(overview, web)),
        _titled("### What was not looked at", missing(last)),
        _titled("### Notes", notes(overview, web)),
        list(_closing(overview, web)),
    ]
    return "\n\n".join("\n".join(section).strip("\n") for section in sections if section) + "\n"


def _titled(title: str, lines: Iterator[str]) -> list[str]:
    found = list(lines)
    return [title, "", *found] if found else []


def _recommendation(overview: Overview) -> Iterator[str]:
    last = overview.last
    review = overview.record.reviews.get(last.id) if last else None
    # What it rests on follows as a list; the one sentence behind a `go` needs none.
    so = escape.outside(" ".join(overview.reasons)) if overview.decision == "go" else f"{tally(overview)}."
    if review is None:
        yield f"**Recommendation: {overview.decision}. {so}**"
        return
    yield f"**Recommendation: {review.decision}. {escape.literal(review.recommendation)}**"
    yield ""
    yield f"Review closed by {escape.code(review.by)} at {moment(review.at)}."
    if review.decision != overview.decision:
        yield f"Since then the record came to say {overview.decision}: {so}"


def _why_so(overview: Overview) -> Iterator[str]:
    """Every reason of the decision; none for `go`, where nothing is missing."""
    if overview.decision == "go":
        return
    yield from (f"- {escape.outside(reason)}" for reason in overview.reasons)
    if overview.earliest:
        yield ""
        yield f"It could change on **{overview.earliest}** at the earliest."


def _plan(plan: PlanStatus | None) -> Iterator[str]:
    """Where the plan stands. The decision is about readiness; that work waits for an approval is said beside it."""
    if plan is None:
        return
    yield ""
    if plan.state == "none":
        cause = f" ({escape.outside(plan.cause)})" if plan.cause else ""
        yield f"Plan: none posted on the tracking issue yet{cause}. Implementation waits for a plan and its approval."
        return
    if plan.state == "unknown":
        yield f"Plan: could not be looked at: {escape.outside(plan.cause)}"
        return
    posted = f"{escape.link('posted', plan.url)} by {escape.code(plan.plan_by)}"
    if plan.recorded or plan.state == "unclear":
        url = plan.approval_url or plan.unclear_url
        comment = f" ({escape.link('comment', url)})" if url else ""
        waits = "" if plan.state == "approved" else " Implementation waits for its approval."
        words = plan_summary(plan).partition(" Record what")[0].rstrip(".")
        yield f"Plan: {posted}, {escape.outside(words)}{comment}.{waits}"
        return
    if plan.state == "waiting":
        since = f" since {plan.since:%Y-%m-%d}" if plan.since else ""
        yield f"Plan: {posted}, waiting for approval{since}. Implementation waits for it."
        return
    on = f" on {plan.at:%Y-%m-%d}" if plan.at else ""
    yield f"Plan: {posted}, {escape.link('approved', plan.approval_url)} by {escape.code(plan.by)}{on}."


def _source_range(overview: Overview, last: Refresh, web: str) -> Iterator[str]:
    previous = overview.previous
    yield from _side("Upstream", last.upstream, previous.upstream if previous else None, last.range.upstream, web)
    yield from _side(
        "Downstream", last.downstream, previous.downstream if previous else None, last.range.downstream, web
    )
    if previous is None:
        yield "- First refresh: there are no earlier heads to compare with"
    yield from _newest_releases(last, web)
    yield (
        f"- Fetched {last.at:%H:%M} UTC by {escape.outside(last.tool)} ({escape.outside(last.source)}, "
        f"{last.duration:.1f} s): {cost(last)}"
    )


def _newest_releases(last: Refresh, web: str) -> Iterator[str]:
    for reading in last.signals:
        for probe in reading.probes:
            if isinstance(probe.facts, ReleaseFacts) and (newest := probe.facts.newest) is not None:
                commit = _commit(web, last.upstream.repo, newest.sha)
                yield f"- Newest stable release {escape.code(newest.tag)} at {commit}, {newest.at.date()}"


def _commit(web: str, repo: str, sha: str) -> str:
    return escape.link(sha, links.commit_url(web, repo, sha))


def _side(
    name: str, snapshot: RepoSnapshot, before: RepoSnapshot | None, range_: Range | None, web: str
) -> Iterator[str]:
    renamed = f", renamed from {escape.code(snapshot.renamed_from)}" if snapshot.renamed_from else ""
    yield (
        f"- {name} {escape.code(snapshot.repo)}{renamed}, ref {escape.code(snapshot.ref)}: "
        f"{_commit(web, snapshot.repo, snapshot.sha)}, committed {moment(snapshot.committed_at)}"
    )
    if doubt := ref_doubt(snapshot):
        yield f"- **{name} {escape.outside(doubt)}**: nothing was read from this ref"
    for note in ref_notes(replace(snapshot, doubt="")):
        yield f"- {name} remark: {escape.outside(note)}"
    if before is not None and before.ref != snapshot.ref:
        yield f"- Previous {name.lower()} ref was {escape.code(before.ref)}"
    if range_ is not None:
        became = escape.outside(ancestry(range_))
        yield f"- Previous {name.lower()} head {_commit(web, snapshot.repo, range_.from_)} {became}"
        if range_.from_ != range_.to:
            span = escape.link(
                f"{range_.from_[:10]}..{range_.to[:10]}",
                links.compare_url(web, snapshot.repo, range_.from_, range_.to),
            )
            yield f"- {name} range {span}: **{movement(range_)}**"
    elif before is not None and before.sha == snapshot.sha:
        yield f"- Previous {name.lower()} head {_commit(web, snapshot.repo, before.sha)} is still the current head"
    elif before is not None:
        yield (
            f"- Previous {name.lower()} head {_commit(web, before.repo, before.sha)}: "
            "the comparison with the current head could not be had"
        )


def _changes(overview: Overview, last: Refresh, now: dt.datetime) -> Iterator[str]:
    if overview.previous is None:
        yield "This is the first refresh on record."
        return
    change = difference(overview.tracker, overview.record, overview.previous, last, now)
    lines = [*_changed_readings(change), *_actions(change, overview)]
    yield from (f"- {escape.outside(warning)}" for warning in change.warnings)
    yield from lines or ([] if change.warnings else ["No reading, verdict, gate or note changed."])


def _changed_readings(change: Difference) -> Iterator[str]:
    before, after = change.decision
    if before != after:
        yield f"- The decision went from {before} to {after}"
    if change.plan.changed:
        was, now = (escape.outside(one) for one in change.plan.summary)
        yield f"- The plan went from {was} to {now}" + (f": {change.plan.why}" if change.plan.why else "")
    for reading in change.readings:
        title = escape.outside(reading.title)
        if reading.why:
            states = f"from {reading.before or 'not measured'} to {reading.after or 'not measured'}"
            yield f"- {title} went {states}: {escape.outside(reading.why)} ({escape.outside(reading.summary)})"
        else:
            yield f"- {title} reads the same on other evidence: {len(reading.new)} new, {len(reading.gone)} gone"


def _actions(change: Difference, overview: Overview) -> Iterator[str]:
    agreed, actions = _agreements(change.actions, overview)
    if len(actions) > _ACTIONS_SHOWN:
        yield f"- {counted(len(actions) - _ACTIONS_SHOWN, 'earlier act')} not listed here (`pawtui log` has them)"
    for act in actions[-_ACTIONS_SHOWN:]:
        yield f"- {act.at:%Y-%m-%d} {escape.code(act.by)} {escape.outside(act.summary)}"
    of = counted(len(overview.signals) + len(overview.gates), "signal or gate", "signals and gates")
    yield from (f"- {escape.code(by)} agreed with {len(which)} of {of}" for by, which in agreed.items() if which)


def _agreements(actions: Sequence[Change], overview: Overview) -> tuple[dict[str, set[str]], list[Change]]:
    """Who agreed with what, and every other act. One that was taken back is not agreed with; one that ended a verdict
    is an act like any other."""
    known = {f"signal:{view.signal.id}" for view in overview.signals} | {
        f"gate:{view.gate.id}" for view in overview.gates
    }
    by_id = {change.id: change for change in overview.record.log}
    agreed: dict[str, set[str]] = {}
    others = []
    for act in actions:
        about = by_id.get(act.undoes or act.redoes, act)
        subject = agreed_with(about)
        if not subject or about.edits:
            others.append(act)
        elif act.undoes:
            agreed.setdefault(act.by, set()).discard(subject)
        else:
            agreed.setdefault(act.by, set()).update({subject} & known)
    return agreed, others


def _closing(overview: Overview, web: str) -> Iterator[str]:
    tracker = overview.tracker
    if overview.due:
        yield f"Next re-check: **{overview.due}**."
        yield ""
    if tracker.issue:
        yield f"Tracking issue: {pin_link(tracker.issue, web)}"
        yield ""
    statuses = {snapshot.ref: snapshot for snapshot in overview.last.related} if overview.last else {}
    if tracker.related:
        yield "Related work, scopes apart:"
        yield ""
        for related in tracker.related:
            yield f"- {pin_link(related.ref, web)}{_related(statuses.get(related.ref))}{_why(related.why)}"
        yield ""
    if tracker.scope.inside:
        yield f"In scope: {'; '.join(escape.outside(line) for line in tracker.scope.inside)}."
        yield ""
    if tracker.scope.outside:
        yield f"Out of scope: {'; '.join(escape.outside(line) for line in tracker.scope.outside)}."


def _related(snapshot: RelatedStatus | None) -> str:
    if snapshot is None:
        return ""
    return f" ({escape.outside(snapshot.state)})" + (f" {escape.code(snapshot.title)}" if snapshot.title else "")


def _why(why: str) -> str:
    return f": {escape.outside(why)}" if why else ""
