"""Sessions, messages and parts of a source, before they are mapped.

`data` is the decoded JSON of a row. If the JSON cannot be decoded, `data` is None and `problem` is the reason: the rest
of a sentence that begins with `It`. Times are milliseconds since 1970. `info` of a session has the names of the
upstream's export; `extra` has the columns, or the fields of a file, that the upstream's export does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

Json = dict[str, Any]
IssueKind = Literal[
    "damaged database",
    "duplicate message",
    "duplicate part",
    "import stops",
    "messages missing",
    "missing parent",
    "missing parent session",
    "no session row",
    "part of another session",
    "parts missing",
    "session in several sources",
    "session not imported",
    "undecodable column",
    "undecodable message",
    "undecodable part",
    "unreadable session row",
    "wrong message",
    "wrong session",
]


class MessagePart(msgspec.Struct):
    """One part.

    `is_foreign` is true if its row has the id of another session than its message. `skip_reason` is the reason why the
    upstream skips the part, although it was read here, or empty.
    """

    id: str
    data: Json | None
    problem: str = ""
    is_foreign: bool = False
    skip_reason: str = ""

    @property
    def type(self) -> str:
        """The type of the part, or a name in parentheses if the type is unknown."""
        if self.data is None:
            return "(undecodable)"
        part_type = self.data.get("type")
        if isinstance(part_type, str) or part_type is None:
            return part_type or "(no type)"
        return "(type is not a text)"


class Message(msgspec.Struct):
    """One message and its parts, ordered by id.

    `skip_reason` is the reason why the upstream skips the message, although it was read here, or empty.
    """

    id: str
    created: int
    updated: int
    data: Json | None
    parts: list[MessagePart]
    problem: str = ""
    skip_reason: str = ""

    @property
    def role(self) -> str:
        """The role of the message, or an empty text if it is unknown."""
        return str(self.data.get("role") or "") if self.data is not None else ""


class DataIssue(msgspec.Struct, frozen=True):
    """An error in a source.

    `where` is the id of the session, message or part, or names the file or the table; it is empty if the id is missing.
    `session` is the id of the session, or empty. `unread` is true if data could not be read because of the error.
    """

    kind: IssueKind
    where: str
    detail: str = ""
    session: str = ""
    unread: bool = False


@dataclass
class Session:
    """One session.

    `read_messages` yields its messages once, in the order of the upstream, and adds errors to `issues`. `skip_reason`
    is the reason why the upstream does not have the session, although it was read here, or empty.
    """

    id: str
    info: Json
    extra: Json
    read_messages: Callable[[Session], Iterator[Message]]
    issues: list[DataIssue] = field(default_factory=list)
    skip_reason: str = ""

    def messages(self) -> Iterator[Message]:
        """Yield the messages with their parts."""
        return self.read_messages(self)

    def add_issue(self, kind: IssueKind, where: str, detail: str, *, unread: bool = False) -> None:
        """Add an issue of this session."""
        self.issues.append(DataIssue(kind, where, detail, self.id, unread))


class Inventory(msgspec.Struct, kw_only=True):
    """The number of rows of each table of a source.

    `unknown_columns` maps a table to its columns that the reader does not know; in an export, these are fields next to
    `info`, `messages` and `parts`. `events` has the number of rows of each type of stored event, `native_messages` that
    of each type of message of the new read model.
    """

    tables: dict[str, int]
    unknown_tables: dict[str, int] = {}
    unknown_columns: dict[str, list[str]] = {}
    events: dict[str, int] = {}
    native_messages: dict[str, int] = {}
