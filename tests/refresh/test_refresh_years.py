"""A made year of the upstream in several variants: what a person told by hand of six days, and never a false `met`.

Each is measured live on the day, with a cold cache, within the requests of a refresh, and again looking back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from pawtui.refresh.refresh_types import Refresh
from pawtui.sources.github.github_source import BUDGET
from pawtui.tracker.read_tracker import builtin_tracker
from tests.probes.measuring import World, open_world, refreshed, taken
from tests.probes.opencode import Year

SIGNALS = ("default-path", "stability-window", "low-churn", "recovery-story", "no-resets")
# T true, F false, P partial, ? to be measured. The five signals of each day, as domain notes tell them by hand.
BY_HAND = {
    "2026-06-10": "F F F F F",
    "2026-07-10": "F F F P F",
    "2026-08-10": "F F F P F",
    "2026-09-10": "F F F P P",
    "2026-10-10": "T T ? P P",
    "2026-11-10": "T T F P P",
}
# What agrees with a cell; "unknown" agrees where a person could not tell either.
AGREES = {
    "T": {"met"},
    "F": {"unmet"},
    "P": {"partial"},
    "?": {"met", "partial", "unmet", "unknown"},
}
# Nobody told the third signal on 09-10; on 11-10 a calm month with two breaking commits is at best half of it.
OPEN = {("2026-09-10", "low-churn"): {"unmet", "unknown"}, ("2026-11-10", "low-churn"): {"unmet", "partial", "unknown"}}
YEARS = {
    "calm": Year(),
    "busy November": Year(busy_november=True),
    "migrations kept": Year(squashed=False),
    "v2 stops, dev goes on": Year(goes_on_at="dev"),
    "many merges": Year(merges=True),
    "many merges, busy, kept": Year(merges=True, busy_november=True, squashed=False),
}


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    year, day = request.param
    with open_world(tmp_path, year, f"{day}T23:00:00") as made:
        yield made


def wrong_cells(found: Refresh, day: str) -> list[str]:
    """The signals that do not agree with the table on that day; a false `met` fails at once."""
    wrong = []
    for name, told in zip(SIGNALS, BY_HAND[day].split(), strict=True):
        reading = found.signal(name)
        assert reading is not None
        assert reading.state != "met" or told in "T?", f"{day} {name} is met: {[p.summary for p in reading.probes]}"
        if reading.state not in OPEN.get((day, name), AGREES[told]):
            wrong.append(
                f"{day} {name} {told} {reading.state}: {[(p.state, p.summary, p.cause) for p in reading.probes]}"
            )
    return wrong


@pytest.mark.parametrize(
    ("world", "day"),
    [pytest.param((year, day), day, id=f"{name} {day}") for name, year in YEARS.items() for day in BY_HAND],
    indirect=["world"],
)
async def test_live_on_the_day(world: World, day: str) -> None:
    at = dt.datetime.fromisoformat(f"{day}T23:00:00+00:00")
    async with world.source() as source:
        found = taken(await refreshed(builtin_tracker(), source, at=at))
    assert wrong_cells(found, day) == []
    assert found.requests.sent <= BUDGET
    # Some of the issues that the tracker watches today had not been opened then.
    assert all("was not found" in error for error in found.errors)


@pytest.mark.parametrize("name", YEARS)
async def test_looking_back(tmp_path: Path, name: str) -> None:
    wrong = []
    with open_world(tmp_path, YEARS[name]) as world:
        for day in BY_HAND:
            when = dt.datetime.fromisoformat(f"{day}T23:00:00+00:00")
            async with world.source() as source:
                now = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
                wrong += wrong_cells(taken(await refreshed(builtin_tracker(), source, at=now, as_of=when)), day)
    assert wrong == []


@pytest.mark.parametrize("day", ["2026-10-20", "2026-11-10", "2026-11-22"])
async def test_a_branch_that_is_left_behind_reads_as_nothing(tmp_path: Path, day: str) -> None:
    """`v2` stops and tags go on at a branch that the tracker does not name: quiet is not calm."""
    with open_world(tmp_path, Year(goes_on_at="next"), f"{day}T23:00:00") as world:
        at = dt.datetime.fromisoformat(f"{day}T23:00:00+00:00")
        async with world.source() as source:
            found = taken(await refreshed(builtin_tracker(), source, at=at))
    newest = "v2.0.21" if day < "2026-10-21" else "v2.2.5" if day < "2026-11-18" else "v2.3.2"
    states = {reading.id: reading.state for reading in found.signals}
    if day < "2026-10-21":
        # Nothing has come out elsewhere yet: `v2` holds every release.
        assert found.upstream.doubt == ""
        return
    assert found.upstream.doubt == f"v2 does not contain {newest}"
    del states["own-runtime"]
    assert "met" not in states.values()
    assert states["low-churn"] == "unknown"
