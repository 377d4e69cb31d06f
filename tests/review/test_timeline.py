"""The resets in a timeline: each file once, when a measurement finds it for the first time."""

import datetime as dt

import pytest
from msgspec.structs import replace

from pawtui.probes.probe_facts import (
    ChurnFacts,
    CommitFacts,
    Facts,
    NamesFacts,
    NewFilesFacts,
    ReleaseFacts,
    SoakFacts,
    TagFacts,
)
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.record_types import Record
from pawtui.review.timeline import find_events, group_by_week
from tests.review import review_samples

NOON = review_samples.NOON
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY


def measurement(week: int, facts: Facts | None, kind: str = "new-files") -> Refresh:
    """Return the measurement of that week with these facts; None if the probe could not be measured."""
    sample = review_samples.reading("no-resets", "unmet")
    probes = (replace(sample.probes[0], kind=kind, facts=facts),)
    return review_samples.refresh(replace(sample, probes=probes), at=review_samples.NOON + week * WEEK)


def resets(*found: NewFilesFacts) -> list[str]:
    """Return the texts of the resets of weekly measurements with these facts."""
    refreshes = [measurement(week, replace(facts, discards="event")) for week, facts in enumerate(found)]
    return [event.text for event in find_events(refreshes)]


def test_a_file_that_was_listed_before_it_was_read_is_a_reset_when_it_is_read() -> None:
    unread = NewFilesFacts(new=("20260601_a.sql",), unread=1)
    read = NewFilesFacts(new=("20260601_a.sql",), matching=("20260601_a.sql",))
    assert resets(NewFilesFacts(), unread, read, read) == ["20260601_a"]


def test_a_file_that_another_probe_found_before_is_a_reset_when_it_is_read() -> None:
    name = "20260601_a.sql"
    before = measurement(0, NewFilesFacts(discards="event"))
    (reading,) = before.signals
    (probe,) = reading.probes
    refreshes = [before]
    for week, matching in ((1, ()), (2, (name,))):
        facts = (NewFilesFacts(discards="event", matching=matching), NewFilesFacts(matching=(name,)))
        both = replace(reading, probes=tuple(replace(probe, facts=each) for each in facts))
        refreshes.append(replace(measurement(week, None), signals=(both,)))
    assert [(event.kind, event.seen) for event in find_events(refreshes)] == [("reset", refreshes[2].moment)]


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
        ("20261131", "2026-11-27"),
        ("20261199", "2026-11-27"),
    ],
)
def test_a_reset_is_of_the_day_in_its_name_if_that_is_plausible(written: str, day: str) -> None:
    name = f"{written}_a.sql"
    after = measurement(1, NewFilesFacts(matching=(name,), discards="event"))
    (event,) = find_events([measurement(0, NewFilesFacts(discards="event")), after])
    assert (event.day.isoformat(), event.seen) == (day, after.moment)


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        (NewFilesFacts(discards="event"), ["reset"]),
        (NewFilesFacts(discards="event", name="sql"), ["reset"]),
        # A file that deletes no rows is no reset.
        (NewFilesFacts(name="sql"), ["file"]),
        (NewFilesFacts(body="DELETE"), ["file"]),
        # Without a condition, every new file matches: that is no event.
        (NewFilesFacts(), []),
    ],
)
def test_only_files_that_match_a_condition_are_events(facts: NewFilesFacts, kinds: list[str]) -> None:
    later = replace(facts, matching=("20261127_a.sql",))
    assert [event.kind for event in find_events([measurement(0, facts), measurement(1, later)])] == kinds


@pytest.mark.parametrize(
    ("new", "added_on", "day"),
    [
        (("a.py",), "2026-11-25", "2026-11-25"),
        # The day is that of the last file: another one may be older.
        (("a.py", "b.py"), "2026-11-25", "2026-11-27"),
        # Days outside of the two measurements are not of this file.
        (("a.py",), "2026-11-19", "2026-11-27"),
        (("a.py",), "2026-11-28", "2026-11-27"),
    ],
)
def test_a_file_without_a_date_in_its_name_is_of_the_day_on_which_it_was_added(
    new: tuple[str, ...], added_on: str, day: str
) -> None:
    before = measurement(0, NewFilesFacts(name="py", matching=("old.py",)))
    facts = NewFilesFacts(name="py", matching=("old.py", *new), added_on=dt.date.fromisoformat(added_on))
    assert {event.day.isoformat() for event in find_events([before, measurement(1, facts)])} == {day}


