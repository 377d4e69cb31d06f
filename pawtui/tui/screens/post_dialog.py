"""The dialog that posts a comment on the tracking issue: it shows the text and the target, asks, and sends it once."""

import asyncio
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from pawtui.posting import Draft, Posting, make_draft, prepare_posting
from pawtui.sources.sanitize import safe_text
from pawtui.tui.background import start_worker
from pawtui.tui.choice_list import Choice, ChoiceList
from pawtui.tui.content import ALERT, LINK, MUTED, STRONG, concat, line, trusted
from pawtui.tui.messages import PostResult, TaskFailed
from pawtui.tui.screens.dialog import Dialog, FileDialog

# The first choice is the default. The key y chooses the second one.
_NO = Choice("no", trusted("No (n)", STRONG), "post nothing")
_UPDATE = Choice("update", trusted("Yes (y)", STRONG), "replace your earlier comment")
_ADD = Choice("add", trusted("Yes (y)", STRONG), "add a new comment")
_ADD_ANOTHER = Choice("add", trusted("Yes", STRONG), "add a new comment")


class PostDialog(Dialog):
    """The dialog that posts the draft of a plan, or without one the summary, after confirmation."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss", "post_dialog.tcss"]
    HELP = "The text is sent as shown, once, and only after you choose Yes. Its first line is invisible on GitHub."
    BINDING_GROUP_TITLE = "Post"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "Choose", id="dialog.save", show=False),
        Binding("escape", "cancel", "Close", id="dialog.cancel"),
        Binding("o", "open", "Open", id="post.open", tooltip="The issue or comment, in the browser"),
        Binding("y", "copy", "Copy link", id="post.copy", tooltip="The address of the issue or comment"),
    ]

    def __init__(self, plan: Draft | None = None) -> None:
        super().__init__()
        self._plan = plan
        # What is sent after a Yes; None while nothing is asked.
        self._posting: Posting | None = None
        self._sending = False
        self._url = self._issue = ""
        self.title = "Post the summary" if plan is None else "Post a plan"

    def fields(self) -> ComposeResult:
        yield Static(id="target")
        yield Static(id="warnings")
        yield TextArea("", id="body", read_only=True)
        self._choices = ChoiceList()
        yield self._choices

    def on_mount(self) -> None:
        """Show the text and read the issue. Nothing is sent."""
        self._choices.display = False
        self.query_one("#warnings").display = False
        start_worker(self, self._prepare, "prepare", exclusive=True)

    async def _prepare(self) -> None:
        workspace = self.app.workspace
        draft = await asyncio.to_thread(make_draft, workspace) if self._plan is None else self._plan
        self.call_later(self._show_draft, draft)
        self.call_later(self._show_posting, await prepare_posting(workspace, draft, update=True))

    def _show_draft(self, draft: Draft) -> None:
        self._url, self._issue = draft.url, f"{draft.repo}#{draft.number}"
        self._show_target(line(f"Reading {self._issue} ...", MUTED))
        self._show_warnings(draft.warnings)
        self.query_one("#body", TextArea).text = draft.body if draft.kind == "summary" else safe_text(draft.body)

    def _show_warnings(self, sentences: Sequence[str]) -> None:
        warnings = self.query_one("#warnings", Static)
        warnings.display = bool(sentences)
        warnings.update(Content("\n").join([line(f"! {sentence}", ALERT) for sentence in sentences]))

    def on_task_failed(self, event: TaskFailed) -> None:
        """Show that the issue was not read. The handler of the base class runs too, and shows why."""
        if event.group == "open":
            return
        if self._issue:
            self._show_target(line(f"Not read: {self._issue}", ALERT))
        self._finish(event.sentence)

    def _show_posting(self, posting: Posting) -> None:
        self._url = posting.issue.url
        self._show_target(trusted("This "), line(posting.effect), trusted("."))
        self._show_warnings(posting.warnings)
        if posting.action == "none" and posting.earlier is not None:
            self._url = posting.earlier.url
            self._show_target(line("The same text is already posted. There is nothing to post."))
            self._finish()
        else:
            self._posting = posting
            self._choices.offer([_NO, _UPDATE, _ADD_ANOTHER] if posting.earlier is not None else [_NO, _ADD])
            self._choices.border_title = line("Post it?")
            self._choices.display = True
            self._choices.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies. The link is copied when nothing is asked."""
        if action == "open":
            return bool(self._url)
        if action == "copy":
            return bool(self._url) and self._posting is None and not self._sending
        return super().check_action(action, parameters)

    @on(ChoiceList.Chosen)
    def _choice_made(self) -> None:
        self.action_submit()

    def on_key(self, event: events.Key) -> None:
        """Answer the question with y or n. They are not bindings, so that no setting can change them."""
        if self._posting is not None and event.key in ("y", "n"):
            event.stop()
            self._answer(_NO.key if event.key == "n" else self._choices.options[1].id or "")

    def action_submit(self) -> None:
        if choice := self._choices.chosen:
            self._answer(choice)

    def _answer(self, choice: str) -> None:
        """Carry out a choice. Only a Yes sends the text, and only once."""
        if self._posting is None:
            return
        if choice == _NO.key:
            self.dismiss()
            return
        posting = self._posting
        if choice == _ADD.key and posting.earlier is not None:
            # A new comment, in addition to the earlier one.
            posting = replace(posting, earlier=None, update=False)
        if not self.app.background.post(posting):
            self.show_mistake("Another comment is being posted. Try again when it is done.")
            return
        # The dialog never sends the text again, whatever the result is.
        self._posting, self._sending = None, True
        self.show_mistake("")
        self._choices.display = False
        self.query_one("#body").focus()
        self._show_target(line("Sending, please wait", MUTED))
        self.refresh_bindings()

    def show_result(self, message: PostResult) -> None:
        if not self._sending:
            return
        self._sending = False
        if message.url:
            self._url = message.url
        self._show_target(line(message.summary if message.url else self._issue))
        self._finish("" if message.url else message.summary)

    def _show_target(self, *summary: Content) -> None:
        self.query_one("#target", Static).update(concat(*summary, "\n", line(self._url, LINK)))

    def _finish(self, failure: str = "") -> None:
        """Show the failure, if there is one, and the keys that apply now."""
        self.show_mistake(failure)
        self.refresh_bindings()
        if not self._url:
            self.query_one("#target").display = self.query_one("#body").display = False
            self.add_class("-nothing")

    def warn_of_loss(self, key: str) -> bool:
        """Return whether the comment is being sent. If pawtui quits meanwhile, its result is lost."""
        if self._sending:
            self.show_mistake("The comment is being sent and cannot be cancelled. Wait for the result.")
        return self._sending

    def action_open(self) -> None:
        self.app.background.open_page(self._url, self)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._url)
        self.app.show_message(f"Copied {self._url}")


class PlanFileDialog(FileDialog):
    """A dialog for the file of the plan. It stays open if the plan cannot be read or posted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "Preview", id="dialog.save", tooltip="Show the comment before it is sent")
    ]
    HELP = "Shows the plan as it would be posted. Nothing is sent before you choose Yes."
    TITLE = "Post a plan"
    LABEL = "Plan (Markdown file)"
    PLACEHOLDER = "such as plan.md"

    async def process(self, path: Path) -> None:
        draft = await asyncio.to_thread(make_draft, self.app.workspace, plan=str(path))
        self.call_later(self._preview, draft)

    def _preview(self, draft: Draft) -> None:
        self.replace_with(PostDialog(draft))
