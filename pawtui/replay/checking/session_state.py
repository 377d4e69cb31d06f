"""The state in which a session stopped, from its messages of V1."""

from collections.abc import Mapping

from pawtui.replay.reading.session_types import Json, Message

UNKNOWN, EMPTY, ANSWERED = "unknown", "empty", "answered"
UNANSWERED, MID_TOOL, MID_STEP = "unanswered", "mid-tool", "mid-step"
MID_COMPACTION, MID_SUBTASK = "mid-compaction", "mid-subtask"
INTERRUPTED, FAILED, REVERTED = "interrupted", "failed", "reverted"
# In these states there is nothing to resume: the session only needs another prompt.
SETTLED = frozenset({EMPTY, ANSWERED, FAILED})
# What V1 does on resume, by state.
V1_ON_RESUME: Mapping[str, str] = {
    UNANSWERED: "Keeps the prompt; the next run answers it.",
    MID_STEP: "Keeps the unfinished reply; the next prompt continues the session.",
    MID_TOOL: "Reports the interrupted call to the model; does not run it again.",
    MID_COMPACTION: "Runs the requested compaction first.",
    INTERRUPTED: "Keeps the reply up to the abort; the next prompt continues the session.",
    MID_SUBTASK: "Runs the requested subtask first.",
    REVERTED: "Hides the messages after the revert, and deletes them at the next prompt.",
}
# The types of parts with which a user requests a task, and the state of a session whose task did not finish.
_TASKS = {"compaction": MID_COMPACTION, "subtask": MID_SUBTASK}


class StoppedState:
    """The state in which a session stopped. Call `add` for each message in order."""

    def __init__(self) -> None:
        self._last: Message | None = None
        # The state of a session with a requested task that no reply has finished: V1 runs it first when it resumes.
        self._task = ""
        self._last_reply: Message | None = None

    def add(self, message: Message) -> None:
        """Add the next message."""
        self._last = message
        info = message.data
        if info is None:
            return
        if info.get("role") == "user":
            for part in message.parts:
                self._task = _TASKS.get(part.type, self._task)
        else:
            if _has_finished(info):
                self._task = ""
            self._last_reply = message

    def state(self, session_info: Json) -> str:
        """Return the state of the session with these fields."""
        if session_info.get("revert"):
            return REVERTED
        state = _state_of(self._last)
        if state == UNKNOWN:
            return state
        if state == UNANSWERED and not self._task and _has_unfinished_call(self._last_reply):
            # The user wrote the prompt while the tool ran.
            return MID_TOOL
        return self._task or state


def _state_of(last: Message | None) -> str:
    """Return the state of a session with this last message (None: without messages)."""
    if last is None:
        return EMPTY
    info = last.data
    if info is None:
        return UNKNOWN
    if info.get("role") == "user":
        return UNANSWERED
    error = info.get("error")
    if info.get("summary") is True and not _has_finished(info):
        return MID_COMPACTION
    if _has_unfinished_call(last):
        return MID_TOOL
    if isinstance(error, dict):
        return INTERRUPTED if error.get("name") == "MessageAbortedError" else FAILED
    return ANSWERED if _is_completed(info) else MID_STEP


def _has_finished(info: Json) -> bool:
    """Return whether V1 counts a reply as finished: then it does not run the requested task again.

    A compaction that fails because its own context is too large has a finish reason too.
    """
    return bool(info.get("finish")) or (_is_completed(info) and not info.get("error"))


def _is_completed(info: Json) -> bool:
    time = info.get("time")
    return isinstance(time, dict) and bool(time.get("completed"))


def _has_unfinished_call(message: Message | None) -> bool:
    for part in message.parts if message is not None else ():
        state = part.data.get("state") if part.data is not None and part.type == "tool" else None
        if isinstance(state, dict) and state.get("status") in ("running", "pending"):
            return True
    return False
