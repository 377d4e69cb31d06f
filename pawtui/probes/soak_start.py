"""The start of a soak window, `anchor` in its facts: a release, or the commit or date that the tracker names.

If a file did not match later, the window starts again on the day since which it matches.
"""

import datetime as dt

import msgspec

from pawtui.moments import day_text
from pawtui.phrases import short_sha
from pawtui.probes.probe_evidence import commit_evidence, file_evidence, tag_evidence
from pawtui.probes.reading import Evidence
from pawtui.probes.release_line import Release, ReleaseLine, count_new
from pawtui.probes.repo_reader import alternatives
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.dates import day_start, describe_out_of_range, is_out_of_range
from pawtui.sources.facts import DatedTag
from pawtui.sources.source_errors import NoCommonAncestor
from pawtui.tracker.probe_types import SoakProbe
from pawtui.tracker.tracker_types import Policy

# If there are fewer days than this between releases, on average, the first was probably made soon after its commit.
_CLOSE_DAYS = 7


class SoakStart(msgspec.Struct, frozen=True, kw_only=True):
    """The start of a window. `releases` counts the versions since, with that of its own tag, `minors` the new minors.

    `sha` is the commit that the tracker names; empty without one.
    """

    name: str
    at: dt.datetime
    sha: str = ""
    evidence: tuple[Evidence, ...] = ()
    releases: int = 0
    minors: int = 0
    gaps: tuple[str, ...] = ()


async def find_start(probe: SoakProbe, policy: Policy, line: ReleaseLine) -> SoakStart | None:
    """Return the start; None if the line decides and has no stable tag yet.

    Raises `Unmeasurable` if the head does not contain the named commit, if the first release is of another history, or
    if the date of the start is not plausible.
    """
    reader = line.reader
    if probe.date is not None:
        at = day_start(probe.date)
        releases, minors = await line.count_since(at)
        return SoakStart(name=probe.date.isoformat(), at=at, releases=releases, minors=minors)
    if probe.commit:
        commit = await reader.source.commit(reader.head.repo, probe.commit)
        name = short_sha(commit.sha)
        if not await reader.contains(commit.sha, reader.head.sha):
            raise Unmeasurable(f"{name} is not in {reader.where}, so its time in use is not known")
        releases, minors = await line.count_since(commit.at)
        start = SoakStart(
            name=name,
            at=commit.at,
            sha=commit.sha,
            evidence=commit_evidence(reader, [commit]),
            releases=releases,
            minors=minors,
        )
    elif line.releases:
        first, last = await line.dated(line.releases[0], line.releases[-1])
        await _refuse_another_history(probe, policy, line, first)
        start = SoakStart(
            name=first.name,
            at=first.at,
            evidence=(tag_evidence(reader, first, "the window opens here"),),
            releases=line.versions,
            minors=line.minors - 1,
            gaps=_first_date_gaps(line, first, last),
        )
    else:
        return None
    if is_out_of_range(start.at):
        raise Unmeasurable(f"{start.name} is dated {describe_out_of_range(start.at)}, which is not plausible")
    return start


async def start_again(probe: SoakProbe, line: ReleaseLine, start: SoakStart, day: dt.date) -> SoakStart:
    """Return the start on the day since which the file matches, with the releases since that day."""
    path, _ = (await line.reader.first_entries(alternatives(probe.file)))[0]
    later = await _released_since(line, day_start(day))
    releases, minors = count_new(line.releases[: len(line.releases) - len(later)], later)
    return SoakStart(
        name=day.isoformat(),
        at=day_start(day),
        evidence=(file_evidence(line.reader, f"{path}  the window opens again on {day}", path), *start.evidence),
        releases=releases,
        minors=minors,
        gaps=(*start.gaps, f"{path} did not always match before {day}: earlier days and releases do not count"),
    )


async def _released_since(line: ReleaseLine, start: dt.datetime) -> list[Release]:
    """Return the releases from the highest version down to the first that was made before `start`.

    One after the other, because each may cost a request.
    """
    later: list[Release] = []
    for release in reversed(line.releases):
        (tag,) = await line.dated(release)
        if tag.at < start:
            break
        later.append(release)
    return later


async def _refuse_another_history(probe: SoakProbe, policy: Policy, line: ReleaseLine, first: DatedTag) -> None:
    """Raise `Unmeasurable` if a first release long before the second has no common history with the head.

    Then it may be a tag that was made by mistake, or before the project's code was replaced. The newest release was
    compared with the head already. The start does not matter if the releases are enough, and a request is saved.
    """
    reader = line.reader
    are_enough = line.versions >= probe.releases and line.minors > probe.minors
    if len(line.releases) == 1 or reader.doubt or (are_enough and policy.soak == "either"):
        return
    (second,) = await line.dated(line.releases[1])
    if (second.at - first.at).days < probe.days:
        return
    try:
        await reader.source.compare(reader.head.repo, first.sha, reader.head.sha, files=False)
    except NoCommonAncestor:
        unrelated = f"{first.name} of {first.at.date()} has no common history with {reader.where}"
        raise Unmeasurable(f"{unrelated}: name the day on which the line began in `date`") from None


def _first_date_gaps(line: ReleaseLine, first: DatedTag, last: DatedTag) -> tuple[str, ...]:
    """Return a gap if the date of the first release may not be that of its publication."""
    if gaps := line.date_gaps(first):
        return gaps
    are_close = 0 < (last.at - first.at).days < _CLOSE_DAYS * len(line.releases)
    if line.releases[0].tag.annotated or are_close:
        return ()
    return (f"{first.name} has no date of its own: its commit is dated {day_text(first.at)}, the tag may be newer",)
