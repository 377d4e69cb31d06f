"""`pulls`: how many pull requests touch these surfaces, merged in the window and open now?

Merged pull requests are read from commit subjects: GitHub ends a squashed subject with `(#7)`, and begins a merge with
`Merge pull request #7 from`. A commit without a number (of a merged branch, or pushed directly) counts as one. Each
open pull request costs a request for its files, until its head moves.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from pawtui.phrases import counted
from pawtui.probes.context import ProbeContext
from pawtui.probes.probe_evidence import MAX_EVIDENCE, commit_evidence, not_listed
from pawtui.probes.probe_facts import PullFacts, PullsFacts
from pawtui.probes.reading import Evidence, Finding
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.state import State, partial_clause, state_for_count, unknown_if_incomplete
from pawtui.probes.surface_window import SurfaceWindow, read_window
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.probes.windows import window_start
from pawtui.sources import globs, links
from pawtui.sources.facts import Commit, Pull
from pawtui.sources.source_errors import SourceError, Undetermined
from pawtui.tracker.probe_types import PullsProbe
from pawtui.tracker.tracker_types import Policy

_COMMITS_SHOWN = 4
_SQUASHED = re.compile(r"\(#([1-9]\d{0,8})\)\s*$")
_MERGED = re.compile(r"^Merge pull request #([1-9]\d{0,8}) from ")


def rule(probe: PullsProbe, _policy: Policy) -> str:
    many = counted(probe.met, "pull request")
    clause = partial_clause(probe.met, probe.partial)
    return f"met up to {many} open now or merged in {probe.days} days on these surfaces{clause}"


def judge(probe: PullsProbe, facts: PullsFacts) -> State:
    """Return the state for the number of pull requests, of which a commit without a number is one."""
    total = len(facts.open) + len(facts.merged) + facts.unnumbered
    return unknown_if_incomplete(state_for_count(total, probe.met, probe.partial), facts.incomplete)


class _OpenPulls(NamedTuple):
    """The open pull requests that touch surfaces, with the names of these, and the number of those not read.

    `causes` are the reasons why some may be missing. `are_listed`: their list could be read.
    """

    on_surfaces: list[tuple[Pull, tuple[str, ...]]]
    unread: int
    causes: list[str]
    are_listed: bool = True


async def measure(probe: PullsProbe, context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding: merged and open pull requests, and commits without a number."""
    since = window_start(reader.today, probe.days)
    window = await read_window(context, reader, probe.surfaces, since)
    merged, unnumbered = _group_by_pull(window)
    open_pulls = await _read_open_pulls(probe, context, reader)
    facts = PullsFacts(
        days=probe.days,
        since=since,
        merged=merged,
        open=tuple(
            PullFacts(number=pull.number, title=pull.title, surfaces=names, at=pull.updated_at)
            for pull, names in open_pulls.on_surfaces
        ),
        unread=open_pulls.unread,
        unnumbered=len(unnumbered),
        incomplete=(*open_pulls.causes, *window.incomplete),
    )
    by_count = judge(probe, facts)

    async def could_change(late: Sequence[Commit]) -> bool:
        # Each may be of another pull request.
        return judge(probe, replace(facts, unnumbered=facts.unnumbered + len(late))) != by_count

    check = await window.check(by_count, could_change)
    # A surface that is younger than the window may have few pull requests for that reason alone.
    causes = (*facts.incomplete, *check.young, *check.causes)
    facts = replace(facts, incomplete=causes)
    state = judge(probe, facts)
    return Finding(
        state=state,
        summary=_summary(window, open_pulls, facts),
        facts=facts,
        evidence=(
            *(_open_evidence(reader, pull, names) for pull, names in open_pulls.on_surfaces[:MAX_EVIDENCE]),
            *(_merged_evidence(reader, pull) for pull in merged[:MAX_EVIDENCE]),
            *commit_evidence(reader, unnumbered, _COMMITS_SHOWN),
        ),
        cause=causes[0] if state == "unknown" else "",
        gaps=(
            *causes,
            *check.path_gaps,
            *not_listed(len(open_pulls.on_surfaces), "open pull request"),
            *not_listed(len(merged), "merged pull request"),
            *not_listed(len(unnumbered), "further commit", _COMMITS_SHOWN),
        ),
    )


