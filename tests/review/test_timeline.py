"""The resets in a timeline: each file once, when a measurement finds it for the first time."""

import datetime as dt

import pytest
from msgspec.structs import replace

from pawtui.probes.probe_facts import NewFilesFacts
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.timeline import events
from tests.review import review_samples

WEEK = dt.timedelta(days=7)


def measurement(week: int, facts: NewFilesFacts) -> Refresh:
    """Return the measurement of that week with these facts."""
    sample = review_samples.reading("no-resets", "unmet")
    probes = (replace(sample.probes[0], kind="new-files", facts=facts),)
    return review_samples.refresh(replace(sample, probes=probes), at=review_samples.NOON + week * WEEK)


def resets(*found: NewFilesFacts) -> list[str]:
    """Return the texts of the resets of weekly measurements with these facts."""
    refreshes = [measurement(week, replace(facts, discards="event")) for week, facts in enumerate(found)]
    return [event.text for event in events(refreshes)]


def test_a_file_that_was_listed_before_it_was_read_is_a_reset_when_it_is_read() -> None:
    unread = NewFilesFacts(new=("20260601_a.sql",), unread=1)
    read = NewFilesFacts(new=("20260601_a.sql",), matching=("20260601_a.sql",))
    assert resets(NewFilesFacts(), unread, read, read) == ["20260601_a"]


def test_a_reset_that_deletes_some_rows_is_marked() -> None:
    facts = NewFilesFacts(matching=("1_all.sql", "20260601_some.sql"), partly=("20260601_some.sql",))
    assert sorted(resets(NewFilesFacts(), facts)) == ["1_all.sql", "20260601_some (some rows)"]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("20261127", "2026-11-27"),
        ("20261023", "2026-10-23"),
        # Too old for a file that was merged since the last measurement.
        ("20261022", "2026-11-27"),
        ("20261128", "2026-11-27"),
        ("20261199", "2026-11-27"),
    ],
)
def test_a_reset_is_of_the_day_in_its_name_if_that_is_plausible(written: str, day: str) -> None:
    name = f"{written}_a.sql"
    after = measurement(1, NewFilesFacts(matching=(name,), discards="event"))
    (event,) = events([measurement(0, NewFilesFacts(discards="event")), after])
    assert (event.day.isoformat(), event.seen) == (day, after.moment)
