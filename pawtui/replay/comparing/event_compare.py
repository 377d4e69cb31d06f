"""Compare our events of a session with the events that the upstream itself stored, and explain each difference.

The events of both sides are grouped by message, with the ids in the events. The groups are paired in order by their
content: calls by their ids, texts by their words. Ids of messages and times always differ and are not compared.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any, NamedTuple

from pawtui.replay.comparing.field_compare import FieldComparer
from pawtui.replay.mapping.generation import Generation, KnownDifference
from pawtui.replay.mapping.mapper import CompiledPartRule, MappedMessage
from pawtui.replay.mapping.mapping_context import MISSING, SessionEvent, field_at
from pawtui.replay.reading.decode import decode_any
from pawtui.replay.reading.session_types import Json
from pawtui.replay.results.result import Disagreement, EventSide, StoredForm, UpstreamResult
from pawtui.replay.results.totals import DifferenceKind

UNEXPLAINED = "Not explained."
# The event of differences between two rows of a session. It is part of the JSON.
SESSION_ROW = "(session)"
# The side that alone has a field of a session.
_SIDES: Mapping[DifferenceKind, EventSide] = {"lost": "ours", "added": "theirs", "changed": ""}
# The events of one message on each side. A message without a counterpart is paired with no events.
_Pair = tuple[list[SessionEvent], list[SessionEvent]]


class _Difference(NamedTuple):
    """A difference between two messages: the event of one side, and the data of the other event, if any.

    `field` is the dotted field, empty for the whole event; `only` is the side that alone has the event.
    """

    event: SessionEvent
    field: str = ""
    only: EventSide = ""
    other: Json | None = None


class _OurSession:
    """Our messages of one session, and what their events carry."""

    def __init__(self, messages: Iterable[MappedMessage], message_id: Callable[[Json], str]) -> None:
        """Collect the events. `message_id` returns the message id in the data of an event."""
        self.events: list[SessionEvent] = []
        self.part_count = 0
        # The rules of parts, by the id of the part.
        self.part_rules: dict[str, CompiledPartRule] = {}
        # The ids of a message's parts, by the message id in the events.
        self.parts_of: dict[str, list[str]] = {}
        # The names of the rules of messages, by the event.
        self.rules: dict[SessionEvent, str] = {}
        # For each part with a difference: whether all its differences have a reason.
        self.explained: dict[str, bool] = {}
        for mapped in messages:
            rule = mapped.rule.name if mapped.rule is not None else ""
            self.rules |= dict.fromkeys(mapped.events, rule)
            self.events += mapped.events
            message_ids = {message_id(event.data) for event in mapped.events if not event.part_id}
            self.part_count += len(mapped.parts)
            # A part without a rule has no events, and no event carries it.
            part_rules = {part.id: compiled for part, compiled in mapped.parts if compiled is not None}
            self.part_rules |= part_rules
            for each in message_ids:
                self.parts_of.setdefault(each, []).extend(part_rules)


class UpstreamComparer:
    """Compares one session at a time. At the end, `end` returns the result."""

    def __init__(self, generation: Generation, form: StoredForm) -> None:
        rules = self._rules = generation.upstream
        self._ignored = frozenset({*rules.ignored, generation.events.time})
        self._known = (*rules.row_known, *rules.known) if form == "rows" else rules.known
        self._skip = frozenset(rules.not_in_rows) if form == "rows" else frozenset()
        self._session_fields = FieldComparer(generation.session.lost, generation.session.changed)
        self.result = UpstreamResult(generation=generation.name, stored=form)
        self._disagreements: dict[tuple[str, ...], Disagreement] = {}

    def compare_fields(self, original: Json, stored: Json) -> None:
        """Compare the fields of a session with those of its row in the upstream's read model."""
        for difference in self._session_fields.compare(original, stored):
            reason = difference.reason if difference.stated else ""
            self._disagreement(SESSION_ROW, difference.field, _SIDES[difference.kind], reason).count += 1

    def compare_events(self, messages: Iterable[MappedMessage], theirs: Iterable[SessionEvent]) -> None:
        """Compare our messages of a session with the upstream's events of the session."""
        session = _OurSession(messages, self._message_id)
        ours = [event for event in session.events if event.type not in self._skip]
        for our_message, their_message in self._paired(self._by_message(ours), self._by_message(theirs)):
            for difference in self._differences(our_message, their_message):
                self._count(difference, session)
        result = self.result
        result.sessions += 1
        result.parts += session.part_count
        result.agreed += session.part_count - len(session.explained)
        result.explained += sum(session.explained.values())

    def end(self) -> UpstreamResult:
        """Return the result. Differences without a reason come first, then the most frequent differences."""
        self.result.differences = sorted(
            self._disagreements.values(), key=lambda found: (found.explained, -found.count, found.event, found.field)
        )
        self.result.unexplained = sum(found.count for found in self.result.differences if not found.explained)
        return self.result

    def _message_id(self, data: Json) -> str:
        values = (field_at(data, name) for name in self._rules.message_ids)
        return next((value for value in values if isinstance(value, str)), "")

    def _by_message(self, events: Iterable[SessionEvent]) -> list[list[SessionEvent]]:
        """Return the events grouped by message, in order. An event without a message id is a group."""
        messages: dict[str | int, list[SessionEvent]] = {}
        for number, event in enumerate(events):
            messages.setdefault(self._message_id(event.data) or number, []).append(event)
        return list(messages.values())

    def _signature(self, message: list[SessionEvent]) -> tuple[str, frozenset[tuple[str, str]]]:
        """Return what corresponding messages have in common: the type of the first event, and the content."""
        content = {
            (event.type, value.strip() if isinstance(value, str) else repr(value))
            for event in message
            for name in self._rules.content
            if (value := field_at(event.data, name)) is not MISSING
        }
        return message[0].type, frozenset(content)

    def _paired(self, ours: list[list[SessionEvent]], theirs: list[list[SessionEvent]]) -> Iterator[_Pair]:
        """Yield pairs of messages with the same content."""
        first, second = [self._signature(message) for message in ours], [self._signature(message) for message in theirs]
        matcher = SequenceMatcher(None, first, second, autojunk=False)
        for tag, start, end, their_start, their_end in matcher.get_opcodes():
            our_messages, their_messages = ours[start:end], theirs[their_start:their_end]
            if tag == "equal":
                yield from zip(our_messages, their_messages, strict=True)
            else:
                yield from _paired_by_type(our_messages, their_messages)

    def _differences(self, ours: list[SessionEvent], theirs: list[SessionEvent]) -> Iterator[_Difference]:
        by_key: dict[tuple[str, ...], list[SessionEvent]] = {}
        for event in theirs:
            by_key.setdefault(self._key(event), []).append(event)
        for event in ours:
            same_key = by_key.get(self._key(event))
            if not same_key:
                yield _Difference(event, only="ours")
                continue
            other = same_key.pop(0).data
            for field in self._differing_fields(event.data, other, ""):
                if f"{event.type}/{field}" not in self._rules.json_fields or not _same_json(event.data, other, field):
                    yield _Difference(event, field, other=other)
        for event in chain.from_iterable(by_key.values()):
            yield _Difference(event, only="theirs")

    def _key(self, event: SessionEvent) -> tuple[str, ...]:
        values = (field_at(event.data, name) for name in self._rules.keys)
        return (event.type, *(str(value) for value in values if value is not MISSING))

    def _differing_fields(self, ours: Any, theirs: Any, path: str) -> Iterator[str]:
        """Yield the dotted fields that differ. A missing field is equal to an empty field."""
        if isinstance(ours, dict) and isinstance(theirs, dict):
            for key in dict.fromkeys((*ours, *theirs)):
                if path or key not in self._ignored:
                    value, other = ours.get(key), theirs.get(key)
                    if value != other and not (_is_empty(value) and _is_empty(other)):
                        yield from self._differing_fields(value, other, f"{path}.{key}" if path else key)
        elif ours != theirs:
            yield path

    def _count(self, difference: _Difference, session: _OurSession) -> None:
        """Count a difference, also for the parts that it concerns."""
        event = difference.event
        rule = session.rules.get(event, "")
        if event.part_id:
            part_ids = [event.part_id]
        else:
            # The parts that the event of a message, or the field of the event, carries.
            part_ids = [
                part_id
                for part_id in session.parts_of.get(self._message_id(event.data), ())
                if any(_overlaps(difference, carrier) for carrier in session.part_rules[part_id].rule.carried_by)
            ]
        subtypes = {session.part_rules[part_id].subtype for part_id in part_ids} or {""}
        reasons = (known.reason for known in self._known if _matches(known, difference, rule, subtypes))
        reason = next(reasons, "")
        disagreement = self._disagreement(event.type, difference.field, difference.only, reason)
        disagreement.parts += len(part_ids)
        disagreement.add(part_ids)
        for part_id in part_ids:
            session.explained[part_id] = session.explained.get(part_id, True) and bool(reason)

    def _disagreement(self, event_type: str, field: str, only: EventSide, reason: str) -> Disagreement:
        """Return the disagreement to count a difference in. Without a reason, it is not explained."""
        disagreement = self._disagreements.get((event_type, field, only, reason))
        if disagreement is None:
            disagreement = self._disagreements[event_type, field, only, reason] = Disagreement(
                event=event_type, field=field, only=only, reason=reason or UNEXPLAINED, explained=bool(reason)
            )
        return disagreement


