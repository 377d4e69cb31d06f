"""What a refresh records of one probe."""

from __future__ import annotations

import msgspec

from pawtui.probes.facts import Facts
from pawtui.probes.finding import Evidence, State


class ProbeReading(msgspec.Struct, frozen=True, kw_only=True):
    """What one probe found: the rule in words, the facts against it, the evidence, and what it does not cover.

    `summary` is the finding in a few words for a list; `cause` says why a state is `unknown`; `facts` are None where it
    could not be measured. `part` is the id of the signal's part that it measures; one that does not `decide` the
    signal's state is shown as evidence only. `absence`: it is met by what is not there, which shows nothing by itself.
    """

    kind: str
    state: State
    summary: str
    rule: str
    facts: Facts | None = None
    evidence: tuple[Evidence, ...] = ()
    cause: str = ""
    gaps: tuple[str, ...] = ()
    part: str = ""
    decides: bool = True
    absence: bool = False
