"""The timeline as rows with one character per week: the state of each signal, churn, releases and breaks."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from pawtui.probes.state import State
from pawtui.report.document import Role, Span
from pawtui.report.words import STATE_GLYPH, sparkline
from pawtui.review.timeline import EventKind, Week
from pawtui.tracker.tracker_types import Tracker

# A week without a measurement or without an event.
EMPTY = "·"
_MARKS: dict[EventKind, str] = {
    "release": "v",
    "reset": "!",
    "file": "!",
    "renamed": "n",
    "removed": "n",
    "version": "n",
    "breaking": "b",
}
# If a week has several kinds of breaks, the first of these is shown.
_WORST_FIRST: tuple[EventKind, ...] = ("reset", "file", "removed", "renamed", "version", "breaking")
_STATE_ROLES: dict[State, Role] = {"met": "ok", "partial": "alert", "unmet": "danger", "unknown": "muted"}
STATES_LEGEND = "= met, ~ partial, x unmet, ? unknown"
EVENTS_LEGEND = "v release; ! reset or new file, n names removed or changed, b breaking commit"
LEGEND = f"{STATES_LEGEND}; {EVENTS_LEGEND}"


class TimelineRow(msgspec.Struct, frozen=True):
    """A label, and one cell for each week."""

    label: str
    cells: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The characters of all cells."""
        return "".join(cell.text for cell in self.cells)


def timeline_rows(tracker: Tracker, weeks: Sequence[Week]) -> tuple[TimelineRow, ...]:
    """Return a row for each signal, then churn, releases and breaks."""
    rows = [TimelineRow(signal.id, tuple(_state(week, signal.id) for week in weeks)) for signal in tracker.signals]
    rows.append(TimelineRow("churn", tuple(_churn(weeks))))
    rows.append(TimelineRow("releases", tuple(_event(week, ("release",), "ok") for week in weeks)))
    rows.append(TimelineRow("breaks", tuple(_event(week, _WORST_FIRST, "danger") for week in weeks)))
    return tuple(rows)


def _state(week: Week, signal_id: str) -> Span:
    reading = week.refresh.signal(signal_id) if week.refresh is not None else None
    if reading is None:
        return Span(EMPTY, "muted")
    return Span(STATE_GLYPH[reading.state], _STATE_ROLES[reading.state])


def _churn(weeks: Sequence[Week]) -> Iterable[Span]:
    bars = sparkline([week.churn or 0 for week in weeks])
    for week, bar in zip(weeks, bars, strict=True):
        known = week.churn is not None
        yield Span(bar if known else " ", "link" if known else "muted")


def _event(week: Week, kinds: Sequence[EventKind], role: Role) -> Span:
    present = {event.kind for event in week.events}
    kind = next((kind for kind in kinds if kind in present), None)
    return Span(EMPTY, "muted") if kind is None else Span(_MARKS[kind], role)


def event_words(kind: EventKind) -> str:
    """Return the words for a kind of event."""
    words = {"file": "new file", "removed": "names removed", "renamed": "names changed", "version": "new version"}
    return words.get(kind, kind)


def month_names(weeks: Sequence[Week], step: int = 1) -> str:
    """Return the name of each month at its first week, if the month has room for it; for January, the year.

    A week has `step` columns.
    """
    text = ""
    months = [list(group) for _, group in groupby(range(len(weeks)), lambda index: weeks[index].start.month)]
    for month in months:
        first = weeks[month[0]].start
        # A space separates two names.
        room = len(month) * step - (month is not months[-1])
        names = (f"{first:%Y}", f"'{first:%y}") if first.month == 1 else (f"{first:%b}",)
        text = text.ljust(month[0] * step) + next((name for name in names if len(name) <= room), "")
    return text.ljust(len(weeks) * step)
