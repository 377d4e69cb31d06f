"""The words, glyphs and numbers in which every view tells the same thing: screens, plain text and exports.

A state is never told by colour or glyph alone: a view shows the glyph and the word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from pawtui.probes.finding import State
from pawtui.refresh.model import Decision, DriftState, PlanStatus, Range, Refresh
from pawtui.review.model import GateState
from pawtui.review.views import GateView, Overview

STATE_GLYPH: dict[State, str] = {"met": "=", "partial": "~", "unmet": "x", "unknown": "?"}
GATE_GLYPH: dict[GateState, str] = {"satisfied": "[x]", "blocked": "[!]", "untested": "[ ]"}
DRIFT_GLYPH: dict[DriftState, str] = {"fresh": "=", "changed": "≠", "moved": "→", "gone": "x", "unchecked": "?"}
DECISION_WORD: dict[Decision, str] = {"go": "GO", "hold": "HOLD", "no-go": "NO-GO"}

# From blank for nothing to a full block: distinguishable by height alone.
_BARS = " ▁▂▃▄▅▆▇█"
_STEPS = (
    (60, 1, "s"),
    (3600, 60, "min"),
    (2 * 86400, 3600, "h"),
    (60 * 86400, 86400, "d"),
    (730 * 86400, 30.44 * 86400, "mo"),
)


def ago(then: dt.datetime, now: dt.datetime) -> str:
    """How long ago, in one unit: `just now`, `5 min ago`, `2 h ago`, `3 mo ago`; `in 2 h` for the future."""
    seconds = (now - then).total_seconds()
    if abs(seconds) < 10:
        return "just now"
    size = abs(seconds)
    count, unit = next(
        ((int(size // per), unit) for below, per, unit in _STEPS if size < below),
        (int(size // (365.25 * 86400)), "y"),
    )
    return f"{count} {unit} ago" if seconds > 0 else f"in {count} {unit}"


def sparkline(values: Sequence[float]) -> str:
    """One character per value, by height against the largest: blank is zero, a full block the peak."""
    peak = max(values, default=0)
    if peak <= 0:
        return " " * len(values)
    top = len(_BARS) - 1
    # Anything above zero shows at least the lowest bar.
    return "".join(_BARS[max(1, round(value / peak * top))] if value > 0 else _BARS[0] for value in values)


def counted(number: int, one: str, many: str = "", *, at_least: bool = False) -> str:
    """`1 commit`, `1,204 commits`, `at least 300 files`."""
    return f"{'at least ' if at_least else ''}{number:,} {one if number == 1 else many or one + 's'}"


def tally(overview: Overview) -> str:
    """How far it is: `1 of 5 signals met, 0 of 6 gates satisfied (1 overruled)`."""
    met = sum(view.effective == "met" for view in overview.signals)
    holding = sum(view.holds for view in overview.gates)
    overridden = sum(view.overridden for view in overview.signals)
    summary = (
        f"{met} of {counted(len(overview.signals), 'signal')} met, "
        f"{holding} of {counted(len(overview.gates), 'gate')} satisfied"
    )
    return f"{summary} ({overridden} overruled)" if overridden else summary


def doubt(view: GateView) -> str:
    """What a gate is satisfied on where it does not count."""
    return "stale evidence" if view.stale else "evidence that could not be checked"


def moment(at: dt.datetime) -> str:
    """A time as records and exports write it: `2026-11-20 14:02 UTC`."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


def movement(range_: Range) -> str:
    """What lies in a range, as maintainers write it: `229 commits and at least 300 changed files`."""
    commits = counted(range_.commits, "commit")
    files = counted(range_.files, "changed file", at_least=range_.files_at_least)
    return f"{commits} and {files}"


def ancestry(range_: Range) -> str:
    """What became of the previous head, in words."""
    if range_.from_ == range_.to:
        return "is still the current head"
    if range_.ancestor:
        return "is still an ancestor of the current head"
    return "is no longer an ancestor of the current head: the branch was rewritten"


def cost(refresh: Refresh) -> str:
    """What a refresh spent: `41 requests (4 not modified), 4,971 left this hour`."""
    spent = refresh.requests
    summary = counted(spent.sent, "request")
    if spent.not_modified:
        summary += f" ({spent.not_modified:,} not modified)"
    if spent.remaining is not None:
        summary += f", {spent.remaining:,} left this hour"
    return summary


def plan_summary(plan: PlanStatus) -> str:
    """Where the plan stands: `waiting for approval since 2026-11-18 (by mira)`."""
    if plan.state == "none":
        return f"none posted yet ({plan.cause})" if plan.cause else "none posted yet"
    if plan.state == "unknown":
        return f"unknown: {plan.cause}"
    on = f" on {plan.at:%Y-%m-%d}" if plan.at else ""
    if plan.recorded:
        state = "waiting for approval" if plan.state == "waiting" else plan.state
        return f"{state}, recorded by {plan.by}{on}: {plan.cause}"
    if plan.state == "waiting":
        since = f" since {plan.since:%Y-%m-%d}" if plan.since else ""
        return f"waiting for approval{since} (posted by {plan.plan_by})"
    if plan.state == "unclear":
        return f"unclear: a comment of {plan.by}{on} may be about approval. Record what it means: `pawtui plan`"
    return f"{plan.state} by {plan.by}{on}"


def strip(refresh: Refresh, signal_ids: Iterable[str]) -> str:
    """The readings of a refresh as a row of glyphs in the tracker's order; `-` where there was none."""
    readings = {reading.id: reading.state for reading in refresh.signals}
    return " ".join(STATE_GLYPH[readings[name]] if name in readings else "-" for name in signal_ids)
