"""How a session was left: what it would have to go on with. Only fields of the first model (V1) are read."""

from __future__ import annotations

from pawtui.replay.model import Message

EMPTY, ANSWERED = "empty", "answered"
UNANSWERED, MID_TOOL, MID_STEP = "unanswered", "mid-tool", "mid-step"
MID_COMPACTION, INTERRUPTED, FAILED = "mid-compaction", "interrupted", "failed"
# There is nothing to go on with: a next prompt is all that it needs.
SETTLED = frozenset({EMPTY, ANSWERED, FAILED})
_UNFINISHED = frozenset({"running", "pending"})
_ABORTED = "MessageAbortedError"


class SessionState:
    """Follows the messages of one session."""

    def __init__(self) -> None:
        self._left = EMPTY
        self._asked = ""

    def add(self, message: Message) -> None:
        """Take the next message into account."""
        info = message.data
        if info is None:
            return
        if info.get("role") == "user":
            asks = any(part.type == "compaction" for part in message.parts)
            self._asked = message.id if asks else self._asked
            self._left = MID_COMPACTION if asks else UNANSWERED
        elif info.get("role") == "assistant":
            self._left = self._reply(message)

    def _reply(self, message: Message) -> str:
        info = message.data or {}
        error, time = info.get("error"), info.get("time")
        completed = isinstance(time, dict) and bool(time.get("completed"))
        if info.get("summary") is True and info.get("parentID") == self._asked:
            return ANSWERED if completed and not error else MID_COMPACTION
        if any(_unfinished(part.data) for part in message.parts):
            return MID_TOOL
        if isinstance(error, dict):
            return INTERRUPTED if error.get("name") == _ABORTED else FAILED
        if not completed:
            return MID_STEP
        # A step that ended to call tools is followed by another one, unless a subtask's or a shell's ran alone.
        return ANSWERED

    def left(self) -> str:
        """Return the state after the last message."""
        return self._left


def _unfinished(data: dict[str, object] | None) -> bool:
    state = data.get("state") if data is not None and data.get("type") == "tool" else None
    return isinstance(state, dict) and state.get("status") in _UNFINISHED
