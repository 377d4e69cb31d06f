"""The welcome document: the purpose of the tracker and the first keys."""

from pawtui.report.document import Document, EmptyLine, Field, Heading, Nested, Paragraph
from pawtui.report.spans import Span, hint, muted, text_of
from pawtui.review.views import Overview

_KEYS = (
    ("r", "measure both repositories (writes only to the local record)"),
    ("2", "gates: set satisfied, blocked or untested"),
    ("n", "write a note, with pins to exact lines"),
    ("e", "export the Markdown summary"),
    ("?", "all keys"),
)


def welcome_document(overview: Overview, preview: Document | None = None, *, is_builtin: bool = False) -> Document:
    """Return the first steps, followed by `preview`; after the first refresh, return that nothing is selected.

    With `is_builtin`, it also shows how to write a tracker for other projects.
    """
    if overview.last is not None:
        return Document("welcome", "detail", blocks=(Paragraph(muted("Nothing selected.")),))
    tracker = overview.tracker
    below = (Heading("What will be measured"), Nested(preview.blocks)) if preview is not None else ()
    own_tracker = (Field("tracker", "built-in; for other projects: pawtui init --small"),) if is_builtin else ()
    return Document(
        key="welcome",
        title="welcome",
        blocks=(
            Paragraph(text_of(Span("No refresh is recorded.", "strong"), hint(" Start with r."))),
            EmptyLine(),
            Paragraph(tracker.about or tracker.title),
            EmptyLine(),
            Field("upstream", tracker.upstream.repo),
            Field("downstream", tracker.downstream.repo),
            *own_tracker,
            EmptyLine(),
            Nested(tuple(Field(key, words) for key, words in _KEYS)),
            *below,
        ),
    )
