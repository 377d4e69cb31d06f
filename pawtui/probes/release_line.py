"""The stable releases and the pre-releases of a line of tags (`v2.*`), now or at a past time."""

import asyncio
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from typing import NamedTuple, TypeAlias

import msgspec

from pawtui.moments import day_text
from pawtui.probes.repo_reader import RepoReader
from pawtui.sources.facts import DatedTag, Tag
from pawtui.sources.protocol import Source

Version: TypeAlias = tuple[int, ...]
# The suffix of a release in Java projects: `netty-4.1.100.Final`, `v5.2.0.RELEASE`, `jdk-21-ga`. In Python, a release
# that replaces another one: `v1.10.0.post2`.
_RELEASE = r"(?:[.-](?i:final|release|ga|post\d+))?"
# A version with dots (`v2.0.1`) or underscores (`rel_2_0_1`), and the suffix of a pre-release: `-beta.1`, `rc2`,
# `.beta1`, `-M1`, `-20261011`.
_TAG = re.compile(
    rf"(?P<prefix>[^0-9]*)(?P<version>\d+(?:\.\d+)*|\d+(?:_\d+)*)(?:{_RELEASE}|(?P<suffix>[._-]?[A-Za-z].*|-.*))"
)
# The version at the end of a tag's name, or the start of one at the end of a line's fixed part (`v2.`).
_VERSION = re.compile(rf"(?:\d[\d.]*|\d[\d_]*){_RELEASE}$")
# A further word after the number of a pre-release: `v2.0.0-rc.2.experimental.1`.
_VARIANT = re.compile(r"(?P<original>.*\d)[.-][A-Za-z].*")
# The usual suffixes of pre-releases: `-alpha.1`, `b1`, `-M1`, `-20261011`. If a version has them, another one, such as
# `-test-arm.1`, is that of a build of its own.
_USUAL_SUFFIX = re.compile(
    r"(?i)[._-]?(?:alpha|beta|canary|dev|edge|insider|milestone|next|nightly|pre|rc|snapshot|unstable|(?:cr|[abcm])?\d)"
)
# A word before the version that marks a pre-release, too: `beta1.0`, `nightly-20260101`.
_PRE_RELEASE = re.compile(r"(?i)(?<![a-z])(?:alpha|beta|rc|pre|preview|dev|nightly|canary|next|snapshot|test)(?![a-z])")


class Release(NamedTuple):
    """One tag of a line. A pre-release has a suffix after its version, such as `-rc.1`.

    `version` has no zeros at its end: (2,) is that of `v2.0` and of `v2.0.0`. `ending` is the name of a product
    at the end of the line, such as `-vscode` of `v1.*-vscode`, or empty.
    """

    version: Version
    tag: Tag
    suffix: str = ""
    ending: str = ""

    @property
    def minor(self) -> Version:
        """The first two numbers of the version: a change of them is a minor release."""
        return (*self.version, 0)[:2]

    @property
    def prefix(self) -> str:
        """The name of the tag without its version. Another prefix is another product of the repository."""
        return without_version(self.tag.name.removesuffix(self.ending).removesuffix(self.suffix))

    @property
    def sort_key(self) -> tuple[Version, list[tuple[int, str]]]:
        """The key of the order by version and suffix, whose numbers count: `-alpha.2`, `-alpha.10`, `-rc.1`.

        `.dev0` comes first: it marks the start of the development of a version.
        """
        return self.version, [_part_sort_key(part) for part in re.findall(r"\d+|[a-z]+", self.suffix.lower())]


