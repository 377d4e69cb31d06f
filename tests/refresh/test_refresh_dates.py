"""The built-in tracker measures at past days what a maintainer determined by hand for those days."""

import datetime as dt

import pytest

from pawtui.probes.probe_facts import NamesFacts, NewFilesFacts
from pawtui.refresh.refresh_types import Refresh
from pawtui.tracker.probe_types import TextProbe
from pawtui.tracker.read_tracker import builtin_tracker
from tests.probes.measuring import World, facts_of, recorded_refresh, refreshed, tracker_of
from tests.refresh.pair import Pair
from tests.support.fixtures import OpenSource

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
ANY = {"met", "partial", "unmet", "unknown"}
BY_HAND = {
    # date: default path, stability window, low churn, recovery story, no resets, own runtime
    "2026-06-10": ({"unmet"}, {"unmet"}, {"unmet"}, {"unmet"}, {"unmet"}, {"met"}),
    "2026-07-10": ({"unmet"}, {"unmet"}, {"unmet"}, {"partial"}, {"unmet"}, {"met"}),
    "2026-08-10": ({"unmet"}, {"unmet"}, {"unmet"}, {"partial"}, {"unmet"}, {"met"}),
    "2026-09-10": ({"unmet"}, {"unmet"}, {"unmet", "unknown"}, {"partial"}, {"partial"}, {"met"}),
    "2026-10-10": ({"met"}, {"met"}, ANY, {"partial"}, {"partial"}, {"met"}),
    "2026-11-10": ({"met"}, {"met"}, ANY, {"partial", "met"}, {"partial"}, {"met"}),
}


@pytest.mark.parametrize("day", BY_HAND)
async def test_signals_at_past_days_agree_with_those_by_hand(opencode: World, day: str) -> None:
    when = dt.datetime.fromisoformat(f"{day}T23:00:00+00:00")
    async with opencode.source(budget=None) as source:
        found = recorded_refresh(await refreshed(builtin_tracker(), source, at=NOW, as_of=when))
    states = [reading.state for reading in found.signals]
    summary = [f"{r.id} {r.state}: {[(p.kind, p.state, p.summary, p.cause) for p in r.probes]}" for r in found.signals]
    assert all(state in allowed for state, allowed in zip(states, BY_HAND[day], strict=True)), "\n".join(summary)
    assert not found.errors
    assert found.upstream.ref == ("dev" if day < "2026-06-28" else "v2")
    assert found.downstream.ref == "maint/v1"
    assert found.upstream.committed_at <= when
    assert not found.upstream.doubt


async def test_commits_of_older_side_branches_count_from_their_merge(opencode: World) -> None:
    async def at(day: str) -> Refresh:
        when = dt.datetime.fromisoformat(f"{day}T23:00:00+00:00")
        async with opencode.source(budget=None) as source:
            return recorded_refresh(await refreshed(builtin_tracker(), source, at=NOW, as_of=when))

    # A commit of 12 August removed event names and was merged on the 28th: the window opens in between.
    reading = (await at("2026-09-10")).signal("low-churn")
    assert reading is not None
    contract = facts_of(reading.probes[2], NamesFacts)
    assert contract.since == dt.date(2026, 8, 13)
    assert contract.removed == ("session.input.enqueued@1", "session.input.promoted@1")
    # The reset of 22 June was committed on the 11th: it counts after the merge, not before.
    before, after = [(await at(day)).signal("no-resets") for day in ("2026-06-21", "2026-06-23")]
    assert before is not None
    assert after is not None
    reset = "20260622170816_reset_v2_session_state"
    assert not [path for path in facts_of(before.probes[0], NewFilesFacts).new if reset in path]
    # It exists as TypeScript and as plain SQL, and counts once.
    assert len([path for path in facts_of(after.probes[0], NewFilesFacts).matching if reset in path]) == 1


async def test_a_similar_path_is_suggested_only_for_the_present(pair: Pair, open_source: OpenSource) -> None:
    pair.up.git.commit({"src/session.ts": "1"}, at="2026-11-01")

    async def cause(as_of: dt.datetime | None) -> str:
        tracker = tracker_of(TextProbe(file="src/sesion.ts", pattern="claim"))
        async with open_source() as source:
            found = recorded_refresh(await refreshed(tracker, source, at=NOW, as_of=as_of))
        return found.signals[0].probes[0].cause

    assert "Similar path: src/session.ts" in await cause(None)
    # On a past day, the path may not have existed yet.
    assert (await cause(NOW)).startswith("path missing: src/sesion.ts does not exist at main @ ")
    assert "Similar path" not in await cause(NOW)
