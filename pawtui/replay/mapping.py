"""Map one message of the first model (V1) to events, by a mapping file compiled to functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from pawtui.replay.conditions import Condition, compile_condition
from pawtui.replay.errors import GenerationError
from pawtui.replay.expressions import MISSING, ExpressionError, Getter, Root, compile_expression, field
from pawtui.replay.generation import Event, Generation, MessageRule, PartRule
from pawtui.replay.model import Json, Message, Part
from pawtui.replay.templates import compile_template

# Type without prefix and version, time in milliseconds (or MISSING), data, the id of its part (empty: of its message).
MadeEvent = tuple[str, Any, Json, str]


class Context:
    """What `$names` refer to while one message is mapped."""

    __slots__ = (
        "created",
        "id",
        "index",
        "info",
        "item",
        "message",
        "order",
        "parent",
        "parts",
        "session",
        "updated",
        "used",
    )

    def __init__(self) -> None:
        self.session = ""
        self.message = ""
        self.id = ""
        self.index = 0
        self.created: Any = 0
        self.updated: Any = 0
        self.info: Json = {}
        self.item: Any = None
        self.parent: Mapping[str, Json] = {}
        self.parts: dict[str, list[Json]] = {}
        self.order: list[tuple[str, Json]] = []
        self.used = False


class Known(NamedTuple):
    """What later messages may ask about a message: its sort, the sorts of its parts, and parts that it keeps."""

    sort: str
    has: frozenset[str]
    kept: Mapping[str, Json]


class CompiledEvent(NamedTuple):
    """An event to emit."""

    type: str
    at: Getter
    data: Getter
    when: Condition | None
    has: tuple[str, ...]
    changed: bool


class CompiledPart(NamedTuple):
    """A rule for parts; `number` is its place among the rules."""

    rule: PartRule
    number: int
    back: str
    means: str
    when: Condition | None
    events: tuple[CompiledEvent, ...]


class CompiledMessage(NamedTuple):
    """A rule for messages, with the rules of its parts by sort."""

    rule: MessageRule
    when: Condition | None
    some: Condition | None
    begin: tuple[CompiledEvent, ...]
    end: tuple[CompiledEvent, ...]
    parts: dict[str, tuple[CompiledPart, ...]]


class Mapped(NamedTuple):
    """A mapped message: its rule, the sort and rule of each part, and the events in order.

    `rule` is None where no rule fits, and so is the rule of a part.
    """

    rule: CompiledMessage | None
    parts: list[tuple[Part, str, CompiledPart | None]]
    events: list[MadeEvent]
    natives: int


def _attribute(name: str, rest: tuple[str, ...]) -> Getter:
    if not rest:
        return lambda _subject, context: getattr(context, name)
    inner = field(rest)
    return lambda _subject, context: inner(getattr(context, name), context)


def _new(_name: str, _rest: tuple[str, ...]) -> Getter:
    """The message's own id the first time it is asked for, then an id made of the part's."""

    def get(_subject: Any, context: Context) -> Any:
        if not context.used:
            context.used = True
            return context.message
        return f"{context.message.partition('_')[0]}_{context.id.partition('_')[2]}"

    return get


ROOTS: Mapping[str, Root] = {
    **dict.fromkeys(("session", "message", "id", "index", "created", "updated", "info", "parent", "item"), _attribute),
    "new": _new,
}


def subject_field(path: str) -> Getter:
    """Return the getter of a dotted path into the subject."""
    return field(tuple(path.split(".")))


def expression(text: str) -> Getter:
    """Compile an expression about a part, a message or a session. Raises `ExpressionError`."""
    return compile_expression(text, ROOTS, subject_field)


class Mapper:
    """The mapping of one generation. Holds what is known of the session at hand: `start` begins another one."""

    def __init__(self, generation: Generation) -> None:
        """Compile the generation. Raises `GenerationError`."""
        self.generation = generation
        self._context = Context()
        self._known: dict[str, Known] = {}
        self._last: dict[str, Json] = {}
        self._sets: dict[frozenset[str], frozenset[str]] = {}
        self._prefix_time = generation.events.time
        with located(generation.name, "sorts"):
            self._sorts = self._compile_sorts()
        with located(generation.name, "rules"):
            rules = [self._compile_part(rule, number) for number, rule in enumerate(generation.rules)]
        self.rules: tuple[CompiledPart, ...] = tuple(rules)
        # Every sort by name: those that are listed, and types that need no division.
        listed = {sort.name for sort in generation.sorts}
        plain = {name for rule in generation.rules for name in rule.sorts if "*" not in name}
        self._names = sorted(listed | plain)
        self._messages: dict[str, list[CompiledMessage]] = {}
        for rule in generation.messages:
            with located(generation.name, f"messages.{rule.name}"):
                self._messages.setdefault(rule.role, []).append(self._compile_message(rule))

    def start(self, session_id: str) -> None:
        """Forget the last session and begin another one."""
        self._context.session = session_id
        self._known.clear()
        self._last.clear()

    def known(self, message_id: str) -> Known | None:
        """Return what is known of an earlier message of the session."""
        return self._known.get(message_id)

    def map(self, message: Message) -> Mapped:
        """Return the events of one message, and by which rules."""
        info = message.data
        if info is None:
            return Mapped(None, [(part, part.type, None) for part in message.parts], [], 0)
        context = self._context
        context.info, context.created, context.updated = info, message.created, message.updated
        order = context.order = []
        by_sort: dict[str, list[Json]] = {}
        context.parts = by_sort
        sorted_parts: list[tuple[Part, str]] = []
        for part in message.parts:
            data = part.data
            if data is None:
                sorted_parts.append((part, ""))
                continue
            sort = self._sort(data)
            sorted_parts.append((part, sort))
            order.append((sort, data))
            if sort in by_sort:
                by_sort[sort].append(data)
            else:
                by_sort[sort] = [data]
        rule = self._rule(info, by_sort)
        self._remember(message.id, rule, by_sort)
        if rule is None:
            return Mapped(None, [(part, sort, None) for part, sort in sorted_parts], [], 0)
        return self._emit(message, rule, sorted_parts)

    def _sort(self, data: Json) -> str:
        kind = data.get("type")
        if not isinstance(kind, str):
            return ""
        for name, when in self._sorts.get(kind, ()):
            if when is None or when(data, self._context):
                return name
        return kind

    def _rule(self, info: Json, by_sort: Mapping[str, list[Json]]) -> CompiledMessage | None:
        parent_id = info.get("parentID")
        parent = self._known.get(parent_id) if isinstance(parent_id, str) else None
        self._context.parent = parent.kept if parent is not None else {}
        for rule in self._messages.get(info.get("role", ""), ()):
            if not _fits(rule, by_sort, parent) or not (rule.when is None or rule.when(info, self._context)):
                continue
            if rule.some is None or any(rule.some(data, self._context) for _, data in self._context.order):
                return rule
        return None

    def _remember(self, message_id: str, rule: CompiledMessage | None, by_sort: Mapping[str, list[Json]]) -> None:
        has = frozenset(by_sort)
        has = self._sets.setdefault(has, has)
        keep = rule.rule.keep if rule is not None else ()
        kept = {sort: by_sort[sort][0] for sort in keep if sort in by_sort} if keep else {}
        self._known[message_id] = Known(rule.rule.name if rule is not None else "", has, kept)

    def _emit(self, message: Message, rule: CompiledMessage, parts: list[tuple[Part, str]]) -> Mapped:
        context = self._context
        context.message = context.id = message.id
        context.used = False
        events: list[MadeEvent] = []
        made: list[tuple[Part, str, CompiledPart | None]] = []
        split, whole = rule.rule.split, context.parts
        several = bool(split) and len(whole.get(split, ())) > 1
        natives = 1
        if several:
            context.parts = _until(split, context.order, 0)
        self._emit_all(rule.begin, message.data, events)
        counts: dict[str, int] = {}
        started = False
        # The place among the decodable parts, which `context.order` lists.
        place = -1
        for part, sort in parts:
            place += part.data is not None
            context.id = part.id
            if several and sort == split:
                if started:
                    self._emit_all(rule.end, message.data, events)
                    context.message = f"{message.id.partition('_')[0]}_{part.id.partition('_')[2]}"
                    context.parts = _until(split, context.order, place)
                    counts = {}
                    natives += 1
                    self._emit_all(rule.begin, message.data, events)
                started = True
            compiled = self._part_rule(rule, sort, part)
            made.append((part, sort, compiled))
            if compiled is not None and compiled.events:
                context.index = counts.get(compiled.back, 0)
                counts[compiled.back] = context.index + 1
                self._emit_all(compiled.events, part.data, events, part.id)
        context.id = message.id
        self._emit_all(rule.end, message.data, events)
        context.parts = whole
        return Mapped(rule, made, events, natives)

    def _part_rule(self, rule: CompiledMessage, sort: str, part: Part) -> CompiledPart | None:
        for compiled in rule.parts.get(sort, ()):
            if compiled.when is None or compiled.when(part.data, self._context):
                return compiled
        return None

    def _emit_all(
        self, compiled: tuple[CompiledEvent, ...], subject: Any, events: list[MadeEvent], owner: str = ""
    ) -> None:
        context, time = self._context, self._prefix_time
        for event in compiled:
            if event.when is not None and not event.when(subject, context):
                continue
            if event.has and context.parts.keys().isdisjoint(event.has):
                continue
            data = event.data(subject, context)
            if event.changed:
                # Ids of messages differ every time.
                compared = {key: value for key, value in data.items() if key != "messageID"}
                if self._last.get(event.type) == compared:
                    continue
                self._last[event.type] = compared
            at = event.at(subject, context)
            if time and at is not MISSING:
                data[time] = at
            events.append((event.type, at, data, owner))

    def _compile_sorts(self) -> dict[str, list[tuple[str, Condition | None]]]:
        sorts: dict[str, list[tuple[str, Condition | None]]] = {}
        for sort in self.generation.sorts:
            sorts.setdefault(sort.type, []).append((sort.name, compile_condition(sort.when, expression)))
        return sorts

    def _compile_part(self, rule: PartRule, number: int) -> CompiledPart:
        # Events are compiled again for each sort of message, which may add data to them.
        when = compile_condition(rule.when, expression)
        return CompiledPart(rule, number, rule.back, rule.means, when, ())

    def _conditional(self, compiled: CompiledPart) -> Iterator[CompiledPart]:
        """Yield the rule once for each condition under which it counts for other semantics."""
        for entry in compiled.rule.means_when:
            when = compile_condition({**compiled.rule.when, **entry.when}, expression)
            yield compiled._replace(when=when, means=entry.means)

    def _compile_message(self, rule: MessageRule) -> CompiledMessage:
        parts: dict[str, tuple[CompiledPart, ...]] = {}
        for compiled in self.rules:
            if not compiled.rule.messages or _any_of(rule.name, compiled.rule.messages):
                own = compiled._replace(events=tuple(self._compile_event(e, rule) for e in compiled.rule.events))
                for sort in self._names:
                    if _any_of(sort, compiled.rule.sorts):
                        means = compiled.rule.means_of.get(sort, compiled.rule.means)
                        named = own._replace(back=compiled.rule.back or sort, means=means)
                        parts[sort] = (*parts.get(sort, ()), *self._conditional(named), named)
        return CompiledMessage(
            rule,
            compile_condition(rule.when, expression),
            compile_condition(rule.some, expression),
            tuple(self._compile_event(event, rule) for event in rule.begin),
            tuple(self._compile_event(event, rule) for event in rule.end),
            parts,
        )

    def _compile_event(self, event: Event, rule: MessageRule) -> CompiledEvent:
        data = {**self.generation.events.data, **({} if event.bare else rule.data), **event.data}
        return CompiledEvent(
            event.type,
            expression(event.at),
            compile_template(data, expression),
            compile_condition(event.when, expression),
            event.has,
            event.changed,
        )


def _fits(compiled: CompiledMessage, by_sort: Mapping[str, list[Json]], parent: Known | None) -> bool:
    """Return whether a message's parts and parent are those that the rule asks for."""
    rule = compiled.rule
    if rule.has and not any(_any_of(sort, rule.has) for sort in by_sort):
        return False
    if rule.lacks and any(_any_of(sort, rule.lacks) for sort in by_sort):
        return False
    if rule.only and not (by_sort and all(_any_of(sort, rule.only) for sort in by_sort)):
        return False
    if rule.parent and (parent is None or parent.sort not in rule.parent):
        return False
    return not rule.parent_has or (parent is not None and any(_any_of(sort, rule.parent_has) for sort in parent.has))


def _any_of(sort: str, patterns: tuple[str, ...]) -> bool:
    return sort in patterns or any("*" in pattern and fnmatchcase(sort, pattern) for pattern in patterns)


def _until(split: str, order: list[tuple[str, Json]], start: int) -> dict[str, list[Json]]:
    """Return the parts from a place up to the next part of a sort, by sort."""
    found: dict[str, list[Json]] = {}
    begun = False
    for sort, data in order[start:]:
        if sort == split:
            if begun:
                break
            begun = True
        found.setdefault(sort, []).append(data)
    return found


@contextmanager
def located(generation: str, place: str) -> Iterator[None]:
    """Turn a mistake in a mapping file into one that names its place. Raises `GenerationError`."""
    try:
        yield
    except (ExpressionError, KeyError) as error:
        raise GenerationError(f"The mapping {generation!r} is wrong at {place}: {error}") from None
