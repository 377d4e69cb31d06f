"""A commit with its message and files. Enter opens a file at the commit."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from pawtui.phrases import short_sha
from pawtui.refresh.pins import Pin
from pawtui.report.document import Document, Paragraph
from pawtui.report.documents.pinned_documents import commit_document
from pawtui.report.spans import Span
from pawtui.sources.facts import CommitDetail
from pawtui.tui.background import start_worker
from pawtui.tui.messages import TaskFailed
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.evidence_actions import add_pin_to
from pawtui.tui.screens.subject_screen import COPY_KEY, OPEN_KEY


class CommitScreen(DocumentScreen, inherit_bindings=False):
    """A screen for one commit, which it reads after it opens. `pin_subject` is the subject that gets its pins."""

    BINDING_GROUP_TITLE = "Commit"
    HELP = "A commit with its message and files. Enter opens a file at the commit, p pins the commit."
    # Without the keys for signals, gates and notes.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pin", "Pin", id="commit.pin", tooltip="The commit, to the note or gate"),
        OPEN_KEY,
        COPY_KEY,
        *DocumentScreen.BINDINGS,
        *Screen.BINDINGS,
    ]
    TITLE = "Commit"

    def __init__(self, pin: Pin, pin_subject: str) -> None:
        super().__init__()
        self._pin = pin
        self._pin_subject = pin_subject
        self._detail: CommitDetail | None = None
        self._message = "Reading the commit… Esc cancels."

    def on_mount(self) -> None:
        start_worker(self, self._read, "read")

    async def _read(self) -> None:
        detail = await self.app.workspace.evidence.commit(self._pin.repo, self._pin.sha)
        self.call_later(self._show_commit, detail)

    def _show_commit(self, detail: CommitDetail) -> None:
        self._detail = detail
        self.show()

    def on_task_failed(self, event: TaskFailed) -> None:
        event.stop()
        self._message = event.sentence
        self.show()

    def document(self) -> Document:
        """Return the commit, or a message before it is read."""
        if self._detail is None:
            return Document("commit:", short_sha(self._pin.sha), blocks=(Paragraph(Span(self._message)),))
        return commit_document(self._pin.repo, self._detail, self.app.workspace.web)

    @property
    def subject(self) -> str:
        """The subject that gets the pins to this commit and its files."""
        return self._pin_subject

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies: from a refresh, a commit is pinned to a new note."""
        return action == "pin" or super().check_action(action, parameters)

    def action_pin(self) -> None:
        sha = self._detail.commit.sha if self._detail else self._pin.sha
        add_pin_to(self.app, self.subject, str(Pin(kind="commit", repo=self._pin.repo, sha=sha)))
