"""What the compiled values of a mapping file read: fields at dotted paths, events, and the values of `$names`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import UNSET

from pawtui.replay.reading.session_types import Json

# The value of a field that does not exist. It is false in conditions.
MISSING: Final = UNSET


class SessionEvent(msgspec.Struct, frozen=True, eq=False):
    """An event of a session: its type without prefix and version, its time, its data, and the part that it carries.

    `at` is the time in milliseconds, or `MISSING`. `part_id` is empty if the event is that of a message. Two events are
    never equal, so that an event can be a key.
    """

    type: str
    at: Any
    data: Json
    part_id: str = ""


# The value of a missing event.
NO_EVENT: Final = SessionEvent("", MISSING, {})


@dataclass(slots=True)
class MappingContext:
    """The values of `$names`, and the state that events need.

    `session` and `message` are ids; `id` is that of the part or message whose events are emitted. `created` and
    `updated` are the message's times in milliseconds, `info` is its data, and `parent` has parts of its parent message
    by subtype. `index` counts the parts with the same projection, from 0. `state` has the values that `StateRule`
    describes; only a reader of events has them. `parts` has the data of the message's parts by subtype, `ordered_parts`
    has (subtype, data) in the order of the message. `last` has the data of the last event of each type that is emitted
    only if it changes. `id_is_used` is true if `$new` has returned the message's id.
    """

    session: str = ""
    message: str = ""
    id: str = ""
    index: int = 0
    created: Any = 0
    updated: Any = 0
    info: Json = field(default_factory=dict)
    parent: Mapping[str, Json] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, list[Json]] = field(default_factory=dict)
    ordered_parts: list[tuple[str, Json]] = field(default_factory=list)
    last: dict[str, Json] = field(default_factory=dict)
    id_is_used: bool = False

    @property
    def new(self) -> str:
        """The id of the message at the first use for it, later an id that is derived from the id of the part."""
        if not self.id_is_used:
            self.id_is_used = True
            return self.message
        return str(renamed(self.message.partition("_")[0], self.id))


# The attributes of a context that a mapping file can read as `$name`.
NAMES = ("session", "message", "id", "new", "index", "created", "updated", "info", "parent", "state")


def renamed(prefix: Any, value: Any) -> Any:
    """Return an id with another prefix: with `msg`, `prt_1` becomes `msg_1`."""
    return f"{prefix}_{str(value).partition('_')[2]}"


def field_at(data: Any, path: str) -> Any:
    """Return the field at a dotted path such as `a.b.0`, where a number is an index in a list; or `MISSING`."""
    for name in path.split("."):
        if type(data) is dict:
            data = data.get(name, MISSING)
        elif type(data) is list and name.isdecimal() and int(name) < len(data):
            data = data[int(name)]
        else:
            return MISSING
    return data
