"""The messages that workers and screens post to the app, which handles them."""

from dataclasses import dataclass

from textual.message import Message

from pawtui.refresh.outcome import RefreshOutcome
from pawtui.refresh.pins import Pin
from pawtui.refresh.progress import Progress
from pawtui.review.overview import Overview
from pawtui.review.record_types import Change


@dataclass
class RecordChanged(Message):
    """The record was read again. `change` is the user's change if it was just committed, else None."""

    overview: Overview
    change: Change | None = None


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
class RefreshCancelled(Message):
    """A refresh was cancelled. `recorded` is true if it had already been recorded."""

    recorded: bool


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
