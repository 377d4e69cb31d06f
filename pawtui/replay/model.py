"""Sessions, messages and parts as they are read from a source, before anything is made of them.

`data` is the decoded JSON of a row, or None where it could not be decoded; `problem` then says why. Times are
milliseconds since 1970. `info` of a session has the names of the upstream's export; `extra` holds columns that the
export has no name for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

Json = dict[str, Any]

# What a part is called in counts where its own type is not known.
UNDECODABLE = "(undecodable)"
UNTYPED = "(no type)"


class Part(msgspec.Struct, gc=False):
    """One part. `size` is that of its JSON in bytes; `raw` is that JSON where it was read from a database."""

    id: str
    created: int
    updated: int
    data: Json | None
    raw: bytes = b""
    problem: str = ""

    @property
    def type(self) -> str:
        """The part's own type, or what stands for it in counts."""
        if self.data is None:
            return UNDECODABLE
        found = self.data.get("type")
        return found if isinstance(found, str) and found else UNTYPED


class Message(msgspec.Struct):
    """One message and its parts, in the order of their ids."""

    id: str
    created: int
    updated: int
    data: Json | None
    parts: list[Part]
    raw: bytes = b""
    problem: str = ""


class Issue(msgspec.Struct, frozen=True):
    """Something wrong with the source itself. `where` names the session, message or part by its id.

    `unread` says that something could not be read because of it.
    """

    kind: str
    where: str
    detail: str = ""
    session: str = ""
    unread: bool = False


class Session(Protocol):
    """One session. `messages` can be iterated once, in the order in which the upstream lists them."""

    id: str
    info: Json
    extra: Json
    issues: list[Issue]

    def messages(self) -> Iterator[Message]:
        """Yield the messages with their parts; adds to `issues` instead of raising."""


class Inventory(msgspec.Struct, kw_only=True):
    """What a source holds by its own count: rows per table, parts per type where it can say so cheaply."""

    tables: dict[str, int]
    unknown_tables: dict[str, int]
    unknown_columns: dict[str, list[str]]
    events: dict[str, int]
    native_messages: dict[str, int]


class Source(Protocol):
    """Something that holds sessions."""

    def inventory(self) -> Inventory:
        """Return what it holds by its own count."""

    def sessions(self) -> Iterator[Session]:
        """Yield every session, also those whose own row is missing."""

    def stray_parts(self) -> Iterator[tuple[str, Part]]:
        """Yield (message id, part) of parts whose message is missing; only after all sessions were read."""

    def issues(self) -> list[Issue]:
        """Return what was found to be wrong beyond single sessions since the last call."""
