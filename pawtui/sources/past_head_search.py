"""The search for a branch's head at a past time, as far as GitHub and clones share it: its start, checks and errors.

The past heads of a branch are the first parents of its head. But a merge may have the branch as its second parent: it
was made on another branch or in somebody's clone, and the branch was then moved to it. Before the merge, the branch was
at the second parent. git's subject of the merge names the branch.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pawtui.moments import day_text
from pawtui.phrases import short_sha
from pawtui.sources.facts import Head, PastHead, RecordedHead
from pawtui.sources.source_errors import BeginsLater, Undetermined

# In seconds. Clocks differ: a commit may be dated a little before its parent. A date far ahead is a wrong clock.
CLOCK_SKEW = 86_400
_WRONG_CLOCK = 366 * 86_400


# `Merge branch 'dev'`, `Merge branch 'dev' of github.com:owner/name into feature`
_MERGE = re.compile(
    r"Merge (?:remote-tracking )?branch '(?:origin/)?(?P<branch>[^']+)'"
    r"(?: of \S*[:/](?P<repo>[^:/\s]+/[^:/\s]+?)(?:\.git)?/?)?(?: into \S+)?"
)


class PastHeadSearch(NamedTuple):
    """A search along first parents from the commit `start`, dated `start_at`.

    `before` is the last commit recorded until the past time.
    """

    start: str
    start_at: dt.datetime
    before: RecordedHead | None


def begin_search(head: Head, when: dt.datetime, recorded: Sequence[RecordedHead]) -> PastHead | PastHeadSearch:
    """Return the commit of the branch at `when` if it was recorded, else the search that finds it.

    The `recorded` commits make the search shorter.
    """
    before = max((seen for seen in recorded if seen.at <= when), key=lambda seen: seen.at, default=None)
    after = min((seen for seen in recorded if seen.at > when), key=lambda seen: seen.at, default=None)
    start, start_at = (after.sha, after.committed_at) if after else (head.sha, head.committed_at)
    if before is not None and (before.sha == start or before.at == when):
        return PastHead(sha=before.sha, found_by="refresh")
    return PastHeadSearch(start, start_at, before)


def merged_branch(subject: str, repo: str) -> str:
    """Return the branch of a repository that a merge has as its second parent, by its subject; empty if unknown.

    A branch of another repository is not returned: a fork merges the branches of its origin.
    """
    match = _MERGE.fullmatch(subject)
    if match is None or (match["repo"] or repo).lower() != repo.lower():
        return ""
    return match["branch"]


def begins_later_error(repo: str, first_at: dt.datetime, when: dt.datetime) -> BeginsLater:
    """Return the error for a history whose first commit, at `first_at`, is later than `when`."""
    return BeginsLater(f"The history of {repo} begins on {day_text(first_at)}, after {day_text(when)}.")


def is_unordered(dates: Iterable[int], when: dt.datetime) -> bool:
    """Return whether the dates (seconds) of a past head and its first parents contradict its time `when`.

    The past head was found by its date, so its first parents cannot be later. A date more than a year later is ignored:
    it is a wrong clock.
    """
    limit = int(when.timestamp())
    return any(CLOCK_SKEW < date - limit <= _WRONG_CLOCK for date in dates)


def unordered_error(head: Head, when: dt.datetime) -> Undetermined:
    """Return the error for a branch whose commits are not in the order of their dates."""
    return Undetermined(
        f"The commit of {head.ref} on {day_text(when)} is not known: an earlier commit of the branch has a later date."
    )


def rewritten_error(head: Head, when: dt.datetime, before: RecordedHead) -> Undetermined:
    """Return the error for a branch whose history does not contain the recorded commit `before` any more."""
    return Undetermined(
        f"The commit of {head.ref} on {day_text(when)} is not known: the branch was rewritten after "
        f"{day_text(before.at)}, when it was at {short_sha(before.sha)}."
    )
