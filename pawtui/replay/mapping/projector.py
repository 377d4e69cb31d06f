"""Project events back to a message of the first model (V1), as a reader does who has only the events.

Events with the same key are one group. Each group becomes the parts that the `projections` of the mapping file
describe. State of the session, such as the agent in use, is stored from message to message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from pawtui.replay.mapping.codegen import MISSING, Code, Getter
from pawtui.replay.mapping.conditions import Condition, compile_condition, write_condition
from pawtui.replay.mapping.emitting import EventTuple
from pawtui.replay.mapping.expressions import (
    Language,
    WriteRoot,
    attribute_writer,
    locate_errors,
    table_writer,
    write_element,
)
from pawtui.replay.mapping.generation import Generation, Projection
from pawtui.replay.mapping.templates import Templates
from pawtui.replay.reading.session_types import Json

# The last event of each type, of the events with one key.
EventGroup = dict[str, EventTuple]


class ProjectedMessage(msgspec.Struct, frozen=True):
    """A message that was read back: its parts by projection, the projections in order, and its fields.

    `overwritten` has the ids of parts whose events have the same key as the events of a later part.
    """

    parts: dict[str, list[Json]]
    order: list[str]
    info: Json | None
    overwritten: frozenset[str] = frozenset()


# Appends the parts of a group of events: (group, context, parts by projection, projections in order).
AppendParts = Callable[[EventGroup, Any, dict[str, list[Json]], list[str]], None]


class _Grouping(NamedTuple):
    """Projections of the same events with the same key: at most two fields."""

    number: int
    first_key: str
    second_key: str
    append_parts: AppendParts


# A name, its value, its condition, and the types of events that it must not follow.
_StateSetter = tuple[str, Getter, Condition | None, tuple[str, ...]]
# The use of one type of event: its groupings, whether fields of messages are read from it, and the state that it sets.
_Use = tuple[tuple[_Grouping, ...], bool, list[_StateSetter]]
_UNUSED: _Use = ((), False, [])


@dataclass(slots=True)
class ProjectionContext:
    """The values of `$names` in a projection. `first` has the first event of each type of the message."""

    item: Any = None
    session: str = ""
    state: dict[str, Any] = field(default_factory=dict)
    first: EventGroup = field(default_factory=dict)


# The value of a missing event.
_NO_EVENT: EventTuple = ("", MISSING, {}, "")


def _write_event(code: Code, path: str, events: str = "s") -> str:
    """Return the source of `type/path` in a group of events; `type/@` is the time of the event."""
    event_type, _, rest = path.partition("/")
    event = code.hoist(f"{events}.get({event_type!r}, {code.value(_NO_EVENT)})")
    if rest == "@":
        return f"{event}[1]"
    return code.path(code.hoist(f"{event}[2]"), rest.split("."))


_ROOTS: Mapping[str, WriteRoot] = {
    # The element changes within the function.
    "item": lambda code, steps: code.path("c.item", steps, fixed=False),
    "session": attribute_writer("session"),
    "state": table_writer("state"),
    "first": lambda code, steps: _write_event(code, ".".join(steps), code.hoist("c.first")),
}
_LANGUAGE = Language(_ROOTS, _write_event)
# The language for an element of a list in an event, or for the data of one event.
_ELEMENT = Language(_ROOTS, write_element)
_TEMPLATES = Templates(_LANGUAGE, _ELEMENT)


class Projector:
    """The reader of one generation. Call `start` before each session."""

    def __init__(self, generation: Generation) -> None:
        """Compile the generation. Raises `GenerationError`."""
        self._context = ProjectionContext()
        self._previous_type = ""
        groupings = _groupings(generation)
        self._messages: dict[str, list[tuple[frozenset[str], Getter]]] = {}
        for message in generation.message_projections:
            with locate_errors(generation.name, f"message_projections.{message.role}"):
                info = _TEMPLATES.compile(message.info)
                self._messages.setdefault(message.role, []).append((frozenset(message.events), info))
        states: dict[str, list[_StateSetter]] = {}
        for state in generation.state:
            with locate_errors(generation.name, f"state.{state.name}"):
                when = compile_condition(state.when, _ELEMENT)
                entry = (state.name, _LANGUAGE.compile(state.source), when, state.not_after)
                states.setdefault(state.source.partition("/")[0], []).append(entry)
        of_messages = _message_event_types(generation)
        self._uses: dict[str, _Use] = {
            event_type: (tuple(groupings.get(event_type, ())), event_type in of_messages, states.get(event_type, []))
            for event_type in {*groupings, *states, *of_messages}
        }

    def start(self, session_id: str) -> None:
        """Begin a session."""
        self._context.session = session_id
        self._context.state = {}
        self._previous_type = ""

    def project(self, events: list[EventTuple], role: str) -> ProjectedMessage:
        """Return the message that a reader makes of the events of one message with this role."""
        groups: list[tuple[AppendParts, EventGroup]] = []
        by_key: dict[Any, EventGroup] = {}
        first: EventGroup = {}
        last: EventGroup = {}
        overwritten: set[str] = set()
        uses, previous = self._uses, self._previous_type
        for event in events:
            event_type, _at, data, part_id = event
            groupings, of_message, state = uses.get(event_type, _UNUSED)
            if state:
                self._update_state(state, event, previous)
            previous = event_type
            if of_message:
                first.setdefault(event_type, event)
                last[event_type] = event
            for number, first_key, second_key, append_parts in groupings:
                if not first_key:
                    # Without a key, each event is a group.
                    groups.append((append_parts, {event_type: event}))
                    continue
                key = (number, data.get(first_key), data.get(second_key))
                try:
                    group = by_key.get(key)
                except TypeError:
                    # A damaged source may have a list instead of an id.
                    key = (number, repr(key), "")
                    group = by_key.get(key)
                if group is not None and event_type in group and group[event_type][3] != part_id:
                    overwritten.add(group[event_type][3])
                    group.clear()
                    group = None
                if group is None:
                    by_key[key] = group = {event_type: event}
                    groups.append((append_parts, group))
                else:
                    group[event_type] = event
        self._previous_type = previous
        parts: dict[str, list[Json]] = {}
        order: list[str] = []
        context = self._context
        for append_parts, group in groups:
            if group:
                append_parts(group, context, parts, order)
        return ProjectedMessage(parts, order, self._info(role, first, last), frozenset(overwritten))

    def _info(self, role: str, first: EventGroup, last: EventGroup) -> Json | None:
        self._context.first = first
        for event_types, getter in self._messages.get(role, ()):
            if not event_types.isdisjoint(last):
                info = getter(last, self._context)
                return info if isinstance(info, dict) else None
        return None

    def _update_state(self, state: list[_StateSetter], event: EventTuple, previous: str) -> None:
        for name, getter, when, not_after in state:
            if previous in not_after or (when is not None and not when(event[2], self._context)):
                continue
            value = getter({event[0]: event}, self._context)
            if value is not MISSING:
                self._context.state[name] = value


def _groupings(generation: Generation) -> dict[str, list[_Grouping]]:
    """Return the compiled groupings by type of event. Raises `GenerationError`."""
    by_key: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Projection]] = {}
    for projection in generation.projections:
        by_key.setdefault((projection.events, projection.key), []).append(projection)
    groupings: dict[str, list[_Grouping]] = {}
    for number, ((event_types, keys), projections) in enumerate(by_key.items()):
        with locate_errors(generation.name, f"projections.{projections[0].name}"):
            first_key, second_key, *_ = (*keys, "", "")
            grouping = _Grouping(number, first_key, second_key, _compile(projections))
        for event_type in event_types:
            groupings.setdefault(event_type, []).append(grouping)
    return groupings


def _message_event_types(generation: Generation) -> frozenset[str]:
    """Return the types of events from which fields of messages are read."""
    types = {event_type for message in generation.message_projections for event_type in message.events}

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)
        elif isinstance(value, str):
            types.update(part.strip().removeprefix("$first.").partition("/")[0] for part in value.split("|"))

    for message in generation.message_projections:
        collect(message.info)
    return frozenset(types)


def _compile(projections: list[Projection]) -> AppendParts:
    """Return the function that appends the parts of a group of events. Raises `ExpressionError`."""
    code = Code()
    for name in dict.fromkeys(projection.name for projection in projections):
        # Of projections with the same name, the first whose conditions are met applies.
        word = "if"
        for projection in projections:
            if projection.name == name:
                tests = [f"{event_type!r} in s" for event_type in projection.needs]
                tests.append(write_condition(code, projection.when, _LANGUAGE))
                with code.block(f"{word} {' and '.join(tests)}:"):
                    _write_part(code, projection)
                word = "elif"
    append_parts: AppendParts = code.procedure("s, c, parts, order")
    return append_parts


def _write_part(code: Code, projection: Projection) -> None:
    loop = "if True:"
    if projection.each:
        items = code.name()
        code.add(f"{items} = {_LANGUAGE.write(code, projection.each)}")
        loop = f"for c.item in {items} if type({items}) is list else ():"
    part, name = code.name(), repr(projection.name)
    with code.block(loop):
        code.add(f"{part} = {_TEMPLATES.write(code, projection.part)}")
        code.add(f"if {name} in parts: parts[{name}].append({part})")
        code.add(f"else: parts[{name}] = [{part}]")
        code.add(f"order.append({name})")
