"""The states of a probe, a part and a signal, their order, and the state of a count."""

from collections.abc import Iterable, Sequence
from typing import Literal

State = Literal["met", "partial", "unmet", "unknown"]
STATES: tuple[State, ...] = ("met", "partial", "unmet", "unknown")
WORST_FIRST: tuple[State, ...] = ("unmet", "unknown", "partial", "met")


def worst(states: Iterable[State]) -> State:
    """Return the worst state; `unknown` without any state."""
    return min(states, key=WORST_FIRST.index, default="unknown")


def state_for_count(count: int, met: int, partial: int) -> State:
    """Return `met` for a count up to the number `met`, `partial` for one up to `partial`, `unmet` for a higher one."""
    if count <= met:
        return "met"
    return "partial" if count <= partial else "unmet"


def partial_clause(met: int, partial: int) -> str:
    """Return `, partial up to 4` for a rule; empty if `partial` allows no more than `met`."""
    return f", partial up to {partial}" if partial > met else ""


def unknown_if_incomplete(state: State, incomplete: Sequence[str] | bool) -> State:
    """Return the state of a count. If it is `incomplete`, or has reasons for that, only `unmet` is certain.

    The true count may be higher.
    """
    return "unknown" if incomplete and state != "unmet" else state
