"""The events between refreshes, such as releases and breaks, and the weeks of the timeline."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Literal, NamedTuple

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


class UpstreamEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An upstream event: its kind, day and text. `seen` is the time of the first measurement that shows it."""

    kind: EventKind
    day: dt.date
    text: str
    seen: dt.datetime


class _DatedFacts(NamedTuple):
    """The facts of a probe, and the time of their measurement."""

    facts: Facts
    moment: dt.datetime


class _SignalHistory(NamedTuple):
    """The time of the first measurement of a signal, and the last facts of each probe, by its kind and number."""

    begin: dt.datetime
    last_facts: Mapping[tuple[str, int], _DatedFacts]


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
            for event in _events_between(history, facts):
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


def _events_between(history: _SignalHistory, now: Mapping[tuple[str, int], _DatedFacts]) -> Iterator[UpstreamEvent]:
    """Yield the events between the last facts of a signal before a refresh and those of the refresh (`now`)."""
    for key, dated in now.items():
        earlier = history.last_facts.get(key)
        since = earlier.moment if earlier else history.begin
        match earlier and earlier.facts, dated.facts:
            case _, ReleaseFacts() as facts:
                for tag in filter(None, (facts.newest, facts.first)):
                    yield UpstreamEvent(kind="release", day=tag.at.date(), text=tag.tag, seen=dated.moment)
            case _, NewFilesFacts() as facts:
                before = [each.facts for each in history.last_facts.values() if isinstance(each.facts, NewFilesFacts)]
                yield from _file_events(before, facts, since.date(), dated.moment)
            case NamesFacts() as old, NamesFacts() as facts:
                yield from _name_events(old, facts, dated.moment)
            case _, SoakFacts(last_break=last) if last is not None and last.at > since:
                yield UpstreamEvent(kind="breaking", day=last.at.date(), text=last.subject, seen=dated.moment)


def _file_events(
    before: Iterable[NewFilesFacts], facts: NewFilesFacts, since: dt.date, moment: dt.datetime
) -> Iterator[UpstreamEvent]:
    """Yield the matches that no probe of this kind has found before. `since` is the day of the last measurement.

    None without a pattern: every file matches.
    """
    if not (facts.discards or facts.name or facts.body):
        return
    known = {
        _identity(path)
        for old in before
        if bool(old.discards) == bool(facts.discards)
        # Not `new`: an earlier measurement may have listed a file without reading it.
        for path in (*old.matching, *old.removed)
    }
    new = [path for path in facts.matching if _identity(path) not in known]
    # Only a file that deletes rows is a reset.
    kind: EventKind = "reset" if facts.discards else "file"
    for path in new:
        # `added_on` is the day of the last file: if others are new too, they may be older.
        added_on = facts.added_on if len(new) == 1 and path not in facts.partly else None
        day = _file_day(path, added_on, since, moment.date())
        some_rows = " (some rows)" if path in facts.partly else ""
        yield UpstreamEvent(kind=kind, day=day, text=f"{_identity(path)}{some_rows}", seen=moment)


def _file_day(path: str, added_on: dt.date | None, since: dt.date, today: dt.date) -> dt.date:
    """Return the day in the name of a new file, or the day on which it was added; `today` if neither is plausible."""
    if found := _DATE_IN_NAME.search(path):
        # The digits may be no date, such as February 30.
        with suppress(ValueError):
            named = dt.date(int(found[1]), int(found[2]), int(found[3]))
            if since - _MERGED_WITHIN <= named <= today:
                return named
    return added_on if added_on is not None and since <= added_on <= today else today


def _identity(path: str) -> str:
    """Return the part of a path that starts with a date: a folder, or the file's name without its extension."""
    for part in reversed(path.split("/")):
        if _DATE_IN_NAME.match(part):
            return part.rpartition(".")[0] or part
    return path


def _name_events(before: NamesFacts, now: NamesFacts, seen: dt.datetime) -> Iterator[UpstreamEvent]:
    """Yield an event for names with a new version, and one for the other names that are gone."""
    removed = [name for name in now.removed if name not in before.removed]
    added = {name for name in now.added if name not in before.added}
    added_stems = {name.rpartition("@")[0] for name in added}
    versions = []
    for name in removed:
        # A field of a definition follows its version, as in `name@1.field`.
        stem, _, version = name.rpartition("@")
        if version.isdecimal() and stem in added_stems:
            versions.append(name)
    gone = [name for name in removed if name not in versions]
    day = seen.date()
    if versions:
        yield UpstreamEvent(kind="version", day=day, text=_listed(versions, "with a new version"), seen=seen)
    if gone and len(added) >= len(removed):
        yield UpstreamEvent(kind="renamed", day=day, text=_listed(gone, f"gone, {len(added)} new"), seen=seen)
    elif gone:
        yield UpstreamEvent(kind="removed", day=day, text=_listed(gone, "gone"), seen=seen)


def _listed(names: Sequence[str], change: str) -> str:
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return f"{', '.join(names[:_MAX_NAMES])}{more}: {change}"
