"""A mapping file: how sessions of the first model (V1) become the events of one generation, and what has no place.

One TOML file in `generations/` holds all of it; nothing in the code knows an event, a part or a tool by name. A file
is read in this order: `sorts` divide the parts, `messages` divide the messages, `rules` say for each sort of part (in
some or all sorts of message) which events carry it, and `back` says what a reader of these events makes of them.
Differences between the two are what the statements `lost`, `changed` and `gone` explain.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from pawtui.replay.conditions import Wanted
from pawtui.replay.errors import GenerationError

FOLDER = Path(__file__).with_name("generations")
SIZE_LIMIT = 1 << 20


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a mapping file: an unknown key in it is a mistake."""


class Means(_Strict, frozen=True, kw_only=True):
    """The semantics that a part counts for under a condition."""

    when: dict[str, Wanted]
    means: str


class Statement(_Strict, frozen=True, kw_only=True):
    """Why a field is lost or changed.

    `weight` is `content` where people or the model would miss it, `detail` where what remains says enough. `means`
    is the semantics it counts for, where that is not the rule's.
    """

    reason: str
    weight: Literal["content", "detail"] = "detail"
    means: str = ""


Statements = dict[str, str | Statement]


class Sort(_Strict, frozen=True, kw_only=True):
    """A sort of part: its name, its type, and the fields it must have. The first that fits counts."""

    name: str
    type: str
    when: dict[str, Wanted] = {}


class Event(_Strict, frozen=True, kw_only=True):
    """One event to emit: its type, its time, its data.

    `when` says under which condition, `has` of which sorts of part the message must have one. With `changed`, it is
    emitted only where its data, but for ids of messages, differs from that of the last one of its type in the session.
    With `bare`, it lacks its message's `data`.
    """

    type: str
    data: dict[str, Any] = {}
    at: str = "$created"
    when: dict[str, Wanted] = {}
    has: tuple[str, ...] = ()
    changed: bool = False
    bare: bool = False


class MessageRule(_Strict, frozen=True, kw_only=True):
    """A sort of message: the first of its role that fits counts.

    Args:
        like: the name of another sort, of which it takes all that it does not say itself but the conditions.
        has: sorts of part of which it has at least one; a name may be a pattern. `lacks`: of which it has none.
        only: sorts that all its parts are of.
        some: fields that one of its parts must have.
        parent: sorts of message that the one it answers must be of; `parent_has`: sorts of part that it must have.
        data: what all events of the message and of its parts have.
        begin: events before those of its parts; `end`: events after them.
        split: the sort of part that begins another native message where a message has several.
        keep: sorts of part that messages which answer it may refer to as `$parent`.
        closes: whether it completes what the message that it answers left `open`.
        open: the reason why the parts that wait are lost where no such message follows.
        order: the reason why the order of its parts among each other is not kept.
        several: the reason why a message that is split becomes several.
        becomes: the reason why it is no message of its own any more.
        gone: the reason why the whole message has no place.
        lost, changed: statements about its own fields.
    """

    name: str
    role: str
    like: str = ""
    when: dict[str, Wanted] = {}
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    some: dict[str, Wanted] = {}
    parent: tuple[str, ...] = ()
    parent_has: tuple[str, ...] = ()
    data: dict[str, Any] = {}
    begin: tuple[Event, ...] = ()
    end: tuple[Event, ...] = ()
    split: str = ""
    keep: tuple[str, ...] = ()
    closes: bool = False
    open: str = ""
    order: str = ""
    several: str = ""
    becomes: str = ""
    gone: str = ""
    lost: Statements = {}
    changed: Statements = {}
    source: str = ""


