"""A refresh of both repositories: recorded as a whole or not at all, also after failures."""

import asyncio
import datetime as dt

import msgspec
import pytest

from pawtui.probes.probe_facts import ChurnFacts
from pawtui.probes.probe_inputs import watched_fingerprint
from pawtui.refresh.progress import Progress
from pawtui.refresh.refresh_types import SEE_ERRORS, Refresh
from pawtui.report.words import ancestry
from pawtui.review.record_types import Record, past_key
from pawtui.sources.facts import Tree, TreeEntry
from pawtui.sources.source_errors import NotFound, SourceError
from pawtui.tracker.probe_types import PathsProbe
from pawtui.tracker.read_tracker import builtin_tracker
from pawtui.tracker.tracker_types import Part, Side, Signal
from tests.probes.measuring import World, facts_of, recorded_refresh, refreshed
from tests.refresh.followed import lacks
from tests.refresh.pair import NOW, TRACKER, Pair, record_of, refresh_pair, states
from tests.support.fixtures import OpenSource


async def test_the_built_in_tracker_measures_everything(opencode: World) -> None:
    steps: list[Progress] = []
    async with opencode.source() as source:
        found = recorded_refresh(await refreshed(builtin_tracker(), source, at=NOW, steps=steps))
    up, down = opencode.up.git, opencode.down.git
    assert (found.upstream.ref, found.upstream.sha) == ("v2", up.sha("v2"))
    assert (found.downstream.ref, found.downstream.sha) == ("maint/v1", down.sha("maint/v1"))
    assert states(found) == {
        "default-path": "met",
        "stability-window": "met",
        "low-churn": "partial",
        "recovery-story": "partial",
        "no-resets": "partial",
        "own-runtime": "met",
    }
    assert not found.errors
    assert not found.upstream.doubt
    for signal in found.signals:
        for probe in signal.probes:
            assert probe.cause or probe.state != "unknown"
            assert probe.rule.startswith("met ")
            side = found.downstream if signal.id == "own-runtime" else found.upstream
            assert probe.facts is not None
            assert probe.facts.head == side.sha
            place = "https://opencode.ai/" if probe.kind == "json" else f"/{side.repo}/"
            assert all(place in item.url for item in probe.evidence)
            assert probe.evidence or probe.state == "met"
    assert [status.state for status in found.related] == ["open", "open", "merged"]
    assert [step.done for step in steps] == list(range(1, len(steps) + 1))
    assert steps[-1].done == steps[-1].total == 9
    assert {step.reading.id for step in steps if step.reading} == set(states(found))
    assert {side.repo for step in steps for side in (step.upstream, step.downstream) if side} == {
        "anomalyco/opencode",
        "Astro-Han/pawwork",
    }
    heads = [step.upstream or step.downstream for step in steps if " @ " in step.message]
    assert [side and side.sha for side in heads] == [found.upstream.sha, found.downstream.sha]
    assert steps[-1].sent == found.requests.sent


