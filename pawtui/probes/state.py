"""The states of a probe, a part and a signal, and their order."""

from collections.abc import Iterable
from typing import Literal

State = Literal["met", "partial", "unmet", "unknown"]
STATES: tuple[State, ...] = ("met", "partial", "unmet", "unknown")
WORST_FIRST: tuple[State, ...] = ("unmet", "unknown", "partial", "met")


def worst(states: Iterable[State]) -> State:
    """Return the worst state; `unknown` without any state."""
    return min(states, key=WORST_FIRST.index, default="unknown")