class PartRule(_Strict, frozen=True, kw_only=True):
    """What becomes of one or several sorts of part (names or patterns), in some sorts of message (empty: in all).

    Args:
        means: the semantics that it counts for; `means_of` says it for single sorts, `means_when` under a condition.
        back: the name under which `back` gives it again; the sort's own name where empty.
        events: the events that carry it. `carried`: what does of its message's events, as `type:field`.
        ordered: whether its place among the other parts counts.
        within: the field that is given back as a portion of a longer text, joined with those of other parts.
        waits: whether it is lost unless a later message `closes` its message.
        folded: the reason why it needs no place of its own where it is not given back: its message holds what it says.
        replaced: the reason why something else arrives in its place.
        gone: the reason why it has no place at all.
        lost, changed: statements about its fields.
        source: where the rule is from.
    """

    sorts: tuple[str, ...]
    means: str
    means_of: dict[str, str] = {}
    means_when: tuple[Means, ...] = ()
    messages: tuple[str, ...] = ()
    when: dict[str, Wanted] = {}
    back: str = ""
    events: tuple[Event, ...] = ()
    carried: tuple[str, ...] = ()
    ordered: bool = False
    within: str = ""
    waits: bool = False
    folded: str = ""
    replaced: str = ""
    gone: str = ""
    lost: Statements = {}
    changed: Statements = {}
    source: str = ""


class Back(_Strict, frozen=True, kw_only=True):
    """What a reader makes of events: one part, or one for each element of `each`.

    Args:
        name: what `PartRule.back` calls it.
        events: types that are gathered by `key` (fields of their data).
        needs: types without which it is not this.
        each: the list that gives one part an element; `$item` is the element.
        part: the part, in the first model's fields.
    """

    name: str
    events: tuple[str, ...]
    key: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    when: dict[str, Wanted] = {}
    each: str = ""
    part: dict[str, Any]


class BackMessage(_Strict, frozen=True, kw_only=True):
    """What a reader makes of a message's own fields: `info` from the first of `events` that is there."""

    role: str
    events: tuple[str, ...]
    info: dict[str, Any]


class State(_Strict, frozen=True, kw_only=True):
    """A value that holds for a session from an event on: `source` is the event's type and field.

    `when` is about the event's data; `not_after` names types of events that the event must not follow directly.
    """

    name: str
    source: str
    when: dict[str, Wanted] = {}
    not_after: tuple[str, ...] = ()


class SessionRule(_Strict, frozen=True, kw_only=True):
    """What becomes of a session's own fields, of columns that the upstream does not have, and of other tables' rows.

    `sums` are fields that are worked out again as the sum of those of the session's replies.
    """

    sums: tuple[str, ...] = ()

    lost: Statements = {}
    changed: Statements = {}
    columns: Statements = {}
    tables: Statements = {}


class Known(_Strict, frozen=True, kw_only=True):
    """A known difference between our events and the upstream's own for the same session.

    `event` is its type, as a pattern. `field` is the field of its data that differs, or one above it; `only` is the
    side that alone has the event. `sort` is a pattern of the sort of part that it is about, where that matters.
    """

    event: str
    field: str = ""
    only: Literal["", "ours", "theirs"] = ""
    sort: str = "*"
    message: str = "*"
    reason: str


class RowPart(_Strict, frozen=True, kw_only=True):
    """An element of a row's content, told as events; `$item` is the element, `$index` its place among its type."""

    when: dict[str, Wanted] = {}
    events: tuple[Event, ...]


class Row(_Strict, frozen=True, kw_only=True):
    """A type of row of the native read model, told as events: those of the row, of its content, and at its end."""

    type: str
    data: dict[str, Any] = {}
    events: tuple[Event, ...] = ()
    content: str = ""
    parts: tuple[RowPart, ...] = ()
    end: tuple[Event, ...] = ()


class Upstream(_Strict, frozen=True, kw_only=True):
    """How to compare our events with the upstream's own.

    Args:
        units: fields of an event's data, of which the first that is there tells which message it belongs to.
        keys: fields that tell events of one type within a message apart.
        content: fields that two messages must share to be the same one.
        decoded: fields (`type:field`) that hold JSON and are compared as what they decode to.
        ids: fields that differ every time.
        known: differences with their reasons, the first that fits counts.
        rows: the rows of the read model.
        row_skip: events that the read model keeps nothing of.
    """

    units: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    decoded: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()
    rows: tuple[Row, ...] = ()
    row_skip: tuple[str, ...] = ()
    row_known: tuple[Known, ...] = ()


