"""The two tables of the summary, signals and gates, and pins as links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pawtui.probes.finding import Evidence
from pawtui.refresh.model import STALE, Drift
from pawtui.refresh.pins import Pin, PinError, parse_pin
from pawtui.report import escape
from pawtui.report.words import counted, doubt, parts_met
from pawtui.review.model import Verdict
from pawtui.review.views import GateView, Overview, SignalView

_EVIDENCE_SHOWN = 3
_PINS_SHOWN = 5


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(titles)
    yield _row("---" for _ in titles)
    yield from (_row(row) for row in rows)


def signals_table(overview: Overview, web: str) -> Iterator[str]:
    """`Signal | State | Measured | Evidence`: what counts, what was measured, who overruled it and why."""
    rows = (
        (
            escape.outside(view.signal.title, cell=True),
            _signal_state(view),
            _measured(view),
            _signal_evidence(view, web),
        )
        for view in overview.signals
    )
    return _table(("Signal", "State", "Measured", "Evidence"), rows)


def _signal_state(view: SignalView) -> str:
    verdict = view.verdict
    if verdict is None:
        return f"**{view.effective}**"
    if view.renewal:
        renewal = escape.outside(view.renewal, cell=True)
        return f"**{view.effective}**; the verdict {verdict.state} is asked for again: {renewal}"
    over = f"overruled, measured {view.measured}" if view.overridden else "confirmed"
    return f"**{view.effective}**, {over}: {_verdict(verdict)}"


def _verdict(verdict: Verdict) -> str:
    until = f" until {verdict.until}" if verdict.until else ""
    by = escape.code(verdict.by, cell=True)
    return f"{escape.literal(verdict.reason)} ({by}, {verdict.at:%Y-%m-%d}{until})"


def _measured(view: SignalView) -> str:
    if view.reading is None:
        return "not measured yet"
    if not view.reading.probes:
        return "no probes"
    several = len(view.reading.probes) > 1
    parts = [f"**{parts_met(view.reading)} met**"] if view.reading.parts else []
    parts += [f"{escape.outside(part.title, cell=True)} {part.state}" for part in view.reading.parts]
    for probe in view.reading.probes:
        cause = f" ({escape.outside(probe.cause, cell=True)})" if probe.state == "unknown" and probe.cause else ""
        prefix = f"{probe.kind} {probe.state}: " if several else ""
        parts.append(f"{prefix}{escape.outside(probe.summary, cell=True)}{cause}")
    return "; ".join(parts)


def _evidence(evidence: Evidence) -> str:
    return escape.link(evidence.text, evidence.url, cell=True)


def _signal_evidence(view: SignalView, web: str) -> str:
    found = [evidence for probe in view.reading.probes for evidence in probe.evidence] if view.reading else []
    shown = [_evidence(evidence) for evidence in found[:_EVIDENCE_SHOWN]]
    if len(found) > _EVIDENCE_SHOWN:
        shown.append(f"{len(found) - _EVIDENCE_SHOWN} more")
    shown += [pin_link(drift.pin, web, drift, cell=True) for drift in (*view.stale, *view.unchecked)]
    if view.notes:
        shown.append(counted(len(view.notes), "note"))
    return ", ".join(part for part in shown if part) or "none"


def gates_table(overview: Overview, web: str) -> Iterator[str]:
    """`Gate | State | Evidence`: the state as it counts, reason, who and when, parts, pins and what became of them."""
    rows = (
        (escape.outside(view.gate.title, cell=True), _gate_state(view), _gate_evidence(view, overview, web))
        for view in overview.gates
    )
    return _table(("Gate", "State", "Evidence"), rows)


def _gate_state(view: GateView) -> str:
    if view.state == "satisfied" and not view.holds:
        return f"**satisfied, on {doubt(view)}**: does not count"
    return f"**{view.state}**"


def _gate_evidence(view: GateView, overview: Overview, web: str) -> str:
    entry = view.entry
    parts = []
    if entry is not None:
        by = f"{escape.code(entry.by, cell=True)}, {entry.at:%Y-%m-%d}"
        parts.append(f"{escape.literal(entry.reason)} ({by})" if entry.reason else f"by {by}")
    if view.gate.parts:
        ticked = [part.id for part in view.gate.parts if entry and part.id in entry.parts]
        named = f" ({', '.join(escape.outside(name, cell=True) for name in ticked)})" if ticked else ""
        parts.append(f"{len(ticked)} of {counted(len(view.gate.parts), 'part')}{named}")
    pins = entry.pins if entry else ()
    parts += [pin_link(pin, web, overview.drift.get(pin), cell=True) for pin in pins[:_PINS_SHOWN]]
    others = [drift for drift in (*view.stale, *view.unchecked) if drift.pin not in pins[:_PINS_SHOWN]]
    parts += [pin_link(drift.pin, web, drift, cell=True) for drift in others[:_PINS_SHOWN]]
    if more := len({*pins[_PINS_SHOWN:], *(drift.pin for drift in others)}) - len(others[:_PINS_SHOWN]):
        parts.append(counted(more, "more pin"))
    if view.notes:
        parts.append(counted(len(view.notes), "note"))
    return "; ".join(parts) or "none yet"


def _label(pin: Pin) -> str:
    text = str(pin)
    return text.replace(pin.sha, pin.sha[:10], 1) if pin.sha else text


def pin_link(text: str, web: str, drift: Drift | None = None, *, cell: bool = False) -> str:
    """A pin as a permalink, its SHA shortened in the label; what became of it after it, where that is a warning."""
    try:
        pin = parse_pin(text)
    except PinError:
        shown = escape.code(text, cell=cell)
    else:
        shown = escape.link(_label(pin), pin.web(web), cell=cell)
    if drift is not None and drift.failed:
        return f"{shown} (**could not be checked**)"
    return f"{shown} (**{drift.state}** since)" if drift is not None and drift.state in STALE else shown
