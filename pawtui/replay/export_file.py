"""Read a session from the JSON that `opencode export` writes: an object of `info` and `messages`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pawtui.replay.decode import Undecodable, decode_object
from pawtui.replay.errors import NoSessions, SourceError
from pawtui.replay.model import Inventory, Issue, Json, Message, Part

SIZE_LIMIT = 1 << 30


class _Document(msgspec.Struct):
    info: msgspec.Raw
    messages: list[msgspec.Raw]


class _Message(msgspec.Struct):
    info: msgspec.Raw
    parts: list[msgspec.Raw] = []


class ExportFile:
    """The one session of an exported file."""

    def __init__(self, path: Path, data: bytes) -> None:
        """Read the outline of the file; messages are decoded as they are asked for.

        Raises `NoSessions` where it holds something else, and `SourceError` where it is damaged.
        """
        self.path = path
        try:
            document = msgspec.json.decode(data, type=_Document)
            info = decode_object(bytes(document.info))
        except (msgspec.ValidationError, Undecodable) as error:
            raise NoSessions(path, f"it is not an exported session ({error}). Export it again.") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SourceError(path, f"it is not JSON ({error}). Export it again.") from None
        self._session = ExportSession(info, document.messages)

    def inventory(self) -> Inventory:
        """Return what it holds by its own count."""
        return Inventory(
            tables={"session": 1, "message": self._session.total},
            unknown_tables={},
            unknown_columns={},
            events={},
            native_messages={},
        )

    def sessions(self) -> Iterator[ExportSession]:
        """Yield the one session."""
        yield self._session

    def stray_parts(self) -> Iterator[tuple[str, Part]]:
        """Yield nothing: in an export each part is inside its message."""
        return iter(())

    def issues(self) -> list[Issue]:
        """Return nothing: all issues are the session's."""
        return []


class ExportSession:
    """The session of an exported file."""

    def __init__(self, info: Json, messages: list[msgspec.Raw]) -> None:
        self.info = info
        self.extra: Json = {}
        self.issues: list[Issue] = []
        self.id = str(info.get("id") or "")
        self.total = len(messages)
        self._messages = messages
        if not self.id:
            self.issues.append(Issue("no session row", "", "the export has no session id"))

    def messages(self) -> Iterator[Message]:
        """Yield the messages with their parts, in the order of the file; adds to `issues` instead of raising."""
        seen: set[str] = set()
        parts_seen: set[str] = set()
        for index, raw in enumerate(self._messages):
            message = self._message(index, bytes(raw))
            if message.id in seen:
                self.issues.append(Issue("duplicate message", message.id, "a second message has the same id"))
            seen.add(message.id)
            for part in message.parts:
                if part.id in parts_seen:
                    self.issues.append(Issue("duplicate part", part.id, "a second part has the same id"))
                parts_seen.add(part.id)
            yield message

    def _message(self, index: int, raw: bytes) -> Message:
        try:
            outline = msgspec.json.decode(raw, type=_Message)
            data = decode_object(bytes(outline.info))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Undecodable) as error:
            return Message(f"(message {index + 1})", 0, 0, None, [], problem=f"not a message ({error})")
        message_id = _taken_id(data, f"(message {index + 1})")
        if data.pop("sessionID", self.id) != self.id:
            self.issues.append(Issue("wrong session", message_id, "the message names another session"))
        time = data.get("time")
        created = time.get("created") if isinstance(time, dict) else 0
        created = created if isinstance(created, int) else 0
        parts = [self._part(message_id, number, bytes(part), created) for number, part in enumerate(outline.parts)]
        return Message(message_id, created, created, data, parts)

    def _part(self, message_id: str, number: int, raw: bytes, created: int) -> Part:
        try:
            data = decode_object(raw)
        except Undecodable as error:
            return Part(f"({message_id} part {number + 1})", created, created, None, problem=str(error))
        part_id = _taken_id(data, f"({message_id} part {number + 1})")
        if data.pop("messageID", message_id) != message_id or data.pop("sessionID", self.id) != self.id:
            self.issues.append(Issue("wrong message", part_id, "the part names another message or session"))
        return Part(part_id, created, created, data)


def _taken_id(data: Json, otherwise: str) -> str:
    """Take the id out of a message or part, which a database keeps in a column of its own."""
    found = data.pop("id", None)
    return found if isinstance(found, str) and found else otherwise
