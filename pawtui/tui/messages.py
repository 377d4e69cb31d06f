"""What workers tell the app. Workers never touch a widget: they post one of these, and a handler changes the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from textual.message import Message

from pawtui.refresh.progress import Outcome, Progress
from pawtui.review.views import Overview

Severity = Literal["information", "warning", "error"]


@dataclass
class Looked(Message):
    """The record was read again; `said` is a sentence to show, where something was done."""

    overview: Overview
    summary: str = ""


@dataclass
class Noticed(Message):
    """The store has something to say (a damaged file was moved aside, an earlier generation opened)."""

    sentences: tuple[str, ...]


@dataclass
class Failed(Message):
    """Something could not be done: one sentence that stays until it is dismissed. `group` names the failed worker's."""

    sentence: str
    severity: Severity = "error"
    group: str = ""


@dataclass
class Progressed(Message):
    """A refresh is one step further."""

    progress: Progress


@dataclass
class Refreshed(Message):
    """A refresh came to its end: recorded, or with a sentence why there was nothing to record.

    `attention` is what it found that needs a person, in words; empty where nothing does.
    """

    outcome: Outcome
    attention: str = ""


@dataclass
class Posted(Message):
    """A comment was written at `url`; without one it was not, or perhaps not, and `said` tells why."""

    summary: str
    url: str = ""


@dataclass
class GoTo(Message):
    """Show a subject, such as `gate:ID`, on the main screen; then run an action of that screen on it."""

    subject: str
    action: str = ""


@dataclass
class Cancelled(Message):
    """A refresh was broken off. `recorded`: it had already been written, whole."""

    recorded: bool


@runtime_checkable
class ShowsMessages(Protocol):
    """A screen with a place of its own for messages."""

    def show_message(self, words: str, severity: Severity) -> bool:
        """Show a message until it is dismissed; return False, and show nothing, where a toast is enough."""
