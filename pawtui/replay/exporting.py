"""Write a session in the upstream's export format and read it back: both must be equal."""

from __future__ import annotations

from pawtui.replay.decode import Undecodable, decode_object, encode
from pawtui.replay.model import Json, Message, Session


def exported_part(session_id: str, message_id: str, part_id: str, data: Json) -> Json:
    """Return a part as an export has it: with the ids that the database keeps in columns."""
    return {**data, "id": part_id, "sessionID": session_id, "messageID": message_id}


def exported_message(session_id: str, message: Message) -> Json:
    """Return a message with its parts as an export has it. Parts that cannot be decoded are left out."""
    return {
        "info": {**(message.data or {}), "id": message.id, "sessionID": session_id},
        "parts": [
            exported_part(session_id, message.id, part.id, part.data) for part in message.parts if part.data is not None
        ],
    }


def exported_session(session: Session) -> Json:
    """Return a whole session as an export has it; all of it is held in memory."""
    return {"info": session.info, "messages": [exported_message(session.id, one) for one in session.messages()]}


def reads_back(data: Json, raw: bytes = b"") -> bool:
    """Return whether an object that is written as JSON reads back equal. `raw` is the JSON that it was read from.

    An object that is written as the very text it was read from needs no second reading.
    """
    try:
        written = encode(data)
        return written == raw or decode_object(written) == data
    except (Undecodable, ValueError, TypeError, RecursionError):
        return False
