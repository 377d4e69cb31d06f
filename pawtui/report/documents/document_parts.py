"""Parts that several documents have: states, pins with their drift, notes, evidence, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from heapq import nlargest

import msgspec

from pawtui.probes.finding import Evidence
from pawtui.refresh.pins import PinError, parse_pin
from pawtui.refresh.refresh_types import Drift
from pawtui.report.document import (
    Block,
    Column,
    Field,
    Heading,
    Hunk,
    Item,
    List,
    Paragraph,
    Prose,
    Role,
    Row,
    Span,
    Table,
    Target,
    Text,
    spaced,
    text_of,
)
from pawtui.report.words import counted, doubt, gate_shown, minute, short_sha
from pawtui.review.record_types import Note
from pawtui.review.views import GateView, Overview
from pawtui.sources import links

EVIDENCE_COLUMNS = (Column(), Column(), Column(shrink="wrap"))


class PageContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a page needs besides its subject: the forge's address and the moment (UTC).

    `opened` is the id of a refresh whose reading a signal's page shows in full. `most_evidence` and `most_notes` are
    how many of them are listed, of each probe and in all.
    """

    web: str
    now: dt.datetime
    opened: str = ""
    most_evidence: int = 60
    most_notes: int = 20


def state_span(state: Role) -> Span:
    """Return a state or decision by its word, which renderers show with its glyph."""
    return Span(state, state)


def gate_span(view: GateView) -> Span:
    """Return the state of a gate as it is shown, `stale` or `unchecked` where it is satisfied on such evidence."""
    shown = gate_shown(view)
    return Span("unchecked", "gate-unchecked") if shown == "unchecked" else state_span(shown)


def gate_doubt(view: GateView) -> str:
    """Return what is wrong with the evidence of a gate, and whether it counts; empty where nothing is."""
    found = doubt(view)
    return f"satisfied; {found}: does not count" if found and view.state == "satisfied" else found


def muted(text: str) -> Span:
    """Return quieter words."""
    return Span(text, "muted")


def hint(text: str) -> Span:
    """Return words about a key, which only screens show."""
    return Span(text, "hint")


def signature(by: str, at: dt.datetime) -> Span:
    """Return who did something and when."""
    return muted(f"{by}, {minute(at)}")


def commit_field(label: str, repo: str, sha: str, web: str) -> Field:
    """Return a full SHA that opens the commit."""
    return Field(label, (Span(sha, "link"),), Target(url=links.commit_url(web, repo, sha), copy=sha))


def pin_target(pin: str, web: str) -> Target:
    """Return the page of a pin, and the pin itself to copy."""
    try:
        url = parse_pin(pin).web(web)
    except PinError:
        url = ""
    return Target(url=url, copy=pin)


def drift_span(drift: Drift) -> Span:
    """Return what became of a pin, in words where a failure kept it from being checked."""
    if drift.failed and drift.state == "unchecked":
        return Span("? could not be checked", "alert")
    return state_span(drift.state)


def pin_list(overview: Overview, pins: Iterable[str], context: PageContext) -> List:
    """Return each pin, what became of it, and under it the comparison that shows the change."""
    return List(tuple(_pin_item(overview, pin, context) for pin in pins), mark="@")


def _pin_item(overview: Overview, pin: str, context: PageContext) -> Item:
    drift = overview.drift.get(pin) or Drift(pin=pin, state="unchecked", summary="not checked yet")
    what, where = pin_words(pin)
    below: tuple[Block, ...] = ()
    if drift.summary and drift.state != "fresh":
        compare = Target(url=drift.url, copy=drift.by or drift.url, object=drift.pin) if drift.url else None
        below = (Paragraph((Span(drift.summary, "muted", drift.url),), compare),)
        if drift.hunk:
            below += (Hunk(drift.hunk),)
    target = pin_target(pin, context.web)
    return Item(
        text=(Span(what, "link", target.url),),
        aside=spaced(muted(where), drift_span(drift)),
        target=target,
        below=below,
    )


def pin_words(pin: str) -> tuple[str, str]:
    """Return a pin in two parts: what it names, and the commit that it names it at (empty for issues and links)."""
    try:
        taken = parse_pin(pin)
    except PinError:
        return pin, ""
    if taken.kind in ("url", "issue"):
        return pin, ""
    if taken.kind == "commit":
        return f"{taken.repo}@{short_sha(taken.sha)}", ""
    return pin.partition(":")[2], f"{taken.repo}@{short_sha(taken.sha)}"


def note_blocks(overview: Overview, notes: tuple[Note, ...], context: PageContext) -> list[Block]:
    """Return the newest notes in full, each with its pins; a note's first line goes to it."""
    aside = (muted(counted(len(notes), "note")),) if notes else (muted("none"), hint(" (n to write one)"))
    blocks: list[Block] = [Heading("Notes", aside)]
    for note in nlargest(context.most_notes, notes, key=lambda note: note.id):
        target = Target(copy=note.text, action="show", object=f"note:{note.id}")
        below: tuple[Block, ...] = (Prose(note.text),)
        if note.pins:
            below += (pin_list(overview, note.pins, context),)
        head = spaced(muted(f"{note.at:%Y-%m-%d}"), muted(note.by))
        blocks.append(List((Item(head, target=target, below=below),), mark=""))
    if (more := len(notes) - context.most_notes) > 0:
        blocks.append(Paragraph((muted(counted(more, "older note")), hint(" (3 for all notes)"))))
    return blocks


def evidence_table(evidence: Iterable[Evidence], most: int) -> list[Block]:
    """Return evidence line by line, each with a page to open: the day, the commit or issue, the words."""
    found = tuple(evidence)
    rows = [evidence_row(one) for one in found[:most]]
    if len(found) > most:
        rows.append(Row(((), (), (muted(f"{len(found) - most} more"),))))
    return [Table(EVIDENCE_COLUMNS, tuple(rows))] if rows else []


def evidence_row(evidence: Evidence, *before: Text) -> Row:
    """Return one piece of evidence as a row; `before` are cells in front of it."""
    target = Target(url=evidence.url, copy=evidence.pin or evidence.url or evidence.text)
    day = muted(f"{evidence.at:%m-%d}" if evidence.at else "")
    return Row((*before, text_of(day), *_evidence_words(evidence)), target)


def _evidence_words(evidence: Evidence) -> tuple[Text, Text]:
    """The commit or issue of a piece of evidence, and its words."""
    name = _pin_name(evidence)
    # Its words mostly begin with the same name.
    rest = evidence.text.removeprefix(name).lstrip() if name else evidence.text
    return text_of(Span(name, "link", evidence.url)), text_of(rest if name else Span(rest, "", evidence.url))


def _pin_name(evidence: Evidence) -> str:
    """The short name of the commit or issue that a piece of evidence pins; empty for anything else."""
    try:
        pin = parse_pin(evidence.pin) if evidence.pin else None
    except PinError:
        return ""
    if pin is None or pin.kind == "url":
        return ""
    if pin.kind == "issue":
        return f"#{pin.number}"
    return "" if pin.kind == "file" else short_sha(pin.sha)
