"""Compile the events of a rule to one function that emits all of them."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from pawtui.replay.mapping.codegen import Code
from pawtui.replay.mapping.expressions import write_condition
from pawtui.replay.mapping.generation import Event, EventFormat
from pawtui.replay.mapping.templates import Templates
from pawtui.replay.reading.session_types import Json


class SessionEvent(msgspec.Struct, frozen=True):
    """An event of a session: its type without prefix and version, its time, its data, and the part that it carries.

    `at` is the time in milliseconds, or `MISSING`. `part_id` is empty if the event is that of a message.
    """

    type: str
    at: Any
    data: Json
    part_id: str = ""


# Appends the events of a subject: (subject, context, events, id of the part).
Emit = Callable[[Any, Any, list[SessionEvent], str], None]


def compile_events(events: Sequence[Event], base: Json, common: EventFormat, templates: Templates) -> Emit:
    """Return the function that emits these events. Raises `ExpressionError`.

    `base` is the data that their message adds; `common` has the data of all events, and the field of their time.
    """
    code = Code()
    # For rules without events: the body of a function must not be empty.
    code.add("pass")
    for event in events:
        data = common.data | base | event.data
        _write(code, event, data, common.time, templates)
    emit: Emit = code.procedure("s, c, out, part_id")
    return emit


def _write(code: Code, event: Event, data: Json, time: str, templates: Templates) -> None:
    condition = write_condition(code, event.when, templates.language)
    if event.has:
        condition += f" and not c.parts.keys().isdisjoint({code.value(frozenset(event.has))})"
    built, at = code.name(), code.name()
    with code.block(f"if {condition}:"):
        code.add(f"{built} = {templates.write(code, data)}")
        is_new = f"{code.value(_has_changed)}(c.last, {event.type!r}, {built})" if event.only_changes else "True"
        with code.block(f"if {is_new}:"):
            code.add(f"{at} = {templates.language.write(code, event.at)}")
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