@dataclass(frozen=True, eq=False)
class ReleaseLine:
    """The stable releases of the line `name`, lowest version first, and the number of other tags that match it.

    `others` is None at a past time: it is not known then. A line without a name has no releases.
    """

    reader: RepoReader
    name: str
    releases: tuple[Release, ...] = ()
    others: int | None = 0
    gaps: tuple[str, ...] = ()

    @property
    def versions(self) -> int:
        """The number of versions: a post-release such as `1.0.post1` replaces a release with the same code."""
        return len({release.version for release in self.releases})

    @property
    def minors(self) -> int:
        """The number of minor versions."""
        return len({release.minor for release in self.releases})

    async def dated(self, *releases: Release, optional: bool = False) -> tuple[DatedTag, ...]:
        """Return the tag of each release with its commit and date. All requests are sent in parallel.

        A tag has the date of its tagger or its commit, which can be long before it was published. No release of the
        line is dated before a refresh that found none.
        """
        repo, none_until = self.reader.head.repo, self.reader.unreleased.get(self.name)
        dated_tag = partial(self.reader.source.dated_tag, repo, optional=optional)
        requests = [asyncio.ensure_future(dated_tag(release.tag)) for release in releases]
        # Responses that arrive after the first error are cached for the next refresh.
        await asyncio.gather(*requests, return_exceptions=True)
        dated = [request.result() for request in requests]
        return tuple(
            msgspec.structs.replace(tag, at=none_until) if none_until is not None and tag.at < none_until else tag
            for tag in dated
        )

    def date_gaps(self, tag: DatedTag) -> tuple[str, ...]:
        """Return a gap if the date of a release is that of a refresh, because its own date is too early."""
        if tag.at != self.reader.unreleased.get(self.name):
            return ()
        why = "because a refresh of that day did not find it: its commit is older"
        return (f"{tag.name} is dated {day_text(tag.at)}, {why}",)

    async def count_since(self, start: dt.datetime) -> tuple[int, int]:
        """Return the number of versions released first at `start` or later, and of the new minors among them."""
        # One request for each tag: only with the requests that other probes leave.
        pairs = list(zip(self.releases, await self.dated(*self.releases, optional=True), strict=True))
        before = [release for release, tag in pairs if tag.at < start]
        return count_new(before, [release for release, tag in pairs if tag.at >= start])


def _part_sort_key(part: str) -> tuple[int, str]:
    """Return the sort key of a number or a word of a suffix: `dev` first, then words, then numbers."""
    if part.isdigit():
        return int(part), ""
    return (-2, part) if part == "dev" else (-1, part)


def _numbers(version: str) -> Version:
    """Return the numbers of a version, also those that are zero at its end."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _version(text: str) -> Version:
    """Return the numbers of a version without zeros at its end: 2.0 and 2.0.0 are one version."""
    numbers = _numbers(text)
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers


def _fixed_part(line: str) -> str:
    """Return the fixed part before a line's first wildcard, by which tags are requested."""
    return re.split(r"[*?\[]", line, maxsplit=1)[0]


def fixed_ending(line: str) -> str:
    """Return the text after a line's last wildcard that names a product (`-vscode` of `v1.*-vscode`); else empty.

    The suffix of a pre-release (`-rc.1` of `v1.*-rc.1`) names none.
    """
    ending = re.split(r"[*?\]]", line)[-1]
    is_pre_release = _USUAL_SUFFIX.match(ending) or _PRE_RELEASE.search(ending)
    return ending if re.match(r"[._-][A-Za-z]", ending) and not is_pre_release else ""


def without_version(name: str) -> str:
    """Return the name of a tag, or the fixed part of a line, without the version at its end."""
    return _VERSION.sub("", name)


class NextVersions(NamedTuple):
    """The versions after that of a line, from `first` to below `end`. Their tags begin with one of `starts`.

    They are those of the next major version: (3,) to (4,) with `v3.` after `v2.*`. After a line of one minor, such as
    `v2.5.*`, they include the later minors: (2, 6) to (4,) with `v2.` and `v3.`.
    """

    starts: tuple[str, ...]
    first: Version
    end: Version

    def includes(self, version: Version) -> bool:
        """Return whether it is one of these versions."""
        return self.first <= version < self.end


