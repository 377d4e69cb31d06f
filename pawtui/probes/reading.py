"""The reading of one probe, as a refresh records it."""

from __future__ import annotations

import msgspec

from pawtui.probes.finding import Evidence, State
from pawtui.probes.probe_facts import Facts


class ProbeReading(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one probe: its rule in words, the facts, the evidence, and the facts that are missing (`gaps`).

    `summary` is the finding in a few words; `cause` is the reason for an `unknown` state. `facts` is None if the probe
    could not be measured. `part` and `decides` come from the tracker. `absence`: the probe is met if something does not
    exist, which alone is no progress.
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