def _paired_by_type(ours: list[list[SessionEvent]], theirs: list[list[SessionEvent]]) -> Iterator[_Pair]:
    """Yield pairs of messages that begin with the same type of event, in order.

    If the sides have different numbers of such messages, the counterparts are unknown and the messages are not paired.
    """
    our_types, their_types = (Counter(message[0].type for message in messages) for messages in (ours, theirs))
    unpaired = list(theirs)
    for message in ours:
        counterpart: list[SessionEvent] = []
        event_type = message[0].type
        if our_types[event_type] == their_types[event_type]:
            counterpart = next(other for other in unpaired if other[0].type == event_type)
            unpaired.remove(counterpart)
        yield message, counterpart
    for message in unpaired:
        yield [], message


def _same_json(ours: Json, theirs: Json, field: str) -> bool:
    try:
        first, second = (decode_any(str(field_at(data, field)).encode()) for data in (ours, theirs))
    except ValueError:
        return False
    return bool(first == second)


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or value == {}


def _overlaps(difference: _Difference, carrier: str) -> bool:
    """Return whether the field that differs contains the field `type/field`, or is in this field."""
    event_type, _, carried = carrier.partition("/")
    field = difference.field
    return event_type == difference.event.type and (not field or _is_in(field, carried) or _is_in(carried, field))


def _is_in(field: str, other: str) -> bool:
    return field == other or field.startswith(f"{other}.")


def _matches(known: KnownDifference, difference: _Difference, rule: str, subtypes: set[str]) -> bool:
    if known.only != difference.only or not fnmatchcase(difference.event.type, known.event):
        return False
    if known.field and not _is_in(difference.field, known.field):
        return False
    if known.theirs and not _is_known_value(known, difference):
        return False
    return fnmatchcase(rule, known.message) and any(fnmatchcase(subtype, known.subtype) for subtype in subtypes)


def _is_known_value(known: KnownDifference, difference: _Difference) -> bool:
    """Return whether the upstream's value meets the condition `KnownDifference.theirs`."""
    ours, theirs = field_at(difference.event.data, known.field), field_at(difference.other, known.field)
    if known.theirs == "missing":
        return theirs is MISSING or _is_empty(theirs)
    if known.theirs == "trimmed":
        return isinstance(ours, str) and ours.strip() == theirs
    return ours is MISSING and bool(theirs == known.theirs.removeprefix("="))
