"""The built-in tracker at past dates says what a person told by hand of those days."""

from __future__ import annotations

import datetime as dt

import pytest

from pawtui.tracker.reader import builtin_tracker
from tests.probes.measuring import World, refreshed, taken

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
ANY = {"met", "partial", "unmet", "unknown"}
BY_HAND = {
    # date: default path, stability window, low churn, recovery story, no resets
    "2026-06-10": ({"unmet"}, {"unmet"}, {"unmet"}, {"unmet"}, {"unmet"}),
    "2026-07-10": ({"unmet"}, {"unmet"}, {"unmet"}, {"partial"}, {"unmet"}),
    "2026-08-10": ({"unmet"}, {"unmet"}, {"unmet"}, {"partial"}, {"unmet"}),
    "2026-09-10": ({"unmet"}, {"unmet"}, {"unmet", "unknown"}, {"partial"}, {"partial"}),
    "2026-10-10": ({"met"}, {"met"}, ANY, {"partial"}, {"partial"}),
    "2026-11-10": ({"met"}, {"met"}, ANY, {"partial", "met"}, {"partial"}),
}


@pytest.mark.parametrize("day", BY_HAND)
async def test_signals_at_past_dates(opencode: World, day: str) -> None:
    when = dt.datetime.fromisoformat(f"{day}T23:00:00+00:00")
    async with opencode.source() as source:
        found = taken(await refreshed(builtin_tracker(), source, at=NOW, as_of=when))
    states = [reading.state for reading in found.signals]
    summary = [f"{r.id} {r.state}: {[(p.kind, p.state, p.summary, p.cause) for p in r.probes]}" for r in found.signals]
    assert all(state in allowed for state, allowed in zip(states, BY_HAND[day], strict=True)), "\n".join(summary)
    assert not found.errors
    assert found.upstream.ref == ("dev" if day < "2026-06-28" else "v2")
    assert found.downstream.ref == "maint/v1"
    assert found.upstream.committed_at <= when