class Resume(_Strict, frozen=True, kw_only=True):
    """What each side does with a session that was left in `state`; `kept` says whether the state itself arrives."""

    state: str
    v1: str
    native: str
    kept: bool = False


class Events(_Strict, frozen=True, kw_only=True):
    """How events are stored: the prefix of their types, their versions, the field that holds their time, and data
    that all of them have.

    `time` is a field of the data, or empty where the time is outside it.
    """

    prefix: str
    time: str = ""
    versions: dict[str, int] = {}
    data: dict[str, Any] = {}


class Detect(_Strict, frozen=True, kw_only=True):
    """How to tell that a database holds this generation: one of these tables exists, or types of events begin so."""

    tables: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


class Generation(_Strict, frozen=True, kw_only=True):
    """A mapping file. `rank` orders generations: the highest is the newest."""

    name: str
    title: str
    rank: int
    about: str = ""
    sources: dict[str, str] = {}
    semantics: tuple[str, ...]
    detect: Detect = Detect()
    events: Events
    documents: dict[str, str] = {}
    sorts: tuple[Sort, ...]
    messages: tuple[MessageRule, ...]
    rules: tuple[PartRule, ...]
    back: tuple[Back, ...]
    back_messages: tuple[BackMessage, ...]
    state: tuple[State, ...] = ()
    session: SessionRule = SessionRule()
    upstream: Upstream = Upstream()
    resume: tuple[Resume, ...] = ()


def read_generation(path: Path) -> Generation:
    """Read one mapping file. Raises `GenerationError`."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise GenerationError(f"{path} has over {SIZE_LIMIT:,} bytes: that is no mapping file.")
        return parse_generation(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise GenerationError(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise GenerationError(f"Cannot read {path}: {reason}. Check the path and its permissions.") from None


def parse_generation(text: str, name: str) -> Generation:
    """Return the mapping that a file's text holds. `name` is how messages call it. Raises `GenerationError`."""
    try:
        return _inherited(msgspec.convert(tomllib.loads(text), Generation), name)
    except tomllib.TOMLDecodeError as error:
        raise GenerationError(f"{name} is not TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise GenerationError(f"{name} is no mapping file: {error}.") from None


def _inherited(generation: Generation, name: str) -> Generation:
    """Fill in what a sort of message takes from the one that it is like."""
    known = {rule.name: rule for rule in generation.messages}
    filled = []
    for rule in generation.messages:
        if rule.like and rule.like not in known:
            raise GenerationError(
                f"{name} is no mapping file: message {rule.name!r} is like {rule.like!r}, which is none."
            )
        model = known[rule.like] if rule.like else rule
        empty = {field: getattr(model, field) for field in _INHERITED if not getattr(rule, field)}
        filled.append(msgspec.structs.replace(rule, **empty))
    return msgspec.structs.replace(generation, messages=tuple(filled))


_INHERITED = ("data", "begin", "end", "split", "order", "several", "becomes", "lost", "changed", "source")


def all_generations() -> list[Generation]:
    """Return the mappings that come along, newest first. Raises `GenerationError`."""
    found = [read_generation(path) for path in sorted(FOLDER.glob("*.toml"))]
    return sorted(found, key=lambda generation: -generation.rank)


def find_generation(name: str) -> Generation:
    """Return the mapping of that name, or the one in the file of that path. Raises `GenerationError`."""
    if name.endswith(".toml"):
        return read_generation(Path(name))
    known = all_generations()
    for generation in known:
        if generation.name == name:
            return generation
    names = ", ".join(generation.name for generation in known)
    raise GenerationError(f"There is no mapping {name!r}. Use one of {names}, or the path of a mapping file.")
