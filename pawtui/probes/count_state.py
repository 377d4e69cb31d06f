"""The state of a count by its limits, and of a count that may be too low."""

from collections.abc import Sequence

from pawtui.probes.state import State


def state_for_count(count: int, met: int, partial: int) -> State:
    """Return `met` up to the first number, `partial` up to the second, `unmet` above."""
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
