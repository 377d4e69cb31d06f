"""Fold events back into a message of the first model: what a reader has who knows the events alone.

Events that belong together (by their key) are gathered in order; each gathering becomes the parts that the `back`
entries of the mapping file describe. Session-wide state, such as the agent in use, is kept between messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pawtui.replay.codegen import MISSING, Code, Getter
from pawtui.replay.conditions import Condition, compile_condition, write_condition
from pawtui.replay.emitting import MadeEvent
from pawtui.replay.expressions import Language, attribute, table, write_element, write_item
from pawtui.replay.generation import Back, Generation
from pawtui.replay.mapping import located
from pawtui.replay.model import Json
from pawtui.replay.templates import Templates

# Events of one gathering by type: time and data of the last one of each.
Gathering = dict[str, MadeEvent]


class Folded(NamedTuple):
    """What was read back: parts by the name of their `back` entry, their names in order, and the message's fields."""

    parts: dict[str, list[Json]]
    order: list[str]
    info: Json | None


# Reads the parts of a gathering: (gathering, context, parts by name, names in order).
Read = Callable[[Gathering, Any, dict[str, list[Json]], list[str]], None]


class _Group:
    """Entries that gather the same events by the same key (at most two fields)."""

    __slots__ = ("entries", "first", "number", "read", "second")

    def __init__(self, number: int, keys: tuple[str, ...]) -> None:
        self.number = number
        self.first, self.second = (*keys, "", "")[:2]
        self.entries: list[Back] = []
        self.read: Read


# A name, its value, its condition, and types of events that it must not follow.
_State = tuple[str, Getter, Condition | None, tuple[str, ...]]
_Plan = tuple[tuple[_Group, ...], bool, list[_State]]
_NO_PLAN: _Plan = ((), False, [])


class FoldContext:
    """What `$names` refer to in a `back` entry."""

    __slots__ = ("first", "item", "session", "state")

    def __init__(self) -> None:
        self.item: Any = None
        self.session = ""
        self.state: dict[str, Any] = {}
        self.first: Gathering = {}


# What stands for an event that is not there.
_NO_EVENT: MadeEvent = ("", MISSING, {}, "")


def _write_event(code: Code, path: str, events: str = "s") -> str:
    """Write `type/path` of gathered events; `type/@` is the event's time."""
    kind, _, rest = path.partition("/")
    event = code.open(f"{events}.get({kind!r}, {code.value(_NO_EVENT)})")
    if rest == "@":
        return f"{event}[1]"
    return code.path(code.open(f"{event}[2]"), tuple(rest.split(".")))


def _write_first(code: Code, steps: tuple[str, ...]) -> str:
    return _write_event(code, ".".join(steps), code.open("c.first"))


_ROOTS = {"item": write_item, "session": attribute("session"), "state": table("state"), "first": _write_first}
LANGUAGE = Language(_ROOTS, _write_event)
# Of an element of a list within an event.
_ELEMENT = Language(_ROOTS, lambda code, path: write_element(code, tuple(path.split("."))))
_TEMPLATES = Templates(LANGUAGE, _ELEMENT)


