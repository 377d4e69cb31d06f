"""Every kind of probe: which file measures it, how its rule reads, and what its facts are.

A new kind is a struct in `tracker/model.py`, a file here with `Facts`, `rule` and `measure`, and a line in this one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from pawtui.probes import (
    attested,
    churn,
    issues,
    json_field,
    names,
    new_files,
    paths,
    pulls,
    release,
    soak,
    subjects,
    text,
)
from pawtui.probes.context import ProbeContext
from pawtui.probes.finding import Evidence, Finding, State
from pawtui.tracker import model
from pawtui.tracker.model import Policy, Probe, SoakProbe

Facts = (
    release.Facts
    | soak.Facts
    | paths.Facts
    | text.Facts
    | churn.Facts
    | subjects.Facts
    | names.Facts
    | new_files.Facts
    | issues.Facts
    | pulls.Facts
    | json_field.Facts
    | attested.Facts
)


class Kind(NamedTuple):
    """How one kind is measured, and its rule in words."""

    measure: Callable[[Any, ProbeContext], Awaitable[Finding]]
    rule: Callable[[Any], str]


KINDS: Mapping[type[Probe], Kind] = {
    model.ReleaseProbe: Kind(release.measure, release.rule),
    model.SoakProbe: Kind(soak.measure, lambda probe: soak.rule(probe, "either")),
    model.PathsProbe: Kind(paths.measure, paths.rule),
    model.TextProbe: Kind(text.measure, text.rule),
    model.ChurnProbe: Kind(churn.measure, churn.rule),
    model.SubjectsProbe: Kind(subjects.measure, subjects.rule),
    model.NamesProbe: Kind(names.measure, names.rule),
    model.NewFilesProbe: Kind(new_files.measure, new_files.rule),
    model.IssuesProbe: Kind(issues.measure, issues.rule),
    model.PullsProbe: Kind(pulls.measure, pulls.rule),
    model.JsonProbe: Kind(json_field.measure, json_field.rule),
    model.AttestedProbe: Kind(attested.measure, attested.rule),
}


class ProbeReading(msgspec.Struct, frozen=True, kw_only=True):
    """What one probe found: the rule in words, the facts against it, the evidence, and what it does not cover.

    `summary` is the finding in a few words for a list; `cause` says why a state is `unknown`; `facts` are None where it
    could not be measured. `part` is the id of the signal's part that it measures; one that does not `decide` the
    signal's state is shown as evidence only.
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


def rule_of(probe: Probe, policy: Policy) -> str:
    """The probe's rule in words, whether or not it could be measured."""
    if isinstance(probe, SoakProbe):
        return soak.rule(probe, policy.soak)
    return KINDS[type(probe)].rule(probe)
