"""Times as text: in UTC, also at the limits of the calendar."""

import datetime as dt

from pawtui.moments import day_text, minute_text, moment_text


def test_a_time_of_another_zone_is_shown_in_utc() -> None:
    at = dt.datetime.fromisoformat("2026-11-21T01:30:00+02:00")
    assert day_text(at) == "2026-11-20"
    assert minute_text(at) == "2026-11-20 23:30"
    assert moment_text(at) == "2026-11-20 23:30 UTC"


def test_the_last_day_of_the_calendar_keeps_its_local_time() -> None:
    at = dt.datetime.max.replace(tzinfo=dt.timezone(-dt.timedelta(hours=2)))
    assert day_text(at) == "9999-12-31"
