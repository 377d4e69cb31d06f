"""Compile the events of a rule to one function that emits all of them."""

from collections.abc import Callable, Sequence
from typing import Any

from pawtui.replay.mapping.codegen import Code
from pawtui.replay.mapping.context import SessionEvent
from pawtui.replay.mapping.expressions import write_condition, write_expression
from pawtui.replay.mapping.generation import Event, EventFormat
from pawtui.replay.mapping.templates import write_template
from pawtui.replay.reading.session_types import Json

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
    condition = write_condition(code, event.when)
    if event.has:
        condition += f" and not c.parts.keys().isdisjoint({code.value(frozenset(event.has))})"
    built, at = code.new_name(), code.new_name()
    with code.block(f"if {condition}:"):
        # A table without fields is missing, but an event always has data.
        code.add(f"{built} = {write_template(code, data)} or {{}}")
        is_new = f"{code.value(_has_changed)}(c.last, {event.type!r}, {built})" if event.only_changes else "True"
        with code.block(f"if {is_new}:"):
            code.add(f"{at} = {write_expression(code, event.at)}")
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
