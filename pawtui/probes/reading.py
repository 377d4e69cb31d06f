"""What a refresh records of one probe."""

from __future__ import annotations

import msgspec

from pawtui.probes.finding import Evidence, State
from pawtui.probes.probe_facts import Facts


class ProbeReading(msgspec.Struct, frozen=True, kw_only=True):
    """What one probe found: its rule in words, the facts, the evidence, and what they do not cover (`gaps`).

    `summary` is the finding in a few words; `cause` says why a state is `unknown`. `facts` is None if the probe could
    not be measured. `part` and `decides` are those of the tracker. `absence`: it is met by what is not there, which
    shows nothing by itself.
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
