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
    """Something that you can open: a text, a link, and for a file or a commit its pin."""

    text: str
    url: str = ""
    pin: str = ""
    at: Moment | None = None


class ProbeFacts(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The keys that the facts of every kind have; each kind adds its own in `probe_facts.py`.

    `head` is the commit that was read. `met_on` is the date on which the probe is met if nothing else happens.
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