def _group_by_pull(window: SurfaceWindow) -> tuple[tuple[PullFacts, ...], list[Commit]]:
    """Return the merged pull requests, as their newest commits name them, and the commits that name none."""
    merged: dict[int, PullFacts] = {}
    unnumbered: list[Commit] = []
    for commit in window.commits:
        if (number := pull_number(commit.full_subject)) is None:
            unnumbered.append(commit)
        else:
            merged.setdefault(number, PullFacts(number=number, title=commit.subject, at=commit.at))
    return tuple(merged.values()), unnumbered


def pull_number(commit_subject: str) -> int | None:
    """Return the number of a pull request from the subject of its commit, or None."""
    found = _MERGED.search(commit_subject) or _SQUASHED.search(commit_subject)
    return int(found[1]) if found else None


async def _read_open_pulls(probe: PullsProbe, context: ProbeContext, reader: RepoReader) -> _OpenPulls:
    """Return the open pull requests on the surfaces of the probe. A failure is one of the `causes`."""
    paths = {name: context.tracker.surfaces[name] for name in probe.surfaces}
    try:
        context.refuse_past(f"the pull requests open on {reader.today} are not known")
        pulls = await context.source.open_pulls(reader.head.repo, reader.head.ref)
    except (SourceError, Unmeasurable) as error:
        context.error_log.add(error)
        return _OpenPulls([], 0, [str(error)], are_listed=False)

    async def surfaces_of(pull: Pull) -> tuple[str, ...] | None:
        """Return the surfaces that a pull request touches; None if its files were not read."""
        try:
            return touched_surfaces(await context.source.pull_files(reader.head.repo, pull.number, pull.head), paths)
        except Undetermined:
            # The budget is spent, or there are too many files: not a failure.
            return None
        except SourceError as error:
            context.error_log.add(error)
            return None

    names_by_pull = await asyncio.gather(*map(surfaces_of, pulls.items))
    unread = names_by_pull.count(None)
    causes = []
    if unread:
        causes.append(f"the files of {counted(unread, 'open pull request')} were not read")
    if not pulls.complete:
        causes.append("only the most recently updated open pull requests are listed")
    on_surfaces = [(pull, names) for pull, names in zip(pulls.items, names_by_pull, strict=True) if names]
    return _OpenPulls(on_surfaces, unread, causes)


def touched_surfaces(paths: Iterable[str], surfaces: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the names of the surfaces that contain any of these paths."""
    paths = sorted(paths)
    return tuple(name for name, roots in surfaces.items() if any(globs.filter_paths(root, paths) for root in roots))


def _summary(window: SurfaceWindow, open_pulls: _OpenPulls, facts: PullsFacts) -> str:
    open_now = f"{counted(len(facts.open), 'open pull request')} on these surfaces"
    known = open_now if open_pulls.are_listed else "open pull requests on these surfaces not known"
    least = "at least " if window.is_cut else ""
    more = f", {counted(facts.unnumbered, 'commit')} without a pull request number" if facts.unnumbered else ""
    return f"{known}, {least}{len(facts.merged)} merged in {facts.days} days{more}"


def _open_evidence(reader: RepoReader, pull: Pull, names: tuple[str, ...]) -> Evidence:
    draft = ", draft" if pull.draft else ""
    return Evidence(
        text=f"#{pull.number} open{draft}, touches {', '.join(names)}  {pull.title}",
        url=pull.url,
        pin=f"{reader.head.repo}#{pull.number}",
        at=pull.updated_at,
    )


def _merged_evidence(reader: RepoReader, pull: PullFacts) -> Evidence:
    return Evidence(
        text=f"#{pull.number} merged  {pull.title}",
        url=links.issue_url(reader.web, reader.head.repo, pull.number),
        pin=f"{reader.head.repo}#{pull.number}",
        at=pull.at,
    )
