"""Compile the events of a rule to one function that emits all of them.

`LANGUAGE` compiles the expressions of events, and the conditions on messages and parts. The values of their `$names`
are the attributes of a `MappingContext`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pawtui.replay.mapping.codegen import Code
from pawtui.replay.mapping.expressions import Language, WriteRoot, renamed, write_condition, write_context, write_field
from pawtui.replay.mapping.generation import Event, EventFormat
from pawtui.replay.mapping.templates import write_template
from pawtui.replay.reading.session_types import Json


@dataclass(slots=True)
class MappingContext:
    """The values of `$names` while one message is mapped, and the state that events need.

    `session` and `message` are ids; `id` is that of the part or message whose events are emitted. `created` and
    `updated` are the message's times in milliseconds, `info` is its data, and `parent` has parts of its parent message
    by subtype. `index` counts the parts with the same projection, from 0. `parts` has the data of the message's parts
    by subtype, `ordered_parts` has (subtype, data) in the order of the message. `last` has the data of the last event
    of each type that is emitted only if it changes. `id_is_used` is true if `$new` has returned the message's id.
    """

    session: str = ""
    message: str = ""
    id: str = ""
    index: int = 0
    created: Any = 0
    updated: Any = 0
    info: Json = field(default_factory=dict)
    parent: Mapping[str, Json] = field(default_factory=dict)
    parts: dict[str, list[Json]] = field(default_factory=dict)
    ordered_parts: list[tuple[str, Json]] = field(default_factory=list)
    last: dict[str, Json] = field(default_factory=dict)
    id_is_used: bool = False


def _new(context: MappingContext) -> str:
    """Return the id of the message at the first call for it, later an id that is derived from the id of the part."""
    if not context.id_is_used:
        context.id_is_used = True
        return context.message
    return str(renamed(context.message.partition("_")[0], context.id))


_ROOTS: Mapping[str, WriteRoot] = {
    **dict.fromkeys(("session", "message", "id", "index", "created", "updated", "info", "parent"), write_context),
    "new": lambda code, _name, _path: f"{code.value(_new)}(c)",
}
LANGUAGE = Language(_ROOTS, write_field)


class SessionEvent(msgspec.Struct, frozen=True, eq=False):
    """An event of a session: its type without prefix and version, its time, its data, and the part that it carries.

    `at` is the time in milliseconds, or `MISSING`. `part_id` is empty if the event is that of a message. Two events are
    never equal, so that an event can be a key.
    """

    type: str
    at: Any
    data: Json
    part_id: str = ""


# Appends the events of an input: (input, context, events, id of the part).
Emit = Callable[[Any, Any, list[SessionEvent], str], None]


def compile_events(events: Sequence[Event], base: Json, common: EventFormat) -> Emit:
    """Return the function that emits these events. Raises `ExpressionError`.

    `base` is the data that their message adds; `common` has the data of all events, and the field of their time.
    """
    code = Code()
    # For rules without events: the body of a function must not be empty.
    code.add("pass")
    for event in events:
        data = common.data | base | event.data
        _write(code, event, data, common.time)
    emit: Emit = code.procedure("s, c, out, part_id")
    return emit


def _write(code: Code, event: Event, data: Json, time: str) -> None:
    """Add the statements that emit one event with this data. `time` is the field of the data for its time, or empty."""
    condition = write_condition(code, event.when, LANGUAGE)
    if event.has:
        condition += f" and not c.parts.keys().isdisjoint({code.value(frozenset(event.has))})"
    built, at = code.new_name(), code.new_name()
    with code.block(f"if {condition}:"):
        # A table without fields is missing, but an event always has data.
        code.add(f"{built} = {write_template(code, data, LANGUAGE)} or {{}}")
        is_new = f"{code.value(_has_changed)}(c.last, {event.type!r}, {built})" if event.only_changes else "True"
        with code.block(f"if {is_new}:"):
            code.add(f"{at} = {LANGUAGE.write(code, event.at)}")
            if time:
                code.add(f"if {at} is not M: {built}[{time!r}] = {at}")
            code.add(f"out.append({code.value(SessionEvent)}({event.type!r}, {at}, {built}, part_id))")


def _has_changed(last: dict[str, Json], event_type: str, data: Json) -> bool:
    """Return whether an event differs from the last event of its type, and store it as the last event."""
    # The ids of messages always differ.
    compared = {key: value for key, value in data.items() if key != "messageID"}
    if last.get(event_type) == compared:
        return False
    last[event_type] = compared
    return True
