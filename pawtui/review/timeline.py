"""The events between refreshes, such as releases and breaks, and the weeks of the timeline."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from pawtui.probes.probe_facts import ChurnFacts, Facts, NamesFacts, NewFilesFacts, ReleaseFacts, SoakFacts
from pawtui.probes.reading import numbered_probes
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.record_types import Record

EventKind = Literal["release", "reset", "file", "renamed", "removed", "version", "breaking"]
# Events that break programs that read stored data.
BREAKS: tuple[EventKind, ...] = ("reset", "file", "renamed", "removed", "version", "breaking")
_MAX_NAMES = 3
# A reset has the date in its file's name if the file can have been written on that date and merged between the two
# measurements. A file is merged at most this long after it was written.
_MERGED_WITHIN = dt.timedelta(days=28)
# Names of migrations begin with the time at which they were written.
_DATE_IN_NAME = re.compile(r"(?:^|/)(20\d{2})(0[1-9]|1[0-2])([0-3]\d)(?:\d{6})?_")


class _DatedFacts(NamedTuple):
    """The facts of a probe, and the time of their measurement."""

    facts: Facts
    moment: dt.datetime


# By the kind of a probe, and its number among those of the kind.
_ByProbe: TypeAlias = Mapping[tuple[str, int], _DatedFacts]


class _SignalHistory(NamedTuple):
    """The time of the first measurement of a signal, and the last facts of each of its probes."""

    begin: dt.datetime
    last_facts: _ByProbe


class UpstreamEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An upstream event: its kind, day and text. `seen` is the time of the first measurement that shows it."""

    kind: EventKind
    day: dt.date
    text: str
    seen: dt.datetime


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar week with its last measurement (None if there is none) and its events."""

    start: dt.date
    refresh: Refresh | None = None
    events: tuple[UpstreamEvent, ...] = ()

    @property
    def churn(self) -> int | None:
        """The number of commits in the window of the first churn probe; None if it is not known."""
        readings = self.refresh.signals if self.refresh is not None else ()
        facts = (probe.facts for reading in readings for probe in reading.probes)
        return next((each.total for each in facts if isinstance(each, ChurnFacts)), None)


def find_events(refreshes: Sequence[Refresh]) -> tuple[UpstreamEvent, ...]:
    """Return the events that each measurement shows and the one before does not, the earliest day first.

    A probe that could not be measured is skipped: its next facts are compared with its last ones or, if there are none,
    with the first measurement of its signal.
    """
    first_seen: dict[tuple[EventKind, str], UpstreamEvent] = {}
    histories: dict[str, _SignalHistory] = {}
    for refresh in refreshes:
        for reading in refresh.signals:
            probes = numbered_probes(reading.probes)
            facts = {key: _DatedFacts(probe.facts, refresh.moment) for key, probe in probes if probe.facts is not None}
            history = histories.get(reading.id)
            if history is None:
                histories[reading.id] = _SignalHistory(refresh.moment, facts)
                continue
            for event in _events_between(history, facts, refresh):
                first_seen.setdefault((event.kind, event.text), event)
            histories[reading.id] = history._replace(last_facts={**history.last_facts, **facts})
    return tuple(sorted(first_seen.values(), key=lambda event: event.day))


def group_by_week(record: Record) -> tuple[Week, ...]:
    """Return every calendar week from the first measurement to the last.

    A release before the first week is omitted. A break before it is in the first week: its file was merged later.
    """
    refreshes = record.all_refreshes
    if not refreshes:
        return ()
    last = {_monday(refresh.moment.date()): refresh for refresh in refreshes}
    first = min(last)
    events: dict[dt.date, list[UpstreamEvent]] = {}
    for event in find_events(refreshes):
        if event.kind == "release" and event.day < first:
            continue
        events.setdefault(max(_monday(event.day), first), []).append(event)
    count = (max(last) - first).days // 7 + 1
    starts = (first + dt.timedelta(weeks=number) for number in range(count))
    return tuple(Week(start=day, refresh=last.get(day), events=tuple(events.get(day, ()))) for day in starts)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _events_between(history: _SignalHistory, now: _ByProbe, refresh: Refresh) -> Iterator[UpstreamEvent]:
    """Yield the events between the last facts of a signal before a refresh and those of the refresh (`now`)."""
    yield from _release_events((dated.facts for dated in now.values()), refresh)
    for key, dated in now.items():
        earlier = history.last_facts.get(key)
        since = earlier.moment if earlier else history.begin
        match earlier and earlier.facts, dated.facts:
            case _, NewFilesFacts() as facts:
                known_files = _known_files(history.last_facts, discards=bool(facts.discards))
                yield from _file_events(known_files, facts, since.date(), refresh)
            case NamesFacts() as old, NamesFacts() as facts:
                yield from _name_events(old, facts, refresh)
            case _, SoakFacts(last_break=last) if last is not None and last.at > since:
                yield UpstreamEvent(kind="breaking", day=last.at.date(), text=last.subject, seen=refresh.moment)


def _known_files(before: _ByProbe, *, discards: bool) -> set[str]:
    """Return the identities of the files that a probe with, or without, `discards` has found before."""
    return {
        _identity(path)
        for dated in before.values()
        if isinstance(dated.facts, NewFilesFacts) and bool(dated.facts.discards) == discards
        # Not `new`: an earlier measurement may have listed a file without reading it.
        for path in (*dated.facts.matching, *dated.facts.removed)
    }


def _release_events(facts: Iterable[Facts], refresh: Refresh) -> Iterator[UpstreamEvent]:
    tags = (tag for each in facts if isinstance(each, ReleaseFacts) for tag in (each.newest, each.first))
    for tag in filter(None, tags):
        yield UpstreamEvent(kind="release", day=tag.at.date(), text=tag.tag, seen=refresh.moment)


def _file_events(
    known_files: Collection[str], facts: NewFilesFacts, before: dt.date, refresh: Refresh
) -> Iterator[UpstreamEvent]:
    """Yield the new matches since the measurement of the day `before`; none without a pattern: every file matches."""
    if not (facts.discards or facts.name or facts.body):
        return
    # Only a file that deletes rows is a reset.
    kind: EventKind = "reset" if facts.discards else "file"
    new = [path for path in facts.matching if _identity(path) not in known_files]
    for path in new:
        # `added_on` is the day of the last file: if others are new too, they may be older.
        added_on = facts.added_on if len(new) == 1 and path not in facts.partly else None
        day = _file_day(path, added_on, before, refresh.moment.date())
        some_rows = " (some rows)" if path in facts.partly else ""
        yield UpstreamEvent(kind=kind, day=day, text=f"{_identity(path)}{some_rows}", seen=refresh.moment)


def _file_day(path: str, added_on: dt.date | None, before: dt.date, today: dt.date) -> dt.date:
    """Return the day in the name of a new file, or the day on which it was added; `today` if neither is plausible."""
    named = _day_in(path)
    if named is not None and before - _MERGED_WITHIN <= named <= today:
        return named
    if added_on is not None and before <= added_on <= today:
        return added_on
    return today


def _identity(path: str) -> str:
    """Return the part of a path that starts with a date: a folder, or the file's name without its extension."""
    for part in reversed(path.split("/")):
        if _DATE_IN_NAME.match(part):
            return part.rpartition(".")[0] or part
    return path


