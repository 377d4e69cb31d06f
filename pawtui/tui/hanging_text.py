"""A text whose lines are wrapped with an indent."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from pawtui.tui.content import EMPTY, wrapped


class HangingText(Widget):
    """A text of several lines. The continuation of a line begins two cells after the line, so that each is one item."""

    content: reactive[Content] = reactive(EMPTY, layout=True, always_update=True)

    def __init__(self, content: Content, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.set_reactive(HangingText.content, content)

    def render(self) -> Content:
        return Content("\n").join(self._rows(self.size.width))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._rows(width))

    def _rows(self, width: int) -> list[Content]:
        rows: list[Content] = []
        for line in self.content.split("\n", allow_blank=True):
            indent = len(line.plain) - len(line.plain.lstrip(" "))
            rows += wrapped(line[indent:], width, indent=indent, hang=2)
        return rows
