"""Ids sort by time, and after what is on record whatever the clock says."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from pawtui.ids import is_own, new_id, newest_id

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
_times = st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(9000, 1, 1), timezones=st.just(dt.UTC))


def test_an_id_sorts_by_its_time() -> None:
    later = NOON + dt.timedelta(milliseconds=1)
    assert new_id(NOON, 2**45 - 1) < new_id(later, 0)
    assert len(new_id(NOON)) == 19
    assert new_id(NOON) != new_id(NOON)


@given(_times, _times, st.integers(0, 2**45 - 1))
def test_an_id_sorts_after_the_newest_one_though_the_clock_went_back(
    first: dt.datetime, second: dt.datetime, random: int
) -> None:
    newest = new_id(first, 2**45 - 1)
    made = new_id(second, random, after=newest)
    assert made > newest
    assert made >= new_id(second, random), "and never before its own time"
    assert len(made) == len(newest)


def test_an_id_that_is_not_ours_is_nothing_to_sort_after() -> None:
    assert new_id(NOON, 1, after="refresh-12") == new_id(NOON, 1)
    assert newest_id(["refresh-12", "zz", new_id(NOON, 1), new_id(NOON, 0)]) == new_id(NOON, 1)
    assert newest_id([]) == newest_id(["u" * 19]) == ""


def test_the_last_id_there_can_be_breaks_nothing() -> None:
    last = "z" * 19
    assert new_id(NOON, 5, after=last) == "z" * 10 + "000000005"


def test_a_clock_before_the_epoch_gives_the_first_id_not_the_last() -> None:
    early = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    assert new_id(early, 5) == "0" * 10 + "000000005"
    assert new_id(early, 5) < new_id(NOON, 0)


def test_whose_an_id_is() -> None:
    assert is_own(new_id(NOON))
    assert not any(map(is_own, ("", "n1", "refresh-0999", "u" * 19, "0" * 20)))
