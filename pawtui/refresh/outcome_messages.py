"""The message of a refresh: what it recorded, or why it recorded nothing."""

from pawtui.moments import moment_text
from pawtui.phrases import counted, short_sha
from pawtui.refresh.pins import pin_or_none
from pawtui.refresh.refresh_types import Refresh, RefreshBaseline
from pawtui.tracker.probe_types import IssuesProbe, JsonProbe, PullsProbe, ReleaseProbe, SoakProbe
from pawtui.tracker.tracker_types import Tracker

# Probes whose facts change without a commit.
_OUTSIDE_GIT = (IssuesProbe, JsonProbe, PullsProbe, ReleaseProbe, SoakProbe)


def no_change_message(tracker: Tracker, baseline: RefreshBaseline) -> str:
    """Return why nothing is recorded, and how to read what may have changed without a commit."""
    last = baseline.refreshes[-1]
    if last.as_of is not None:
        return f"{moment_text(last.as_of)} is recorded already. Both commits, the rules and the plan are the same."
    same = f"Not measured again: the commits, rules and plan are the same as at {last.at:%H:%M} UTC today."
    has_outside = any(isinstance(probe, _OUTSIDE_GIT) for probe in tracker.probes)
    if has_outside or any(pin.kind == "issue" for text in baseline.pins if (pin := pin_or_none(text))):
        return f"{same} Run `pawtui refresh --force` to read issues, pull requests, tags and documents, too."
    return same


def recorded_message(recorded: Refresh, baseline: RefreshBaseline) -> str:
    """Return what is recorded: the commit, the commits since the previous refresh, and what is in doubt or missing."""
    up, previous = recorded.range.upstream, baseline.last
    moved = ""
    if up is not None:
        since_previous = previous is not None and up.from_ == previous.upstream.sha
        commits = counted(up.commits, "commit") if up.commits else "no new commits"
        since = "the previous refresh" if since_previous else short_sha(up.from_)
        moved = f", {up.not_ancestor_reason or commits} since {since}"
    missing = f"; some facts are missing: {counted(len(recorded.errors), 'error')}" if recorded.errors else ""
    doubt = f"; {recorded.upstream.doubt}" if recorded.upstream.doubt else ""
    past = f" as of {moment_text(recorded.as_of)}" if recorded.as_of else ""
    return f"Recorded {recorded.upstream.ref} @ {short_sha(recorded.upstream.sha)}{past}{moved}{doubt}{missing}."
