"""The pane of the notes, newest first: subject, first words, and the state of the pins."""

from collections.abc import Mapping

from textual.content import Content

from pawtui.moments import day_text
from pawtui.phrases import counted
from pawtui.refresh.refresh_types import Drift
from pawtui.report.documents.document_parts import drift_span
from pawtui.report.documents.record_documents import notes_newest_first
from pawtui.review.overview import Overview
from pawtui.review.record_types import Note
from pawtui.tui.content import LINK, MUTED, concat, ends, fit, line, shown_text
from pawtui.tui.line_list import LineList


class NotesPane(LineList[Note]):
    """The list of all notes."""

    BORDER_TITLE = "3 Notes"
    HELP = """
    Notes are observations with pins to commits and lines. Every refresh checks the pins.
    <n:note.write> writes a note.
    """

    def __init__(self) -> None:
        super().__init__(empty="No notes yet. Press <n:note.write> on a signal or gate to write one.", id="notes")
        self._drift: Mapping[str, Drift] = {}

    def show(self, overview: Overview) -> None:
        self._drift = overview.drift
        notes = notes_newest_first(overview)
        self.fill(notes, counted(len(notes), "note") if notes else "none yet")

    def key_of(self, item: Note) -> str:
        return f"note:{item.id}"

    def searched_text(self, item: Note) -> str:
        return f"{item.subject} {item.text} {item.by} {day_text(item.at)} {' '.join(item.pins)}"

    def row_lines(self, item: Note, width: int) -> list[Content]:
        drifts = [self._drift[pin] for pin in item.pins]
        problems = [drift for drift in drifts if drift.is_stale] or [drift for drift in drifts if drift.failed]
        if problems:
            pins = shown_text(drift_span(problems[0]))
        else:
            pins = line(counted(len(item.pins), "pin") if item.pins else "", MUTED)
        day = day_text(item.at) if width > 60 else f"{item.at:%m-%d}"
        subject = fit(line(item.subject.partition(":")[2] or item.subject, LINK), min(17, width // 4))
        return [ends(concat(line(day, MUTED), "  ", subject, "  ", line(item.text)), pins, width)]
