"""The hosts that a source waits for, and their pauses."""

import datetime as dt

import pytest

from pawtui.sources.waiting import HostWait, WaitTracker

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


class Clock:
    """A clock that a test advances."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


def test_a_wait_lasts_from_the_first_request_or_the_last_response() -> None:
    clock = Clock()
    waits = WaitTracker("api.github.com", clock)
    assert waits.current() is None
    clock.now += 10 * SECOND
    first, second = waits.track_request(), waits.track_request()
    with second:
        with first:
            clock.now += 3 * SECOND
            with waits.track_request():
                assert waits.current() == HostWait(host="api.github.com", seconds=3)
            waits.record_response()
            clock.now += SECOND
            assert waits.current() == HostWait(host="api.github.com", seconds=1)
        # Another request is still active.
        clock.now += SECOND
        assert waits.current() == HostWait(host="api.github.com", seconds=2)
    assert waits.current() is None


def test_the_end_of_the_longest_pause_is_shown() -> None:
    clock = Clock()
    waits = WaitTracker("api.github.com", clock)
    with waits.track_request():
        with waits.track_pause(NOW + 60 * SECOND), waits.track_pause(NOW + 30 * SECOND):
            assert waits.current() == HostWait(host="api.github.com", seconds=0, until=NOW + 60 * SECOND)
        # A wait is not negative after the clock was set back.
        clock.now -= 3600 * SECOND
        assert waits.current() == HostWait(host="api.github.com", seconds=0)


@pytest.mark.parametrize(
    ("wait", "is_long", "text"),
    [
        (HostWait(host="x.org", seconds=1.9), False, "waiting 2 s for x.org"),
        (HostWait(host="x.org", seconds=2), True, "waiting 2 s for x.org"),
        (HostWait(host="x.org", seconds=0, until=NOW), True, "waiting until 09:00:00 UTC for x.org"),
    ],
)
def test_a_long_wait_or_a_pause_is_shown(wait: HostWait, is_long: bool, text: str) -> None:
    assert (wait.is_long, wait.text) == (is_long, text)
