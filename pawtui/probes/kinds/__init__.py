"""The kinds of probes: the file `<kind>_probe.py` measures a kind and words its rule.

A new kind is a struct in `tracker/tracker_types.py`, its facts in `probes/probe_facts.py`, and a file here.
"""

from importlib import import_module
from typing import Any, Protocol, cast

from pawtui.probes.context import ProbeContext
from pawtui.probes.reading import Finding
from pawtui.tracker.tracker_types import Policy, Probe, kind_of


class Kind(Protocol):
    """The functions in the file of a kind. `probe` is the tracker's struct of that kind."""

    def rule(self, probe: Any, policy: Policy) -> str:
        """Return the probe's rule in words, also if it cannot be measured."""

    async def measure(self, probe: Any, context: ProbeContext) -> Finding:
        """Return the finding of the probe. Raises `SourceError`, `Unmeasurable` or `PatternError`."""


def kind_for(probe: Probe) -> Kind:
    """Return the file of the probe's kind."""
    return cast("Kind", import_module(f"{__name__}.{kind_of(probe).replace('-', '_')}_probe"))
