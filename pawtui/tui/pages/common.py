"""Parts that several pages have: notes, pins with their drift, evidence, and marks with words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import partial
from heapq import nlargest

import msgspec
from textual.content import Content

from pawtui.probes.finding import Evidence, State
from pawtui.refresh.model import Decision, Drift
from pawtui.refresh.pins import PinError, parse_pin
from pawtui.report.words import DECISION_WORD, DRIFT_GLYPH, GATE_GLYPH, STATE_GLYPH, GateShown, counted
from pawtui.review.model import Note
from pawtui.tui.content import (
    ALERT,
    DECISION_STYLE,
    DRIFT_STYLE,
    GATE_STYLE,
    LINK,
    MUTED,
    NONE,
    STATE_STYLE,
    STRONG,
    concat,
    line,
    lines,
    spaced,
    trusted,
    wrapped,
)
from pawtui.tui.page import Block, Target, block, gap, heading

_NOTES_SHOWN = 20


class PageContext(msgspec.Struct, frozen=True, kw_only=True):
    """What every page needs besides its subject: the forge's address, the moment, and the drift of each pin.

    `opened` is the id of a refresh whose reading a signal's page shows in full, among how it read before.
    """

    web: str
    now: dt.datetime
    drift: Mapping[str, Drift]
    opened: str = ""


def state_mark(state: State) -> Content:
    """`= met`, in colour."""
    return line(f"{STATE_GLYPH[state]} {state}", STATE_STYLE[state])


def gate_mark(state: GateShown) -> Content:
    """`[x] satisfied`, in colour."""
    return line(f"{GATE_GLYPH[state]} {state}", GATE_STYLE[state])


def decision_mark(decision: Decision) -> Content:
    """`HOLD`, in colour."""
    return line(DECISION_WORD[decision], f"bold {DECISION_STYLE[decision]}")


def drift_mark(drift: Drift) -> Content:
    """`≠ changed`, in colour; in words where a failure kept it from being checked."""
    if drift.failed and drift.state == "unchecked":
        return trusted("? could not be checked", ALERT)
    return line(f"{DRIFT_GLYPH[drift.state]} {drift.state}", DRIFT_STYLE[drift.state])


def stamp(at: dt.datetime) -> str:
    """A moment as it is written everywhere: UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"


def pin_target(pin: str, web: str) -> Target:
    """A pin's page, and the pin itself to copy."""
    try:
        url = parse_pin(pin).web(web)
    except PinError:
        url = ""
    return Target(url=url, copy=pin)


def pin_words(pin: str) -> tuple[str, str]:
    """A pin in two parts: the commit it is at (empty for issues and links), and what it names there."""
    try:
        taken = parse_pin(pin)
    except PinError:
        return "", pin
    if taken.kind in ("url", "issue"):
        return "", pin
    where = f"{taken.repo} @ {taken.sha[:10]}"
    return (where, pin.partition(":")[2]) if taken.kind == "file" else ("", f"{taken.repo}@{taken.sha[:10]}")


def _pin_lines(where: str, what: str, drift: Drift, indent: int, width: int) -> list[Content]:
    """What it names, then where and what became of it; on one line where that fits."""
    tail = spaced([line(where, MUTED), drift_mark(drift)])
    head = concat(trusted("@ ", MUTED), line(what, LINK))
    if indent + head.cell_length + 2 + tail.cell_length <= width:
        return [concat(head, trusted("  "), tail).pad_left(indent)]
    folded = [one.pad_left(indent) for one in head.fold(max(8, width - indent))]
    return [*folded, *wrapped(tail, width, indent=indent + 2)]


def short_pin(pin: str) -> str:
    """A pin with its SHA cut to ten digits, as it is shown."""
    repo, at, rest = pin.partition("@")
    if not at or ":" in repo:
        return pin
    sha, colon, path = rest.partition(":")
    return f"{repo}@{sha[:10]}{colon}{path}"


def pin_blocks(pins: Iterable[str], page_context: PageContext, indent: int = 0) -> list[Block]:
    """Each pin, what became of it, and the comparison that shows the change."""
    blocks = []
    for pin in pins:
        drift = page_context.drift.get(pin) or Drift(pin=pin, state="unchecked", summary="not checked yet")
        where, what = pin_words(pin)
        blocks.append(Block(partial(_pin_lines, where, what, drift, indent), pin_target(pin, page_context.web)))
        if drift.summary and drift.state != "fresh":
            blocks.append(
                block(
                    line(drift.summary, MUTED),
                    indent=indent + 2,
                    target=Target(url=drift.url, copy=drift.by or drift.url) if drift.url else None,
                )
            )
    return blocks


def note_blocks(notes: Iterable[Note], page_context: PageContext) -> list[Block]:
    """The newest notes in full, each with its pins; Enter on one goes to it."""
    notes = tuple(notes)
    blocks = [heading("Notes", line(counted(len(notes), "note") if notes else "none yet: n writes one", MUTED))]
    for note in nlargest(_NOTES_SHOWN, notes, key=lambda note: note.id):
        head = spaced([line(f"{note.at:%Y-%m-%d}", MUTED), line(note.by, MUTED)])
        target = Target(copy=note.text, enter="show", object=f"note:{note.id}")
        blocks.append(block(head, target=target))
        blocks.append(block(lines(note.text), indent=2))
        blocks += pin_blocks(note.pins, page_context, indent=2)
        blocks.append(gap())
    if len(notes) > _NOTES_SHOWN:
        blocks.append(block(line(f"{len(notes) - _NOTES_SHOWN:,} older ones are in the notes: 3 goes there.", MUTED)))
    return blocks


def evidence_block(evidence: Evidence) -> Block:
    """One piece of evidence on a line of its own: o opens exactly this."""
    target = Target(url=evidence.url, copy=evidence.pin or evidence.url or evidence.text)
    day = f"{evidence.at:%m-%d}" if evidence.at else ""
    pin = _evidence_pin(evidence)

    def lay(width: int) -> list[Content]:
        lead = concat(trusted(day.ljust(7), MUTED), trusted(pin.ljust(12), LINK) if pin else NONE)
        return wrapped(concat(lead, _linked(evidence)), width, hang=7)

    return Block(lay, target)


def _linked(evidence: Evidence) -> Content:
    """Its text, with the SHA it may begin with in the colour of links."""
    sha, space, rest = evidence.text.partition(" ")
    if space and evidence.pin and f"@{sha}" in evidence.pin:
        return concat(line(sha, LINK), trusted("  "), line(rest))
    return line(evidence.text)


def _evidence_pin(evidence: Evidence) -> str:
    try:
        pin = parse_pin(evidence.pin) if evidence.pin else None
    except PinError:
        return ""
    if pin is None:
        return ""
    if pin.kind == "issue":
        return "" if evidence.text.startswith("#") else f"#{pin.number}"
    short = pin.sha[:10]
    return "" if evidence.text.startswith(short[:7]) else short


def titled(words: str) -> Content:
    """A page's title, as it stands in the border."""
    return line(words, STRONG)
