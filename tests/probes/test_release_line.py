"""The releases of a line of tags, and their dates."""

import asyncio
import datetime as dt
import re
from types import SimpleNamespace
from typing import cast

import pytest

from pawtui.probes.release_line import (
    NextVersions,
    Release,
    ReleaseLine,
    next_versions,
    pre_releases,
    read_release_line,
    stable_releases,
    without_version,
)
from pawtui.probes.repo_reader import RepoReader
from pawtui.sources.facts import DatedTag, Tag
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import BudgetSpent

START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


# A tag, the line of a tracker, and the version of the tag if it is a stable release of the line.
VERSIONS: list[tuple[str, str, tuple[int, ...] | None]] = [
    ("v2.10.3", "v2.*", (2, 10, 3)),
    ("release-2", "*", (2,)),
    ("vscode-v1.0", "v*", None),
    ("vx1.0", "v*", None),
    ("python3-v2.1", "python3-v2.*", (2, 1)),
    ("v2.0-beta.1", "v2.*", None),
    ("beta2.0", "*", None),
    ("cli-beta2.0", "*", None),
    ("alphabet2.0", "*", (2,)),
    ("v2.0.0", "v2.*", (2,)),
    ("v2.0.0-beta.1", "v2.*", None),
    ("v2.0.0rc2", "v2.*", None),
    ("v2.0.0-20261011", "v2.*", None),
    ("v2.1.0-snapshot-7", "v2.*", None),
    ("v2.0.0-next", "v2.*", None),
    ("@scope/cli@2.4.0", "@scope/cli@*", (2, 4)),
    ("release-2.0", "*", (2,)),
    ("nightly", "*", None),
    ("nightly-20260101", "*", None),
    ("beta1.0", "*", None),
    ("pre-v3.0.0", "*", None),
    ("rc-2.0", "*2.0*", None),
    ("preact-10.0", "*", (10,)),
    ("nightly-20260101", "nightly-*", (20260101,)),
    ("vscode-v0.0.13", "v*", None),
    ("v0.0.13", "v*", (0, 0, 13)),
    ("rel_2_0_46", "rel_2_*", (2, 0, 46)),
    ("REL_15_BETA1", "REL_15*", None),
    ("python3_2.1.0", "python3_2.*", (2, 1)),
    ("v2.0_1", "v2.*", None),
    ("netty-4.1.100.Final", "netty-4.*", (4, 1, 100)),
    ("v5.2.0.RELEASE", "v5.*", (5, 2)),
    ("jdk-21-ga", "jdk-21*", (21,)),
    ("jdk-21+35", "jdk-21*", None),
    ("v2.0.0.Final2", "v2.*", None),
    ("v2.0.0.post1", "v2.*", (2,)),
    ("v0.0.0", "v*", (0,)),
    ("v2.0.0.post1.dev1", "v2.*", None),
    # The end of a line may name a product, but no pre-release.
    ("v1.2.22-vscode", "v1.2.*-vscode", (1, 2, 22)),
    ("v1.2.22-vscode", "v1.*", None),
    ("v1.3.0-beta.1-vscode", "v1.*-vscode", None),
    ("v2.0.0-rc.1", "v2.*-rc.1", None),
    ("v2.0.0-M1", "v2.*-M1", None),
    ("v2.0.0-test", "v2.*-test", None),
    ("v2.0.0", "v2.0.0", (2,)),
]


async def test_a_stable_tag_has_a_version() -> None:
    for name, line, version in VERSIONS:
        found = await stable_releases(cast(Source, Tags(name)), "up/stream", line)
        assert [release.version for release in found] == ([] if version is None else [version]), (name, line)


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("v2.0.1", "v"),
        ("rel_2_0_1", "rel_"),
        ("python3_2.1", "python3_"),
        ("netty-4.1.100.Final", "netty-"),
        ("react-router@7.", "react-router@"),
        ("main", "main"),
    ],
)
def test_a_name_without_its_version(name: str, rest: str) -> None:
    assert without_version(name) == rest


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ("v2.*", NextVersions(("v3.",), (3,), (4,))),
        ("v9*", NextVersions(("v10",), (10,), (11,))),
        ("2.*", NextVersions(("3.",), (3,), (4,))),
        ("react-router@7.*", NextVersions(("react-router@8.",), (8,), (9,))),
        ("python3-v2.*", NextVersions(("python3-v3.",), (3,), (4,))),
        ("rel_2_*", NextVersions(("rel_3_",), (3,), (4,))),
        ("rel_2_5_*", NextVersions(("rel_2_", "rel_3_"), (2, 6), (4,))),
        ("axum-v0.7.*", NextVersions(("axum-v0.", "axum-v1."), (0, 8), (2,))),
        ("0.9*", NextVersions(("0.", "1."), (0, 10), (2,))),
        ("v0.*", NextVersions(("v1.",), (1,), (2,))),
        ("v2.5.*", NextVersions(("v2.", "v3."), (2, 6), (4,))),
        ("v0.0.3*", None),
        ("v*", None),
        ("*", None),
        ("v[23].*", None),
    ],
)
def test_a_line_of_one_version_has_a_next_one(line: str, following: NextVersions | None) -> None:
    assert next_versions(line) == following


