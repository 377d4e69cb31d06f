"""The date of a release whose tag was made long after its commit."""

import datetime as dt
from typing import Any, cast

import msgspec
import pytest

from pawtui.probes.error_log import ErrorLog
from pawtui.probes.probe_facts import ReleaseFacts, SoakFacts
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.refresh_types import Refresh, SideName
from pawtui.refresh.side_refs import SideRefs
from pawtui.sources.facts import Head
from pawtui.sources.protocol import Source
from pawtui.tracker.probe_types import ReleaseProbe, SoakProbe
from pawtui.tracker.tracker_types import Signal
from tests.probes.measuring import facts_of, recorded_refresh, refreshed
from tests.refresh.pair import NOW, TRACKER, Pair, record_of, refresh_pair
from tests.support.fixtures import OpenSource

LATE = msgspec.structs.replace(
    TRACKER,
    signals=(Signal(id="released", title="Released", probes=(ReleaseProbe(line="v3.*"), SoakProbe(line="v3.*"))),),
)


def _probes(found: Refresh) -> tuple[ProbeReading, ProbeReading]:
    release, soak = found.signals[0].probes
    return release, soak


async def test_no_release_is_older_than_a_refresh_that_found_none(pair: Pair, open_source: OpenSource) -> None:
    before = await refresh_pair(open_source, tracker=LATE)
    # The commit is of 1 October, the tag of today.
    pair.up.git.tag("v3.0.0", pair.begun)
    release, soak = _probes(
        await refresh_pair(open_source, record_of(before), tracker=LATE, at=NOW + dt.timedelta(days=6))
    )
    first = facts_of(release, ReleaseFacts).first
    assert first is not None
    assert first.at == NOW
    assert (soak.state, facts_of(soak, SoakFacts).age_days) == ("unmet", 6)
    gap = "v3.0.0 is dated 2026-11-22, because a refresh of that day did not find it: its commit is older"
    assert release.gaps == soak.gaps == (gap,)
    when = NOW - dt.timedelta(days=10)
    async with open_source() as source:
        past = recorded_refresh(
            await refreshed(LATE, source, record_of(before), at=NOW + dt.timedelta(days=7), as_of=when)
        )
    assert facts_of(_probes(past)[0], ReleaseFacts).stable == 0


async def test_the_date_of_a_single_tag_without_a_date_is_in_doubt(pair: Pair, open_source: OpenSource) -> None:
    doubt = "v3.0.0 has no date of its own: its commit is dated 2026-10-01, the tag may be newer"
    pair.up.git.tag("v3.0.0", pair.begun)
    assert _probes(await refresh_pair(open_source, tracker=LATE))[1].gaps == (doubt,)
    pair.up.git.tag("v3.0.1", "main")
    pair.up.git.commit({"README": "1"}, at="2026-11-21")
    assert _probes(await refresh_pair(open_source, tracker=LATE))[1].gaps == (doubt,)
    pair.up.git.tag("v3.0.0", pair.begun, annotated=True, on="2026-10-02")
    assert _probes(await refresh_pair(open_source, tracker=LATE))[1].gaps == ()


@pytest.mark.parametrize(
    "other", [{"source": "git"}, {"at": NOW + dt.timedelta(days=60)}, {"upstream": "other/repo"}], ids=str
)
async def test_only_refreshes_that_read_the_tags_before_count(
    pair: Pair, open_source: OpenSource, other: dict[str, Any]
) -> None:
    before = await refresh_pair(open_source, tracker=LATE)
    if "upstream" in other:
        other = {"upstream": msgspec.structs.replace(before.upstream, repo=other["upstream"])}
    before = msgspec.structs.replace(before, **other)
    pair.up.git.tag("v3.0.0", pair.begun)
    later = await refresh_pair(open_source, record_of(before), tracker=LATE, at=NOW + dt.timedelta(days=6))
    assert facts_of(_probes(later)[1], SoakFacts).age_days == 58


async def test_a_line_of_the_other_repository_does_not_count(pair: Pair, open_source: OpenSource) -> None:
    probe = ReleaseProbe(line="v3.*", side="downstream")
    tracker = msgspec.structs.replace(TRACKER, signals=(Signal(id="released", title="Released", probes=(probe,)),))
    before = await refresh_pair(open_source, tracker=tracker)

    def lines(side: SideName) -> dict[str, dt.datetime]:
        read = before.snapshot(side)
        head = Head(repo=read.repo, requested_repo=read.repo, ref=read.ref, sha=read.sha, committed_at=NOW)
        refs = SideRefs(
            tracker=tracker,
            side=side,
            source=cast(Source, None),
            error_log=ErrorLog(),
            now=NOW,
            started=NOW,
            refreshes=[before],
        )
        return refs.unreleased_lines(head, NOW)

    assert (lines("upstream"), lines("downstream")) == ({}, {"v3.*": NOW})
