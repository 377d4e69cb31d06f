"""The words, glyphs and numbers in which every view tells the same thing: screens, plain text and exports.

A state is never told by colour or glyph alone: a view shows the glyph and the word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from pawtui.probes.finding import State
from pawtui.refresh.model import (
    Decision,
    DriftState,
    PartReading,
    PlanStatus,
    Range,
    Refresh,
    RepoSnapshot,
    SignalReading,
)
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
    """Return what became of the previous head: the branch went on, back or was rewritten, or another is followed."""
    before = f" (on {range_.ref_before}, which was followed before)" if range_.ref_before else ""
    if range_.from_ == range_.to:
        return f"is still the current head{before}"
    if range_.ancestor:
        return f"is still an ancestor of the current head{before}"
    if range_.ref_before:
        return f"is not an ancestor of the current head: another ref is followed, not {range_.ref_before} any more"
    if range_.reset_back:
        return f"is later than the current head: the branch was reset, which took back {undone(range_)}"
    return "is no longer an ancestor of the current head: the branch was rewritten"


def undone(range_: Range) -> str:
    """Return what a reset took back: `2 commits (aaaaaaaaaa feat: it; bbbbbbbbbb fix: that)`."""
    names = "; ".join(range_.undone)
    rest = range_.behind - len(range_.undone)
    more = f"; {rest:,} more" if range_.undone and rest > 0 else ""
    return counted(range_.behind, "commit") + (f" ({names}{more})" if names else "")


def ref_doubt(snapshot: RepoSnapshot) -> str:
    """Return why nothing was read from a ref: `unknown: v2 does not contain v2.3.2`; empty where it was read."""
    return f"unknown: {snapshot.doubt}" if snapshot.doubt else ""


def ref_notes(snapshot: RepoSnapshot) -> tuple[str, ...]:
    """Return what is odd about a followed ref: a doubt first, then refs that are gone or renamed, then the remark."""
    gone = tuple(
        f"{name} is called {now.removesuffix(')')} now" if now else f"{name} does not exist"
        for name, _, now in (one.partition(" (now ") for one in snapshot.missing)
    )
    return tuple(one for one in (ref_doubt(snapshot), *gone, snapshot.remark) if one)


def parts_met(reading: SignalReading) -> str:
    """Return how many parts of a signal are met: `3 of 5 parts`; empty for a signal without parts."""
    met = sum(part.state == "met" for part in reading.parts)
    return f"{met} of {counted(len(reading.parts), 'part')}" if reading.parts else ""


def part_line(part: PartReading) -> str:
    """Return a part on one line: `~ partial  Crash recovery: no match in specs/v2/session.md`."""
    return f"{STATE_GLYPH[part.state]} {part.state}  {part.title}" + (f": {part.summary}" if part.summary else "")


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
