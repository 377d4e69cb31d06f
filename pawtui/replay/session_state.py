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


def left_after(last: Message | None) -> str:
    """Return the state of a session whose last message this is; None where it has no messages."""
    info = last.data if last is not None else None
    if last is None or info is None:
        return EMPTY
    if info.get("role") == "user":
        return MID_COMPACTION if any(part.type == "compaction" for part in last.parts) else UNANSWERED
    error, time = info.get("error"), info.get("time")
    completed = isinstance(time, dict) and bool(time.get("completed"))
    if info.get("summary") is True:
        return ANSWERED if completed and not error else MID_COMPACTION
    if any(_unfinished(part.data) for part in last.parts):
        return MID_TOOL
    if isinstance(error, dict):
        return INTERRUPTED if error.get("name") == _ABORTED else FAILED
    return ANSWERED if completed else MID_STEP


def _unfinished(data: dict[str, object] | None) -> bool:
    state = data.get("state") if data is not None and data.get("type") == "tool" else None
    return isinstance(state, dict) and state.get("status") in _UNFINISHED
