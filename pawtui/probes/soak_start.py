"""The start of a soak window (the anchor): a release, or the commit or date that the tracker names."""

import datetime as dt

import msgspec

from pawtui.moments import day_text
from pawtui.phrases import short_sha
from pawtui.probes.context import ProbeContext
from pawtui.probes.probe_evidence import commit_evidence, tag_evidence
from pawtui.probes.reading import Evidence
from pawtui.probes.release_line import ReleaseLine, count_since, date_gaps, dated_tags
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.dates import day_start, describe_out_of_range, is_out_of_range
from pawtui.sources.facts import DatedTag
from pawtui.tracker.probe_types import SoakProbe

# If there are fewer days than this between releases, on average, the first was probably made soon after its commit.
_CLOSE_DAYS = 7


class SoakStart(msgspec.Struct, frozen=True, kw_only=True):
    """The start, and the numbers of released versions and of new minors since, its own tag included.

    `sha` is the commit that the tracker names; empty without one.
    """

    name: str
    at: dt.datetime
    sha: str = ""
    evidence: tuple[Evidence, ...] = ()
    releases: int = 0
    minors: int = 0
    gaps: tuple[str, ...] = ()


async def find_start(
    probe: SoakProbe, context: ProbeContext, reader: RepoReader, line: ReleaseLine
) -> SoakStart | None:
    """Return the start; None if the line decides and has no stable tag yet.

    Raises `Unmeasurable` if the head does not contain the named commit, if the first release is of another history, or
    if the date of the start is not plausible.
    """
    if probe.date is not None:
        start = SoakStart(name=probe.date.isoformat(), at=day_start(probe.date))
        return await _with_releases(probe, context, reader, line, start)
    if probe.commit:
        commit = await context.source.commit(reader.head.repo, probe.commit)
        name = short_sha(commit.sha)
        if not await reader.contains(commit.sha, reader.head.sha):
            raise Unmeasurable(f"{name} is not in {reader.where}, so its time in use is not known")
        start = SoakStart(name=name, sha=commit.sha, at=commit.at, evidence=commit_evidence(reader, [commit]))
        start = await _with_releases(probe, context, reader, line, start)
    elif line.releases:
        first, last = await dated_tags(context, reader, probe.line, (line.releases[0], line.releases[-1]))
        await _refuse_another_history(probe, context, reader, line, first)
        start = SoakStart(
            name=first.name,
            at=first.at,
            evidence=(tag_evidence(reader, first, "the window opens here"),),
            releases=line.versions,
            minors=line.minors - 1,
            gaps=_first_date_gaps(probe, reader, line, first, last),
        )
    else:
        return None
    if is_out_of_range(start.at):
        raise Unmeasurable(f"{start.name} is dated {describe_out_of_range(start.at)}, which is not plausible")
    return start


async def _refuse_another_history(
    probe: SoakProbe, context: ProbeContext, reader: RepoReader, line: ReleaseLine, first: DatedTag
) -> None:
    """Raise `Unmeasurable` if a first release long before the second has no common history with the head.

    Then it may be a tag that was made by mistake, or before the project's code was replaced. The newest release was
    compared with the head already.
    """
    if len(line.releases) == 1 or reader.doubt:
        return
    (second,) = await dated_tags(context, reader, probe.line, line.releases[1:2])
    if (second.at - first.at).days >= probe.days and not await reader.has_history_of(first.sha):
        unrelated = f"{first.name} of {first.at.date()} has no common history with {reader.where}"
        raise Unmeasurable(f"{unrelated}: name the day on which the line began in `date`")


async def _with_releases(
    probe: SoakProbe, context: ProbeContext, reader: RepoReader, line: ReleaseLine, start: SoakStart
) -> SoakStart:
    dated = await dated_tags(context, reader, probe.line, line.releases)
    releases, minors = count_since(line.releases, dated, start.at)
    return msgspec.structs.replace(start, releases=releases, minors=minors)


def _first_date_gaps(
    probe: SoakProbe, reader: RepoReader, line: ReleaseLine, first: DatedTag, last: DatedTag
) -> tuple[str, ...]:
    """Return a gap if the date of the first release may not be that of its publication."""
    if gaps := date_gaps(reader, probe.line, first):
        return gaps
    are_close = 0 < (last.at - first.at).days < _CLOSE_DAYS * len(line.releases)
    if line.releases[0].tag.annotated or are_close:
        return ()
    return (f"{first.name} has no date of its own: its commit is dated {day_text(first.at)}, the tag may be newer",)
