"""A text whose lines are wrapped with an indent."""

from textual.content import Content
from textual.widgets import Static

from pawtui.tui.content import EMPTY, wrapped


class HangingText(Static):
    """A text of several lines, given as `Content`. The continuation of a line begins two cells after the line."""

    def render(self) -> Content:
        return Content("\n").join(self._rows(self.size.width))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._rows(width))

    def _rows(self, width: int) -> list[Content]:
        content = self.content if isinstance(self.content, Content) else EMPTY
        rows: list[Content] = []
        for line in content.split("\n", allow_blank=True):
            indent = len(line.plain) - len(line.plain.lstrip(" "))
            rows += wrapped(line[indent:], width, indent=indent, hang=2)
        return rows
