"""Words, glyphs and numbers for screens, plain text and exports.

Each state is shown with its glyph and its name, never with colour alone.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pawtui.moments import day_text
from pawtui.phrases import counted, short_sha
from pawtui.refresh.pins import pin_or_none
from pawtui.refresh.refresh_types import PartReading, PlanStatus, Range, Refresh, RepoSnapshot
from pawtui.review.overview import Overview
from pawtui.review.record_types import GateState
from pawtui.review.subject_status import GateStatus

STATE_GLYPH: Mapping[str, str] = {"met": "=", "partial": "~", "unmet": "x", "unknown": "?"}
GATE_GLYPH: Mapping[str, str] = {
    "satisfied": "[x]",
    "stale": "[~]",
    "unchecked": "[?]",
    "blocked": "[!]",
    "untested": "[ ]",
}
DRIFT_GLYPH: Mapping[str, str] = {"fresh": "=", "changed": "≠", "moved": "→", "gone": "x", "unchecked": "?"}
DECISION_WORD: Mapping[str, str] = {"go": "GO", "hold": "HOLD", "no-go": "NO-GO"}
# Glyphs by the role of a span. A pin and a gate can both be unchecked.
GLYPHS: Mapping[str, str] = {**STATE_GLYPH, **GATE_GLYPH, **DRIFT_GLYPH, "gate-unchecked": GATE_GLYPH["unchecked"]}

# Bars with a height of 0 to 8 eighths of a line.
BARS = " ▁▂▃▄▅▆▇█"
# Units of time: the upper limit in seconds, the length in seconds, the long and the short name.
_UNITS: tuple[tuple[float, float, str, str], ...] = (
    (60, 1, "second", "s"),
    (3600, 60, "minute", "min"),
    (2 * 86400, 3600, "hour", "h"),
    # Two months and two years have 60.88 and 730.5 days.
    (61 * 86400, 86400, "day", "d"),
    (731 * 86400, 30.44 * 86400, "month", "mo"),
    (float("inf"), 365.25 * 86400, "year", "y"),
)
_LONG_SHA = re.compile(r"@([0-9a-f]{10})[0-9a-f]+")
# The part of a pin to a file before the name of the file.
_REPO_AND_FOLDER = re.compile(r"[^\s/]+/[^\s/@]+@[0-9a-f]{40}:(?:\S*/)?")


def ago(then: dt.datetime, now: dt.datetime, *, brief: bool = False) -> str:
    """Return a relative time in one unit: `just now`, `5 minutes ago`, `in 2 hours`; brief: `5 min ago`."""
    seconds = (now - then).total_seconds()
    if abs(seconds) < 10:
        return "just now"
    _, per, word, short = next(unit for unit in _UNITS if abs(seconds) < unit[0])
    count = int(abs(seconds) // per)
    amount = f"{count} {short}" if brief else counted(count, word)
    return f"{amount} ago" if seconds > 0 else f"in {amount}"


def sparkline(values: Sequence[float]) -> str:
    """Return one character per value: a dot for zero, up to a full block for the largest value."""
    peak = max(values, default=0)
    top = len(BARS) - 1
    # A value above zero is at least the lowest bar.
    return "".join(BARS[max(1, round(value / peak * top))] if value > 0 else "·" for value in values)


def short_pin(pin: str) -> str:
    """Return a pin with its SHA cut to ten digits, for display."""
    return _LONG_SHA.sub(r"@\1", pin, count=1)


def with_file_names(text: str) -> str:
    """Return a text with the name and lines of the file instead of each pin to a file, and with short SHAs."""
    return short_pin(_REPO_AND_FOLDER.sub("", text))


def name_and_commit(pin: str) -> tuple[str, str]:
    """Return the path and lines of a pin to a file, and its commit; for other pins, their name and no commit.

    A list shows the commit last, so that a long line breaks before it.
    """
    parsed = pin_or_none(pin)
    if parsed is None or not parsed.sha:
        return pin, ""
    commit = f"{parsed.repo}@{short_sha(parsed.sha)}"
    return (parsed.path_and_lines, commit) if parsed.path_and_lines else (commit, "")


def short_name(subject: str) -> str:
    """Return the id of a signal or gate as words: `shadow replay` for `gate:shadow-replay`."""
    return subject.partition(":")[2].replace("-", " ") or subject


def met_counts(overview: Overview) -> str:
    """Return the counts: `1 of 5 signals met (1 by verdict), 0 of 6 gates satisfied`, and whether a review is due."""
    by_verdict = sum(status.overridden and status.effective == "met" for status in overview.signals)
    verdicts = f" ({by_verdict} by verdict)" if by_verdict else ""
    # After that day, the decision is based on a refresh that is too old.
    due = f"; review due since {overview.due}" if overview.is_due else ""
    return (
        f"{overview.met_count} of {counted(len(overview.signals), 'signal')} met{verdicts}, "
        f"{overview.satisfied_count} of {counted(len(overview.gates), 'gate')} satisfied{due}"
    )


def earliest_go(overview: Overview) -> str:
    """Return the first day of a go with its condition: `2026-12-01, if nothing else happens`; empty if unknown."""
    return f"{overview.earliest}, if nothing else happens" if overview.earliest else ""


def headline(overview: Overview) -> str:
    """Return the decision on one line: `HOLD: 1 of 5 signals met, 0 of 6 gates satisfied`."""
    return f"{DECISION_WORD[overview.decision]}: {met_counts(overview)}"


def last_change(overview: Overview) -> str:
    """Return the last change and the decision after it: `ann set plan to blocked. NO-GO: 1 of 5 signals met, ...`."""
    change = overview.record.log[-1]
    return f"{change.by} {change.summary}. {headline(overview)}."


def pin_counts(overview: Overview) -> str:
    """Return the number of pins in each drift state that occurs: `3 fresh, 1 moved`; empty without pins."""
    counts: Counter[str] = Counter(drift.state for drift in overview.drift.values())
    return ", ".join(f"{counts[state]} {state}" for state in DRIFT_GLYPH if counts[state])


def shown_gate_state(status: GateStatus) -> GateState | Literal["stale", "unchecked"]:
    """Return the shown state of a gate: `stale` or `unchecked` if it is satisfied with such evidence."""
    if status.state != "satisfied" or status.counts_as_satisfied:
        return status.state
    return "stale" if status.stale else "unchecked"


def range_size(range_: Range) -> str:
    """Return the size of a range: `229 commits and at least 300 changed files`.

    Without the previous commit among its ancestors, the head is compared with the common ancestor of both.
    """
    if not range_.ancestor and range_.commits == 0:
        return "no new commits"
    files = counted(range_.files, "changed file", at_least=range_.files_at_least)
    size = f"{counted(range_.commits, 'commit')} and {files}"
    return size if range_.ancestor else f"{size} since the common ancestor"


def brief_range_size(range_: Range, *, has_files: bool = True) -> str:
    """Return the size of a range for a list: `+229 commits, 300+ files`, or only its commits."""
    if range_.from_ == range_.to:
        return "no new commits"
    if range_.not_ancestor_reason:
        return range_.not_ancestor_reason
    commits, more = f"+{counted(range_.commits, 'commit')}", "+" if range_.files_at_least else ""
    return f"{commits}, {range_.files:,}{more} {'file' if range_.files == 1 else 'files'}" if has_files else commits


def ancestry(range_: Range) -> str:
    """Return the relation of the previous commit of a repository to its current head."""
    before = f", and was the head of the earlier ref {range_.ref_before}" if range_.ref_before else ""
    if range_.from_ == range_.to:
        return f"still the head{before}"
    if range_.ancestor:
        return f"an ancestor of the head{before}"
    if range_.ref_before:
        return f"on the earlier ref {range_.ref_before}"
    if range_.was_reset:
        return f"after the head: the branch was reset to an earlier commit, which removed {removed_commits(range_)}"
    removed = f", which removed {removed_commits(range_)}" if range_.behind else ""
    return f"not an ancestor of the head: the branch was rewritten{removed}"


def removed_commits(range_: Range) -> str:
    """Return the commits that a reset or a rewrite removed: `2 commits (aaaaaaaaaa feat: it; bbbbbbbbbb fix: that)`."""
    names = "; ".join(range_.undone)
    rest = range_.behind - len(range_.undone)
    more = f"; {rest:,} more" if range_.undone and rest > 0 else ""
    return counted(range_.behind, "commit") + (f" ({names}{more})" if names else "")


def snapshot_remarks(snapshot: RepoSnapshot) -> tuple[str, ...]:
    """Return the remarks on a repository: its earlier name, why its ref was not read, missing refs, other remarks."""
    renamed = f"repository renamed from {snapshot.renamed_from}" if snapshot.renamed_from else ""
    doubt = f"unknown: {snapshot.doubt}" if snapshot.doubt else ""
    missing = [_missing_ref(ref) for ref in snapshot.missing]
    return tuple(filter(None, (renamed, doubt, *missing, snapshot.remark)))


def _missing_ref(ref: str) -> str:
    """Return the remark on a missing ref, which is recorded as `dev`, or as `dev (now main)` if it was renamed."""
    name, _, new_name = ref.partition(" (now ")
    return f"ref {name} was renamed to {new_name.removesuffix(')')}" if new_name else f"ref {name} does not exist"


def part_words(part: PartReading) -> str:
    """Return a part without its state: `Crash recovery: no match in specs/v2/session.md`."""
    return f"{part.title}: {part.summary}" if part.summary else part.title


def cost(refresh: Refresh) -> str:
    """Return the requests of a refresh: `41 requests (4 not modified), 4,971 left this hour`."""
    spent = refresh.requests
    words = counted(spent.sent, "request")
    if spent.not_modified:
        words += f" ({spent.not_modified:,} not modified)"
    if spent.remaining is not None:
        words += f", {spent.remaining:,} left this hour"
    return words


def plan_summary(plan: PlanStatus) -> str:
    """Return the status of the plan: `waiting for approval since 2026-11-18 (posted by mira)`."""
    if plan.state == "none":
        return f"none posted ({plan.cause})" if plan.cause else "none posted"
    if plan.state == "unknown":
        return f"unknown: {plan.cause}"
    on = f" on {day_text(plan.at)}" if plan.at else ""
    if plan.recorded:
        state = "waiting for approval" if plan.state == "waiting" else plan.state
        return f"{state}, recorded by {plan.by}{on}: {plan.cause}"
    if plan.state == "waiting":
        since = f" since {day_text(plan.since)}" if plan.since else ""
        return f"waiting for approval{since} (posted by {plan.plan_by})"
    if plan.state == "unclear":
        return f"unclear: a comment by {plan.by}{on} may be about the approval"
    return f"{plan.state} by {plan.by}{on}"


def state_glyphs(refresh: Refresh, signal_ids: Iterable[str]) -> str:
    """Return the states of a refresh as a row of glyphs in the tracker's order; `-` for a signal without a reading."""
    readings = {reading.id: reading.state for reading in refresh.signals}
    return " ".join(STATE_GLYPH[readings[signal_id]] if signal_id in readings else "-" for signal_id in signal_ids)