def next_versions(line: str) -> NextVersions | None:
    """Return the versions after that of a line of one major version or of one minor.

    Return None for a line of several major versions or of one patch: `v*`, `v2.5.1*`.
    """
    fixed = _fixed_part(line)
    numbers = _numbers(fixed.removeprefix(without_version(fixed)))
    if len(numbers) not in (1, 2):
        return None
    # `v2.` and `v3.` for the line `v2.5.*`
    major = fixed if len(numbers) == 1 else re.sub(r"\d+[._]?$", "", fixed)
    later_minors = () if len(numbers) == 1 else (major,)
    later_major = re.sub(r"\d+(?=[._]?$)", str(numbers[0] + 1), major)
    first = (*numbers[:-1], numbers[-1] + 1)
    return NextVersions(starts=(*later_minors, later_major), first=first, end=(numbers[0] + 2,))


# Cached: several probes read the same tags, at each past day of a backfill.
@lru_cache(maxsize=32)
def _releases(line: str, tags: tuple[Tag, ...]) -> tuple[Release, ...]:
    """Return the stable releases and the pre-releases of a line, lowest first."""
    # The name may contain digits: `python3-v` of `python3-v2.*`.
    name, ending = without_version(_fixed_part(line)), fixed_ending(line)
    found = []
    for tag in tags:
        rest = tag.name.removeprefix(name).removesuffix(ending)
        # Another word: `vscode-v1.0` is not of the line `v*`.
        is_other = name[-1:].isalpha() and rest[:1].isalpha()
        match = _TAG.fullmatch(rest)
        if match is None or is_other or not fnmatchcase(tag.name, line):
            continue
        if match["suffix"] or not _PRE_RELEASE.search(match["prefix"]):
            found.append(Release(_version(match["version"]), tag, match["suffix"] or "", ending))
    return tuple(sorted(found, key=lambda release: (release.sort_key, release.tag.name)))


async def stable_releases(source: Source, repo: str, line: str) -> tuple[Release, ...]:
    """Return the stable releases of a line, lowest version first."""
    return tuple(
        release for release in _releases(line, await source.tags(repo, _fixed_part(line))) if not release.suffix
    )


async def pre_releases(source: Source, repo: str, line: str) -> tuple[Release, ...]:
    """Return the pre-releases of a line, lowest version and suffix first, without those from branches of their own.

    These are the variants of another one, such as `-rc.2.experimental.1` or `-alpha.3-compat`, and tags such as
    `-test-arm.1` beside `-alpha.3`.
    """
    found = [release for release in _releases(line, await source.tags(repo, _fixed_part(line))) if release.suffix]
    names = {release.tag.name for release in found}
    variants = {name for name in names if (match := _VARIANT.fullmatch(name)) and match["original"] in names}
    with_usual = {release.version for release in found if _USUAL_SUFFIX.match(release.suffix)}
    return tuple(
        release
        for release in found
        if release.tag.name not in variants
        if release.version not in with_usual or _USUAL_SUFFIX.match(release.suffix)
    )


async def read_release_line(reader: RepoReader, name: str) -> ReleaseLine:
    """Return the line; for a past time, only with the tags made by then.

    For a past time, each stable tag costs a request the first time, and tags deleted since are missing.
    """
    line = ReleaseLine(reader, name)
    if not name:
        return line
    fixed, repo = _fixed_part(name), reader.head.requested_repo
    tags = await reader.source.tags(repo, fixed)
    releases = await stable_releases(reader.source, repo, name)
    # The line may be wrong, such as `2.` for the tags `v2.0`.
    no_tag = (f"no tag of {reader.head.repo} begins with {fixed}",) if fixed and not tags else ()
    if reader.as_of is None:
        matching = sum(fnmatchcase(tag.name, name) for tag in tags)
        return replace(line, releases=releases, others=matching - len(releases), gaps=no_tag)
    dated = zip(releases, await line.dated(*releases), strict=True)
    made = tuple(release for release, tag in dated if tag.at <= reader.as_of)
    return replace(
        line, releases=made, others=None, gaps=(*no_tag, f"tags deleted since {reader.today} are not counted")
    )


def count_new(before: Sequence[Release], after: Sequence[Release]) -> tuple[int, int]:
    """Return the number of versions, and of minors, of the releases `after` that no release `before` has."""
    versions = {release.version for release in after} - {release.version for release in before}
    minors = {release.minor for release in after} - {release.minor for release in before}
    return len(versions), len(minors)
