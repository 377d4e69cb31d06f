"""Judge recorded facts again, with other thresholds: the state that a probe would have had on that day.

No new facts are read. `SurfaceWindow.check` searches for changes that a count lacks, but only if the count is low. If
it was high on that day, the count alone decides.
"""

import datetime as dt
from fnmatch import fnmatchcase

from msgspec.structs import replace

from pawtui.phrases import short_sha
from pawtui.probes.kinds import new_files_probe, soak_probe
from pawtui.probes.measure import kind_module
from pawtui.probes.probe_facts import ChurnFacts, Facts, IssuesFacts, NewFilesFacts, SoakFacts
from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import State, unknown_if_incomplete
from pawtui.probes.windows import window_start
from pawtui.tracker.probe_types import ChurnProbe, IssuesProbe, NewFilesProbe, Probe, SoakProbe, kind_of
from pawtui.tracker.tracker_types import Policy

# The keys of probes that their facts repeat.
_SHARED_KEYS = ("pattern", "breaking", "name", "body", "discards", "query", "line")


def rejudge(probe: Probe, reading: ProbeReading, policy: Policy, day: dt.date) -> State:
    """Return the state of a reading of that day with this probe's thresholds and this policy's soak rule.

    A reading of another kind, without facts or without thresholds keeps its state, and so does one that was measured
    with another window, surface or pattern.
    """
    facts = reading.facts
    if facts is None or facts.__struct_config__.tag != kind_of(probe) or not _is_same_measurement(probe, facts, day):
        return reading.state
    if isinstance(probe, SoakProbe) and isinstance(facts, SoakFacts):
        return _rejudge_soak(probe, facts, reading.state, policy, day)
    if isinstance(probe, NewFilesProbe) and isinstance(facts, NewFilesFacts):
        return _rejudge_new_files(probe, facts, reading.state, day)
    judge = getattr(kind_module(probe), "judge", None)
    if judge is None:
        return reading.state
    state: State = judge(probe, facts)
    # The facts do not have every reason why a reading is unknown.
    return unknown_if_incomplete(state, reading.state == "unknown")


def _is_same_measurement(probe: Probe, facts: Facts, day: dt.date) -> bool:
    """Return whether the facts were counted in the window, on the surfaces and with the patterns of the probe.

    Issues must be those that the probe watches, and a soak must have its start.
    """
    since: dt.date | None = getattr(facts, "since", None)
    if since is not None and since != window_start(day, getattr(probe, "days", 0)):
        return False
    if isinstance(probe, ChurnProbe) and isinstance(facts, ChurnFacts):
        names = {surface.name for surface in facts.surfaces}
        return not names or names == set(probe.surfaces)
    if isinstance(probe, SoakProbe) and isinstance(facts, SoakFacts) and not _is_same_start(probe, facts):
        return False
    if isinstance(probe, IssuesProbe) and isinstance(facts, IssuesFacts) and facts.watched:
        watched, wanted = {int(number) for number in facts.watched}, set(probe.watch)
        if not watched <= wanted or len(watched) + facts.unread != len(wanted):
            return False
    shared = [key for key in _SHARED_KEYS if hasattr(probe, key) and hasattr(facts, key)]
    # An older record may lack a key: then the facts have its default.
    return all(getattr(facts, key) in ("", getattr(probe, key)) for key in shared)


def _is_same_start(probe: SoakProbe, facts: SoakFacts) -> bool:
    """Return whether the window began at the start of the probe, or again on a day since which its file matches."""
    if not facts.anchor:
        # The window was not open.
        return True
    if probe.date:
        is_start = facts.anchor == probe.date.isoformat()
    elif probe.commit:
        is_start = facts.anchor.startswith(short_sha(probe.commit))
    else:
        is_start = fnmatchcase(facts.anchor, probe.line)
    is_day = facts.anchor_at is not None and facts.anchor == str(facts.anchor_at.date())
    return is_start or (bool(probe.file) and is_day)


def _rejudge_soak(probe: SoakProbe, facts: SoakFacts, recorded: State, policy: Policy, day: dt.date) -> State:
    """Return the state by days and releases; the recorded state if the window was not open."""
    if facts.anchor_at is None:
        return recorded
    facts = replace(facts, mode=policy.soak)
    # If the file is not known to match all the time, the age and the releases are uncertain, too.
    if probe.file and recorded == "unknown":
        return unknown_if_incomplete(soak_probe.judge(probe, facts), facts.quiet_at_most)
    state = soak_probe.certain_state(probe, facts, facts.quiet_at_most)
    read = facts.file_read
    if read is None:
        return state
    # The days and releases before the file was read may not count.
    days = (day - read.since).days + 1
    certain = replace(
        facts,
        age_days=min(facts.age_days, days),
        quiet_days=min(facts.quiet_days, days),
        releases=read.releases,
        minors=read.minors,
    )
    return unknown_if_incomplete(state, state != soak_probe.judge(probe, certain))


def _rejudge_new_files(probe: NewFilesProbe, facts: NewFilesFacts, recorded: State, day: dt.date) -> State:
    """Return the state by the matching files and their ages; the recorded state where the facts lack some of them."""
    is_recent = (day - facts.added_on).days <= probe.days_unmet if facts.added_on else None
    state = new_files_probe.judge(probe, facts, is_recent)
    if state == "unknown":
        return "unmet" if recorded == "unmet" else "unknown"
    # No more files were read after the state of that day was decided.
    return unknown_if_incomplete(state, recorded == "unknown" or facts.unread > 0 or bool(facts.incomplete))
