"""Compare our events of a session with those that the upstream itself stored for it, and explain each difference.

Both streams are cut into units (what belongs to one message) by the ids in the events. Units are paired by what they
say, in order: calls by their ids, texts by their words. Ids of messages and times differ every time and do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple

import msgspec

from pawtui.replay.decode import Undecodable, decode_any
from pawtui.replay.emitting import MadeEvent
from pawtui.replay.expressions import MISSING, subject_field
from pawtui.replay.generation import Generation, Known
from pawtui.replay.mapping import Mapped
from pawtui.replay.model import Json, Message

Only = Literal["", "ours", "theirs"]
UNEXPLAINED = "Not explained."
EXAMPLES = 5


class Disagreement(msgspec.Struct, kw_only=True):
    """A difference between our events and the upstream's: which event and field, on which side, and why."""

    event: str
    field: str
    only: Only
    reason: str
    explained: bool
    count: int = 0
    parts: int = 0
    examples: list[str] = []


class UpstreamResult(msgspec.Struct, kw_only=True):
    """How far our mapping and the upstream's own agree, over the sessions for which it stored both models.

    `agreed` counts parts on whose events both agree, of `parts`; `unexplained` counts differences without a reason.
    `alone` counts sessions that it stored without any message of the first model: there is nothing to compare with.
    """

    generation: str
    stored: Literal["events", "rows"]
    sessions: int = 0
    alone: int = 0
    parts: int = 0
    agreed: int = 0
    explained: int = 0
    ours: int = 0
    theirs: int = 0
    unexplained: int = 0
    differences: list[Disagreement] = []

    def add(self, other: UpstreamResult) -> None:
        """Add the counts of another source's comparison."""
        for name in ("sessions", "alone", "parts", "agreed", "explained", "ours", "theirs", "unexplained"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        known = {(one.event, one.field, one.only, one.reason): one for one in self.differences}
        for one in other.differences:
            same = known.get((one.event, one.field, one.only, one.reason))
            if same is None:
                self.differences.append(one)
            else:
                same.count += one.count
                same.parts += one.parts
                same.examples = (same.examples + one.examples)[:EXAMPLES]

    @property
    def share(self) -> float:
        """The share of parts on which both agree, from 0 to 1."""
        return self.agreed / self.parts if self.parts else 0.0


class _Unit:
    """The events of one message on one side."""

    def __init__(self) -> None:
        self.events: list[MadeEvent] = []
        self.first = ""


class _Place(NamedTuple):
    """Where a difference is: the type of event, the dotted field, the side."""

    event: str
    field: str
    only: Only


class UpstreamComparer:
    """Compares session by session and sums up."""

    def __init__(self, generation: Generation, stored: Literal["events", "rows"]) -> None:
        rules = generation.upstream
        self._units = [subject_field(name) for name in rules.units]
        self._keys = [subject_field(name) for name in rules.keys]
        self._content = [subject_field(name) for name in rules.content]
        self._decoded = frozenset(rules.decoded)
        self._ignored = frozenset({*rules.ids, generation.events.time})
        self._known = (*rules.row_known, *rules.known) if stored == "rows" else rules.known
        self._skip = frozenset(rules.row_skip) if stored == "rows" else frozenset()
        self.result = UpstreamResult(generation=generation.name, stored=stored)
        self._found: dict[tuple[_Place, str], Disagreement] = {}
        self._ours: list[MadeEvent] = []
        # The sort, the message's sort and what carries it, by part.
        self._parts: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {}
        self._messages: dict[int, str] = {}
        self._where: dict[str, list[str]] = {}

    def observe(self, message: Message, mapped: Mapped) -> None:
        """Take our events of one message."""
        sort = mapped.rule.rule.name if mapped.rule is not None else ""
        for event in mapped.events:
            self._messages[id(event[2])] = sort
            self._where.setdefault(self._unit(event) or message.id, [])
        self._ours += mapped.events
        carriers = [self._unit(event) or "" for event in mapped.events if not event[3]]
        for part, compiled in mapped.parts:
            kind = compiled.sort if compiled is not None else part.type
            carried = compiled.rule.carried if compiled is not None else ()
            pairs = tuple((name.partition(":")[0], name.partition(":")[2]) for name in carried)
            self._parts[part.id] = (kind, sort, pairs)
            for unit in dict.fromkeys(carriers):
                self._where.setdefault(unit, []).append(part.id)

    def finish(self, theirs: Iterable[MadeEvent]) -> None:
        """Compare the session whose messages were observed with the upstream's events of it."""
        ours = [event for event in self._ours if event[0] not in self._skip]
        their_events = list(theirs)
        disagreeing: dict[str, bool] = {}
        for mine, other in self._paired(self._cut(ours), self._cut(their_events)):
            for place, event in self._differences(mine, other):
                self._count(place, event, disagreeing)
        result = self.result
        result.sessions += 1
        result.parts += len(self._parts)
        result.agreed += len(self._parts) - len(disagreeing)
        result.explained += sum(disagreeing.values())
        result.ours += len(ours)
        result.theirs += len(their_events)
        self._ours, self._parts, self._messages, self._where = [], {}, {}, {}

    def end(self) -> UpstreamResult:
        """Return the sum, the most frequent differences first, those without a reason in front."""
        found = sorted(self._found.values(), key=lambda one: (one.explained, -one.count, one.event, one.field))
        self.result.differences = found
        self.result.unexplained = sum(one.count for one in found if not one.explained)
        return self.result

    def _unit(self, event: MadeEvent) -> str:
        for getter in self._units:
            value = getter(event[2], None)
            if isinstance(value, str):
                return value
        return ""

    def _cut(self, events: list[MadeEvent]) -> list[_Unit]:
        units: list[_Unit] = []
        known: dict[str, _Unit] = {}
        for event in events:
            name = self._unit(event)
            unit = known.get(name) if name else None
            if unit is None:
                unit = _Unit()
                unit.first = event[0]
                units.append(unit)
                if name:
                    known[name] = unit
            unit.events.append(event)
        return units

    def _signature(self, unit: _Unit) -> tuple[Any, ...]:
        said = {
            (event[0], value.strip() if isinstance(value, str) else repr(value))
            for event in unit.events
            for getter in self._content
            if (value := getter(event[2], None)) is not MISSING
        }
        return (unit.first, frozenset(said))

    def _paired(self, ours: list[_Unit], theirs: list[_Unit]) -> Iterator[tuple[_Unit | None, _Unit | None]]:
        """Yield pairs of units; one without a counterpart comes with None."""
        first, second = [self._signature(unit) for unit in ours], [self._signature(unit) for unit in theirs]
        for tag, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
            if tag == "equal":
                yield from zip(ours[a:b], theirs[c:d], strict=True)
            else:
                yield from _by_kind(ours[a:b], theirs[c:d])

    def _differences(self, mine: _Unit | None, other: _Unit | None) -> Iterator[tuple[_Place, MadeEvent]]:
        if mine is None or other is None:
            only: Only = "ours" if other is None else "theirs"
            for event in (mine or other or _Unit()).events:
                yield _Place(event[0], "", only), event
            return
        found: dict[tuple[str, ...], list[MadeEvent]] = {}
        for event in other.events:
            found.setdefault(self._key(event), []).append(event)
        for event in mine.events:
            rest = found.get(self._key(event))
            if not rest:
                yield _Place(event[0], "", "ours"), event
                continue
            theirs = rest.pop(0)
            for field in self._fields(event[2], theirs[2], ""):
                if f"{event[0]}:{field}" not in self._decoded or not _same_json(event[2], theirs[2], field):
                    yield _Place(event[0], field, ""), event
        for rest in found.values():
            for event in rest:
                yield _Place(event[0], "", "theirs"), event

    def _key(self, event: MadeEvent) -> tuple[str, ...]:
        values = (getter(event[2], None) for getter in self._keys)
        return (event[0], *(str(value) for value in values if value is not MISSING))

    def _fields(self, mine: Any, theirs: Any, path: str) -> Iterator[str]:
        """Yield the dotted fields that differ. A field that is missing is like one that is empty."""
        if isinstance(mine, dict) and isinstance(theirs, dict):
            for key in dict.fromkeys((*mine, *theirs)):
                if path or key not in self._ignored:
                    one, two = mine.get(key), theirs.get(key)
                    if one != two and not (_empty(one) and _empty(two)):
                        yield from self._fields(one, two, f"{path}.{key}" if path else key)
        elif mine != theirs:
            yield path

    def _count(self, place: _Place, event: MadeEvent, disagreeing: dict[str, bool]) -> None:
        sort = self._messages.get(id(event[2]), "")
        owners = self._owners(place, event)
        sorts = {self._parts[owner][0] for owner in owners} or {""}
        known = next((one for one in self._known if _fits(one, place, sort, sorts)), None)
        reason = known.reason if known is not None else UNEXPLAINED
        found = self._found.get((place, reason))
        if found is None:
            found = self._found[place, reason] = Disagreement(
                event=place.event, field=place.field, only=place.only, reason=reason, explained=known is not None
            )
        found.count += 1
        for owner in owners:
            disagreeing[owner] = disagreeing.get(owner, True) and known is not None
            found.parts += 1
            if len(found.examples) < EXAMPLES:
                found.examples.append(owner)

    def _owners(self, place: _Place, event: MadeEvent) -> list[str]:
        """Return the parts that a difference is about: the one of the event, or those that the field carries."""
        if event[3]:
            return [event[3]]
        owners = []
        for part in self._where.get(self._unit(event), ()):
            for kind, field in self._parts[part][2]:
                if kind == place.event and (not place.field or _within(place.field, field)):
                    owners.append(part)
                    break
        return owners


def _by_kind(ours: list[_Unit], theirs: list[_Unit]) -> Iterator[tuple[_Unit | None, _Unit | None]]:
    """Pair units between two that are surely the same: those that begin with the same event, in order."""
    left, right = Counter(unit.first for unit in ours), Counter(unit.first for unit in theirs)
    rest = list(theirs)
    for unit in ours:
        # Where one side has fewer of a kind, nothing tells which of the other's is the counterpart.
        same = left[unit.first] == right[unit.first]
        match = next((other for other in rest if other.first == unit.first), None) if same else None
        if match is not None:
            rest.remove(match)
        yield unit, match
    for unit in rest:
        yield None, unit


def _same_json(mine: Json, theirs: Json, field: str) -> bool:
    """Return whether two texts are the same JSON, however it is spelled."""
    getter = subject_field(field)
    try:
        first, second = (decode_any(str(getter(data, None)).encode()) for data in (mine, theirs))
    except (Undecodable, UnicodeEncodeError):
        return False
    return bool(first == second)


def _empty(value: Any) -> bool:
    return value is None or value == [] or value == {}


def _within(field: str, carried: str) -> bool:
    return field == carried or field.startswith(f"{carried}.") or carried.startswith(f"{field}.")


def _fits(known: Known, place: _Place, message: str, sorts: set[str]) -> bool:
    if known.only != place.only or not fnmatchcase(place.event, known.event):
        return False
    if known.field and not (place.field == known.field or place.field.startswith(f"{known.field}.")):
        return False
    return fnmatchcase(message, known.message) and any(fnmatchcase(sort, known.sort) for sort in sorts)
