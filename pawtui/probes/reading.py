"""The result of measuring a probe: the finding of its kind, and the reading that a refresh records.

`Evidence` and `ProbeReading` are part of the record and of the `--json` contract; a renamed key is a breaking change.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from pawtui.moments import Moment
from pawtui.probes.probe_facts import Facts
from pawtui.probes.state import State

# The end of a gap that counts the items of the evidence that are not listed.
NOT_LISTED = "not listed"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """An evidence item: a text, a link, a pin, and the time of the commit, tag, issue or pull request, if known."""

    text: str
    url: str = ""
    pin: str = ""
    at: Moment | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The result that a kind of probe returns. `summary` is a short text; `cause` is the reason for an `unknown` state.

    `gaps` are sentences about facts that the reading does not cover.
    """

    state: State
    summary: str
    facts: Facts
    evidence: tuple[Evidence, ...] = ()
    cause: str = ""
    gaps: tuple[str, ...] = ()


class ProbeReading(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a probe as a refresh records it. `rule` is the rule of the probe in words.

    `facts` is None if the probe could not be measured. `part` and `decides` come from the tracker. `absence`: the probe
    is met if something does not exist, which alone is no progress.
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


def numbered_probes(probes: Iterable[ProbeReading]) -> Iterator[tuple[tuple[str, int], ProbeReading]]:
    """Yield each probe with its kind and its number among the probes of this kind."""
    counts: Counter[str] = Counter()
    for probe in probes:
        yield (probe.kind, counts[probe.kind]), probe
        counts[probe.kind] += 1
