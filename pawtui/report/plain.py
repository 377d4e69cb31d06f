"""The panes and lists as plain text, for a pipe, a log, a screen reader: words beside every glyph, no colour."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from pawtui.probes.finding import State
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.model import Range, Refresh, RepoSnapshot
from pawtui.report.words import (
    DECISION_WORD,
    DRIFT_GLYPH,
    GATE_GLYPH,
    STATE_GLYPH,
    ago,
    ancestry,
    cost,
    counted,
    moment,
    movement,
    part_line,
    plan_summary,
    ref_notes,
    strip,
    tally,
)
from pawtui.review.model import Change
from pawtui.review.views import GateView, Overview, SignalView
from pawtui.sources.sanitize import safe_text

_HISTORY_SHOWN = 5
_NOTES_SHOWN = 5
_LONG_SHA = re.compile(r"@([0-9a-f]{10})[0-9a-f]+")


def width_of(text: str) -> int:
    """How many columns a terminal gives this text: two for East Asian wide characters, none for combining marks."""
    if text.isascii():
        return len(text)
    columns = 0
    for char in text:
        if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
            continue
        columns += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return columns


def fit(text: str, columns: int) -> str:
    """The text, cut with `…` where it is wider than `columns`."""
    if width_of(text) <= columns:
        return text
    kept, used = "", 0
    for char in text:
        used += width_of(char)
        if used > columns - 1:
            break
        kept += char
    return kept.rstrip() + "…"


def aligned(rows: Sequence[Sequence[str]], indent: str = "  ", width: int | None = None) -> Iterator[str]:
    """Rows as columns, two spaces apart; the last column is as long as it is, cut at `width` where one is given."""
    columns = max((len(row) for row in rows), default=0)
    widths = [
        max((width_of(row[index]) for row in rows if index < len(row) - 1), default=0) for index in range(columns)
    ]
    for row in rows:
        cells = [cell + " " * (widths[index] - width_of(cell)) for index, cell in enumerate(row[:-1])]
        line = (indent + "  ".join([*cells, row[-1]])).rstrip()
        yield line if width is None else fit(line, width)


def headline(overview: Overview) -> str:
    """The decision in one line: `HOLD: 1 of 5 signals met, 0 of 6 gates satisfied`."""
    return f"{DECISION_WORD[overview.decision]}: {tally(overview)}"


def status_text(overview: Overview, now: dt.datetime, width: int | None = None) -> str:
    """The four panes: where both sides stand, signals, gates, history; then why the decision is what it is.

    `width` in columns cuts long lines; None leaves them whole, for a pipe.
    """
    lines = [overview.tracker.title, headline(overview), "", *_sides(overview, now), "", "Signals"]
    signal_rows = [row for view in overview.signals for row in _signal_rows(view)]
    lines += aligned(signal_rows, width=width) if signal_rows else ["  the tracker has no signals"]
    lines += ["", "Gates"]
    gate_rows = [row for view in overview.gates for row in _gate_rows(view)]
    lines += aligned(gate_rows, width=width) if gate_rows else ["  the tracker has no gates"]
    lines += ["", "History", *_history(overview, width)]
    notes = list(_notes(overview, width))
    if notes:
        lines += ["", f"Notes ({len(overview.record.notes):,})", *notes]
    if overview.plan:
        lines += ["", f"Plan: {plan_summary(overview.plan)}"]
    drift = _drift(overview)
    lines += ["", *([drift] if drift else []), f"Why {overview.decision}"]
    lines += [line if width is None else fit(line, width) for line in (f"  - {reason}" for reason in overview.reasons)]
    if overview.earliest:
        lines.append(f"  It could change on {overview.earliest} at the earliest.")
    return "\n".join(lines) + "\n"


def _sides(overview: Overview, now: dt.datetime) -> Iterator[str]:
    last = overview.last
    if last is None:
        yield f"up    {overview.tracker.upstream.repo}  not looked at yet"
        yield f"down  {overview.tracker.downstream.repo}  not looked at yet"
        yield "No refresh is on record: run `pawtui refresh`."
        return
    yield from aligned(
        [("up", *_side(last.upstream, now)), ("down", *_side(last.downstream, now))],
        indent="",
    )
    due = f"; next look due {overview.due}" if overview.due else ""
    yield f"refreshed {moment(last.at)} ({ago(last.at, now)}), {last.source}, {cost(last)}{due}"
    for error in last.errors:
        yield f"could not be had: {error}"


def _side(snapshot: RepoSnapshot, now: dt.datetime) -> tuple[str, str, str]:
    remark = "".join(f"; {note}" for note in ref_notes(snapshot))
    renamed = f" (was {snapshot.renamed_from})" if snapshot.renamed_from else ""
    return (
        snapshot.repo + renamed,
        f"{snapshot.ref} @ {snapshot.sha[:10]}",
        f"{ago(snapshot.committed_at, now)}{remark}",
    )


def _state(state: State) -> str:
    return f"{STATE_GLYPH[state]} {state}"


def _signal_rows(view: SignalView) -> Iterator[tuple[str, ...]]:
    yield _state(view.effective), view.signal.id, view.signal.title
    if view.summary:
        yield "", "", view.summary
    for part in view.reading.parts if view.reading else ():
        yield "", "", part_line(part)
    verdict = view.verdict
    if verdict is not None:
        until = f", until {verdict.until}" if verdict.until else ""
        over = f"measured {view.measured}, overruled" if view.overridden else "confirmed"
        if view.renewal:
            over = f"verdict {verdict.state} is asked for again ({view.renewal}); it was given"
        yield "", "", f"{over} by {verdict.by} on {verdict.at:%Y-%m-%d}{until}: {_one_line(verdict.reason)}"
    for drift in view.stale:
        yield "", "", f"stale evidence: {short_pin(drift.pin)} {drift.state}"
    yield from _unchecked_rows(view)


def _gate_rows(view: GateView) -> Iterator[tuple[str, ...]]:
    yield f"{GATE_GLYPH[view.state]} {view.state}", view.gate.id, view.gate.title
    if view.summary:
        yield "", "", _one_line(view.summary)
    for drift in view.stale:
        yield "", "", f"stale evidence, so it does not count: {short_pin(drift.pin)} {drift.state}"
    yield from _unchecked_rows(view)


def _unchecked_rows(view: SignalView | GateView) -> Iterator[tuple[str, ...]]:
    for drift in view.unchecked:
        yield "", "", f"evidence that could not be checked: {short_pin(drift.pin)}"


def short_pin(pin: str) -> str:
    """A pin with its SHA cut to ten digits, to be read and not to be pasted."""
    return _LONG_SHA.sub(r"@\1", pin, count=1)


def _one_line(text: str) -> str:
    return " ".join(safe_text(text).split())


def _drift(overview: Overview) -> str:
    counts = {state: number for state, number in overview.drift_counts().items() if number}
    if not counts:
        return ""
    failed = sum(drift.failed for drift in overview.drift.values())
    summary = "Pins: " + ", ".join(f"{number} {state}" for state, number in counts.items())
    return f"{summary} ({failed} of them because of a failure)" if failed else summary


def _history(overview: Overview, width: int | None) -> Iterable[str]:
    shown = overview.record.refreshes[-_HISTORY_SHOWN:]
    if not shown:
        return ["  nothing yet"]
    lines = list(aligned([history_row(overview, refresh) for refresh in reversed(shown)], width=width))
    earlier = len(overview.record.refreshes) - len(shown)
    return (
        [*lines, f"  and {counted(earlier, 'earlier refresh', 'earlier refreshes')}: `pawtui history`"]
        if earlier
        else lines
    )


def history_row(overview: Overview, refresh: Refresh, clock: str = "") -> tuple[str, ...]:
    """A refresh as one row: day, both heads, what lay between, decision, strip of readings. `clock` may add a time."""
    return (
        f"{refresh.at:%Y-%m-%d{clock}}",
        f"{refresh.upstream.ref} {refresh.upstream.sha[:10]}",
        f"{refresh.downstream.ref} {refresh.downstream.sha[:10]}",
        _moved(refresh.range.upstream),
        refresh.decision,
        strip(refresh, (signal.id for signal in overview.tracker.signals)),
    )


def _moved(range_: Range | None) -> str:
    if range_ is None:
        return "-"
    if not range_.ancestor:
        return "other ref" if range_.ref_before else "reset back" if range_.reset_back else "rewritten"
    if range_.from_ == range_.to:
        return "unchanged"
    more = "+" if range_.files_at_least else ""
    return f"+{range_.commits:,}{more} commits, {range_.files:,}{more} files"


def history_text(overview: Overview, width: int | None = None) -> str:
    """Every refresh, newest first, under a row of titles."""
    rows: list[tuple[str, ...]] = [("date (UTC)", "upstream", "downstream", "moved", "decision", "readings")]
    rows += [history_row(overview, refresh, " %H:%M") for refresh in reversed(overview.record.refreshes)]
    if len(rows) == 1:
        return "No refresh is on record: run `pawtui refresh`.\n"
    return "\n".join(aligned(rows, indent="", width=width)) + "\n"


def _notes(overview: Overview, width: int | None) -> Iterable[str]:
    notes = sorted(overview.record.notes.values(), key=lambda note: note.id, reverse=True)
    rows = []
    for note in notes[:_NOTES_SHOWN]:
        pins = (
            f" [{', '.join(f'{short_pin(pin)} {_drift_word(overview, pin)}' for pin in note.pins)}]"
            if note.pins
            else ""
        )
        rows.append(
            (f"{note.at:%Y-%m-%d}", note.subject.partition(":")[2] or note.subject, _one_line(note.text) + pins)
        )
    return aligned(rows, width=width)


def _drift_word(overview: Overview, pin: str) -> str:
    state = overview.drift[pin].state
    return f"{DRIFT_GLYPH[state]} {state}"


def refresh_text(refresh: Refresh, summary: str = "") -> str:
    """What one refresh recorded: both heads, what moved, each signal, what could not be had, what it cost."""
    lines = [summary] if summary else []
    for name, snapshot, range_ in (
        ("Upstream", refresh.upstream, refresh.range.upstream),
        ("Downstream", refresh.downstream, refresh.range.downstream),
    ):
        lines.append(
            f"{name} {snapshot.repo} {snapshot.ref} @ {snapshot.sha}, committed {moment(snapshot.committed_at)}"
        )
        lines += [f"  {note}" for note in ref_notes(snapshot)]
        if range_ is not None:
            between = f": {movement(range_)}" if range_.from_ != range_.to else ""
            lines.append(f"  the last head {range_.from_[:10]} {ancestry(range_)}{between}")
    rows = [(_state(reading.state), reading.id, _found(reading.probes)) for reading in refresh.signals]
    lines += aligned(rows)
    if refresh.plan is not None:
        lines.append(f"Plan: {plan_summary(refresh.plan)}")
    lines += [f"Could not be had: {error}" for error in refresh.errors]
    return "\n".join([*lines, f"{cost(refresh)}, {refresh.duration:.1f} s"]) + "\n"


def _found(probes: Iterable[ProbeReading]) -> str:
    return "; ".join(probe.cause or probe.summary for probe in probes)


def notes_text(overview: Overview) -> str:
    """Every note, newest first, whole: its id, when, who, on what, its pins and what became of them."""
    notes = sorted(overview.record.notes.values(), key=lambda note: note.id, reverse=True)
    blocks = []
    for note in notes:
        lines = [f"{note.id}  {moment(note.at)}  {note.by}  on {note.subject}"]
        lines += [f"  {line}".rstrip() for line in safe_text(note.text).split("\n")]
        lines += [f"  pinned {pin} {_drift_word(overview, pin)}" for pin in note.pins]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n" if blocks else "Nobody has written a note yet.\n"


def log_text(changes: Sequence[Change], width: int | None = None) -> str:
    """Acts of people, newest first: when, who, what."""
    rows = [(moment(change.at), change.by, _one_line(change.summary)) for change in reversed(changes)]
    return "\n".join(aligned(rows, indent="", width=width)) + "\n" if rows else "Nobody has done anything yet.\n"