@pytest.mark.parametrize(
    ("line", "version", "is_next"),
    [
        ("v2.5.*", (2, 5, 9), False),
        ("v2.5.*", (2, 6), True),
        ("v2.5.*", (2, 14, 1), True),
        ("v2.5.*", (3, 0, 0), True),
        ("v2.5.*", (4, 0, 0), False),
        ("v2.*", (3, 1, 0), True),
        ("v2.*", (4, 0, 0), False),
        ("v0.7.*", (0, 9, 0), True),
        ("v0.7.*", (1, 0, 0), True),
    ],
)
def test_a_next_version_is_a_later_minor_or_the_next_major(line: str, version: tuple[int, ...], is_next: bool) -> None:
    following = next_versions(line)
    assert following is not None
    assert following.includes(version) == is_next


def test_the_minor_of_a_version_without_one_is_zero() -> None:
    assert [Release(version, Tag(name="a", sha="b")).minor for version in ((2,), (2, 1), (2, 1, 5))] == [
        (2, 0),
        (2, 1),
        (2, 1),
    ]


class Tags:
    """A source of tags, each made on the day of November that its name ends with."""

    def __init__(self, *names: str) -> None:
        self._tags = tuple(Tag(name=name, sha=name) for name in names)

    async def tags(self, repo: object, prefix: str) -> tuple[Tag, ...]:
        return tuple(tag for tag in self._tags if tag.name.startswith(prefix))

    async def dated_tag(self, repo: str, tag: Tag, *, optional: bool = False) -> DatedTag:
        return DatedTag(name=tag.name, sha=tag.sha, at=START.replace(day=int(re.split(r"\D", tag.name)[-1])))


async def test_pre_releases_are_in_the_order_of_their_suffixes() -> None:
    ordered = [
        *("v2.0.0.dev0", "v2.0.0-alpha.2", "v2.0.0-alpha.10", "v2.0.0.beta1", "v2.0.0-developer.1", "v2.0.0-M1"),
        *("v2.0.0RC1", "v2.0.1-dev.2", "v2.0.1-1", "v2.10-rc"),
    ]
    others = ["v2.0.0", "v2.0.0.Final", "v2.1.0+35", "v3.0.0-rc.1"]
    source = cast(Source, Tags(*sorted(ordered, reverse=True), *others))
    found = await pre_releases(source, "up/stream", "v2.*")
    assert [release.tag.name for release in found] == ordered
    assert {release.prefix for release in found} == {"v"}
    assert found[2].version == (2,)


async def test_pre_releases_of_a_product_have_its_prefix() -> None:
    names = ["v2.0.0-alpha.2-vscode", "v2.0.0-alpha.3-vscode"]
    found = await pre_releases(cast(Source, Tags(*names, "v2.0.0-beta.1")), "up/stream", "v2.*-vscode")
    assert [(release.tag.name, release.prefix) for release in found] == [(name, "v") for name in names]


async def test_a_zero_at_the_end_of_a_version_may_be_omitted() -> None:
    ordered = ["v2.0.0-alpha.1", "v2.0-alpha.2", "v2-rc.1", "v2.0-rc.2", "v2.0.1-beta.1"]
    tags = Tags(*sorted(ordered), "v2.1", "v2.1.0", "v2.0")
    source = cast(Source, tags)
    assert [release.tag.name for release in await pre_releases(source, "up/stream", "v2*")] == ordered
    releases = await stable_releases(source, "up/stream", "v2.*")
    assert ReleaseLine(reader_of(tags), "v2.*", releases).versions == 2


async def test_a_variant_of_a_pre_release_is_left_out() -> None:
    own = ["v2.0.0-alpha.3", "v2.0.0-beta.1", "v2.0.0-beta.1.2", "v2.0.0-beta2.dev1", "v2.0.0-rc.2"]
    variants = ["v2.0.0-alpha.3-compat", "v2.0.0-rc.2.experimental-defer.1"]
    source = cast(Source, Tags(*own, *variants, "v2.0.0"))
    assert [release.tag.name for release in await pre_releases(source, "up/stream", "v2.*")] == own


