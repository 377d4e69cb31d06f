"""What measuring a probe yields: a state, the facts behind it and the evidence for them.

These structs are part of the record and of what `--json` promises; a renamed key is a breaking change.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from pawtui.moments import Moment

State = Literal["met", "partial", "unmet", "unknown"]
STATES: tuple[State, ...] = ("met", "partial", "unmet", "unknown")


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person can open: words, a link and, where it is a file or commit, its pin."""

    text: str
    url: str = ""
    pin: str = ""
    at: Moment | None = None


class ProbeFacts(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every kind's facts have: the head they were read at, and the day the probe is met if nothing else happens.

    Each kind adds its own (`facts.py`).
    """

    head: str = ""
    met_on: dt.date | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one probe found. `summary` is a few words for a list, `cause` says why a state is `unknown`.

    `gaps` are sentences on what the reading does not cover. `rule` is the rule in words where the finding makes it more
    exact (which of several files was read).
    """

    state: State
    summary: str
    facts: ProbeFacts
    evidence: tuple[Evidence, ...] = ()
    cause: str = ""
    gaps: tuple[str, ...] = ()
    rule: str = ""
