"""The workers: how they are started, and the messages that they post to the app.

A worker never changes a widget. It posts a message, or gives its result to a method of its screen with `call_later`,
which runs the method after the messages that came before.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from textual.dom import DOMNode
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.worker import Worker

from pawtui.errors import PawtuiError
from pawtui.refresh.pins import Pin
from pawtui.refresh.progress import Progress, RefreshOutcome
from pawtui.review.views import Overview


@dataclass
class RecordChanged(Message):
    """The record was read again. `summary` is a message to show after a change, else empty."""

    overview: Overview
    summary: str = ""


@dataclass
class NoticesFound(Message):
    """The store or the preferences have messages for the user, for example about a damaged record."""

    sentences: tuple[str, ...]


@dataclass
class TaskFailed(Message):
    """A worker of `group` failed. `sentence` is the message, which is shown until it is dismissed."""

    sentence: str
    group: str


@dataclass
class RefreshProgressed(Message):
    """A running refresh has made progress."""

    progress: Progress


@dataclass
class RefreshFinished(Message):
    """A refresh has ended: it was recorded, or the outcome has the reason why there was nothing to record.

    `attention` lists what needs the user's attention; empty if nothing does.
    """

    outcome: RefreshOutcome
    attention: str = ""


@dataclass
class PostResult(Message):
    """The result of posting a comment: a message, and the address of the comment.

    `url` is empty if the comment was not posted, or if that is unknown.
    """

    summary: str
    url: str = ""


@dataclass
class SubjectRequested(Message):
    """Show a subject, such as `gate:ID`, on the main screen; then run an action of that screen on it."""

    subject: str
    action: str = ""


@dataclass
class EvidenceRequested(Message):
    """Show the file or the commit of a pin. `pin_subject` is the subject that gets the pins from that screen.

    With `difference_first`, a file is shown as its difference to the head at first.
    """

    pin: Pin
    pin_subject: str
    difference_first: bool = False


@dataclass
class RefreshCancelled(Message):
    """A refresh was cancelled. `recorded` is true if it had already been recorded."""

    recorded: bool


@runtime_checkable
class ShowsMessages(Protocol):
    """A screen that can show messages."""

    def show_message(self, sentence: str, severity: SeverityLevel) -> bool:
        """Show a message until it is dismissed. Return False without showing it if a toast is sufficient."""


def start_worker(
    node: DOMNode, job: Callable[[], Coroutine[Any, Any, object]], group: str, *, exclusive: bool = False
) -> Worker[None]:
    """Run a coroutine function in a worker of `node`; `exclusive` cancels the other workers of that group and node.

    An expected error (`PawtuiError`) is posted to `node` as `TaskFailed`, which bubbles up to the app. Any other
    exception is a bug and ends the app with a report.
    """

    async def run() -> None:
        try:
            await job()
        except PawtuiError as error:
            node.post_message(TaskFailed(str(error), group))

    return node.run_worker(run, group=group, exclusive=exclusive)