class Folder:
    """The reader of one generation. `start` begins another session."""

    def __init__(self, generation: Generation) -> None:
        """Compile the generation. Raises `GenerationError`."""
        self._context = FoldContext()
        self._previous = ""
        groups: dict[str, list[_Group]] = {}
        by_key: dict[tuple[tuple[str, ...], tuple[str, ...]], _Group] = {}
        for back in generation.back:
            group = by_key.get((back.events, back.key))
            if group is None:
                group = by_key[back.events, back.key] = _Group(len(by_key), back.key)
                for kind in back.events:
                    groups.setdefault(kind, []).append(group)
            group.entries.append(back)
        for group in by_key.values():
            with located(generation.name, f"back.{group.entries[0].name}"):
                group.read = _compile(group.entries)
        self._messages: dict[str, list[tuple[frozenset[str], Getter]]] = {}
        for told in generation.back_messages:
            with located(generation.name, f"back_messages.{told.role}"):
                info = _TEMPLATES.compile(told.info)
                self._messages.setdefault(told.role, []).append((frozenset(told.events), info))
        states: dict[str, list[_State]] = {}
        for state in generation.state:
            with located(generation.name, f"state.{state.name}"):
                when = compile_condition(state.when, _ELEMENT)
                entry = (state.name, LANGUAGE.compile(state.source), when, state.not_after)
                states.setdefault(state.source.partition("/")[0], []).append(entry)
        # By type of event: the groups that gather it, whether it tells of its message, and what it sets.
        telling = _telling(generation)
        self._plans: dict[str, _Plan] = {
            kind: (tuple(groups.get(kind, ())), kind in telling, states.get(kind, []))
            for kind in {*groups, *states, *telling}
        }

    def start(self, session_id: str) -> None:
        """Forget the last session and begin another one."""
        self._context.session = session_id
        self._context.state = {}
        self._previous = ""

    def fold(self, events: list[MadeEvent], role: str) -> Folded:
        """Return what the events of one message of that role say."""
        gatherings: list[tuple[_Group, Gathering]] = []
        found: dict[Any, Gathering] = {}
        first: Gathering = {}
        last: Gathering = {}
        plans, previous = self._plans, self._previous
        for event in events:
            kind, _at, data, _owner = event
            groups, tells, state = plans.get(kind, _NO_PLAN)
            if state:
                self._update_state(state, event, previous)
            previous = kind
            if tells:
                first.setdefault(kind, event)
                last[kind] = event
            for group in groups:
                if not group.first:
                    gatherings.append((group, {kind: event}))
                    continue
                place = (group.number, data.get(group.first), data.get(group.second))
                try:
                    gathering = found.get(place)
                except TypeError:
                    # A damaged source may hold a list where an id belongs.
                    place = (group.number, repr(place), "")
                    gathering = found.get(place)
                if gathering is None:
                    gathering = found[place] = {}
                    gatherings.append((group, gathering))
                gathering[kind] = event
        self._previous = previous
        parts: dict[str, list[Json]] = {}
        order: list[str] = []
        context = self._context
        for group, gathering in gatherings:
            group.read(gathering, context, parts, order)
        return Folded(parts, order, self._info(role, first, last))

    def _info(self, role: str, first: Gathering, last: Gathering) -> Json | None:
        self._context.first = first
        for kinds, getter in self._messages.get(role, ()):
            if not kinds.isdisjoint(last):
                info = getter(last, self._context)
                return info if isinstance(info, dict) else None
        return None

    def _update_state(self, state: list[_State], event: MadeEvent, previous: str) -> None:
        for name, getter, when, not_after in state:
            if previous in not_after or (when is not None and not when(event[2], self._context)):
                continue
            value = getter({event[0]: event}, self._context)
            if value is not MISSING:
                self._context.state[name] = value


def _telling(generation: Generation) -> frozenset[str]:
    """Return the types of events that messages' own fields are read from."""
    found = {kind for told in generation.back_messages for kind in told.events}

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                collect(inner)
        elif isinstance(value, str):
            found.update(part.strip().removeprefix("$first.").partition("/")[0] for part in value.split("|"))

    for told in generation.back_messages:
        collect(told.info)
    return frozenset(found)


def _compile(entries: list[Back]) -> Read:
    """Return the function that reads the parts of a gathering. Raises `ExpressionError`."""
    code = Code()
    for name in dict.fromkeys(entry.name for entry in entries):
        # Of entries with one name the first that fits counts.
        same = [entry for entry in entries if entry.name == name]
        indent = code.indent
        for entry in same:
            tests = [f"{kind!r} in s" for kind in entry.needs]
            if entry.when:
                tests.append(write_condition(code, entry.when, LANGUAGE))
            code.add(f"if {' and '.join(tests) or 'True'}:")
            code.indent += 1
            _write_part(code, entry)
            code.indent -= 1
            code.add("else:")
            code.indent += 1
            code.add("pass")
        code.indent = indent
    read: Read = code.procedure("s, c, parts, order")
    return read


def _write_part(code: Code, entry: Back) -> None:
    if entry.each:
        items = code.name()
        code.add(f"{items} = {LANGUAGE.write(code, entry.each)}")
        code.add(f"for c.item in {items} if type({items}) is list else ():")
        code.indent += 1
    part = code.name()
    code.add(f"{part} = {_TEMPLATES.write(code, entry.part)}")
    code.add(f"if {entry.name!r} in parts: parts[{entry.name!r}].append({part})")
    code.add(f"else: parts[{entry.name!r}] = [{part}]")
    code.add(f"order.append({entry.name!r})")
    if entry.each:
        code.indent -= 1
