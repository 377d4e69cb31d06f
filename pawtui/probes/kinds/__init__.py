"""Every kind of probe: the file `<kind>_probe.py` says how it is measured and how its rule reads.

A new kind is a struct in `tracker/tracker_types.py`, its facts in `probes/probe_facts.py`, and a file here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from pawtui.probes.context import ProbeContext
from pawtui.probes.finding import Finding
from pawtui.tracker.tracker_types import Policy, Probe, kind_of


class Kind(Protocol):
    """What the file of a kind has. `probe` is the tracker's struct of that kind."""

    def rule(self, probe: Any, policy: Policy) -> str:
        """Say the probe's rule in words, whether or not it can be measured."""

    async def measure(self, probe: Any, context: ProbeContext) -> Finding:
        """Measure the probe. Raises `SourceError`, `Unmeasurable` or `PatternError`."""


def kind_for(probe: Probe) -> Kind:
    """Return the file of the probe's kind."""
    return cast("Kind", import_module(f"{__name__}.{kind_of(probe).replace('-', '_')}_probe"))
