"""The one place where a string becomes something a widget shows.

Textual reads a `str` as markup on most of its surfaces, so that a commit subject could crash the screen or bind an
action. Everything that came from outside or from the record goes through here; nothing here ever parses markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from pawtui.probes.finding import State
from pawtui.refresh.model import Decision, DriftState
from pawtui.report.document import Role, Text
from pawtui.report.words import DECISION_WORD, GLYPHS
from pawtui.review.model import GateState
from pawtui.sources.sanitize import safe_line, safe_text, visible

NONE = Content("")
# The characters that are shown of a line of a file.
_LINE_LIMIT = 2_000

STATE_STYLE: dict[Role, str] = {
    "met": "$text-success",
    "partial": "$text-warning",
    "unmet": "$text-error",
    "unknown": "$text-secondary",
}
GATE_STYLE: dict[Role, str] = {
    "satisfied": "$text-success",
    "stale": "$text-warning",
    "unchecked": "$text-warning",
    "blocked": "$text-error",
    "untested": "$text-secondary",
}
DRIFT_STYLE: dict[Role, str] = {
    "fresh": "$text-success",
    "changed": "$text-warning",
    "moved": "$text-warning",
    "gone": "$text-error",
    "unchecked": "$text-secondary",
}
DECISION_STYLE: dict[Role, str] = {
    "go": "$text-success",
    "hold": "$text-warning",
    "no-go": "$text-error",
}
MUTED = "$text-muted"
STRONG = "bold"
LINK = "$text-primary"
ALERT = "$text-warning"
DANGER = "$text-error"
OK = "$text-success"
ROLE_STYLE: dict[Role, str] = {
    "strong": STRONG,
    "muted": MUTED,
    "alert": ALERT,
    "danger": DANGER,
    "ok": OK,
    "link": LINK,
    "code": LINK,
    "hint": MUTED,
    **STATE_STYLE,
    **GATE_STYLE,
    **DRIFT_STYLE,
    "gate-unchecked": ALERT,
    **{decision: f"bold {style}" for decision, style in DECISION_STYLE.items()},
}


def line(text: str, style: str = "") -> Content:
    """One harmless line, literally, in a style of ours."""
    return _styled(safe_line(text), style)


def lines(text: str, style: str = "") -> Content:
    """Harmless text of several lines, literally, in a style of ours."""
    return _styled(safe_text(text).expandtabs(4), style)


def code_lines(lines: Sequence[str]) -> list[str]:
    """The lines of a file as they may be shown: none is folded, tabs are spaces, and a line of any length ends."""
    text = visible("\n".join(line[:_LINE_LIMIT].rstrip("\r") for line in lines)).expandtabs(4)
    return text.split("\n") if lines else []


def trusted(text: str, style: str = "") -> Content:
    """Words and spaces of our own, as they are: never anything from outside."""
    return _styled(text, style)


def _styled(text: str, style: str) -> Content:
    content = Content(text)
    return content.stylize(style) if style and text else content


def laid_out(text: Text) -> Content:
    """A line of a document as it was laid out (`report/document_lines.py`), which made it harmless."""
    return Content.assemble(*((span.text, ROLE_STYLE.get(span.role, "")) for span in text))


def state_mark(state: State | GateState | DriftState | Decision) -> Content:
    """A state with its glyph, a decision in capitals, in its colour: `= met`, `[x] satisfied`, `HOLD`."""
    word = DECISION_WORD.get(state) or f"{GLYPHS[state]} {state}"
    return _styled(word, ROLE_STYLE[state])


def editable(text: str) -> str:
    """Text from the record as it may be put into a field to be changed there: what terminals act on is visible."""
    return safe_text(text)


def uncoloured(content: Content) -> Content:
    """The same text without any style."""
    return Content(content.plain)


def concat(*parts: Content | str) -> Content:
    """Contents one after the other; the strings between them are ours and stay literal too."""
    return NONE.join(part if isinstance(part, Content) else Content(part) for part in parts)


def spaced(parts: Iterable[Content], gap: int = 2) -> Content:
    """Those contents that are not empty, with spaces between them."""
    return Content(" " * gap).join([part for part in parts if part.plain])


def fit(content: Content, width: int) -> Content:
    """Exactly `width` cells: cut with an ellipsis, or filled up with spaces."""
    if width <= 0:
        return NONE
    return content.truncate(width, ellipsis=True, pad=True)


def right(content: Content, width: int) -> Content:
    """Exactly `width` cells, against the right edge."""
    if width <= 0:
        return NONE
    cut = content.truncate(width, ellipsis=True)
    return cut.pad_left(width - cut.cell_length) if cut.cell_length < width else cut


def wrapped(content: Content, width: int, *, indent: int = 0, hang: int = 0) -> list[Content]:
    """The lines of a content at a width: `indent` before the first, `hang` more before the others."""
    room = max(8, width - indent - hang)
    first, *rest = content.wrap(room) or [NONE]
    return [first.pad_left(indent), *(one.pad_left(indent + hang) for one in rest)]
