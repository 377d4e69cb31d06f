"""Dates out of range are clamped equally in both sources."""

import datetime as dt

import pytest

from pawtui.sources.dates import (
    EARLIEST,
    LATEST,
    clamp_date,
    describe_out_of_range,
    epoch_to_date,
    is_out_of_range,
    parse_date,
)
from pawtui.sources.git.objects import parse_commit

SECOND = dt.timedelta(seconds=1)
WEST, EAST = dt.timezone(-dt.timedelta(hours=12)), dt.timezone(dt.timedelta(hours=12))


@pytest.mark.parametrize(
    ("seconds", "text", "expected"),
    [
        (253_402_214_400, "9999-12-31T00:00:00Z", LATEST),
        (999_999_999_999_999, "+33658-09-27T01:46:39Z", LATEST),
        (-1, "1969-12-31T23:59:59Z", EARLIEST),
    ],
)
def test_a_clone_and_github_give_the_same_date(seconds: int, text: str, expected: object) -> None:
    person = f"A <a@example.org> {seconds} +0000"
    data = f"tree {'0' * 40}\nauthor {person}\ncommitter {person}\n\nsubject\n".encode()
    assert parse_commit("1" * 40, data).at == expected
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("when", "clamped"),
    [
        (dt.datetime(1, 1, 1, tzinfo=EAST), EARLIEST),
        (dt.datetime(1968, 12, 31, 23, tzinfo=WEST), EARLIEST),
        (dt.datetime(1969, 12, 31, 23, tzinfo=WEST), dt.datetime(1970, 1, 1, 11, tzinfo=dt.UTC)),
        (dt.datetime(2026, 6, 1, 9), dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)),
        (dt.datetime(2026, 6, 1, 9, tzinfo=EAST), dt.datetime(2026, 5, 31, 21, tzinfo=dt.UTC)),
        (dt.datetime(2100, 1, 1, 1, tzinfo=EAST), dt.datetime(2099, 12, 31, 13, tzinfo=dt.UTC)),
        (dt.datetime(2099, 12, 31, 23, tzinfo=WEST), LATEST),
        (dt.datetime(9999, 12, 31, 23, tzinfo=WEST), LATEST),
    ],
)
def test_a_date_is_clamped_in_utc(when: dt.datetime, clamped: dt.datetime) -> None:
    assert clamp_date(when) == clamped
    assert clamp_date(when).tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" 2026-06-01T09:00:00Z ", dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)),
        ("10000-01-01T00:00:00Z", LATEST),
        ("0000-01-01T00:00:00Z", EARLIEST),
        ("-0001-01-01T00:00:00Z", EARLIEST),
        ("9" * 20 + "-01-01T00:00:00Z", None),
        ("2026-13-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_out_of_range_is_not_invalid(text: str, expected: dt.datetime | None) -> None:
    assert parse_date(text) == expected


def test_seconds_out_of_range_are_clamped() -> None:
    last = int(LATEST.timestamp())
    for seconds, expected in ((-1, EARLIEST), (0, EARLIEST), (1, EARLIEST + SECOND), (last - 1, LATEST - SECOND)):
        assert epoch_to_date(seconds) == expected
    assert epoch_to_date(last) == epoch_to_date(10**15) == LATEST


def test_the_first_and_the_last_date_may_be_clamped() -> None:
    dates = (EARLIEST, EARLIEST + SECOND, LATEST - SECOND, LATEST)
    assert [is_out_of_range(when) for when in dates] == [True, False, False, True]
    assert describe_out_of_range(EARLIEST) == "1970-01-01 or earlier"
    assert describe_out_of_range(LATEST) == "2100-01-01 or later"