@pytest.mark.parametrize(
    ("removed", "added", "found"),
    [
        (("a@1",), ("a@2", "b@1"), [("version", "a@1: with a new version")]),
        (("a@1",), ("b@1",), [("renamed", "a@1: gone, 1 new")]),
        (("a@1", "b@1"), ("c@1",), [("removed", "a@1, b@1: gone")]),
        (("a@1", "b@1"), ("a@2", "c@1"), [("version", "a@1: with a new version"), ("renamed", "b@1: gone, 2 new")]),
        (("a@1.field",), ("a@1.other",), [("renamed", "a@1.field: gone, 1 new")]),
        (("a", "b", "c"), (), [("removed", "a, b, c: gone")]),
        (("a", "b", "c", "d"), (), [("removed", "a, b, c and 1 more: gone")]),
        ((), ("a@2",), []),
        # `old` was added before.
        (("a", "b"), ("c", "old"), [("removed", "a, b: gone")]),
    ],
)
def test_removed_names_are_of_a_new_version_renamed_or_removed(
    removed: tuple[str, ...], added: tuple[str, ...], found: list[tuple[str, str]]
) -> None:
    before = measurement(0, NamesFacts(added=("old",)))
    after = measurement(1, NamesFacts(removed=removed, added=added))
    assert [(event.kind, event.text) for event in find_events([before, after])] == found


_RESET = NewFilesFacts(matching=("1_all.sql",), discards="event")
_BREAK = CommitFacts(sha="a" * 40, subject="feat!: it", at=review_samples.NOON + dt.timedelta(days=3))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        # The file is known since the first measurement.
        (_RESET, _RESET, []),
        (NewFilesFacts(discards="event"), _RESET, ["1_all.sql"]),
        # A removed file that is there again.
        (NewFilesFacts(removed=("1_all.sql",), discards="event"), _RESET, []),
        (NamesFacts(), NamesFacts(removed=("a",)), ["a: gone"]),
        (SoakFacts(), SoakFacts(last_break=_BREAK), ["feat!: it"]),
        (SoakFacts(), SoakFacts(last_break=replace(_BREAK, at=review_samples.NOON)), []),
    ],
)
def test_facts_are_compared_with_the_last_ones_before_a_failure(before: Facts, after: Facts, found: list[str]) -> None:
    steps = [measurement(week, facts) for week, facts in enumerate((before, None, after))]
    assert [event.text for event in find_events(steps)] == found


def test_a_week_has_the_churn_of_its_measurement() -> None:
    record = Record(refreshes=(measurement(0, ChurnFacts(total=7)), measurement(2, ChurnFacts(total=9))))
    assert [week.churn for week in group_by_week(record)] == [7, None, 9]
    assert group_by_week(Record()) == ()


def test_an_event_before_the_first_week_is_in_the_first_week() -> None:
    none = NewFilesFacts(discards="event")
    record = Record(refreshes=(measurement(0, none), measurement(1, replace(none, matching=("20261101_a.sql",)))))
    assert [[event.text for event in week.events] for week in group_by_week(record)] == [["20261101_a"], []]


def test_a_release_before_the_first_week_is_in_no_week() -> None:
    first = TagFacts(tag="v2.0.0", sha="a" * 40, at=NOON - 90 * DAY)
    newest = TagFacts(tag="v2.1.0", sha="b" * 40, at=NOON + 3 * DAY)
    both = ReleaseFacts(first=first, newest=newest)
    record = Record(refreshes=(measurement(0, ReleaseFacts(first=first, newest=first)), measurement(1, both)))
    assert [[event.text for event in week.events] for week in group_by_week(record)] == [[], ["v2.1.0"]]


def test_a_release_on_the_first_day_of_the_first_week_is_in_it() -> None:
    monday = (NOON - NOON.weekday() * DAY).replace(hour=0)
    release = TagFacts(tag="v2.0.0", sha="a" * 40, at=monday)
    facts = ReleaseFacts(first=release, newest=release)
    record = Record(refreshes=(measurement(0, facts, "release"), measurement(1, facts, "release")))
    assert [[event.text for event in week.events] for week in group_by_week(record)] == [["v2.0.0"], []]


def test_a_reset_is_named_after_the_innermost_part_with_a_date() -> None:
    assert resets(NewFilesFacts(), NewFilesFacts(matching=("20260101_old/20260102_new.sql",))) == ["20260102_new"]


def test_events_are_in_the_order_of_their_days() -> None:
    """The file was written before the names were removed, and merged after it."""
    steps = [measurement(0, NamesFacts(), "names"), measurement(1, NamesFacts(removed=("a",)), "names")]
    steps += [measurement(2, NewFilesFacts(matching=("20261121_a.sql",), discards="event"))]
    assert [event.text for event in find_events(steps)] == ["20261121_a", "a: gone"]


def test_all_refreshes_are_in_the_order_of_their_times() -> None:
    first, second, third = (measurement(week, None) for week in range(3))
    assert Record(refreshes=(first, third), past={"k": second}).all_refreshes == (first, second, third)
