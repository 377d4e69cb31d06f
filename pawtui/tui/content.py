"""Turn strings into content for widgets, without parsing markup.

Most Textual widgets parse a `str` as markup, so a commit subject could crash the screen or run an action. All text from
outside and from the record must pass through this module.
"""

from collections.abc import Sequence

from textual.content import Content

from pawtui.report.document_lines import shown_line
from pawtui.report.spans import Role, Span, Text, TextLike, state_span
from pawtui.report.words import GLYPHS
from pawtui.sources.sanitize import safe_line, visible

EMPTY = Content("")
# The maximum number of characters that are shown of a line of a file.
_LINE_LIMIT = 2_000
_MIN_SUMMARY_WIDTH = 14  # cells

MUTED = "$text-muted"
STRONG = "bold"
LINK = "$text-primary"
ALERT = "$text-warning"
DANGER = "$text-error"
OK = "$text-success"
QUIET = "$text-secondary"
DECISION_STYLE: dict[Role, str] = {"go": OK, "hold": ALERT, "no-go": DANGER}
ROLE_STYLE: dict[Role, str] = {
    "strong": STRONG,
    "muted": MUTED,
    "alert": ALERT,
    "danger": DANGER,
    "ok": OK,
    "link": LINK,
    "code": LINK,
    "hint": MUTED,
    "met": OK,
    "partial": ALERT,
    "unmet": DANGER,
    "unknown": QUIET,
    "satisfied": OK,
    "stale": ALERT,
    "gate-unchecked": ALERT,
    "blocked": DANGER,
    "untested": QUIET,
    "fresh": OK,
    "changed": ALERT,
    "moved": ALERT,
    "gone": DANGER,
    "unchecked": QUIET,
    **{decision: f"bold {style}" for decision, style in DECISION_STYLE.items()},
}


def line(text: str, style: str = "") -> Content:
    """Return text as one line, made safe, in a trusted style."""
    return trusted(safe_line(text), style)


def code_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines of a file, made safe to show. Tabs become spaces, and long lines are truncated."""
    text = visible("\n".join(line[:_LINE_LIMIT].rstrip("\r") for line in lines)).expandtabs(4)
    return text.split("\n") if lines else []


def trusted(text: str, style: str = "") -> Content:
    """Return pawtui's own text unchanged. Never pass text from outside."""
    content = Content(text)
    return content.stylize(style) if style and text else content


def document_line(text: Text) -> Content:
    """Return a line of a document. `report/document_lines.py` laid it out and made it safe."""
    return Content.assemble(*((span.text, ROLE_STYLE.get(span.role, "")) for span in text))


def shown_text(text: TextLike) -> Content:
    """Return a text of a document on one line, made safe, with a glyph before the name of a state."""
    return document_line(shown_line(text))


def state_mark(state: Role) -> Content:
    """Return a state with its glyph, or a decision in capitals, in colour: `= met`, `[x] satisfied`, `HOLD`."""
    return shown_text(state_span(state))


def state_cell(state: Span, width: int) -> Content:
    """Return the cell of a state in a list: its glyph, and its name in `width` cells."""
    style = ROLE_STYLE[state.role]
    return concat(line(GLYPHS[state.role], f"bold {style}"), " ", fit(line(state.text, style), width))


def state_row(state: Content, title: Content, alert: Content, summary: Content, width: int) -> Content:
    """Return a row on one line. The title has priority over the summary, and state and alert over the title."""
    rest = width - state.cell_length
    room = rest - title.cell_length - 2
    # The beginning of a summary alone would say nothing.
    has_room = room >= alert.cell_length + _MIN_SUMMARY_WIDTH
    remark = spaced(alert, summary).truncate(room, ellipsis=True) if has_room else alert
    return concat(state, ends(title, remark, rest))


def state_row_of_two_lines(
    state: Content, title: Content, remark: Content, width: int, end: Content = EMPTY
) -> list[Content]:
    """Return a row with the remark below the title, and `end` at the end of its second line."""
    rest = width - state.cell_length
    second = concat(" " * state.cell_length, fit(remark, rest - end.cell_length), end)
    return [concat(state, fit(title, rest)), second]


def uncoloured(content: Content) -> Content:
    """Return the same text without any style."""
    return Content(content.plain)


def concat(*parts: Content | str) -> Content:
    """Return the joined parts. Strings among them must be trusted; they are not parsed either."""
    return EMPTY.join(part if isinstance(part, Content) else Content(part) for part in parts)


def spaced(*parts: Content, gap: str = "  ") -> Content:
    """Return the parts that are not empty as one text, with `gap` between them."""
    return Content(gap).join([part for part in parts if part.plain])


def screen_title(title: str) -> Content:
    """Return the name of the app, and the title of a screen."""
    return spaced(line("pawtui", f"bold {LINK}"), line(title, STRONG))


def ends(left: Content, right: Content, width: int) -> Content:
    """Return one text at the left end and one at the right, in exactly `width` cells; the left one is cut."""
    return concat(fit(left, width - right.cell_length - 2), "  ", right) if right.plain else fit(left, width)


def fit(content: Content, width: int) -> Content:
    """Return the content in exactly `width` cells: truncated with an ellipsis, or padded with spaces."""
    if width <= 0:
        return EMPTY
    return content.truncate(width, ellipsis=True, pad=True)


def wrapped(content: Content, width: int, *, indent: int = 0, hang: int = 0) -> list[Content]:
    """Return the wrapped lines: `indent` spaces before the first, `hang` more before the others; widths in cells."""
    first, *rest = content.wrap(max(8, width - indent - hang)) or [EMPTY]
    return [first.pad_left(indent), *(other.pad_left(indent + hang) for other in rest)]