async def test_a_tag_with_an_unusual_suffix_beside_usual_ones_is_left_out() -> None:
    usual = ["v2.0.0-alpha.2", "v2.0.0-beta.0", "v2.0.0-CR1", "v2.0.1b1", "v2.0.2-1"]
    builds = ["v2.0.0-publish-native-binary.8", "v2.0.0-test-arm-1", "v2.0.1-jemalloc1", "v2.0.2-ci.1"]
    # The version has no usual one.
    only = ["v2.1.0-big-bang.1"]
    source = cast(Source, Tags(*usual, *builds, *only))
    assert [release.tag.name for release in await pre_releases(source, "up/stream", "v2.*")] == [*usual, *only]


async def test_the_tags_of_a_line_are_in_the_order_of_their_versions() -> None:
    source = cast(Source, Tags("v2.10", "v2.9", "v2.x9", "2.9", "v2.9-rc1", "v02.9"))
    assert [release.tag.name for release in await stable_releases(source, "up/stream", "v2.?")] == ["v2.9"]
    assert [release.tag.name for release in await stable_releases(source, "up/stream", "v*")] == [
        "v02.9",
        "v2.9",
        "v2.10",
    ]


def reader_of(source: Tags, none_until: dt.datetime | None = None, as_of: dt.datetime | None = None) -> RepoReader:
    """Return a reader of a branch; `none_until` is the time of a refresh that found no release of the line."""
    known = {} if none_until is None else {"v2.*": none_until}
    head = SimpleNamespace(repo="up/stream", requested_repo="up/stream")
    values = {"source": source, "head": head, "unreleased": known, "today": START.date(), "as_of": as_of}
    return cast(RepoReader, SimpleNamespace(**values))


@pytest.mark.parametrize(("as_of", "names"), [(7, ["v2.5", "v2.7"]), (6, ["v2.5"])])
async def test_at_a_past_time_a_line_has_the_tags_made_by_then(as_of: int, names: list[str]) -> None:
    source = Tags("v2.5", "v2.7", "v2.9", "v2.9-rc")
    found = await read_release_line(reader_of(source, as_of=START.replace(day=as_of)), "v2.*")
    assert [release.tag.name for release in found.releases] == names
    assert (found.others, len(found.gaps)) == (None, 1)
    now = await read_release_line(reader_of(source), "v2.*")
    assert (len(now.releases), now.others, now.gaps) == (3, 1, ())


async def test_no_release_is_dated_before_a_refresh_that_found_none() -> None:
    source = Tags("v2.5", "v2.7", "v2.9")
    releases = await stable_releases(cast(Source, source), "up/stream", "v2.*")
    none_until = START.replace(day=6)
    for reader, days in ((reader_of(source, none_until), [6, 7, 9]), (reader_of(source), [5, 7, 9])):
        line = ReleaseLine(reader, "v2.*")
        assert [tag.at.day for tag in await line.dated(*releases)] == days


async def test_an_error_is_raised_after_the_other_responses_have_arrived() -> None:
    """The source caches them: the next refresh needs fewer requests."""
    arrived: list[str] = []

    class Slow(Tags):
        async def dated_tag(self, repo: str, tag: Tag, *, optional: bool = False) -> DatedTag:
            if tag.name == "v2.5":
                raise BudgetSpent("The budget was spent.")
            for _ in range(9):
                await asyncio.sleep(0)
            arrived.append(tag.name)
            return await super().dated_tag(repo, tag, optional=optional)

    line = await read_release_line(reader_of(Slow("v2.5", "v2.7", "v2.9")), "v2.*")
    with pytest.raises(BudgetSpent):
        await line.dated(*line.releases)
    assert arrived == ["v2.7", "v2.9"]


async def test_releases_and_new_minors_are_counted_from_the_start() -> None:
    source = Tags("v2.0.5", "v2.1.6", "v2.1.7", "v2.2.7")
    line = await read_release_line(reader_of(source), "v2.*")
    assert await line.count_since(START.replace(day=6)) == (3, 2)
    assert await line.count_since(START.replace(day=6) + SECOND) == (2, 1)


async def test_a_post_release_is_not_another_release() -> None:
    source = Tags("v2.5", "v2.7", "v2.7.post8", "v2.5.post9")
    line = await read_release_line(reader_of(source), "v2.*")
    assert line.versions == 2
    assert [(await line.count_since(START.replace(day=day)))[0] for day in (5, 6, 8)] == [2, 1, 0]
