"""Judge recorded facts again, with other thresholds: the state that a probe would have had on that day.

No new facts are read. If the count was too high on that day, merges of older commits were not checked: then the count
alone decides.
"""

import datetime as dt

from pawtui.probes.kinds import churn_probe
from pawtui.probes.kinds.soak_probe import soak_status
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
from pawtui.probes.rules import state_for_count, unknown_if_incomplete
from pawtui.probes.state import State, worst
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
)


def rejudge(probe: Probe, reading: ProbeReading, policy: Policy, day: dt.date) -> State:
    """Return the state of a reading of that day with this probe's thresholds and this policy.

    A reading of another kind, without facts or without thresholds keeps its state.
    """
    match probe, reading.facts:
        case ReleaseProbe(), ReleaseFacts() as facts:
            return "met" if facts.stable >= probe.met else "unmet"
        case SoakProbe(), SoakFacts() as facts:
            return _soak(probe, facts, reading.state, policy, day)
        case ChurnProbe(), ChurnFacts() as facts:
            return "unmet" if facts.young else _in_doubt(_churn(probe, facts), reading)
        case SubjectsProbe(), SubjectsFacts() as facts:
            state = state_for_count(facts.matching, probe.met, probe.partial)
            return _in_doubt("partial" if state == "met" and facts.breaks else state, reading)
        case NamesProbe(), NamesFacts() as facts:
            return _names(probe, facts)
        case NewFilesProbe(), NewFilesFacts() as facts:
            return _new_files(probe, facts, reading, day)
        case IssuesProbe(), IssuesFacts() as facts:
            return _issues(probe, facts, reading)
        case PullsProbe(), PullsFacts() as facts:
            total = len(facts.open) + len(facts.merged) + facts.unnumbered
            return _in_doubt(state_for_count(total, probe.met, probe.partial), reading)
        case _:
            return reading.state


def _in_doubt(state: State, reading: ProbeReading) -> State:
    """Return the state of a count; if the count was in doubt, only `unmet` is certain."""
    return "unknown" if reading.state == "unknown" and state != "unmet" else state


def _soak(probe: SoakProbe, facts: SoakFacts, recorded: State, policy: Policy, day: dt.date) -> State:
    if facts.anchor_at is None:
        # The window was not open.
        return recorded
    status = soak_status(
        probe,
        today=day,
        anchor=facts.anchor_at.date(),
        last_break=facts.last_break.at.date() if facts.last_break else None,
        releases=facts.releases,
        minors=facts.minors,
    )
    state = status.state(probe, policy.soak)
    if policy.soak == "either" and status.releases_closed:
        return state
    return "unknown" if facts.quiet_at_most and state != "unmet" else state


def _churn(probe: ChurnProbe, facts: ChurnFacts) -> State:
    states = [churn_probe.judge(probe, facts.total, facts.peak)] if churn_probe.has_total_limit(probe) else []
    limited = [(probe.limits[surface.name], surface) for surface in facts.surfaces if surface.name in probe.limits]
    states += [churn_probe.judge(limits, surface.count, surface.peak) for limits, surface in limited]
    return worst(states)


def _names(probe: NamesProbe, facts: NamesFacts) -> State:
    state = state_for_count(len(facts.removed), probe.met, probe.partial)
    if state == "met" and facts.before and facts.before != facts.file:
        # A moved file is at best partial.
        state = "partial"
    return unknown_if_incomplete(state, facts.unsure)


def _new_files(probe: NewFilesProbe, facts: NewFilesFacts, reading: ProbeReading, day: dt.date) -> State:
    whole = len(facts.matching) - len(facts.partly)
    state = state_for_count(whole, probe.met, probe.partial)
    if state == "partial" and probe.days_unmet:
        # Records of version 0.1.0 have only commits.
        newest = facts.added_on or max((commit.at.date() for commit in facts.commits), default=None)
        if newest is None:
            return reading.state if reading.state == "unmet" else "unknown"
        state = "unmet" if (day - newest).days <= probe.days_unmet else "partial"
    if state == "met" and len(facts.matching) > probe.met:
        state = "partial"
    if facts.unread and state != "unmet":
        # No more files were read after the state of that day was decided.
        return "unmet" if reading.state == "unmet" and probe.met == 0 and whole else "unknown"
    return _in_doubt(state, reading)


def _issues(probe: IssuesProbe, facts: IssuesFacts, reading: ProbeReading) -> State:
    states: list[State] = []
    if probe.watch:
        states.append(_in_doubt(state_for_count(facts.undone, probe.met, probe.partial), reading))
    if probe.query:
        found = facts.found
        states.append("unknown" if found is None else state_for_count(found, probe.query_met, probe.query_partial))
    return worst(states)
