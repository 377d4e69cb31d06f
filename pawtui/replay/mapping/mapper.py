"""Map one message of V1 to events, with the compiled rules of a mapping file."""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from pawtui.replay.mapping.codegen import Code, Getter
from pawtui.replay.mapping.expressions import (
    Condition,
    compile_condition,
    locate_errors,
    write_condition,
    write_expression,
)
from pawtui.replay.mapping.generation import Event, EventFormat, Generation, MessageRule, PartRule
from pawtui.replay.mapping.mapping_context import MappingContext, SessionEvent
from pawtui.replay.mapping.templates import write_template
from pawtui.replay.reading.session_types import Json, Message, MessagePart

# Appends the events of an input: (input, context, events, id of the part).
Emit = Callable[[Any, Any, list[SessionEvent], str], None]


class ParentMessage(NamedTuple):
    """The data of a message that the rules of its replies use. `parts` are those that the replies can read.

    `is_answered` is true if a reply had a rule with `once`.
    """

    rule: str
    subtypes: frozenset[str]
    parts: Mapping[str, Json]
    is_answered: bool = False


class CompiledPartRule(msgspec.Struct, frozen=True):
    """A rule for parts of one subtype. `number` is its index in the rules.

    Of `ordered` parts, the position among the other parts counts.
    """

    rule: PartRule
    subtype: str
    number: int
    projection: str
    semantics: str
    emit: Emit | None
    ordered: bool


class CompiledMessageRule(msgspec.Struct, frozen=True):
    """A rule for messages, with the rule of its parts by subtype: the first one applies.

    `when` is the condition on the message, `some` the condition that at least one of its parts meets.
    """

    rule: MessageRule
    when: Condition
    some: Condition
    begin: Emit
    end: Emit
    parts: dict[str, CompiledPartRule]


class MappedMessage(msgspec.Struct, frozen=True):
    """A message, its rule, the rule of each part, and the events in order.

    A rule is None if no rule applies. `ordered` has the projections of the parts whose order counts.
    """

    message: Message
    rule: MessageRule | None
    parts: list[tuple[MessagePart, CompiledPartRule | None]]
    events: list[SessionEvent]
    ordered: list[str]