async def test_only_the_second_refresh_has_a_range(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    assert states(first) == {"calm": "met", "no-breaks": "met", "released": "met", "claims": "met"}
    assert (first.range.upstream, first.range.downstream) == (None, None)
    pair.up.git.commit({"src/runner/a": "2"}, at="2026-11-21", message="fix!: break")
    async with open_source() as source:
        outcome = await refreshed(TRACKER, source, record_of(first), at=NOW + dt.timedelta(hours=1))
    assert ", 1 commit since the previous refresh." in outcome.message
    second = recorded_refresh(outcome)
    moved = second.range.upstream
    assert moved is not None
    assert (moved.from_, moved.to) == (first.upstream.sha, second.upstream.sha)
    assert (moved.ancestor, moved.commits, moved.files) == (True, 1, 1)
    assert second.range.downstream is not None
    assert (second.range.downstream.commits, second.range.downstream.ancestor) == (0, True)
    assert states(second)["no-breaks"] == "partial"


async def test_after_a_failed_comparison_the_next_range_begins_at_the_last_refresh(
    pair: Pair, open_source: OpenSource
) -> None:
    first = await refresh_pair(open_source)
    pair.up.git.commit({"src/runner/a": "1"}, at="2026-11-21")
    pair.fake.fail(f"/compare/{first.upstream.sha}", 503, times=None)
    failed = await refresh_pair(open_source, record_of(first))
    assert (failed.range.upstream, len(failed.errors)) == (None, 1)
    pair.up.git.commit({"src/runner/a": "2"}, at="2026-11-21")
    after = (await refresh_pair(open_source, record_of(first, failed))).range.upstream
    assert after is not None
    assert (after.from_, after.commits) == (failed.upstream.sha, 1)


async def test_if_nothing_changed_nothing_is_recorded(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    record = record_of(first)
    later = NOW + dt.timedelta(hours=1)

    async def again(record: Record = record, *, at: dt.datetime = later, force: bool = False) -> Refresh | None:
        async with open_source() as source:
            return (await refreshed(TRACKER, source, record, at=at, force=force)).refresh

    assert await again() is None
    assert await again(force=True) is not None
    # A later day, other rules or a missing fact are reasons for a new record.
    assert await again(at=NOW + dt.timedelta(days=1)) is not None
    assert await again(record_of(msgspec.structs.replace(first, rules="others"))) is not None
    assert await again(record_of(msgspec.structs.replace(first, errors=("lost",)))) is not None
    pair.down.git.commit({"src/session/a": "1"}, at="2026-11-22")
    assert await again() is not None


async def test_the_head_before_a_rewrite_is_not_an_ancestor(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    pair.up.git.branch("main", pair.begun)
    pair.up.git.commit({"src/runner/a": "9"}, at="2026-11-20", message="fix: it otherwise")
    second = await refresh_pair(open_source, record_of(first), at=NOW + dt.timedelta(hours=1))
    moved = second.range.upstream
    assert moved is not None
    assert (moved.ancestor, moved.commits, moved.files) == (False, 1, 1)
    # A list of commits from before the rewrite is not used.
    counted = int(pair.up.git.git("rev-list", "--count", "--since=2026-10-25", "main", "--", "src/runner", "src/tool"))
    assert facts_of(second.signals[0].probes[0], ChurnFacts).total == counted == 1
    assert second.signals[0].probes[0].evidence[0].pin.endswith(second.upstream.sha)


FAILURES = [
    # the failing request, the signal that becomes unknown
    ("/git/blobs/", "claims"),
    ("/issues/1", "claims"),
    ("path=src%2Ftool", "calm"),
]


@pytest.mark.parametrize(("match", "signal"), FAILURES, ids=[match for match, _ in FAILURES])
async def test_one_failing_request_makes_only_its_signal_unknown(
    pair: Pair, open_source: OpenSource, match: str, signal: str
) -> None:
    pair.fake.fail(match, 503, times=None)
    found = await refresh_pair(open_source)
    wanted = {"calm": "met", "no-breaks": "met", "released": "met", "claims": "met"} | {signal: "unknown"}
    assert states(found) == wanted
    assert len(found.errors) == 1
    reading = found.signal(signal)
    assert reading is not None
    assert found.errors[0] in {probe.cause for probe in reading.probes}
    # The next refresh tries again, although neither head moved.
    pair.fake.clear()
    assert states(await refresh_pair(open_source, record_of(found), at=NOW + dt.timedelta(hours=1)))[signal] == "met"


async def test_each_part_has_the_state_and_the_summary_of_its_own_probe(pair: Pair, open_source: OpenSource) -> None:
    probes = tuple(PathsProbe(exist=(path,), part=part) for part, path in (("a", "src/runner"), ("b", "gone")))
    parts = (Part(id="a", title="A"), Part(id="b", title="B"))
    signal = Signal(id="one", title="One", probes=probes, parts=parts)
    found = await refresh_pair(open_source, tracker=msgspec.structs.replace(TRACKER, signals=(signal,)))
    assert [(part.id, part.state, part.summary) for part in found.signals[0].parts] == [
        ("a", "met", found.signals[0].probes[0].summary),
        ("b", "unmet", found.signals[0].probes[1].summary),
    ]


async def test_without_the_tags_the_head_is_in_doubt(pair: Pair, open_source: OpenSource) -> None:
    pair.fake.fail("/git/matching-refs/", 503, times=None)
    found = await refresh_pair(open_source)
    assert found.upstream.doubt == f"could not check whether main contains the newest release ({SEE_ERRORS})"
    assert states(found) == dict.fromkeys(("calm", "no-breaks", "released", "claims"), "unknown")
    # Facts that do not depend on the head are known: the watched issues are closed.
    assert found.signals[3].probes[1].state == "met"
    assert len(found.errors) == 1
    pair.fake.clear()
    again = await refresh_pair(open_source, record_of(found), at=NOW + dt.timedelta(hours=1))
    assert (again.upstream.doubt, set(states(again).values())) == ("", {"met"})


async def test_without_the_upstreams_tree_other_probes_are_measured(pair: Pair, open_source: OpenSource) -> None:
    pair.fake.fail(f"/repos/up/stream/git/trees/{pair.up.git.sha('main')}", 503, times=None)
    found = await refresh_pair(open_source)
    assert states(found) == {"calm": "unknown", "no-breaks": "unknown", "released": "unknown", "claims": "unknown"}
    assert [probe.state for reading in found.signals[2:] for probe in reading.probes] == [
        "met",
        "unknown",
        "unknown",
        "met",
    ]
    assert len(found.errors) == 1
    assert {reading.fingerprint for reading in found.signals} == {""}


@pytest.mark.parametrize(("repo", "others"), [("up/stream", "down/stream"), ("down/stream", "up/stream")])
async def test_without_both_heads_nothing_is_recorded(
    pair: Pair, open_source: OpenSource, repo: str, others: str
) -> None:
    pair.fake.fail(f"/repos/{repo}/commits/heads", 500, times=None)
    with pytest.raises(SourceError, match=repo):
        await refresh_pair(open_source)
    before = asyncio.all_tasks()
    assert before == {asyncio.current_task()}
    pair.fake.clear()
    pair.fake.repos.pop(others)
    with pytest.raises(NotFound, match=others):
        await refresh_pair(open_source)


async def test_a_renamed_repository_is_followed_and_recorded(pair: Pair, open_source: OpenSource) -> None:
    pair.fake.rename("up/stream", "new/river")
    found = await refresh_pair(open_source)
    assert (found.upstream.repo, found.upstream.renamed_from) == ("new/river", "up/stream")
    assert states(found) == {"calm": "met", "no-breaks": "met", "released": "met", "claims": "met"}
    pins = [item.pin for reading in found.signals for probe in reading.probes for item in probe.evidence if item.pin]
    assert all(pin.startswith("new/river") for pin in pins)
    assert [status.state for status in found.related] == ["closed", "merged"]


async def test_a_removed_or_renamed_ref_is_recorded(pair: Pair, open_source: OpenSource) -> None:
    pair.down.renamed["dev"] = "main"
    found = await refresh_pair(open_source)
    assert (found.upstream.ref, found.upstream.missing) == ("main", ("v2",))
    assert (found.downstream.ref, found.downstream.missing) == ("main", ("dev (now main)",))


async def test_a_switch_of_ref_is_not_a_rewritten_branch(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    pair.up.git.branch("next", pair.begun)
    pair.up.git.commit({"src/runner/a": "2"}, branch="next", at="2026-11-21", message="fix: it")
    other = msgspec.structs.replace(TRACKER, upstream=Side(repo="up/stream", refs=("next",)))
    second = await refresh_pair(open_source, record_of(first), at=NOW + dt.timedelta(hours=1), tracker=other)
    moved = second.range.upstream
    assert moved is not None
    assert (second.upstream.ref, moved.ref_before, moved.ancestor) == ("next", "main", False)
    assert (moved.commits, moved.behind, moved.was_reset) == (1, 1, False)


async def test_a_reset_branch_names_the_undone_commits(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    pair.up.git.branch("main", pair.begun)
    second = await refresh_pair(open_source, record_of(first), at=NOW + dt.timedelta(hours=1))
    moved = second.range.upstream
    assert moved is not None
    assert (moved.ancestor, moved.commits, moved.behind, moved.was_reset) == (False, 0, 1, True)
    assert moved.undone == (f"{first.upstream.sha[:10]} fix: it",)
    assert ancestry(moved).endswith(f"which removed 1 commit ({first.upstream.sha[:10]} fix: it)")


async def test_a_ref_that_lags_behind_its_releases_is_in_doubt(pair: Pair, open_source: OpenSource) -> None:
    for number in (1, 2):
        pair.up.git.commit({"src/runner/a": f"{number} again"}, branch="elsewhere", at=f"2026-11-1{number}")
    pair.up.git.branch("release", pair.begun)
    for number in (1, 2):
        pair.up.git.commit({"x": f"{number}"}, branch="release", at=f"2026-11-1{number}")
    pair.up.git.tag("v2.1.0", "release")
    found = await refresh_pair(open_source)
    assert found.upstream.doubt == lacks("main", "v2.1.0")
    released = found.signal("released")
    assert released is not None
    assert [(probe.state, probe.cause) for probe in released.probes] == [
        ("met", ""),
        ("unknown", lacks("main", "v2.1.0")),
    ]
    assert {reading.state for reading in found.signals} == {"unknown"}
    assert found.decision == "hold"
    assert not found.errors


async def test_a_downstream_without_the_runtime_gets_a_remark(pair: Pair, open_source: OpenSource) -> None:
    assert not (await refresh_pair(open_source)).downstream.remark
    pair.down.git.commit({"src/session/a": None, "other": "1"})
    found = await refresh_pair(open_source)
    assert found.downstream.remark == "main has no src/session: the tracked runtime is not in this ref"


async def test_an_inactive_upstream_branch_gets_a_remark(pair: Pair, open_source: OpenSource) -> None:
    found = await refresh_pair(open_source, at=NOW + dt.timedelta(days=30))
    assert found.upstream.remark == "main has had no commit for 36 days: is it still the active branch?"


async def test_fingerprints_change_only_with_watched_paths(pair: Pair, open_source: OpenSource) -> None:
    first = await refresh_pair(open_source)
    pair.up.git.commit({"README": "1"}, at="2026-11-21")
    second = await refresh_pair(open_source)
    assert [new.fingerprint for new in second.signals] == [old.fingerprint for old in first.signals]
    pair.up.git.commit({"src/tool/a": "1"}, at="2026-11-21T13:00")
    third = await refresh_pair(open_source)
    changed = [
        new.id for new, old in zip(third.signals, second.signals, strict=True) if new.fingerprint != old.fingerprint
    ]
    assert changed == ["calm"]
    assert first.rules == third.rules
    other = msgspec.structs.replace(TRACKER, issue="us/other#1")
    assert (await refresh_pair(open_source, tracker=other)).rules != first.rules


def test_a_cut_list_of_paths_has_no_fingerprint_of_paths_that_it_lacks() -> None:
    def fingerprints(*paths: str, truncated: bool) -> list[str]:
        entries = {path: TreeEntry("1" * 40, "tree") for path in paths}
        tree = Tree(sha="2" * 40, entries=entries, truncated=truncated)
        return [watched_fingerprint(TRACKER, signal, tree) for signal in TRACKER.signals]

    both = fingerprints("src/runner", "src/tool", "SPEC", truncated=False)
    assert fingerprints("src/runner", "src/tool", "SPEC", truncated=True) == both
    one = fingerprints("src/runner", truncated=True)
    assert [name for name in one if name] == both[1:3]
    assert all(fingerprints("src/runner", truncated=False))


async def test_a_past_refresh_is_compared_with_the_refresh_before_it(pair: Pair, open_source: OpenSource) -> None:
    async def at(day: str, record: Record) -> Refresh:
        when = dt.datetime.fromisoformat(f"{day}T20:00:00+00:00")
        async with open_source() as source:
            return recorded_refresh(await refreshed(TRACKER, source, record, at=NOW, as_of=when))

    today = await refresh_pair(open_source)
    october = await at("2026-10-10", record_of(today))
    assert (october.moment.isoformat(), october.at) == ("2026-10-10T20:00:00+00:00", NOW)
    # A refresh of a later time is not a baseline.
    assert october.range.upstream is None
    assert october.upstream.sha == pair.up.git.git("rev-parse", "main~1")
    later = await at("2026-11-18", record_of(today))
    past = {past_key(found.moment): found for found in (later, october)}
    november = await at("2026-11-16", Record(refreshes=(today,), past=past))
    assert november.range.upstream is not None
    assert (november.range.upstream.from_, november.range.upstream.commits) == (october.upstream.sha, 1)
    # A present refresh is compared with present refreshes only.
    pair.up.git.commit({"src/runner/a": "3"}, at="2026-11-21")
    live = await refresh_pair(open_source, Record(refreshes=(today,), past=past), at=NOW + dt.timedelta(hours=1))
    assert live.range.upstream is not None
    assert (live.range.upstream.from_, live.as_of) == (today.upstream.sha, None)
    async with open_source() as source:
        early = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
        with pytest.raises(NotFound, match="before 2026-09-01"):
            await refreshed(TRACKER, source, at=NOW, as_of=early)
