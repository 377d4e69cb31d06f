"""The result of measuring a probe: a state, its facts and their evidence, and the order of the states.

These structs are part of the record and of the `--json` contract; a renamed key is a breaking change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

import msgspec

from pawtui.moments import Moment

State = Literal["met", "partial", "unmet", "unknown"]
STATES: tuple[State, ...] = ("met", "partial", "unmet", "unknown")
WORST_FIRST: tuple[State, ...] = ("unmet", "unknown", "partial", "met")


def worst(states: Iterable[State]) -> State:
    """Return the worst state; `unknown` without any state."""
    return min(states, key=WORST_FIRST.index, default="unknown")


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """An evidence item: a text, a link, and the pin of a file or commit."""

    text: str
    url: str = ""
    pin: str = ""
    at: Moment | None = None


class ProbeFacts(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The keys that all kinds of facts have; `probe_facts.py` adds the keys of each kind.

    `head` is the commit that was read. `met_on` is the date on which the probe is met if nothing else happens.
    """

    head: str = ""
    met_on: dt.date | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one probe. `summary` is a short text for a list, `cause` is the reason for an `unknown` state.

    `gaps` are sentences about facts that the reading does not cover. `rule` is the rule in words if the finding makes
    it more exact (such as the file that was read).
    """

    state: State
    summary: str
    facts: ProbeFacts
    evidence: tuple[Evidence, ...] = ()
    cause: str = ""
    gaps: tuple[str, ...] = ()
    rule: str = ""
