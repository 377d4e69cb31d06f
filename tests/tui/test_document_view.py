"""Enter and the scroll position of a document whose lines are not all visible."""

import pytest
from textual.app import App, ComposeResult

from pawtui.report.document import Block, Document, Item, Paragraph, Target
from pawtui.tui.document_view import DocumentView

LINK, PART = Target(url="https://example.org"), Target(part="gate/open")


class ViewApp(App[None]):
    """An app that shows a document in six lines of forty cells."""

    CSS = "DocumentView { width: 40; height: 6; }"

    def __init__(self, *blocks: Block) -> None:
        super().__init__()
        self.view = DocumentView()
        self.opened: list[Target] = []
        self._blocks = blocks

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.show(*self._blocks)
        self.view.focus()

    def show(self, *blocks: Block) -> None:
        self.view.show_document(Document(key="a", title="A", blocks=blocks))

    def on_document_view_target_opened(self, event: DocumentView.TargetOpened) -> None:
        self.opened.append(event.target)


def part(lines: int) -> Item:
    """Return a part with a text of so many lines."""
    return Item("word " * (7 * lines - 1), target=PART, ticked=False)


def other(count: int) -> list[Block]:
    return [Paragraph(f"Line {number}") for number in range(count)]


@pytest.mark.parametrize(("before", "lines"), [(4, 3), (9, 1), (2, 20)])
async def test_enter_shows_a_part_that_is_not_completely_visible_before_it_ticks_it(before: int, lines: int) -> None:
    app = ViewApp(*other(before), part(lines), *other(9))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert (app.view.target, app.view.scroll_offset.y) == (PART, 0)
        await pilot.press("enter")
        await pilot.pause()
        assert (app.opened, app.view.scroll_offset.y > 0) == ([], True)
        await pilot.press("enter")
        await pilot.pause()
        assert app.opened == [PART]


async def test_enter_opens_a_link_that_is_not_visible_yet() -> None:
    app = ViewApp(*other(30), Paragraph("Link", target=LINK))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert (app.view.target, app.view.scroll_offset.y) == (LINK, 0)
        await pilot.press("enter")
        await pilot.pause()
        assert app.opened == [LINK]


@pytest.mark.parametrize("is_visible", [True, False])
async def test_new_lines_before_the_cursor_scroll_only_if_it_was_visible(is_visible: bool) -> None:
    app = ViewApp(*other(2), Paragraph("Link", target=LINK), *other(30))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        if not is_visible:
            app.view.scroll_to(y=20, animate=False)
            await pilot.pause()
        before = app.view.scroll_offset.y
        app.show(*other(12), Paragraph("Link", target=LINK), *other(30))
        await pilot.pause()
        assert app.view.target == LINK
        assert (app.view.scroll_offset.y != before) == is_visible
