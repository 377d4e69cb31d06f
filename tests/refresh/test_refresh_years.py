"""Made-up years of the upstream, compared with states that were determined by hand for six days: never a false `met`.

Each year is measured on the day, with a cold cache and without a token, or as past days.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from pawtui.refresh.refresh_types import Refresh
from pawtui.review.record_types import Record
from pawtui.tracker.read_tracker import builtin_tracker
from tests.probes.measuring import World, open_world, recorded_refresh, refreshed
from tests.probes.opencode import Year
from tests.refresh.followed import lacks

SIGNALS = ("default-path", "stability-window", "low-churn", "recovery-story", "no-resets")
# The five signals of each day, determined by hand: T met, F unmet, P partial, ? any state.
BY_HAND = {
    "2026-06-10": "F F F F F",
    "2026-07-10": "F F F P F",
    "2026-08-10": "F F F P F",
    "2026-09-10": "F F F P P",
    "2026-10-10": "T T ? P P",
    "2026-11-10": "T T F P P",
}
# The requests that GitHub allows without a token. The budget is lower, but only stops optional requests: others may
# follow when it is spent.
HOURLY_LIMIT = 60
# The states that agree with a cell.
AGREES = {
    "T": {"met"},
    "F": {"unmet"},
    "P": {"partial"},
    "?": {"met", "partial", "unmet", "unknown"},
}
# The third signal of 09-10 was not determined; on 11-10 a calm month with two breaking commits is at best partial.
OPEN = {("2026-09-10", "low-churn"): {"unmet", "unknown"}, ("2026-11-10", "low-churn"): {"unmet", "partial", "unknown"}}
YEARS = {
    "calm": Year(),
    "v2 stops, dev goes on": Year(goes_on_at="dev"),
    "many merges, busy, all migrations": Year(merges=True, busy_november=True, squashed=False),
}
# The first day on which a year is measured: before, it is like the calm one.
BEGINS = {"v2 stops, dev goes on": "2026-11-10", "many merges, busy, all migrations": "2026-08-10"}


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    year, day = request.param
    with open_world(tmp_path, year, f"{day}T23:00:00") as made:
        yield made


def wrong_cells(found: Refresh, day: str) -> list[str]:
    """Return the signals that do not agree with the table on that day; a false `met` fails at once."""
    wrong = []
    for name, cell in zip(SIGNALS, BY_HAND[day].split(), strict=True):
        reading = found.signal(name)
        assert reading is not None
        assert reading.state != "met" or cell in "T?", f"{day} {name} is met: {[p.summary for p in reading.probes]}"
        if reading.state not in OPEN.get((day, name), AGREES[cell]):
            wrong.append(
                f"{day} {name} {cell} {reading.state}: {[(p.state, p.summary, p.cause) for p in reading.probes]}"
            )
    return wrong


@pytest.mark.parametrize(
    ("world", "day"),
    [
        pytest.param((year, day), day, id=f"{name} {day}")
        for name, year in YEARS.items()
        for day in BY_HAND
        if day >= BEGINS.get(name, "")
    ],
    indirect=["world"],
)
async def test_signals_measured_on_the_day_agree_with_those_by_hand(world: World, day: str, tmp_path: Path) -> None:
    at = dt.datetime.fromisoformat(f"{day}T23:00:00+00:00")
    async with world.source(tmp_path / "cache") as source:
        found = recorded_refresh(await refreshed(builtin_tracker(), source, at=at))
    assert found.requests.sent <= HOURLY_LIMIT
    if day == "2026-09-10" and wrong_cells(found, day):
        # The check of the beta costs a request: one file is left for the next refresh.
        later, record = at + dt.timedelta(minutes=30), Record(refreshes=(found,))
        async with world.source(tmp_path / "cache") as source:
            found = recorded_refresh(await refreshed(builtin_tracker(), source, record, at=later))
    assert wrong_cells(found, day) == []
    # Some watched issues did not exist on that day.
    assert all(error.startswith("Cannot find issue #") for error in found.errors)


# `test_refresh_dates.py` measures past days of the calm year.
@pytest.mark.parametrize("name", BEGINS)
async def test_signals_measured_as_a_past_day_agree_with_those_by_hand(tmp_path: Path, name: str) -> None:
    wrong, now = [], dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
    with open_world(tmp_path, YEARS[name]) as world:
        async with world.source(tmp_path / "cache", budget=None) as source:
            for day in [day for day in BY_HAND if day >= BEGINS[name]]:
                when = dt.datetime.fromisoformat(f"{day}T23:00:00+00:00")
                wrong += wrong_cells(
                    recorded_refresh(await refreshed(builtin_tracker(), source, at=now, as_of=when)), day
                )
    assert wrong == []


@pytest.mark.parametrize("day", ["2026-10-20", "2026-11-10", "2026-11-22"])
async def test_an_abandoned_branch_is_never_met(tmp_path: Path, day: str) -> None:
    """`v2` stops, and new tags are on a branch that the tracker does not name."""
    with open_world(tmp_path, Year(goes_on_at="next"), f"{day}T23:00:00") as world:
        at = dt.datetime.fromisoformat(f"{day}T23:00:00+00:00")
        async with world.source() as source:
            found = recorded_refresh(await refreshed(builtin_tracker(), source, at=at))
    newest = "v2.0.21" if day < "2026-10-21" else "v2.2.5" if day < "2026-11-18" else "v2.3.2"
    states = {reading.id: reading.state for reading in found.signals}
    if day < "2026-10-21":
        # `v2` still contains every release.
        assert found.upstream.doubt == ""
        return
    assert found.upstream.doubt == lacks("v2", newest)
    del states["own-runtime"]
    assert "met" not in states.values()
    assert states["low-churn"] == "unknown"
