"""Judge recorded facts again, with other thresholds: the state that a probe would have had on that day.

No new facts are read. If the count was too high on that day, merges of older commits were not checked: then the count
alone decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from pawtui.probes.finding import State
from pawtui.probes.kinds import churn_probe
from pawtui.probes.kinds.soak_probe import count_arms
from pawtui.probes.probe_facts import (
    ChurnFacts,
    IssuesFacts,
    NamesFacts,
    NewFilesFacts,
    PullsFacts,
    ReleaseFacts,
    SoakFacts,
    SubjectsFacts,
)
from pawtui.probes.reading import ProbeReading
from pawtui.probes.rules import state_for_count, worst
from pawtui.tracker.tracker_types import (
    ChurnProbe,
    IssuesProbe,
    NamesProbe,
    NewFilesProbe,
    Policy,
    Probe,
    PullsProbe,
    ReleaseProbe,
    SoakProbe,
    SubjectsProbe,
    kind_of,
)


def rejudge(probe: Probe, reading: ProbeReading, policy: Policy, day: dt.date) -> State:
    """Return the state of a reading of that day with this probe's thresholds and this policy.

    A reading of another kind, without facts or without thresholds keeps its state.
    """
    judge = _JUDGES.get(type(probe))
    if judge is None or reading.facts is None or reading.kind != kind_of(probe):
        return reading.state
    return judge(probe, reading, policy, day)


def _bounded(state: State, reading: ProbeReading) -> State:
    """Return a count's state; if the count was in doubt, only `unmet` is certain."""
    return "unknown" if reading.state == "unknown" and state != "unmet" else state


def _churn(probe: ChurnProbe, reading: ProbeReading, _policy: Policy, _day: dt.date) -> State:
    facts = reading.facts
    if not isinstance(facts, ChurnFacts):
        return reading.state
    if facts.young:
        return "unmet"
    whole = probe.met is not None or probe.met_share is not None
    states = [churn_probe.judge(probe, facts.total, facts.peak)] if whole else []
    limited = [(probe.limits[surface.name], surface) for surface in facts.surfaces if surface.name in probe.limits]
    states += [churn_probe.judge(limits, surface.count, surface.peak) for limits, surface in limited]
    return _bounded(worst(states), reading)


def _subjects(probe: SubjectsProbe, reading: ProbeReading, _policy: Policy, _day: dt.date) -> State:
    facts = reading.facts
    if not isinstance(facts, SubjectsFacts):
        return reading.state
    state = state_for_count(facts.matching, probe.met, probe.partial)
    return _bounded("partial" if state == "met" and facts.breaks else state, reading)


def _names(probe: NamesProbe, reading: ProbeReading, _policy: Policy, _day: dt.date) -> State:
    facts = reading.facts
    if not isinstance(facts, NamesFacts):
        return reading.state
    state = state_for_count(len(facts.removed), probe.met, probe.partial)
    if state == "met" and facts.before and facts.before != facts.file:
        # A moved file is at best partial.
        state = "partial"
    return "unknown" if facts.unsure and state != "unmet" else state


def _new_files(probe: NewFilesProbe, reading: ProbeReading, _policy: Policy, day: dt.date) -> State:
    facts = reading.facts
    if not isinstance(facts, NewFilesFacts):
        return reading.state
    whole = len(facts.matching) - len(facts.partly)
    state = state_for_count(whole, probe.met, probe.partial)
    if state == "partial" and probe.days_unmet:
        newest = max((commit.at.date() for commit in facts.commits), default=None)
        if newest is None:
            return reading.state if reading.state == "unmet" else "unknown"
        state = "unmet" if (day - newest).days <= probe.days_unmet else "partial"
    if state == "met" and len(facts.matching) > probe.met:
        state = "partial"
    if facts.unread and state != "unmet":
        # No more files were read after the state of that day was decided.
        return "unmet" if reading.state == "unmet" and probe.met == 0 and whole else "unknown"
    return _bounded(state, reading)


def _issues(probe: IssuesProbe, reading: ProbeReading, _policy: Policy, _day: dt.date) -> State:
    facts = reading.facts
    if not isinstance(facts, IssuesFacts):
        return reading.state
    states: list[State] = []
    if probe.watch:
        states.append(_bounded(state_for_count(facts.undone, probe.met, probe.partial), reading))
    if probe.query:
        found = facts.found
        states.append("unknown" if found is None else state_for_count(found, probe.query_met, probe.query_partial))
    return worst(states)


def _pulls(probe: PullsProbe, reading: ProbeReading, _policy: Policy, _day: dt.date) -> State:
    facts = reading.facts
    if not isinstance(facts, PullsFacts):
        return reading.state
    total = len(facts.open) + len(facts.merged) + facts.unnumbered
    return _bounded(state_for_count(total, probe.met, probe.partial), reading)


def _release(probe: ReleaseProbe, reading: ProbeReading, _policy: Policy, _day: dt.date) -> State:
    facts = reading.facts
    if not isinstance(facts, ReleaseFacts):
        return reading.state
    return "met" if facts.stable >= probe.met else "unmet"


def _soak(probe: SoakProbe, reading: ProbeReading, policy: Policy, day: dt.date) -> State:
    facts = reading.facts
    if not isinstance(facts, SoakFacts) or facts.anchor_at is None:
        # The window was not open.
        return reading.state
    arms = count_arms(
        probe,
        today=day,
        anchor=facts.anchor_at.date(),
        last_break=facts.last_break.at.date() if facts.last_break else None,
        releases=facts.releases,
        minors=facts.minors,
    )
    state = arms.state(probe, policy.soak)
    if policy.soak == "either" and arms.releases_closed:
        return state
    return "unknown" if facts.quiet_at_most and state != "unmet" else state


_JUDGES: Mapping[type[Probe], Callable[[Any, ProbeReading, Policy, dt.date], State]] = {
    ChurnProbe: _churn,
    SubjectsProbe: _subjects,
    NamesProbe: _names,
    NewFilesProbe: _new_files,
    IssuesProbe: _issues,
    PullsProbe: _pulls,
    ReleaseProbe: _release,
    SoakProbe: _soak,
}