class Mapper:
    """The mapping of one generation. Call `start` before each session.

    With `of_rows`, it maps the rows of the generation's read model.
    """

    def __init__(self, generation: Generation, *, of_rows: bool = False) -> None:
        """Compile the generation. Raises `ReplayError`."""
        self._context = MappingContext()
        self._parents: dict[str, ParentMessage] = {}
        # The rules that can apply, by the role of the message and the subtypes of its parts.
        self._candidates_of: dict[tuple[str, tuple[str, ...]], list[CompiledMessageRule]] = {}
        self._subtypes = {} if of_rows else _compile_subtypes(generation)
        self._messages = _compile_messages(generation, of_rows=of_rows)

    def start(self, session_id: str) -> None:
        """Begin a session."""
        self._context.session = session_id
        self._context.last = {}
        self._parents.clear()

    def map(self, message: Message) -> MappedMessage:
        """Return the events of one message, and the rules that emit them."""
        info = message.data
        if info is None or message.skip_reason:
            return _unmapped(message)
        context = self._context
        context.info, context.created, context.updated = info, message.created, message.updated
        ordered_parts = context.ordered_parts = []
        by_subtype = context.parts = {}
        subtypes: list[str | None] = []
        for part in message.parts:
            if part.data is None or part.skip_reason:
                subtypes.append(None)
                continue
            subtype = self._subtype(part.data)
            subtypes.append(subtype)
            ordered_parts.append((subtype, part.data))
            by_subtype.setdefault(subtype, []).append(part.data)
        rule = self._rule(info, tuple(by_subtype))
        if rule is None:
            return _unmapped(message)
        parent_id = info.get("parentID")
        if rule.rule.once and type(parent_id) is str and parent_id in self._parents:
            self._parents[parent_id] = self._parents[parent_id]._replace(is_answered=True)
        parts = {subtype: by_subtype[subtype][0] for subtype in rule.rule.for_replies if subtype in by_subtype}
        self._parents[message.id] = ParentMessage(rule.rule.name, frozenset(by_subtype), parts)
        return self._emit(message, rule, subtypes)

    def _subtype(self, data: Json) -> str:
        """Return the subtype of a part: its type if no subtype applies, or an empty text if it has no type."""
        part_type = data.get("type")
        if type(part_type) is not str:
            return ""
        getter = self._subtypes.get(part_type)
        subtype: str = part_type if getter is None else getter(data, self._context)
        return subtype

    def _rule(self, info: Json, subtypes: tuple[str, ...]) -> CompiledMessageRule | None:
        """Return the first rule that applies to a message with this data and parts of these subtypes, or None."""
        context = self._context
        parent_id = info.get("parentID")
        parent = self._parents.get(parent_id) if type(parent_id) is str else None
        context.parent = parent.parts if parent is not None else {}
        role = info.get("role")
        if type(role) is not str:
            return None
        candidates = self._candidates_of.get((role, subtypes))
        if candidates is None:
            rules = self._messages.get(role, ())
            candidates = [rule for rule in rules if _fits_parts(rule.rule, frozenset(subtypes))]
            self._candidates_of[role, subtypes] = candidates
        for rule in candidates:
            if not _fits_parent(rule.rule, parent):
                continue
            if not rule.when(info, context):
                continue
            # Without `some`, a message may have no parts.
            if not rule.rule.some or any(rule.some(data, context) for _, data in context.ordered_parts):
                return rule
        return None

    def _emit(self, message: Message, rule: CompiledMessageRule, subtypes: Sequence[str | None]) -> MappedMessage:
        """Return the events that a rule emits for a message and its parts.

        `subtypes` has the subtype of each part, or None if the part is not mapped.
        """
        context = self._context
        context.message = context.id = message.id
        context.id_is_used = False
        events: list[SessionEvent] = []
        parts: list[tuple[MessagePart, CompiledPartRule | None]] = []
        ordered: list[str] = []
        rule.begin(message.data, context, events, "")
        counts: dict[str, int] = {}
        for part, subtype in zip(message.parts, subtypes, strict=True):
            compiled = rule.parts.get(subtype) if subtype is not None else None
            parts.append((part, compiled))
            if compiled is None:
                continue
            projection = compiled.projection
            if compiled.emit is not None:
                context.id = part.id
                context.index = counts.get(projection, 0)
                counts[projection] = context.index + 1
                compiled.emit(part.data, context, events, part.id)
            # Parts that are joined into one are read back once.
            if compiled.ordered and not (compiled.rule.joined and projection in ordered):
                ordered.append(projection)
        context.id = message.id
        rule.end(message.data, context, events, "")
        return MappedMessage(message, rule.rule, parts, events, ordered)


def _unmapped(message: Message) -> MappedMessage:
    return MappedMessage(message, None, [(part, None) for part in message.parts], [], [])


# Compiled rules have no state: all sources share them.
@lru_cache(8)
def _compile_subtypes(generation: Generation) -> dict[str, Getter]:
    """Return a function for each type that has subtypes. It returns the subtype of a part."""
    codes: dict[str, Code] = {}
    with locate_errors(generation.name, "subtypes"):
        for subtype in generation.subtypes:
            code = codes.setdefault(subtype.name.partition(".")[0], Code())
            code.add(f"if {write_condition(code, subtype.when)}: return {subtype.name!r}")
        return {part_type: code.function(repr(part_type)) for part_type, code in codes.items()}


@lru_cache(8)
def _compile_messages(generation: Generation, *, of_rows: bool) -> dict[str, list[CompiledMessageRule]]:
    """Return the rules for messages, or for the rows of the read model, by role."""
    rules = generation.upstream if of_rows else generation
    listed = {subtype.name for subtype in generation.subtypes}
    # A type without subtypes is not listed: only the rules name it.
    types = {name for rule in rules.rules for name in rule.subtypes if "*" not in name}
    messages: dict[str, list[CompiledMessageRule]] = {}
    for rule in rules.messages:
        with locate_errors(generation.name, f"messages.{rule.name}"):
            compiled = _compile_message(rule, rules.rules, sorted(listed | types), generation.events)
            messages.setdefault(rule.role, []).append(compiled)
    return messages


