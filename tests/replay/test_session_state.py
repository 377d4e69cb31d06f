"""The state in which a session stopped, from its last message."""

from typing import Any

import pytest

from pawtui.replay.checking.session_state import stopped_state
from pawtui.replay.reading.session_types import Message, MessagePart
from tests.replay.session_db import TEXT, Json, assistant, tool, user

RUNNING = {"created": 1_000}
ABORTED = {"name": "MessageAbortedError", "data": {}}


@pytest.mark.parametrize(
    ("data", "part", "state"),
    [
        (None, TEXT, "unknown"),
        (user(), TEXT, "unanswered"),
        (user(), {"type": "compaction"}, "mid-compaction"),
        (assistant(), TEXT, "answered"),
        (assistant(time=RUNNING), TEXT, "mid-step"),
        (assistant(time=RUNNING), tool("pending"), "mid-tool"),
        (assistant(error=ABORTED), tool("running"), "mid-tool"),
        (assistant(error=ABORTED), TEXT, "interrupted"),
        (assistant(error={"name": "APIError"}), TEXT, "failed"),
        (assistant(summary=True), TEXT, "answered"),
        (assistant(summary=True, time=RUNNING), TEXT, "mid-compaction"),
        (assistant(summary=True, error=ABORTED), TEXT, "mid-compaction"),
    ],
)
def test_the_last_message_has_the_state(data: Json | None, part: dict[str, Any], state: str) -> None:
    assert stopped_state(Message("msg_1", 0, 0, data, [MessagePart("prt_1", part)])) == state


def test_a_session_without_messages_is_empty() -> None:
    assert stopped_state(None) == "empty"
