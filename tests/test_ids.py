"""Ids sort by time, and after the newest recorded id even if the clock was set back."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from pawtui.ids import new_id, newest_id

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
_times = st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(9000, 1, 1), timezones=st.just(dt.UTC))


def test_an_id_sorts_by_its_time() -> None:
    later = NOON + dt.timedelta(milliseconds=1)
    assert new_id(NOON, 2**45 - 1) < new_id(later, 0)
    assert len(new_id(NOON)) == 19
    assert new_id(NOON) != new_id(NOON)


@given(_times, _times, st.integers(0, 2**45 - 1))
def test_an_id_sorts_after_the_newest_id_even_if_the_clock_was_set_back(
    first: dt.datetime, second: dt.datetime, random: int
) -> None:
    newest = new_id(first, 2**45 - 1)
    made = new_id(second, random, after=newest)
    assert made > newest
    assert made >= new_id(second, random), "and never before its own time"
    assert len(made) == len(newest)


def test_an_id_of_another_form_is_ignored() -> None:
    assert new_id(NOON, 1, after="refresh-12") == new_id(NOON, 1)
    assert newest_id(["refresh-12", "zz", new_id(NOON, 1), new_id(NOON, 0)]) == new_id(NOON, 1)
    assert newest_id([]) == newest_id(["u" * 19]) == ""


def test_the_last_possible_id_has_no_overflow() -> None:
    last = "z" * 19
    assert new_id(NOON, 5, after=last) == "z" * 10 + "000000005"


def test_a_time_before_1970_gives_the_first_id() -> None:
    early = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    assert new_id(early, 5) == "0" * 10 + "000000005"
    assert new_id(early, 5) < new_id(NOON, 0)