def _compile_message(
    rule: MessageRule, part_rules: Sequence[PartRule], subtypes: list[str], common: EventFormat
) -> CompiledMessageRule:
    data, time = common.data | rule.data, common.time
    parts: dict[str, CompiledPartRule] = {}
    for number, part_rule in enumerate(part_rules):
        if part_rule.messages and not _any_of(rule.name, part_rule.messages):
            continue
        emit = _compile_events(part_rule.events, data, time) if part_rule.events else None
        ordered = not (part_rule.dropped or part_rule.replaced or part_rule.waits or part_rule.merged)
        for subtype in subtypes:
            if subtype not in parts and _any_of(subtype, part_rule.subtypes):
                parts[subtype] = CompiledPartRule(
                    part_rule,
                    subtype,
                    number,
                    projection=part_rule.projection or subtype,
                    semantics=part_rule.semantics_of.get(subtype, part_rule.semantics),
                    emit=emit,
                    ordered=ordered,
                )
    return CompiledMessageRule(
        rule,
        when=compile_condition(rule.when),
        some=compile_condition(rule.some),
        begin=_compile_events(rule.begin, data, time),
        end=_compile_events(rule.end, data, time),
        parts=parts,
    )


def _fits_parts(rule: MessageRule, subtypes: frozenset[str]) -> bool:
    if rule.has and not any(_any_of(subtype, rule.has) for subtype in subtypes):
        return False
    if rule.lacks and any(_any_of(subtype, rule.lacks) for subtype in subtypes):
        return False
    return not rule.only or (bool(subtypes) and all(_any_of(subtype, rule.only) for subtype in subtypes))


def _fits_parent(rule: MessageRule, parent: ParentMessage | None) -> bool:
    if rule.once and parent is not None and parent.is_answered:
        return False
    if rule.parent and (parent is None or parent.rule not in rule.parent):
        return False
    return not rule.parent_has or (
        parent is not None and any(_any_of(subtype, rule.parent_has) for subtype in parent.subtypes)
    )


def _any_of(subtype: str, patterns: tuple[str, ...]) -> bool:
    return subtype in patterns or any("*" in pattern and fnmatchcase(subtype, pattern) for pattern in patterns)


def _compile_events(events: Sequence[Event], data: Json, time: str) -> Emit:
    """Return the function that emits these events. Raises `ExpressionError`.

    `data` is the data that all of them have, `time` the field of the data for their time, or empty.
    """
    code = Code()
    # For rules without events: the body of a function must not be empty.
    code.add("pass")
    for event in events:
        condition = write_condition(code, event.when)
        if event.has:
            condition += f" and not c.parts.keys().isdisjoint({code.value(frozenset(event.has))})"
        built, at = code.new_name(), code.new_name()
        with code.block(f"if {condition}:"):
            code.add(f"{built} = {write_template(code, data | event.data)}")
            # An event always has data. A table without fields is missing, and a special table may be a text.
            code.add(f"if type({built}) is not dict: {built} = {{}}")
            is_new = f"{code.value(_has_changed)}(c.last, {event.type!r}, {built})" if event.only_changes else "True"
            with code.block(f"if {is_new}:"):
                code.add(f"{at} = {write_expression(code, event.at)}")
                if time:
                    code.add(f"if {at} is not M: {built}[{time!r}] = {at}")
                code.add(f"out.append({code.value(SessionEvent)}({event.type!r}, {at}, {built}, part_id))")
    emit: Emit = code.procedure("s, c, out, part_id")
    return emit


def _has_changed(last: dict[str, Json], event_type: str, data: Json) -> bool:
    """Return whether an event differs from the last event of its type, and store it as the last event."""
    # The ids of messages always differ.
    compared = {key: value for key, value in data.items() if key != "messageID"}
    if last.get(event_type) == compared:
        return False
    last[event_type] = compared
    return True
