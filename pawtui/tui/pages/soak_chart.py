"""The soak window: how far each arm is, and the day on which it closes if nothing breaks before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from textual.content import Content

from pawtui.refresh.model import SignalReading
from pawtui.report.words import counted
from pawtui.tui.content import ALERT, LINK, MUTED, concat, line, spaced, trusted
from pawtui.tui.page import Block, heading, pair

_CELLS = 14


def soak_blocks(reading: SignalReading | None) -> list[Block]:
    """The window of the signal's soak probe; nothing where it has none or its clock has not started."""
    facts = next((probe.facts for probe in reading.probes if probe.kind == "soak"), {}) if reading else {}
    if "anchor" not in facts:
        return []
    mode = "both arms must close" if facts.get("mode") == "both" else "either arm closes it"
    since = str(facts.get("anchor_at", ""))[:10]
    days = _whole(facts, "days")
    blocks = [
        heading("Window", line(f"since {facts['anchor']} of {since}; {mode}", MUTED)),
        pair("quiet", _days(facts, "quiet", days)),
        pair("age", _days(facts, "age", days)),
        pair("releases", _releases(facts)),
    ]
    last = facts.get("last_break")
    if isinstance(last, Mapping):
        words = concat(line(str(last.get("sha", ""))[:10], LINK), trusted("  "), line(str(last.get("subject", ""))))
        blocks.append(pair("last break", spaced([line(str(last.get("at", ""))[:10], MUTED), words])))
    met_on = facts.get("met_on")
    if isinstance(met_on, str):
        blocks.append(pair("closes", line(f"on {met_on}, if nothing breaks before", ALERT)))
    return blocks


def _whole(facts: Mapping[str, Any], key: str) -> int:
    value = facts.get(key)
    return value if isinstance(value, int) else 0


def _days(facts: Mapping[str, Any], arm: str, days: int) -> Content:
    """`██████░░░░ 17 of 28 days, on 2026-12-01`."""
    run = _whole(facts, f"{arm}_days")
    filled = min(_CELLS, run * _CELLS // days) if days > 0 else 0
    on = facts.get(f"{arm}_on")
    day = _date(on)
    when = f", {'since' if run >= days else 'on'} {day}" if day else ""
    bar = concat(trusted("█" * filled, LINK), trusted("░" * (_CELLS - filled), MUTED))
    return concat(bar, trusted("  "), line(f"{run} of {counted(days, 'day')}{when}"))


def _date(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _releases(facts: Mapping[str, Any]) -> Content:
    count, minors = _whole(facts, "releases"), _whole(facts, "minors")
    closed = "closed" if facts.get("releases_closed") else "not closed yet"
    return line(f"{count}, with {counted(minors, 'minor')}: this arm is {closed}")
