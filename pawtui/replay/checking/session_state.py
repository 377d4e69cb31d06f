"""The state in which a session stopped, from its last message of the first model (V1)."""

from pawtui.replay.reading.session_types import Message

UNKNOWN, EMPTY, ANSWERED = "unknown", "empty", "answered"
UNANSWERED, MID_TOOL, MID_STEP = "unanswered", "mid-tool", "mid-step"
MID_COMPACTION, INTERRUPTED, FAILED = "mid-compaction", "interrupted", "failed"
# In these states there is nothing to resume: the session only needs another prompt.
SETTLED = frozenset({EMPTY, ANSWERED, FAILED})
_UNFINISHED = frozenset({"running", "pending"})
_ABORTED = "MessageAbortedError"


def stopped_state(last: Message | None) -> str:
    """Return the state of a session with this last message (None: without messages)."""
    if last is None:
        return EMPTY
    info = last.data
    if info is None:
        return UNKNOWN
    if info.get("role") == "user":
        return MID_COMPACTION if any(part.type == "compaction" for part in last.parts) else UNANSWERED
    error, time = info.get("error"), info.get("time")
    completed = isinstance(time, dict) and bool(time.get("completed"))
    if info.get("summary") is True:
        return ANSWERED if completed and not error else MID_COMPACTION
    if any(_is_unfinished(part.data) for part in last.parts):
        return MID_TOOL
    if isinstance(error, dict):
        return INTERRUPTED if error.get("name") == _ABORTED else FAILED
    return ANSWERED if completed else MID_STEP


def _is_unfinished(data: dict[str, object] | None) -> bool:
    state = data.get("state") if data is not None and data.get("type") == "tool" else None
    return isinstance(state, dict) and state.get("status") in _UNFINISHED
