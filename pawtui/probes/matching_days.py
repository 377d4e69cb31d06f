"""The day since which a file matches a pattern, from its texts on past days of the followed ref.

The days of the commits to the file and the days after them are read, so a change that is undone on the same day is not
found.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pawtui.probes.file_text import without_comments
from pawtui.probes.pattern import first_match
from pawtui.probes.repo_reader import RESERVED_REQUESTS, RepoReader, alternatives
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Tree
from pawtui.sources.source_errors import BeginsLater, SourceError

_DAY = dt.timedelta(days=1)


class MatchingSince(NamedTuple):
    """The day since which a file matches: `today` if it does not match now, None if it did all the time.

    `cause` is the reason why that may not be known.
    """

    since: dt.date | None = None
    cause: str = ""


@dataclass(frozen=True)
class _PastFile:
    """The first of the paths that exists on each day. Each text is read once: `by_sha` has whether it matches."""

    reader: RepoReader
    paths: Sequence[str]
    pattern: str
    by_sha: dict[str, bool] = field(default_factory=dict)

    async def matches_in(self, tree: Tree, at: str = "") -> bool:
        """Return whether the file in a tree matches; False without a file. `at` is a past commit in messages."""
        path = next((path for path in self.paths if path in tree.entries), None)
        if path is None:
            return False
        entry = tree.entries[path]
        if entry.sha not in self.by_sha:
            text = await without_comments(path, await self.reader.blob_text(path, entry, at, optional=bool(at)))
            self.by_sha[entry.sha] = await first_match(self.pattern, text) is not None
        return self.by_sha[entry.sha]

    async def matched_on(self, day: dt.date) -> bool:
        """Return whether the file matched at the start of a day. On a branch that is younger, it did not."""
        try:
            past = await self.reader.past(day, optional=True)
        except BeginsLater:
            return False
        return await self.matches_in(past.tree, f"the commit of {day}")


async def matching_since(reader: RepoReader, file: str, pattern: str, since: dt.date) -> MatchingSince:
    """Return the day since which a file (`a | b` for alternatives) matches, not before the day `since`.

    Raises `PathMissing` if it does not exist now.
    """
    paths = alternatives(file)
    await reader.first_entries(paths)
    past_file = _PastFile(reader, paths, pattern)
    if not await past_file.matches_in(await reader.tree()):
        return MatchingSince(reader.today)
    lists = [await reader.commits(path, since) for path in paths]
    changed = {commit.at.date() for listing in lists for commit in listing.items if commit.at >= day_start(since)}
    cut = next((listing.path for listing in lists if not listing.reaches(since)), "")
    cut_cause = f"{cut}: not all of its commits since {since} were listed" if cut else ""
    # The texts before and after each change: a merge may have brought another change, which is dated earlier.
    days = {day for change in changed for day in (change, change + _DAY) if since < day <= reader.today}
    # The tree of the first day is usually known: the breaking commits since that day are counted with it.
    for day in [*sorted(days, reverse=True), since]:
        if day != since and reader.source.requests_left() <= RESERVED_REQUESTS:
            cause = f"{file} was not read on {day} and before: too few requests left. Refresh again"
            return MatchingSince(cause=cut_cause or cause)
        try:
            if not await past_file.matched_on(day):
                return _since_change_after(day, changed, paths)
        except (SourceError, Unmeasurable) as error:
            return MatchingSince(cause=str(error))
    return MatchingSince(cause=cut_cause)


def _since_change_after(unmatched_day: dt.date, changed: Collection[dt.date], paths: Sequence[str]) -> MatchingSince:
    """Return the day of the first change since an unmatched day. Without one, a merge of older commits changed it."""
    later = [day for day in changed if day >= unmatched_day]
    if later:
        return MatchingSince(min(later))
    why = f"{' or '.join(paths)} changed since {unmatched_day} by a merge of older commits: the day is not known"
    return MatchingSince(cause=why)
