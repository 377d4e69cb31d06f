"""What a probe answers with: a state, the facts behind it and the evidence for them.

These structs are part of the record and of what `--json` promises; a renamed key is a breaking change.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

State = Literal["met", "partial", "unmet", "unknown"]
STATES: tuple[State, ...] = ("met", "partial", "unmet", "unknown")


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person can open: words, a link and, where it is a file or commit, its pin."""

    text: str
    url: str = ""
    pin: str = ""
    at: dt.datetime | None = None


class ProbeReading(msgspec.Struct, frozen=True, kw_only=True):
    """What one probe found: the rule in words, the facts against it, the evidence, and what was not looked at.

    `said` is the finding in a few words for a list; `cause` says why a state is `unknown`.
    """

    kind: str
    state: State
    summary: str
    rule: str
    facts: dict[str, Any] = msgspec.field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    cause: str = ""
    gaps: tuple[str, ...] = ()
