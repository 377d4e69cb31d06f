"""Project events back to a message of V1, as a reader with only the events does.

Events with the same key are one group. Each group becomes the parts that the `projections` of the mapping file
describe. State of the session, such as the agent in use, is stored from message to message.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from pawtui.replay.mapping.codegen import Code, Getter
from pawtui.replay.mapping.expressions import Condition, compile_condition, locate_errors, write_condition
from pawtui.replay.mapping.generation import Generation, Projection
from pawtui.replay.mapping.mapping_context import MISSING, MappingContext, SessionEvent
from pawtui.replay.mapping.templates import compile_template, write_template
from pawtui.replay.reading.session_types import Json

# The last event of each type, of the events with one key.
EventGroup = dict[str, SessionEvent]


class ProjectedMessage(msgspec.Struct, frozen=True):
    """A message that was read back: its parts by projection, the projections in order, and its fields.

    `overwritten` has the ids of parts whose events have the same key as the events of a later part.
    """

    parts: dict[str, list[Json]]
    order: list[str]
    info: Json | None
    overwritten: set[str]


# Appends the parts of a group of events: (group, context, parts by projection, projections in order).
AppendParts = Callable[[EventGroup, Any, dict[str, list[Json]], list[str]], None]


class _Grouping(NamedTuple):
    """Projections of the same events by the same key."""

    key: str
    append_parts: AppendParts


class _StateSetter(NamedTuple):
    """Sets a value of the session's state. `not_after` has types of events that must not come directly before."""

    name: str
    value: Getter
    when: Condition
    not_after: tuple[str, ...]


class Projector:
    """Projects the events of one generation. Call `start` before each session."""

    def __init__(self, generation: Generation) -> None:
        """Compile the generation. Raises `ReplayError`."""
        self._context = MappingContext()
        self._previous_type = ""
        self._groupings = _groupings(generation)
        self._info_getters = _info_getters(generation)
        self._setters = _setters(generation)

    def start(self, session_id: str) -> None:
        """Begin a session."""
        self._context.session = session_id
        self._context.state = {}
        self._previous_type = ""

    def project(self, events: list[SessionEvent], role: str) -> ProjectedMessage:
        """Return the message that a reader makes of the events of one message with this role."""
        groups = _EventGroups()
        for event in events:
            for setter in self._setters.get(event.type, ()):
                self._set_state(setter, event)
            self._previous_type = event.type
            for grouping in self._groupings.get(event.type, ()):
                groups.add(grouping, event)

        parts: dict[str, list[Json]] = {}
        order: list[str] = []
        for append_parts, group in groups.in_order:
            if group:
                append_parts(group, self._context, parts, order)

        last = {event.type: event for event in events}
        getters = (getter for types, getter in self._info_getters.get(role, ()) if not types.isdisjoint(last))
        getter = next(getters, None)
        info = getter(last, self._context) if getter is not None else None
        return ProjectedMessage(parts, order, info if isinstance(info, dict) else None, groups.overwritten)

    def _set_state(self, setter: _StateSetter, event: SessionEvent) -> None:
        if self._previous_type not in setter.not_after and setter.when(event.data, self._context):
            value = setter.value(event.data, self._context)
            if value is not MISSING:
                self._context.state[setter.name] = value


class _EventGroups:
    """The events of one message in groups: those with the same key together, in the order of their first events.

    `overwritten` has the ids of parts whose events have the same key as the events of a later part.
    """

    __slots__ = ("_by_key", "in_order", "overwritten")

    def __init__(self) -> None:
        self.in_order: list[tuple[AppendParts, EventGroup]] = []
        self.overwritten: set[str] = set()
        # By the function for the parts and the value of the key.
        self._by_key: dict[tuple[AppendParts, Any], EventGroup] = {}

    def add(self, grouping: _Grouping, event: SessionEvent) -> None:
        """Add an event to its group."""
        name, append_parts = grouping
        if not name:
            # Without a key, each event is a group.
            self.in_order.append((append_parts, {event.type: event}))
            return
        key = append_parts, event.data.get(name)
        try:
            group = self._by_key.get(key)
        except TypeError:
            # A damaged source may have a list instead of an id.
            key = append_parts, repr(key[1])
            group = self._by_key.get(key)
        if group is not None and event.type in group and group[event.type].part_id != event.part_id:
            # A reader replaces the earlier part: its group becomes empty and makes no part.
            self.overwritten.add(group[event.type].part_id)
            group.clear()
            group = None
        if group is None:
            self._by_key[key] = group = {}
            self.in_order.append((append_parts, group))
        group[event.type] = event


# Compiled projections have no state: all sources share them.
@lru_cache(8)
def _groupings(generation: Generation) -> dict[str, list[_Grouping]]:
    """Return the compiled groupings by type of event. Raises `ReplayError`."""
    by_key: dict[tuple[tuple[str, ...], str], list[Projection]] = {}
    for projection in generation.projections:
        by_key.setdefault((projection.events, projection.key), []).append(projection)
    groupings: dict[str, list[_Grouping]] = {}
    for (event_types, key), projections in by_key.items():
        with locate_errors(generation.name, f"projections.{projections[0].name}"):
            grouping = _Grouping(key, _compile(projections))
        for event_type in event_types:
            groupings.setdefault(event_type, []).append(grouping)
    return groupings


@lru_cache(8)
def _info_getters(generation: Generation) -> dict[str, list[tuple[frozenset[str], Getter]]]:
    """Return, by role, types of events and the function for the message's fields if one of these events exists."""
    getters: dict[str, list[tuple[frozenset[str], Getter]]] = {}
    for message in generation.message_projections:
        with locate_errors(generation.name, f"message_projections.{message.role}"):
            info = compile_template(message.info, reads_events=True)
            getters.setdefault(message.role, []).append((frozenset(message.events), info))
    return getters


@lru_cache(8)
def _setters(generation: Generation) -> dict[str, list[_StateSetter]]:
    """Return the compiled rules of the session's state by type of event."""
    setters: dict[str, list[_StateSetter]] = {}
    for state in generation.state:
        with locate_errors(generation.name, f"state.{state.name}"):
            event_type, _, path = state.source.partition("/")
            setter = _StateSetter(state.name, compile_template(path), compile_condition(state.when), state.not_after)
            setters.setdefault(event_type, []).append(setter)
    return setters


def _compile(projections: list[Projection]) -> AppendParts:
    """Return the function that appends the parts of a group of events. Raises `ExpressionError`."""
    code = Code(reads_events=True)
    for projection in projections:
        with code.block(f"if {write_condition(code, projection.when)}:"):
            if projection.each:
                all_parts = f"{write_template(code, {'each': projection.each, 'as': projection.part})} or ()"
            else:
                all_parts = f"({write_template(code, projection.part)},)"
            part, name = code.new_name(), repr(projection.name)
            # What is missing, or not a table, is no part.
            with code.block(f"for {part} in {all_parts}:"), code.block(f"if type({part}) is dict:"):
                code.add(f"parts.setdefault({name}, []).append({part})")
                code.add(f"order.append({name})")
    append_parts: AppendParts = code.procedure("s, c, parts, order")
    return append_parts