def _day_in(path: str) -> dt.date | None:
    """Return the date in the name of a file or folder, or None."""
    found = _DATE_IN_NAME.search(path)
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _name_events(before: NamesFacts, now: NamesFacts, refresh: Refresh) -> Iterator[UpstreamEvent]:
    removed = [name for name in now.removed if name not in before.removed]
    added = {name for name in now.added if name not in before.added}
    versions = [name for name in removed if _has_other_version(name, added)]
    gone = [name for name in removed if name not in versions]
    day, seen = refresh.moment.date(), refresh.moment
    if versions:
        yield UpstreamEvent(kind="version", day=day, text=_listed(versions, "with a new version"), seen=seen)
    if gone and len(added) >= len(removed):
        yield UpstreamEvent(kind="renamed", day=day, text=_listed(gone, f"gone, {len(added)} new"), seen=seen)
    elif gone:
        yield UpstreamEvent(kind="removed", day=day, text=_listed(gone, "gone"), seen=seen)


def _has_other_version(name: str, added: Iterable[str]) -> bool:
    stem, _, version = name.rpartition("@")
    # A field of a definition follows its version, as in `name@1.field`.
    return version.isdecimal() and any(other.rpartition("@")[0] == stem for other in added)


def _listed(names: Sequence[str], change: str) -> str:
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return f"{', '.join(names[:_MAX_NAMES])}{more}: {change}"
