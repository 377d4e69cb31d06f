"""Fold events back into a message of the first model: what a reader has who knows the events alone.

Events that belong together (by their key) are gathered in order; each gathering becomes the parts that the `back`
entries of the mapping file describe. Session-wide state, such as the agent in use, is kept between messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pawtui.replay.conditions import Condition, compile_condition
from pawtui.replay.expressions import MISSING, Getter, Root, compile_expression, field
from pawtui.replay.generation import Back, Generation
from pawtui.replay.mapping import MadeEvent, located
from pawtui.replay.model import Json
from pawtui.replay.templates import compile_template

# Events of one gathering by type: time and data of the last one of each.
Gathering = dict[str, MadeEvent]


class Folded(NamedTuple):
    """What was read back: parts by the name of their `back` entry, their names in order, and the message's fields."""

    parts: dict[str, list[Json]]
    order: list[str]
    info: Json | None


class _Entry(NamedTuple):
    name: str
    needs: tuple[str, ...]
    when: Condition | None
    each: Getter | None
    part: Getter


class _Group:
    """Entries that gather the same events by the same key."""

    __slots__ = ("entries", "key", "keys")

    def __init__(self, key: tuple[str, ...]) -> None:
        self.key = key[0] if len(key) == 1 else ""
        self.keys = key if len(key) != 1 else ()
        self.entries: list[_Entry] = []


class FoldContext:
    """What `$names` refer to in a `back` entry."""

    __slots__ = ("first", "item", "session", "state")

    def __init__(self) -> None:
        self.item: Any = None
        self.session = ""
        self.state: dict[str, Any] = {}
        self.first: Gathering = {}


def event_field(path: str) -> Getter:
    """Return the getter of `type/path` in a gathering; `type/@` is the event's time."""
    kind, _, rest = path.partition("/")
    if rest == "@":

        def get_time(gathering: Any, _context: Any) -> Any:
            event = gathering.get(kind)
            return MISSING if event is None else event[1]

        return get_time
    inner = field(tuple(rest.split("."))) if rest else None

    def get(gathering: Any, context: Any) -> Any:
        event = gathering.get(kind)
        if event is None:
            return MISSING
        return event[2] if inner is None else inner(event[2], context)

    return get


def _attribute(name: str, rest: tuple[str, ...]) -> Getter:
    inner = field(rest) if rest else None
    return lambda _subject, context: getattr(context, name) if inner is None else inner(getattr(context, name), context)


def _first(_name: str, rest: tuple[str, ...]) -> Getter:
    inner = event_field(".".join(rest))
    return lambda _subject, context: inner(context.first, context)


def _state(_name: str, rest: tuple[str, ...]) -> Getter:
    inner = field(rest)
    return lambda _subject, context: inner(context.state, context)


ROOTS: Mapping[str, Root] = {"item": _attribute, "session": _attribute, "state": _state, "first": _first}


def expression(text: str) -> Getter:
    """Compile an expression about gathered events. Raises `ExpressionError`."""
    return compile_expression(text, ROOTS, event_field)


def _element(text: str) -> Getter:
    """Compile an expression about an element of a list within an event."""
    return compile_expression(text, ROOTS, lambda path: field(tuple(path.split("."))))


class Folder:
    """The reader of one generation. `start` begins another session."""

    def __init__(self, generation: Generation) -> None:
        """Compile the generation. Raises `GenerationError`."""
        self._context = FoldContext()
        self._groups: dict[str, list[_Group]] = {}
        by_key: dict[tuple[tuple[str, ...], tuple[str, ...]], _Group] = {}
        for number, back in enumerate(generation.back):
            group = by_key.get((back.events, back.key))
            if group is None:
                group = by_key[back.events, back.key] = _Group(back.key)
                for kind in back.events:
                    self._groups.setdefault(kind, []).append(group)
            with located(generation.name, f"back.{number + 1}"):
                group.entries.append(_compile(back))
        self._messages: dict[str, list[tuple[frozenset[str], Getter]]] = {}
        for told in generation.back_messages:
            with located(generation.name, f"back_messages.{told.role}"):
                info = compile_template(told.info, expression, _element)
                self._messages.setdefault(told.role, []).append((frozenset(told.events), info))
        self._state: dict[str, list[tuple[str, Getter, Condition | None, tuple[str, ...]]]] = {}
        self._previous = ""
        for state in generation.state:
            kind = state.source.partition("/")[0]
            with located(generation.name, f"state.{state.name}"):
                when = compile_condition(state.when, _element)
                value = event_field(state.source)
                self._state.setdefault(kind, []).append((state.name, value, when, state.not_after))

    def start(self, session_id: str) -> None:
        """Forget the last session and begin another one."""
        self._context.session = session_id
        self._context.state = {}
        self._previous = ""

    def fold(self, events: list[MadeEvent], role: str) -> Folded:
        """Return what the events of one message of that role say."""
        gatherings: list[tuple[_Group, Gathering]] = []
        found: dict[tuple[int, Any], Gathering] = {}
        first: Gathering = {}
        last: Gathering = {}
        for event in events:
            kind, data = event[0], event[2]
            if kind in self._state:
                self._update_state(kind, event)
            self._previous = kind
            if kind not in first:
                first[kind] = event
            last[kind] = event
            for group in self._groups.get(kind, ()):
                key = data.get(group.key) if group.key else tuple([data.get(name) for name in group.keys])
                place = (id(group), key)
                try:
                    gathering = found.get(place)
                except TypeError:
                    # A damaged source may hold a list where an id belongs.
                    place = (id(group), repr(key))
                    gathering = found.get(place)
                if gathering is None or (not group.key and not group.keys):
                    gathering = found[place] = {}
                    gatherings.append((group, gathering))
                gathering[kind] = event
        parts: dict[str, list[Json]] = {}
        order: list[str] = []
        for group, gathering in gatherings:
            self._read(group, gathering, parts, order)
        return Folded(parts, order, self._info(role, first, last))

    def _info(self, role: str, first: Gathering, last: Gathering) -> Json | None:
        self._context.first = first
        for kinds, getter in self._messages.get(role, ()):
            if not kinds.isdisjoint(last):
                info = getter(last, self._context)
                return info if isinstance(info, dict) else None
        return None

    def _update_state(self, kind: str, event: MadeEvent) -> None:
        for name, getter, when, not_after in self._state[kind]:
            if self._previous in not_after or (when is not None and not when(event[2], self._context)):
                continue
            value = getter({kind: event}, self._context)
            if value is not MISSING:
                self._context.state[name] = value

    def _read(self, group: _Group, gathering: Gathering, parts: dict[str, list[Json]], order: list[str]) -> None:
        context = self._context
        done = ""
        for entry in group.entries:
            name = entry.name
            # Of entries with one name the first that fits counts.
            if name == done or any(kind not in gathering for kind in entry.needs):
                continue
            if entry.when is not None and not entry.when(gathering, context):
                continue
            done = name
            if entry.each is None:
                part = entry.part(gathering, context)
                if part is not MISSING:
                    parts.setdefault(name, []).append(part)
                    order.append(name)
                continue
            items = entry.each(gathering, context)
            for item in items if isinstance(items, list) else ():
                context.item = item
                part = entry.part(gathering, context)
                if part is not MISSING:
                    parts.setdefault(name, []).append(part)
                    order.append(name)


def _compile(back: Back) -> _Entry:
    return _Entry(
        back.name,
        back.needs,
        compile_condition(back.when, expression),
        expression(back.each) if back.each else None,
        compile_template(back.part, expression, _element),
    )
