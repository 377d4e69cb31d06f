"""A folder at a commit. Enter opens a file or a folder in it."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from pawtui.refresh.pins import Pin
from pawtui.report.document import Document
from pawtui.report.documents.pinned_documents import folder_document
from pawtui.sources.facts import Tree
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.evidence_actions import add_pin_to
from pawtui.tui.screens.subject_screen import COPY_KEY, OPEN_KEY


class FolderScreen(DocumentScreen, inherit_bindings=False):
    """A screen for the folder `pin`, which `tree` contains. `pin_subject` is the subject that gets its pins."""

    BINDING_GROUP_TITLE = "Folder"
    HELP = "A folder at a commit. Enter opens a file or a folder in it, p pins the folder."
    # Without the keys for signals, gates and notes.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pin", "Pin", id="folder.pin", tooltip="The folder, to the note or gate"),
        OPEN_KEY,
        COPY_KEY,
        *DocumentScreen.BINDINGS,
        *Screen.BINDINGS,
    ]
    TITLE = "Folder"

    def __init__(self, pin: Pin, pin_subject: str, tree: Tree) -> None:
        super().__init__()
        self._pin = pin
        self._pin_subject = pin_subject
        self._tree = tree

    def document(self) -> Document:
        return folder_document(self._pin, self._tree, self.app.workspace.web)

    @property
    def subject(self) -> str:
        """The subject that gets the pins to this folder and its files."""
        return self._pin_subject

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies: from a refresh, a folder is pinned to a new note."""
        return action == "pin" or super().check_action(action, parameters)

    def action_pin(self) -> None:
        add_pin_to(self.app, self.subject, str(self._pin))
