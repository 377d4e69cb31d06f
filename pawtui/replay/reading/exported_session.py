"""Read a file that `opencode export` wrote.

An exported session is a JSON object of `info` and `messages`.
"""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec

from pawtui.replay.reading.decode import Undecodable, decode_column, decode_object
from pawtui.replay.reading.session_row import EXPORTED_FIELDS
from pawtui.replay.reading.session_types import Inventory, Json, Message, MessagePart, Session
from pawtui.replay.replay_errors import NoSessions, ReplaySourceError, unreadable_error

_MAX_BYTES = 1 << 30
_REMEDY = "Give a session database, or a session that `opencode export` wrote."


class _ExportDocument(msgspec.Struct):
    info: msgspec.Raw
    messages: list[msgspec.Raw]


class _ExportMessage(msgspec.Struct):
    info: msgspec.Raw
    parts: list[msgspec.Raw] = []


class ExportFile:
    """A file with one exported session. `bytes` is its size, `sha256` its digest."""

    def __init__(self, path: Path) -> None:
        """Read the outline of the file; messages are decoded later, one by one.

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
            document = msgspec.json.decode(data, type=_ExportDocument)
            info = decode_object(bytes(document.info))
        except msgspec.ValidationError as error:
            raise NoSessions(path, f"it is not an exported session ({error}). {_REMEDY}") from None
        except Undecodable as error:
            raise NoSessions(path, f"it is not an exported session: `info` {error}. {_REMEDY}") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ReplaySourceError(path, f"it is neither a SQLite database nor JSON ({error}). {_REMEDY}") from None
        extra: Json = {name: value for name, value in info.items() if name not in EXPORTED_FIELDS}
        self.session = Session(str(info.get("id") or ""), info, extra, partial(_messages, document.messages))
        if not self.session.id:
            self.session.add_issue("no session row", "", "the export has no session id")
        self.inventory = Inventory(tables={"session": 1, "message": len(document.messages)})


def _messages(messages: list[msgspec.Raw], session: Session) -> Iterator[Message]:
    """Yield the messages with their parts, in the order of the file. Errors become issues of the session."""
    message_ids: set[str] = set()
    part_ids: set[str] = set()
    for index, raw in enumerate(messages):
        message = _message(session, index, bytes(raw))
        if message.id in message_ids:
            message.skip_reason = "Another message has the same id; only the first message is read."
            detail = "another message has the same id; only the first message is read"
            session.add_issue("duplicate message", message.id, detail, unread=True)
        message_ids.add(message.id)
        for part in message.parts:
            if part.id in part_ids:
                part.skip_reason = "Another part has the same id; only the first part is read."
                detail = "another part has the same id; only the first part is read"
                session.add_issue("duplicate part", part.id, detail, unread=True)
            part_ids.add(part.id)
        yield message


def _message(session: Session, index: int, raw: bytes) -> Message:
    """Return the message at an index of the file (from 0), with its parts. Errors become issues of the session."""
    default_id = f"(message {index + 1})"
    try:
        outline = msgspec.json.decode(raw, type=_ExportMessage)
        data, problem = decode_column(bytes(outline.info))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        data, problem = None, str(error)
    if data is None:
        return Message(default_id, 0, 0, None, [], problem=f"is not an exported message ({problem})")
    message_id = _pop_id(data, default_id)
    if data.pop("sessionID", session.id) != session.id:
        session.add_issue("wrong session", message_id, "the message has the id of another session")
    time = data.get("time")
    created = time.get("created") if isinstance(time, dict) else 0
    created = created if isinstance(created, int) else 0
    parts = [_part(session, message_id, number, bytes(part)) for number, part in enumerate(outline.parts)]
    return Message(message_id, created, created, data, parts)


def _part(session: Session, message_id: str, number: int, raw: bytes) -> MessagePart:
    default_id = f"({message_id} part {number + 1})"
    data, problem = decode_column(raw)
    if data is None:
        return MessagePart(default_id, None, problem=problem)
    part_id = _pop_id(data, default_id)
    if data.pop("messageID", message_id) != message_id or data.pop("sessionID", session.id) != session.id:
        session.add_issue("wrong message", part_id, "the part has the id of another message or session")
    return MessagePart(part_id, data)


def _pop_id(data: Json, default: str) -> str:
    """Remove the id from a message or part, as in a database, which has ids in separate columns. Return the id."""
    value = data.pop("id", None)
    return value if isinstance(value, str) and value else default
