"""The state in which a session stopped, from its messages."""

from collections.abc import Sequence
from typing import Any

import pytest

from pawtui.replay.checking.session_state import StoppedState
from pawtui.replay.reading.session_types import Message, MessagePart
from tests.replay.session_db import SUBTASK, TEXT, Json, assistant, tool, user

RUNNING = {"created": 1_000}
ABORTED = {"name": "MessageAbortedError", "data": {}}


@pytest.mark.parametrize(
    ("data", "part", "state"),
    [
        (None, TEXT, "unknown"),
        (user(), TEXT, "unanswered"),
        (user(), {"type": "compaction"}, "mid-compaction"),
        (user(), SUBTASK, "mid-subtask"),
        (assistant(), TEXT, "answered"),
        (assistant(time=RUNNING), TEXT, "mid-step"),
        (assistant(time=RUNNING, finish=None), TEXT, "mid-step"),
        (assistant(time=RUNNING), {"type": "made-later", "state": {"status": "running"}}, "mid-step"),
        (assistant(time=RUNNING), None, "mid-step"),
        (assistant(time=RUNNING), tool("pending"), "mid-tool"),
        (assistant(time=RUNNING), {"type": "tool", "state": {"status": {}}}, "mid-step"),
        (assistant(error=ABORTED), tool("running"), "mid-tool"),
        (assistant(error=ABORTED), TEXT, "interrupted"),
        (assistant(error={"name": "APIError"}), TEXT, "failed"),
        (assistant(summary=True), TEXT, "answered"),
        (assistant(summary=True, finish=None, time=RUNNING), TEXT, "mid-compaction"),
        (assistant(summary=True, finish=None, error=ABORTED), TEXT, "mid-compaction"),
        # V1 does not repeat a compaction whose own context is too large.
        (assistant(summary=True, finish="error", error={"name": "ContextOverflowError"}), TEXT, "failed"),
    ],
)
def test_the_last_message_has_the_state(data: Json | None, part: Json | None, state: str) -> None:
    assert stopped_state([(data, part)]) == state


def stopped_state(messages: Sequence[tuple[Json | None, Json | None]], **session: Any) -> str:
    """Return the state of a session whose messages have one part and a text each."""
    stopped = StoppedState()
    for number, (data, part) in enumerate(messages):
        parts = [MessagePart(f"prt_{number}", each) for each in (part, TEXT)]
        stopped.add(Message(f"msg_{number}", 0, 0, data, parts))
    return stopped.state(session)


def test_a_session_without_messages_is_empty() -> None:
    assert stopped_state([]) == "empty"


ASKED = (user(), TEXT)
FAILED = (assistant(summary=True, finish=None, error={"name": "APIError"}), TEXT)


@pytest.mark.parametrize(
    ("messages", "state"),
    [
        ([(user(), SUBTASK), (assistant(), tool("completed"))], "answered"),
        # V1 runs an unfinished task again, even if another prompt follows.
        ([(user(), SUBTASK), (assistant(time=RUNNING, finish=None), tool("running"))], "mid-subtask"),
        ([(user(), SUBTASK), (assistant(time=RUNNING, finish=None), tool("running")), ASKED], "mid-subtask"),
        ([(user(), SUBTASK), ASKED], "mid-subtask"),
        ([(user(), SUBTASK), (assistant(finish=None), TEXT)], "answered"),
        ([(user(), SUBTASK), (None, TEXT)], "unknown"),
        ([(user(), {"type": "compaction"}), FAILED, ASKED], "mid-compaction"),
        ([(user(), {"type": "compaction"}), FAILED, (assistant(summary=True), TEXT)], "answered"),
        # A prompt can wait for a tool that runs.
        ([ASKED, (assistant(time=RUNNING, finish=None), tool("running")), ASKED], "mid-tool"),
        ([ASKED, (assistant(time=RUNNING), tool("running")), (assistant(), TEXT), ASKED], "unanswered"),
    ],
)
def test_earlier_messages_decide_the_state(messages: list[tuple[Json | None, Json]], state: str) -> None:
    assert stopped_state(messages) == state


def test_a_session_with_reverted_messages_is_reverted() -> None:
    assert stopped_state([ASKED, (assistant(), TEXT)], revert={"messageID": "msg_1"}) == "reverted"
