"""The soak window: how far each arm is, and the day on which it closes if nothing breaks before."""

from __future__ import annotations

import datetime as dt

from textual.content import Content

from pawtui.probes.facts import SoakFacts
from pawtui.refresh.model import SignalReading
from pawtui.report.words import counted
from pawtui.tui.content import ALERT, LINK, MUTED, concat, line, spaced, trusted
from pawtui.tui.page import Block, heading, pair

_CELLS = 14


def soak_blocks(reading: SignalReading | None) -> list[Block]:
    """The window of the signal's soak probe; nothing where it has none or the window is not open yet."""
    probes = reading.probes if reading else ()
    facts = next((one.facts for one in probes if isinstance(one.facts, SoakFacts)), None)
    if facts is None or facts.anchor_at is None:
        return []
    mode = "both arms must close" if facts.mode == "both" else "either arm closes it"
    blocks = [
        heading("Window", line(f"since {facts.anchor} of {facts.anchor_at.date()}; {mode}", MUTED)),
        pair("quiet", _days(facts.quiet_days, facts.quiet_on, facts.days, at_most=facts.quiet_at_most)),
        pair("age", _days(facts.age_days, facts.age_on, facts.days)),
        pair("releases", _releases(facts)),
    ]
    last = facts.last_break
    if last is not None:
        words = concat(line(last.sha[:10], LINK), trusted("  "), line(last.subject))
        blocks.append(pair("last break", spaced([line(f"{last.at.date()}", MUTED), words])))
    if facts.met_on is not None:
        blocks.append(pair("closes", line(f"on {facts.met_on}, if nothing breaks before", ALERT)))
    return blocks


def _days(run: int, on: dt.date | None, days: int, *, at_most: bool = False) -> Content:
    """`██████░░░░ 17 of 28 days, on 2026-12-01`."""
    filled = min(_CELLS, run * _CELLS // days) if days > 0 else 0
    when = f", {'since' if run >= days else 'on'} {on}" if on else ""
    bar = concat(trusted("█" * filled, LINK), trusted("░" * (_CELLS - filled), MUTED))
    most = "at most " if at_most else ""
    return concat(bar, trusted("  "), line(f"{most}{run} of {counted(days, 'day')}{when}"))


def _releases(facts: SoakFacts) -> Content:
    closed = "closed" if facts.releases_closed else "not closed yet"
    return line(f"{facts.releases}, with {counted(facts.minors, 'minor')}: this arm is {closed}")
