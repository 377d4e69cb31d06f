"""Small rules that several kinds of probe share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from pawtui.probes.look import Look
from pawtui.probes.reading import Evidence, State
from pawtui.sources.facts import Commit

EVIDENCE_LIMIT = 12


def at_most(count: int, met: int, partly: int) -> State:
    """`met` up to the first number, `partly` up to the second, `unmet` above."""
    return "met" if count <= met else "partly" if count <= partly else "unmet"


def worst(states: Iterable[State]) -> State:
    """The worst of several states: unmet, unknown, partly, met. What is known to be bad is not softened by doubt."""
    found = set(states)
    order: tuple[State, ...] = ("unmet", "unknown", "partly")
    return next((state for state in order if state in found), "met" if found else "unknown")


def plural(count: int, noun: str, many: str = "") -> str:
    """`1 commit`, `2 commits`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def listed(names: Iterable[str]) -> str:
    """`a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def window_start(look: Look, days: int) -> dt.date:
    """The day a window of so many days opens on."""
    return look.today - dt.timedelta(days=days)


def commit_evidence(look: Look, commits: Iterable[Commit], limit: int = EVIDENCE_LIMIT) -> tuple[Evidence, ...]:
    """The newest commits as evidence."""
    return tuple(
        Evidence(
            text=f"{commit.sha[:10]}  {commit.subject}",
            url=look.commit_url(commit.sha),
            pin=look.commit_pin(commit.sha),
            at=commit.at,
        )
        for commit in tuple(commits)[:limit]
    )
