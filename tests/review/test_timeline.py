"""The resets in a timeline: each file once, when a measurement finds it for the first time."""

import datetime as dt

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
