"""The outcome of a refresh: what to record, and a message about it."""

from collections.abc import Mapping

import msgspec

from pawtui.moments import moment_text
from pawtui.phrases import counted, short_sha
from pawtui.refresh.refresh_types import Refresh, RefreshBaseline


class RefreshOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The refresh to record; None if nothing changed. `message` states what is recorded, or why nothing is.

    `pinned_states` are newly found states of pins (`RefreshBaseline`).
    """

    refresh: Refresh | None
    message: str
    pinned_states: Mapping[str, str] = {}


def no_change_message(baseline: RefreshBaseline) -> str:
    """Return why nothing is recorded, and how to read what may have changed without a commit."""
    last = baseline.refreshes[-1]
    if last.as_of is not None:
        return f"{moment_text(last.as_of)} is recorded already. Both commits, the rules and the plan are the same."
    return (
        f"Not measured again: the commits, rules and plan are the same as at {last.at:%H:%M} UTC today. "
        "Run `pawtui refresh --force` to read issues, pull requests, tags and documents, too."
    )


def recorded_message(recorded: Refresh) -> str:
    """Return what is recorded: the commit, the commits since the previous refresh, and what is in doubt or missing."""
    up, moved = recorded.range.upstream, ""
    if up is not None:
        commits = counted(up.commits, "commit") if up.commits else "no new commits"
        moved = f", {up.not_ancestor_reason or commits} since the previous refresh"
    missing = f"; some facts are missing: {counted(len(recorded.errors), 'error')}" if recorded.errors else ""
    doubt = f"; {recorded.upstream.doubt}" if recorded.upstream.doubt else ""
    past = f" as of {moment_text(recorded.as_of)}" if recorded.as_of else ""
    return f"Recorded {recorded.upstream.ref} @ {short_sha(recorded.upstream.sha)}{past}{moved}{doubt}{missing}."
