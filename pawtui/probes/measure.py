"""Measure a probe of any kind.

A probe whose facts cannot be fetched is `unknown` with its cause; other probes and the refresh go on.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Any, Protocol, cast

from msgspec.structs import asdict, replace

from pawtui.probes.context import ProbeContext
from pawtui.probes.pattern import check_patterns
from pawtui.probes.reading import Finding, ProbeReading
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.signal_state import asks_for_absence
from pawtui.probes.unmeasurable import PathMissing, Unmeasurable
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.probe_types import Probe, kind_of
from pawtui.tracker.tracker_types import Policy


class KindModule(Protocol):
    """The functions in the module of a kind of probe. `probe` is the tracker's struct of that kind.

    A kind with thresholds has another one, `judge`, which returns the state for a probe and its facts (`rejudge.py`).
    """

    def rule(self, probe: Any, policy: Policy) -> str:
        """Return the probe's rule in words, also if it cannot be measured."""

    async def measure(self, probe: Any, context: ProbeContext, reader: RepoReader) -> Finding:
        """Return the finding of the probe in the repository of `reader`. Raises `SourceError` or `Unmeasurable`."""


def kind_module(probe: Probe) -> KindModule:
    """Return the module of the probe's kind."""
    return cast("KindModule", import_module(f"pawtui.probes.kinds.{kind_of(probe).replace('-', '_')}_probe"))


async def measure_probes(probes: Sequence[Probe], context: ProbeContext) -> list[ProbeReading]:
    """Return the reading of each probe. Failed requests are in the error log of the context.

    An unmeasurable fact (a missing path, a binary file, a slow pattern) is a finding, not an error.
    """
    return await asyncio.gather(*(_measure(probe, context) for probe in probes))


async def _measure(probe: Probe, context: ProbeContext) -> ProbeReading:
    module = kind_module(probe)
    new_reading = partial(
        ProbeReading,
        kind=kind_of(probe),
        rule=module.rule(probe, context.tracker.policy),
        part=probe.part,
        decides=probe.decides,
        absence=asks_for_absence(probe),
    )
    try:
        await check_patterns(probe)
        reader = await context.reader_of(probe)
        finding = await module.measure(probe, context, reader)
    except (SourceError, Unmeasurable) as error:
        context.error_log.add(error)
        summary = "path missing" if isinstance(error, PathMissing) else "could not be measured"
        return new_reading(state="unknown", summary=summary, cause=str(error), gaps=(str(error),))
    finding = replace(finding, facts=replace(finding.facts, head=reader.head.sha))
    # A reading has all fields of a finding.
    return new_reading(**asdict(finding))
