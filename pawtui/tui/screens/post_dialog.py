"""Posting on the tracking issue: exactly what would be sent and where, a question whose answer is No, one request."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea

from pawtui.posting import NOT_LOGGED_IN, Draft, Posting, draft, prepare
from pawtui.tui.content import ALERT, LINK, MUTED, STRONG, concat, editable, line, trusted
from pawtui.tui.line_list import LineList
from pawtui.tui.messages import Failed, Posted
from pawtui.tui.screens.dialog import Dialog, Sheets, keys_line
from pawtui.tui.screens.file_dialog import FileDialog
from pawtui.tui.workers import start

Choice = Literal["no", "update", "add"]


class Choices(LineList[Choice]):
    """What may be done with it; the first one is nothing."""

    def key_of(self, item: Choice) -> str:
        """The choice."""
        return item

    def paint(self, item: Choice, width: int) -> list[Content]:
        """The choice and what it does."""
        words, means = {
            "no": ("No", "post nothing"),
            "update": ("Yes", "replace the text of your earlier comment"),
            "add": ("Yes", "add a new comment"),
        }[item]
        return [concat(trusted(words.ljust(5), STRONG), trusted(means, MUTED))]


class PostDialog(Dialog):
    """Shows what would be posted, asks, sends it once, and says where it is. `plan` is a file's path."""

    @dataclass
    class Drafted(Message):
        """The text is known; the issue is asked next."""

        draft: Draft

    @dataclass
    class Prepared(Message):
        """What would be done with the text is known."""

        posting: Posting

    CSS_PATH: ClassVar[Sheets] = ["dialog.tcss", "post_dialog.tcss"]
    HELP = """
    The text is sent as shown, once, and only after you choose Yes. Its first line is invisible on GitHub.
    """
    BINDING_GROUP_TITLE = "Post"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Open", id="post.open", tooltip="The issue or comment, in the browser"),
        Binding("y", "copy", "Copy link", id="post.copy", tooltip="The address of the issue or comment"),
    ]
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "choose"),
        ("Tab", "read all of it"),
        ("o", "open the issue"),
        ("Esc", "post nothing"),
    )

    def __init__(self, plan: str | None = None) -> None:
        super().__init__()
        self._plan = plan
        self._posting: Posting | None = None
        self._sending = False
        self._url = ""
        self.card_title = "post the summary" if plan is None else "post a plan"

    def fields(self) -> ComposeResult:
        """Where to, what to know before, the text, the question."""
        yield Static(id="where")
        yield Static(id="warnings")
        yield TextArea("", id="body", read_only=True, soft_wrap=True, show_line_numbers=False)
        yield Choices(empty="", id="choices")

    def on_mount(self) -> None:
        """Show the text, then ask the issue; nothing is written by that."""
        self.query_one(Choices).display = False
        self.query_one("#warnings").display = False
        start(self, self._prepare, "prepare", exclusive=True)

    async def _prepare(self) -> None:
        workspace = self.app.workspace
        drafted = await asyncio.to_thread(partial(draft, workspace, plan=self._plan))
        self.post_message(self.Drafted(drafted))
        self.post_message(self.Prepared(await prepare(workspace, drafted, update=True)))

    @on(Drafted)
    def _show_draft(self, event: Drafted) -> None:
        found = event.draft
        self._url = found.url
        self._say_where(line(f"Looking up {found.repo}#{found.number} ...", MUTED))
        self._show_warnings(found.warnings)
        self.query_one("#body", TextArea).text = found.body if found.kind == "summary" else editable(found.body)

    def _show_warnings(self, sentences: Sequence[str]) -> None:
        warnings = self.query_one("#warnings", Static)
        warnings.display = bool(sentences)
        warnings.update(Content("\n").join([line(f"! {one}", ALERT) for one in sentences]))

    def on_failed(self, event: Failed) -> None:
        """Say why it cannot be posted."""
        event.stop()
        self._settled(event.sentence)

    @on(Prepared)
    def _ask(self, event: Prepared) -> None:
        posting = event.posting
        self._posting, self._url = posting, posting.url
        self._say_where(trusted("This "), line(posting.target), trusted("."))
        self._show_warnings(posting.warnings)
        if posting.unchanged and posting.updates is not None:
            self._url = posting.updates.url
            self._settled("It stands there already, word for word: there is nothing to post.", wrong=False)
        elif not posting.can_write:
            self._settled(NOT_LOGGED_IN)
        else:
            choices = self.query_one(Choices)
            choices.fill(["no", "update", "add"] if posting.updates is not None else ["no", "add"])
            choices.styles.height = len(choices.items) + 2
            choices.border_title = line("Post it?")
            choices.display = True
            choices.focus()

    @on(LineList.Chosen)
    def _chosen(self) -> None:
        self.action_submit()

    def action_submit(self) -> None:
        """Do what the cursor is on: only a Yes sends, and only once."""
        choice = self.query_one(Choices).current
        if self._posting is None or self._sending or choice is None:
            return
        if choice == "no":
            self.dismiss()
            return
        posting = self._posting if choice == "update" else self._added()
        if posting is None or not self.app.background.post(posting):
            self.wrong("Something is being posted already: its answer comes in a moment.")
            return
        # From here on nothing in this dialog sends it again, whatever comes of it.
        self._posting, self._sending = None, True
        self.wrong("")
        self.query_one(Choices).display = False
        self.query_one("#body").focus()
        self.query_one("#keys", Static).update(keys_line((("", "sending, please wait"),)))

    def _added(self) -> Posting | None:
        """What would be posted, as a new comment; beside an earlier one where that was shown."""
        if self._posting is None or self._posting.updates is None:
            return self._posting
        return replace(self._posting, updates=None, unchanged=False, one_comment=False)

    def on_written(self, message: Posted) -> None:
        """It was posted, or it was not, or nobody knows."""
        if not self._sending:
            return
        self._sending = False
        if message.url:
            self._url = message.url
            self._say_where(line(message.summary))
        self._settled("" if message.url else message.summary)

    def _say_where(self, *summary: Content) -> None:
        self.query_one("#where", Static).update(concat(*summary, "\n", line(self._url, LINK)))

    def _settled(self, sentence: str, *, wrong: bool = True) -> None:
        """There is nothing left to decide here."""
        if wrong:
            self.wrong(sentence)
        else:
            self._say_where(line(sentence))
        if not self._url:
            self.query_one("#where").display = self.query_one("#body").display = False
            self.add_class("-nothing")
        keys = (("o", "open it"), ("y", "copy the link"), ("Esc", "close"))
        self.query_one("#keys", Static).update(keys_line(keys if self._url else keys[2:]))

    def action_leave(self) -> None:
        """Close: nothing is posted. Once it is being sent, there is an answer to wait for."""
        if self._sending:
            self.wrong("It is being sent and cannot be taken back: the answer comes in a moment.")
            return
        self.dismiss()

    def action_open(self) -> None:
        """Open the issue, or what was posted."""
        if self._url:
            self.app.background.open(self._url)

    def action_copy(self) -> None:
        """Copy the same address."""
        if self._url:
            self.app.copy_to_clipboard(self._url)
            self.app.toast(f"Copied {self._url}")


class PlanDialog(FileDialog):
    """Asks which file is the plan."""

    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "show it as it would be posted"), ("Esc", "cancel"))
    HELP = "Shows the plan as it would be posted. Nothing is sent before you choose Yes."
    card_title = "post a plan"
    label = "The plan, a Markdown file"

    def __init__(self) -> None:
        super().__init__(toast="plan.md")

    def action_submit(self) -> None:
        """On to what would be posted."""
        path = self.path()
        if path is not None:
            self.app.switch_screen(PostDialog(str(path)))
