"""Map one message of the first model (V1) to events, by a mapping file compiled to functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from pawtui.replay.codegen import Code
from pawtui.replay.conditions import Condition, compile_condition
from pawtui.replay.emitting import Emit, MadeEvent, compile_events
from pawtui.replay.errors import GenerationError
from pawtui.replay.expressions import (
    ExpressionError,
    Language,
    attribute,
    table,
    write_element,
    write_item,
    write_subject,
)
from pawtui.replay.generation import Event, Generation, MessageRule, PartRule
from pawtui.replay.model import Json, Message, Part
from pawtui.replay.templates import Templates


class Context:
    """What `$names` refer to while one message is mapped."""

    __slots__ = (
        "created",
        "id",
        "index",
        "info",
        "item",
        "last",
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
        # The data of the last event of a type that is only emitted when it changes.
        self.last: dict[str, Json] = {}
        self.parent: Mapping[str, Json] = {}
        self.parts: dict[str, list[Json]] = {}
        self.order: list[tuple[str, Json]] = []
        self.used = False


class Known(NamedTuple):
    """What later messages may ask about a message: its sort, the sorts of its parts, and parts that it keeps."""

    sort: str
    has: frozenset[str]
    kept: Mapping[str, Json]


class CompiledPart(NamedTuple):
    """A rule for parts: `number` is its place among the rules, `simple` that its parts are given back one by one."""

    rule: PartRule
    sort: str
    number: int
    back: str
    means: str
    when: Condition | None
    emit: Emit | None
    simple: bool


class CompiledMessage(NamedTuple):
    """A rule for messages, with the rules of its parts by sort.

    `answers` says that it asks something of the message that it answers, `asked` that others ask about it.
    """

    rule: MessageRule
    answers: bool
    asked: bool
    when: Condition | None
    some: Condition | None
    begin: Emit
    end: Emit
    parts: dict[str, tuple[CompiledPart, ...]]


class Mapped(NamedTuple):
    """A mapped message: its rule, the rule of each part, and the events in order.

    `rule` is None where no rule fits, and so is the rule of a part. `ordered` names the parts whose order counts;
    `natives` is how many messages it becomes.
    """

    rule: CompiledMessage | None
    parts: list[tuple[Part, CompiledPart | None]]
    events: list[MadeEvent]
    ordered: list[str]
    natives: int


def _new(context: Context) -> str:
    """Return the message's own id the first time it is asked for, then an id made of the part's."""
    if not context.used:
        context.used = True
        return context.message
    return f"{context.message.partition('_')[0]}_{context.id.partition('_')[2]}"


def _write_new(code: Code, _steps: tuple[str, ...]) -> str:
    return f"{code.value(_new)}(c)"


_SCALARS = ("session", "message", "id", "index", "created", "updated")
_ROOTS = {
    **{name: attribute(name) for name in _SCALARS},
    **{name: table(name) for name in ("info", "parent")},
    "item": write_item,
    "new": _write_new,
}


def _path(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


LANGUAGE = Language(_ROOTS, lambda code, path: write_subject(code, _path(path)), frozenset((*_SCALARS, "new")))
_ELEMENT = Language(_ROOTS, lambda code, path: write_element(code, _path(path)), LANGUAGE.always)
TEMPLATES = Templates(LANGUAGE, _ELEMENT)


class Mapper:
    """The mapping of one generation. Holds what is known of the session at hand: `start` begins another one."""

    def __init__(self, generation: Generation) -> None:
        """Compile the generation. Raises `GenerationError`."""
        self.generation = generation
        self._context = Context()
        self._known: dict[str, Known] = {}
        self._asked_parts = frozenset(sort for rule in generation.messages for sort in rule.parent_has)
        self._fitting: dict[tuple[str, tuple[str, ...]], list[CompiledMessage]] = {}
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
        self._context.last = {}
        self._known.clear()

    def map(self, message: Message) -> Mapped:
        """Return the events of one message, and by which rules."""
        info = message.data
        if info is None:
            return Mapped(None, [(part, None) for part in message.parts], [], [], 0)
        context = self._context
        context.info, context.created, context.updated = info, message.created, message.updated
        order = context.order = []
        by_sort: dict[str, list[Json]] = {}
        context.parts = by_sort
        for part in message.parts:
            data = part.data
            if data is None:
                continue
            sort = self._sort(data)
            order.append((sort, data))
            if sort in by_sort:
                by_sort[sort].append(data)
            else:
                by_sort[sort] = [data]
        rule = self._rule(info, tuple(by_sort))
        if rule is None:
            return Mapped(None, [(part, None) for part in message.parts], [], [], 0)
        if rule.asked or not self._asked_parts.isdisjoint(by_sort):
            kept = {sort: by_sort[sort][0] for sort in rule.rule.keep if sort in by_sort}
            self._known[message.id] = Known(rule.rule.name, frozenset(by_sort), kept)
        return self._emit(message, rule)

    def _sort(self, data: Json) -> str:
        kind = data.get("type")
        if not isinstance(kind, str):
            return ""
        known = self._sorts.get(kind)
        # Most parts have none of the fields that their type is divided by.
        if known is not None and not known[0].isdisjoint(data):
            for name, when in known[1]:
                if when is None or when(data, self._context):
                    return name
        return kind

    def _rule(self, info: Json, sorts: tuple[str, ...]) -> CompiledMessage | None:
        context = self._context
        parent_id = info.get("parentID")
        parent = self._known.get(parent_id) if type(parent_id) is str else None
        context.parent = parent.kept if parent is not None else {}
        for rule in self._candidates(info.get("role"), sorts):
            if rule.answers and not _answers(rule.rule, parent):
                continue
            if rule.when is not None and not rule.when(info, context):
                continue
            if rule.some is None or any(rule.some(data, context) for _, data in context.order):
                return rule
        return None

    def _candidates(self, role: Any, sorts: tuple[str, ...]) -> list[CompiledMessage]:
        """Return the rules of a role that messages with parts of these sorts may fit."""
        try:
            found = self._fitting.get((role, sorts))
        except TypeError:
            return []
        if found is None:
            found = [rule for rule in self._messages.get(role, ()) if _fits(rule.rule, frozenset(sorts))]
            self._fitting[role, sorts] = found
        return found

    def _emit(self, message: Message, rule: CompiledMessage) -> Mapped:
        context = self._context
        context.message = context.id = message.id
        context.used = False
        events: list[MadeEvent] = []
        made: list[tuple[Part, CompiledPart | None]] = []
        ordered: list[str] = []
        order, whole, split = context.order, context.parts, rule.rule.split
        several = bool(split) and len(whole.get(split, ())) > 1
        natives = 1
        if several:
            context.parts = _until(split, order, 0)
        rule.begin(message.data, context, events, "")
        counts: dict[str, int] = {}
        place = -1
        started = False
        for part in message.parts:
            if part.data is None:
                made.append((part, None))
                continue
            place += 1
            sort = order[place][0]
            context.id = part.id
            if several and sort == split:
                if started:
                    rule.end(message.data, context, events, "")
                    context.message = f"{message.id.partition('_')[0]}_{part.id.partition('_')[2]}"
                    context.parts = _until(split, order, place)
                    counts = {}
                    natives += 1
                    rule.begin(message.data, context, events, "")
                started = True
            compiled = self._part_rule(rule, sort, part.data)
            made.append((part, compiled))
            if compiled is None:
                continue
            back = compiled.back
            if compiled.emit is not None:
                context.index = counts.get(back, 0)
                counts[back] = context.index + 1
                compiled.emit(part.data, context, events, part.id)
            # Parts that are joined into one are given back once.
            if compiled.rule.ordered and not (compiled.rule.within and back in ordered):
                ordered.append(back)
        context.id = message.id
        rule.end(message.data, context, events, "")
        context.parts = whole
        return Mapped(rule, made, events, ordered, natives)

    def _part_rule(self, rule: CompiledMessage, sort: str, data: Json) -> CompiledPart | None:
        for compiled in rule.parts.get(sort, ()):
            if compiled.when is None or compiled.when(data, self._context):
                return compiled
        return None

    def _compile_sorts(self) -> dict[str, tuple[frozenset[str], list[tuple[str, Condition | None]]]]:
        """Return the sorts of each type, with the fields that divide it."""
        sorts: dict[str, tuple[frozenset[str], list[tuple[str, Condition | None]]]] = {}
        for sort in self.generation.sorts:
            fields, known = sorts.get(sort.type, (frozenset(), []))
            # Without a condition on a field that must be there, every part of the type fits.
            needed = {name.partition(".")[0] for name, wanted in sort.when.items() if wanted is not False} or {"type"}
            sorts[sort.type] = (fields | needed, [*known, (sort.name, compile_condition(sort.when, LANGUAGE))])
        return sorts

    def _compile_part(self, rule: PartRule, number: int) -> CompiledPart:
        # Events are compiled again for each sort of message, which may add data to them.
        when = compile_condition(rule.when, LANGUAGE)
        simple = not (rule.gone or rule.replaced or rule.waits or rule.within)
        return CompiledPart(rule, "", number, rule.back, rule.means, when, None, simple)

    def _conditional(self, compiled: CompiledPart) -> Iterator[CompiledPart]:
        """Yield the rule once for each condition under which it counts for other semantics."""
        for entry in compiled.rule.means_when:
            when = compile_condition({**compiled.rule.when, **entry.when}, LANGUAGE)
            yield compiled._replace(when=when, means=entry.means)

    def _compile_message(self, rule: MessageRule) -> CompiledMessage:
        parts: dict[str, tuple[CompiledPart, ...]] = {}
        for compiled in self.rules:
            if not compiled.rule.messages or _any_of(rule.name, compiled.rule.messages):
                emit = self._compile_events(compiled.rule.events, rule) if compiled.rule.events else None
                own = compiled._replace(emit=emit)
                for sort in self._names:
                    if _any_of(sort, compiled.rule.sorts):
                        means = compiled.rule.means_of.get(sort, compiled.rule.means)
                        named = own._replace(sort=sort, back=compiled.rule.back or sort, means=means)
                        parts[sort] = (*parts.get(sort, ()), *self._conditional(named), named)
        return CompiledMessage(
            rule,
            bool(rule.parent or rule.parent_has),
            bool(rule.keep) or any(rule.name in other.parent for other in self.generation.messages),
            compile_condition(rule.when, LANGUAGE),
            compile_condition(rule.some, LANGUAGE),
            self._compile_events(rule.begin, rule),
            self._compile_events(rule.end, rule),
            parts,
        )

    def _compile_events(self, events: tuple[Event, ...], rule: MessageRule) -> Emit:
        return compile_events(events, rule.data, self.generation.events, TEMPLATES)


def _fits(rule: MessageRule, has: frozenset[str]) -> bool:
    """Return whether a message's parts are of the sorts that the rule asks for."""
    if rule.has and not any(_any_of(sort, rule.has) for sort in has):
        return False
    if rule.lacks and any(_any_of(sort, rule.lacks) for sort in has):
        return False
    return not rule.only or (bool(has) and all(_any_of(sort, rule.only) for sort in has))


def _answers(rule: MessageRule, parent: Known | None) -> bool:
    """Return whether the message that it answers is of the sort that the rule asks for."""
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
