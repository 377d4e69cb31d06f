"""Read a file that `opencode export` wrote.

An exported session is a JSON object of `info` and `messages`.
"""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pawtui.replay.reading.decode import Undecodable, decode_any
from pawtui.replay.reading.session_row import EXPORTED_FIELDS
from pawtui.replay.reading.session_types import Inventory, Json, Message, MessagePart, Session
from pawtui.replay.replay_errors import NoSessions, ReplaySourceError, unreadable_error

_MAX_BYTES = 1 << 30
_REMEDY = "Give a session database, or a session that `opencode export` wrote."
_DUPLICATE_MESSAGE = "another message has the same id; only the first message is read"
_DUPLICATE_PART = "another part has the same id; only the first part is read"


class ExportFile:
    """A file with one exported session. `bytes` is its size, `sha256` its digest."""

    def __init__(self, path: Path) -> None:
        """Read and decode the whole file.

        Raises `NoSessions` if it is not an exported session, `ReplaySourceError` if it cannot be read or is not JSON.
        """
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise ReplaySourceError(path, f"it has over {_MAX_BYTES:,} bytes. Give its database.")
            data = path.read_bytes()
        except OSError as error:
            raise unreadable_error(path, error) from error
        self.bytes = len(data)
        self.sha256 = hashlib.sha256(data).hexdigest()
        try:
            document = decode_any(data)
        except Undecodable:
            raise ReplaySourceError(path, f"it is neither a SQLite database nor JSON. {_REMEDY}") from None
        if not isinstance(document, dict):
            document = {}
        info, messages = document.get("info"), document.get("messages")
        if not isinstance(info, dict) or not isinstance(messages, list):
            raise NoSessions(path, f"it is not an exported session: `info` or `messages` is missing. {_REMEDY}")
        extra: Json = {name: value for name, value in info.items() if name not in EXPORTED_FIELDS}
        self.session = Session(str(info.get("id") or ""), info, extra, partial(_messages, messages))
        if not self.session.id:
            self.session.add_issue("no session row", "", "the export has no session id")
        fields_of_messages = {name for message in messages if isinstance(message, dict) for name in message}
        unknown = {
            "session": sorted(document.keys() - {"info", "messages"}),
            "message": sorted(fields_of_messages - {"info", "parts"}),
        }
        self.inventory = Inventory(
            tables={"session": 1, "message": len(messages)},
            unknown_columns={table: names for table, names in unknown.items() if names},
        )


def _messages(messages: list[Any], session: Session) -> Iterator[Message]:
    """Yield the messages with their parts, in the order of the file. Errors become issues of the session."""
    message_ids: set[str] = set()
    part_ids: set[str] = set()
    for number, value in enumerate(messages, start=1):
        message = _message(session, number, value)
        if message.id in message_ids:
            message.skip_reason = f"{_DUPLICATE_MESSAGE.capitalize()}."
            session.add_issue("duplicate message", message.id, _DUPLICATE_MESSAGE, unread=True)
        message_ids.add(message.id)
        for part in message.parts:
            if part.id in part_ids:
                part.skip_reason = f"{_DUPLICATE_PART.capitalize()}."
                session.add_issue("duplicate part", part.id, _DUPLICATE_PART, unread=True)
            part_ids.add(part.id)
        yield message


def _message(session: Session, number: int, value: Any) -> Message:
    """Return the message with this number in the file (from 1), with its parts. Errors become issues of the session."""
    default_id = f"(message {number})"
    data, parts = (value.get("info"), value.get("parts", [])) if isinstance(value, dict) else (None, [])
    if not isinstance(data, dict) or not isinstance(parts, list):
        return Message(default_id, 0, 0, None, [], problem="is not an exported message")
    message_id = _pop_id(data, default_id)
    if data.pop("sessionID", session.id) != session.id:
        session.add_issue("wrong session", message_id, "the message has the id of another session")
    time = data.get("time")
    created = time.get("created") if isinstance(time, dict) else 0
    created = created if isinstance(created, int) else 0
    read = [_part(session, message_id, index, part) for index, part in enumerate(parts, start=1)]
    return Message(message_id, created, created, data, read)


def _part(session: Session, message_id: str, number: int, data: Any) -> MessagePart:
    """Return the part with this number in its message (from 1). Errors become issues of the session."""
    default_id = f"({message_id} part {number})"
    if not isinstance(data, dict):
        return MessagePart(default_id, None, problem="is not a JSON object")
    part_id = _pop_id(data, default_id)
    if data.pop("messageID", message_id) != message_id or data.pop("sessionID", session.id) != session.id:
        session.add_issue("wrong message", part_id, "the part has the id of another message or session")
    return MessagePart(part_id, data)


def _pop_id(data: Json, default: str) -> str:
    """Remove the id from a message or part, as in a database, which has ids in separate columns. Return the id."""
    value = data.pop("id", None)
    return value if isinstance(value, str) and value else default
