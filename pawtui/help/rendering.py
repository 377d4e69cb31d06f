"""Render a Markdown page for a terminal, with Rich: text, lists, tables and code, wrapped at the terminal's width."""

import re
from io import StringIO
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.text import Text
from rich.theme import Theme

# Pictures with their paragraph, or with the heading of their table.
_PICTURES = re.compile(r"^(?:\|.*\n\|[ |-]+\n)?.*!\[[^\]]*\]\([^)]*\).*\n+", re.MULTILINE)
_LINK_TO_PAGE = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<topic>[a-z-]+)\.md\)")
_BLANK_LINES = re.compile(r"\n{3,}")
_FENCED = re.compile(r"(^```.*?^```\n)", re.DOTALL | re.MULTILINE)
# Code may be wrapped onto the next line, but not into the next paragraph.
_CODE = re.compile(r"`(?:[^`\n]|\n(?!\n))+`")
# No colours, so that the text is readable on any background.
_THEME = Theme(
    {
        "markdown.code": "bold",
        "markdown.h1": "bold underline",
        "markdown.h2": "bold underline",
        "markdown.h3": "bold",
        "markdown.item.bullet": "none",
        "markdown.item.number": "none",
        "markdown.link": "none",
        "markdown.link_url": "none",
        "markdown.table.border": "none",
        "markdown.table.header": "bold",
    }
)


class _LeftHeading(Heading):
    """A left-aligned heading: Rich centres headings of the first level."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class _IndentedCode(CodeBlock):
    """Code for copying: indented, never wrapped."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = str(self.text).rstrip().split("\n")
        yield Text("\n".join(f"    {line}".rstrip() for line in lines), no_wrap=True, overflow="ignore")


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _IndentedCode,
        "code_block": _IndentedCode,
    }


def render(page: str, width: int, *, styled: bool) -> str:
    """Return the page as text, `width` columns wide; with bold and underlined words if `styled`.

    Inline code is bold if `styled`, otherwise it keeps its backticks.
    """
    page = _LINK_TO_PAGE.sub(r"\g<text> (`pawtui help \g<topic>`)", _PICTURES.sub("", page))
    if not styled:
        # In a fence of two backticks, a backtick is part of the code.
        parts = _FENCED.split(page)
        page = "".join(part if _FENCED.match(part) else _CODE.sub(r"`` \g<0> ``", part) for part in parts)
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        theme=_THEME,
        force_terminal=styled,
        # With TERM=dumb, Rich writes no control sequences.
        color_system="auto" if styled else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(_Page(page, hyperlinks=False), crop=False)
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    return _BLANK_LINES.sub("\n\n", text).strip("\n") + "\n"
