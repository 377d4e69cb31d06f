"""Windows of days: the day on which a window opens, and the first day on which a condition of it holds."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.source_errors import SourceError


def window_start(today: dt.date, days: int) -> dt.date:
    """Return the day on which a window of `days` opens."""
    return today - dt.timedelta(days=days)


async def first_day_when(
    holds: Callable[[dt.date], Awaitable[bool]], low: dt.date, high: dt.date, guesses: Sequence[dt.date]
) -> dt.date | None:
    """Return the first day on which a condition holds, by bisection; None if a day cannot be read.

    It does not hold on `low`, and holds on `high`. `guesses` are the probable days: they are read first.
    """
    while (high - low).days > 1:
        day = next((day for day in guesses if low < day < high), low + (high - low) // 2)
        try:
            if await holds(day):
                high = day
            else:
                low = day
        except (SourceError, Unmeasurable):
            return None
    return high
