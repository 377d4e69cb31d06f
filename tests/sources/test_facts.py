"""Facts: a commit that is marked as breaking by a footer, and how far back a list of commits goes."""

import datetime as dt

import pytest

from pawtui.sources.dates import EARLIEST
from pawtui.sources.facts import Commit, Commits, safe_commit

DAY = dt.date(2026, 11, 1)
MIDNIGHT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("message", "breaking"),
    [
        ("feat: options\n\nBREAKING CHANGE: the option is gone", True),
        ("feat: options\r\n\r\nBREAKING-CHANGE: the option is gone", True),
        ("feat: options\n\nWhy.\n\nBREAKING CHANGE:\nthe option is gone", True),
        ("feat: options\n\nThis is no BREAKING CHANGE: the option stays", False),
        ("feat: options\n\nbreaking change: the option is gone", False),
        ("feat: options\n\nBREAKING CHANGES in v3", False),
        ("feat!: options", False),
    ],
)
def test_a_footer_marks_a_commit_as_breaking(message: str, breaking: bool) -> None:
    assert safe_commit("1" * 40, EARLIEST, "ann", message).breaking == breaking


@pytest.mark.parametrize(
    ("dates", "complete", "has_first", "reaches"),
    [
        ([], True, False, True),
        ([], False, False, False),
        ([MIDNIGHT], False, True, True),
        ([MIDNIGHT], False, False, False),
        ([MIDNIGHT + SECOND, MIDNIGHT - SECOND], False, False, True),
        # A date that may be invalid decides nothing.
        ([MIDNIGHT, EARLIEST], False, False, False),
        ([MIDNIGHT - SECOND, EARLIEST], False, False, True),
    ],
)
def test_a_cut_list_reaches_a_day_before_which_it_has_a_dated_commit(
    dates: list[dt.datetime], complete: bool, has_first: bool, reaches: bool
) -> None:
    items = tuple(Commit(sha=f"{number:040x}", at=at, subject="fix") for number, at in enumerate(dates))
    listing = Commits(path="src", since=DAY, items=items, complete=complete, has_first=has_first)
    assert listing.reaches(DAY) == reaches
    # A list that is complete since a day may not be complete since the day before.
    before = DAY - dt.timedelta(days=1)
    assert listing.reaches(before) == has_first
