"""Repeated refreshes: earlier facts are reused only if they are still valid, and no change is missed."""

import datetime as dt
from typing import Literal

import msgspec
import pytest

from pawtui.probes.probe_facts import ChurnFacts, NewFilesFacts
from pawtui.refresh.outcome import RefreshOutcome
from pawtui.refresh.refresh_types import Drift, Refresh, RepoSnapshot
from pawtui.review.record_types import Note, Record, past_key
from pawtui.tracker.probe_types import (
    NewFilesProbe,
)
from pawtui.tracker.tracker_types import Signal
from tests.probes.measuring import facts_of, recorded_refresh, refreshed
from tests.refresh.followed import LATER_REMEDY, lacks
from tests.refresh.pair import NOW, TRACKER, Pair, record_of, refresh_pair
from tests.support.fixtures import OpenSource

LATER = NOW + dt.timedelta(hours=1)


def shas(found: Refresh) -> list[str]:
    """Return the commits that the first churn probe counts."""
    return [item.pin.partition("@")[2] for item in found.signals[0].probes[0].evidence]


async def test_the_same_text_on_a_rewritten_branch_has_other_commits(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    pair.up.git.branch("main", pair.begun)
    again = pair.up.git.commit({"src/runner/a": "1"}, at="2026-11-16", message="fix: it, signed off")
    second = await refresh_pair(open_source, record_of(first), at=LATER)
    assert (shas(first), shas(second)) == ([first.upstream.sha], [again.sha])


@pytest.mark.parametrize(("new", "message"), [(False, "branch reset"), (True, "branch rewritten")])
async def test_the_message_names_no_commits_since_a_refresh_that_the_branch_does_not_contain(
    pair: Pair, open_source: OpenSource, new: bool, message: str
) -> None:
    first = await refresh_pair(open_source)
    pair.up.git.branch("main", pair.begun)
    if new:
        pair.up.git.commit({"src/runner/a": "2"}, at="2026-11-21")
    async with open_source() as source:
        outcome = await refreshed(TRACKER, source, record_of(first), at=LATER)
    assert f", {message} since the previous refresh" in outcome.message


async def test_the_message_states_that_the_upstream_has_no_new_commits(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    async with open_source() as source:
        outcome = await refreshed(TRACKER, source, record_of(first), at=LATER, force=True)
    assert ", no new commits since the previous refresh" in outcome.message


async def test_a_change_and_its_revert_between_two_refreshes_are_counted(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    changed = pair.up.git.commit({"src/tool/a": "1"}, at="2026-11-21", message="feat: another tool")
    undone = pair.up.git.commit({"src/tool/a": "0"}, at="2026-11-21T13:00", message='Revert "feat: another tool"')
    second = await refresh_pair(open_source, record_of(first), at=LATER)
    assert shas(second) == [undone.sha, changed.sha, first.upstream.sha]
    assert facts_of(second.signals[0].probes[0], ChurnFacts).total == 3


async def test_a_switch_to_another_ref_at_the_same_commit_is_recorded(pair: Pair, open_source: OpenSource) -> None:
    pair.up.git.branch("v2", "main")
    first = await refresh_pair(open_source)
    pair.up.git.delete_branch("v2")
    second = await refresh_pair(open_source, record_of(first), at=LATER)
    assert [(found.upstream.ref, found.upstream.sha) for found in (first, second)] == [
        ("v2", pair.up.git.sha("main")),
        ("main", pair.up.git.sha("main")),
    ]
    assert second.range.upstream is not None
    assert second.range.upstream.ref_before == "v2"


async def test_a_new_doubt_is_recorded_although_no_head_moved(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    pair.up.git.branch("release", pair.begun)
    for number in (1, 2):
        pair.up.git.commit({"x": f"{number}"}, branch="release", at="2026-11-21")
    pair.up.git.tag("v2.1.0", "release")
    second = await refresh_pair(open_source, record_of(first), at=LATER)
    assert (first.upstream.doubt, second.upstream.doubt) == ("", lacks("main", "v2.1.0"))
    assert {reading.state for reading in second.signals} == {"unknown"}
    # A settled doubt is recorded too.
    pair.up.git.delete_tag("v2.1.0")
    async with open_source() as source:
        third = recorded_refresh(
            await refreshed(TRACKER, source, record_of(first, second), at=LATER + dt.timedelta(hours=1))
        )
    assert third.upstream.doubt == ""


async def test_a_later_major_version_is_a_doubt_until_its_tag_is_gone(pair: Pair, open_source: OpenSource) -> None:
    pair.up.git.tag("v3.0.0", "main")
    first = await refresh_pair(open_source)
    assert first.upstream.doubt == f"main contains v3.0.0, a later version than v2.*{LATER_REMEDY}"
    async with open_source() as source:
        assert (await refreshed(TRACKER, source, record_of(first), at=LATER)).refresh is None
    pair.up.git.delete_tag("v3.0.0")
    assert (await refresh_pair(open_source, record_of(first), at=LATER)).upstream.doubt == ""


@pytest.mark.parametrize(
    ("side", "repo", "ref", "is_used"),
    [
        ("upstream", "up/stream", "next", False),
        ("upstream", "another/stream", "main", False),
        ("upstream", "Up/Stream", "main", True),
        ("downstream", "down/stream", "main", True),
    ],
)
async def test_earlier_commits_of_the_same_ref_are_used(
    pair: Pair, open_source: OpenSource, side: Literal["upstream", "downstream"], repo: str, ref: str, is_used: bool
) -> None:
    git = (pair.up if side == "upstream" else pair.down).git
    begun = git.sha("main~1" if side == "upstream" else "main")
    git.branch("next", "main")
    recorded = git.commit({"src/runner/new": "1"}, branch="next", at="2026-10-12")
    git.commit({"src/runner/new": "1"}, at="2026-11-20", message="feat: what next had")
    probe = NewFilesProbe(side=side, paths=("src/runner",), days=30, met=0)
    tracker = msgspec.structs.replace(TRACKER, signals=(Signal(id="new", title="New", probes=(probe,)),))
    earlier = await refresh_pair(open_source, at=dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC))
    at = dt.datetime(2026, 10, 12, 12, tzinfo=dt.UTC)
    snapshot = RepoSnapshot(repo=repo, ref=ref, sha=recorded.sha, committed_at=at)
    found = await refresh_pair(
        open_source, record_of(msgspec.structs.replace(earlier, **{side: snapshot})), tracker=tracker
    )
    facts = facts_of(found.signals[0].probes[0], NewFilesFacts)
    assert (facts.since, facts.before_sha) == (dt.date(2026, 10, 23), recorded.sha if is_used else begun)
    assert facts.new == (() if is_used else ("src/runner/new",))


async def test_a_refresh_without_changes_costs_four_requests(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    assert first.upstream.missing == ("v2",)
    for hours in (1, 2, 3):
        pair.fake.clear()
        async with open_source() as source:
            outcome = await refreshed(TRACKER, source, record_of(first), at=NOW + dt.timedelta(hours=hours))
        assert outcome.refresh is None
        assert len(pair.fake.log) <= 4


async def test_a_past_time_is_measured_once(pair: Pair, open_source: OpenSource) -> None:
    async def at(when: dt.datetime, *found: Refresh, force: bool = False) -> RefreshOutcome:
        record = Record(past={past_key(each.moment): each for each in found})
        async with open_source() as source:
            return await refreshed(TRACKER, source, record, at=NOW, as_of=when, force=force)

    moment = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
    # In another time zone.
    first = recorded_refresh(await at(moment.astimezone(dt.timezone(dt.timedelta(hours=2)))))
    assert str(first.as_of) == "2026-11-18 12:00:00+00:00"
    again = await at(moment, first)
    assert (again.refresh, again.message.partition(".")[0]) == (None, "2026-11-18 12:00 UTC is recorded already")
    assert (await at(moment, first, force=True)).refresh is not None
    # Tags and issues of another time may be others, although no head moved.
    assert (await at(moment + dt.timedelta(hours=1), first)).refresh is not None


PIN = f"up/stream@{'1' * 40}:SPEC"
CHANGES = [
    ({"errors": ("GitHub was not available.",)}, LATER, True),
    ({"rules": "others"}, LATER, True),
    ({}, NOW + dt.timedelta(days=1), True),
    # The true time of a refresh from the future is not known.
    ({}, NOW - dt.timedelta(hours=1), True),
    ({}, LATER, False),
]


@pytest.mark.parametrize(("changes", "at", "is_measured"), CHANGES)
async def test_a_refresh_is_repeated_although_no_head_moved(
    pair: Pair, open_source: OpenSource, changes: dict[str, object], at: dt.datetime, is_measured: bool
) -> None:
    first = msgspec.structs.replace(await refresh_pair(open_source), **changes)
    async with open_source() as source:
        outcome = await refreshed(TRACKER, source, record_of(first), at=at)
    assert (outcome.refresh is not None) == is_measured


@pytest.mark.parametrize(("drift", "is_measured"), [(None, True), ("failed", True), ("checked", False)])
async def test_a_refresh_is_repeated_until_every_pin_was_checked(
    pair: Pair, open_source: OpenSource, drift: str | None, is_measured: bool
) -> None:
    checked = () if drift is None else (Drift(pin=PIN, state="fresh", failed=drift == "failed"),)
    first = msgspec.structs.replace(await refresh_pair(open_source), drift=checked)
    note = Note(id="n", subject="review", text="seen", by="ann", at=NOW, pins=(PIN,))
    record = msgspec.structs.replace(record_of(first), notes={"n": note})
    async with open_source() as source:
        assert ((await refreshed(TRACKER, source, record, at=LATER)).refresh is not None) == is_measured


async def test_an_approval_is_recorded_although_no_head_moved(pair: Pair, open_source: OpenSource) -> None:
    tracker = msgspec.structs.replace(TRACKER, issue="down/stream#7")
    pair.down.comment(7, "## Plan\n\nReplay.", author="ann", association="MEMBER", at="2026-11-10T08:00:00Z")
    first = await refresh_pair(open_source, tracker=tracker)
    async with open_source() as source:
        assert (await refreshed(tracker, source, record_of(first), at=LATER)).refresh is None
    pair.down.comment(7, "Approved.", author="han", association="OWNER", at="2026-11-12T08:00:00Z")
    second = await refresh_pair(open_source, record_of(first), at=LATER, tracker=tracker)
    assert [found.plan and found.plan.state for found in (first, second)] == ["waiting", "approved"]


async def test_a_branch_was_active_at_a_past_time(pair: Pair, open_source: OpenSource) -> None:
    when, later = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC), dt.datetime(2026, 12, 30, tzinfo=dt.UTC)
    async with open_source() as source:
        past = recorded_refresh(await refreshed(TRACKER, source, at=later, as_of=when))
    assert past.upstream.remark == ""
    assert "main has had no commit for 44 days" in (await refresh_pair(open_source, at=later)).upstream.remark


async def test_a_related_issue_that_cannot_be_read_is_an_error(pair: Pair, open_source: OpenSource) -> None:
    pair.fake.fail("/repos/down/stream/issues", 503, times=None)
    found = await refresh_pair(open_source)
    assert [status.cause for status in found.related if status.cause] == list(found.errors)
    assert len(found.errors) == 1
