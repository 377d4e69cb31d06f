"""A screen that is one page: a title line, the page, the keys."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from pawtui.review.views import Overview
from pawtui.tui.content import LINK, MUTED, STRONG, concat, line, trusted
from pawtui.tui.footer import KeysFooter
from pawtui.tui.messages import GoTo
from pawtui.tui.page import Page, Target
from pawtui.tui.panes.banner import Banner
from pawtui.tui.reader import Reader
from pawtui.tui.screens.dialog import Sheets
from pawtui.tui.screens.subject_screen import SubjectScreen


class PageScreen(SubjectScreen):
    """Shows `content()`, and shows it anew whenever the record is another one."""

    CSS_PATH: ClassVar[Sheets] = "page_screen.tcss"
    BINDING_GROUP_TITLE = "Other screens"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="page.back", tooltip="To the main screen; nothing is lost"),
    ]
    card_title: str = ""

    def compose(self) -> ComposeResult:
        """Title, page, keys."""
        self.heading = Static(id="heading")
        self.reader = Reader(id="reader")
        self.banner = Banner()
        yield self.heading
        yield self.banner
        yield from self.middle()
        yield KeysFooter()

    def middle(self) -> ComposeResult:
        """What stands between title and keys."""
        yield self.reader

    def first(self) -> Widget:
        """What has the keys at first."""
        return self.reader

    def on_mount(self) -> None:
        """Show the page and follow the record."""
        self.first().focus()
        self.watch(self.app, "overview", self._changed)

    def _changed(self, overview: Overview | None) -> None:
        self.show()

    def show(self) -> None:
        """Lay out title and page."""
        self.heading.update(self.head())
        page = self.content()
        if page is not None:
            self.reader.read(page)

    def head(self) -> Content:
        """The title line."""
        return concat(line("pawtui", f"bold {LINK}"), trusted("  "), line(self.card_title, STRONG))

    def aside(self, words: str) -> Content:
        """A quieter word behind the title."""
        return concat(trusted("  "), line(words, MUTED))

    def content(self) -> Page | None:
        """The page."""
        raise NotImplementedError

    @property
    def target(self) -> Target | None:
        """What the marked line stands for."""
        return self.reader.target

    def reading_detail(self) -> bool:
        """The page always has the keys here, where there is one."""
        return self.reader.is_attached

    def on_reader_entered(self, event: Reader.Entered) -> None:
        """Tick a part, open a page, or go to a subject."""
        target = event.target
        if target.enter == "part":
            self.tick(target.object)
        elif target.enter == "show":
            self.go_to(target.object)
        elif target.url:
            self.action_open()

    def go_to(self, subject: str) -> None:
        """Go to a subject on the main screen."""
        self.app.post_message(GoTo(subject))

    def action_leave(self) -> None:
        """Dismiss a message, or go back to the main screen."""
        if not self.banner.dismiss():
            self.dismiss()
