"""The screens of a pinned commit and of a pinned folder. Enter opens a file or a folder in it."""

from typing import ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.screen import Screen

from pawtui.phrases import short_sha
from pawtui.refresh.pins import Pin
from pawtui.report.document import Document
from pawtui.report.documents.pinned_documents import commit_document, folder_document
from pawtui.sources.facts import CommitDetail, Tree
from pawtui.tui.background import start_worker
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.subject_screen import COPY_KEY, OPEN_KEY, add_pin_to


class PinnedScreen(DocumentScreen):
    """A screen for the commit or the folder `pin`. `pin_subject` is the subject that gets pins from it."""

    def __init__(self, pin: Pin, pin_subject: str) -> None:
        super().__init__()
        self._pin = pin
        self._pin_subject = pin_subject

    @property
    def subject(self) -> str:
        """The subject that gets the pins to the commit or folder, and to its files."""
        return self._pin_subject

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies: from a refresh, a pin is added to a new note."""
        return action == "pin" or super().check_action(action, parameters)

    def action_pin(self) -> None:
        add_pin_to(self.app, self.subject, str(self._pin))


# Without the keys for signals, gates and notes.
_OTHER_KEYS: tuple[BindingType, ...] = (OPEN_KEY, COPY_KEY, *DocumentScreen.BINDINGS, *Screen.BINDINGS)


class CommitScreen(PinnedScreen, inherit_bindings=False):
    """A screen for one commit, which it reads after it opens."""

    BINDING_GROUP_TITLE = "Commit"
    HELP = "A commit with its message and files. Enter opens a file at the commit, <p:commit.pin> pins the commit."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pin", "Pin", id="commit.pin", tooltip="The commit, to the note or gate"),
        *_OTHER_KEYS,
    ]

    def __init__(self, pin: Pin, pin_subject: str) -> None:
        super().__init__(pin, pin_subject)
        self._detail: CommitDetail | None = None
        # A failure need not name the commit.
        self.title = f"Commit {short_sha(pin.sha)}"
        self.message = self.app.with_keys(f"Reading the commit… {self.BACK_KEY} cancels.")

    def on_mount(self) -> None:
        start_worker(self, self._read, "read")

    async def _read(self) -> None:
        detail = await self.app.workspace.evidence.commit(self._pin.repo, self._pin.sha)
        self.call_later(self._show_commit, detail)

    def _show_commit(self, detail: CommitDetail) -> None:
        self._detail, self._pin = detail, replace(self._pin, sha=detail.commit.sha)
        self.show()

    def document(self) -> Document | None:
        return commit_document(self._pin.repo, self._detail, self.app.workspace.web) if self._detail else None


class FolderScreen(PinnedScreen, inherit_bindings=False):
    """A screen for a folder, which `tree` contains."""

    BINDING_GROUP_TITLE = "Folder"
    HELP = "A folder at a commit. Enter opens a file or a folder in it, <p:folder.pin> pins the folder."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pin", "Pin", id="folder.pin", tooltip="The folder, to the note or gate"),
        *_OTHER_KEYS,
    ]
    TITLE = "Folder"

    def __init__(self, pin: Pin, pin_subject: str, tree: Tree) -> None:
        super().__init__(pin, pin_subject)
        self._tree = tree

    def document(self) -> Document:
        return folder_document(self._pin, self._tree, self.app.workspace.web)
