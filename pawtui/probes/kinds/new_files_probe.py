"""`new-files`: the files that were added in the window, selected by name, by text or by the rows that they delete.

With `discards`, a file that the branch had at the same path matches, too, if it deletes rows only now.

A file is new if it exists at the head and the followed ref did not have it when the window opened. A moved file is
not new, nor is a file with a known identity (the part of the path that `identity` matches). A file that was added and
removed inside the window is not found without an identity. Removed files are among the facts.
"""

import asyncio
import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec.structs import replace

from pawtui.phrases import counted, join_names, quote_pattern
from pawtui.probes.added_files import AddedFiles, AddedSince
from pawtui.probes.context import ProbeContext
from pawtui.probes.matching_files import FileMatcher, MatchingFiles
from pawtui.probes.probe_evidence import MAX_EVIDENCE, commit_evidence, file_evidence, folder_evidence, not_listed
from pawtui.probes.probe_facts import NewFilesFacts
from pawtui.probes.reading import Evidence, Finding
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.state import State, partial_clause, state_for_count, unknown_if_incomplete
from pawtui.probes.surface import commit_facts, newest_first
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.probes.windows import window_start
from pawtui.sources import globs
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commit
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.probe_types import NewFilesProbe
from pawtui.tracker.tracker_types import Policy

_MAX_DATED = 3  # matching files whose commits are fetched, one request each
_MAX_LISTED = 60  # new and removed files among the facts


def rule(probe: NewFilesProbe, _policy: Policy) -> str:
    by = [f"a name like {quote_pattern(probe.name)}"] if probe.name else []
    by += [f"a text like {quote_pattern(probe.body)}"] if probe.body else []
    by += [f"statements that delete rows of {quote_pattern(probe.discards)}"] if probe.discards else []
    which = f" with {' or '.join(by)}" if by else ""
    clause = partial_clause(probe.met, probe.partial)
    if clause and probe.days_unmet:
        clause += f" older than {probe.days_unmet} days"
    gone = "; at best partial if earlier files are gone" if probe.identity else ""
    files = counted(probe.met, "new or changed file" if probe.discards else "new file")
    return f"met up to {files}{which} in {probe.days} days{clause}{gone}"


def judge(probe: NewFilesProbe, facts: NewFilesFacts, is_recent: bool | None) -> State:
    """Return the state for the number of matching files. Those that delete only some rows are at worst partial.

    `is_recent`: whether one of the others is new or changed within `days_unmet` (None: not known). If earlier files are
    gone, it is at best partial.
    """
    matching = len(facts.matching)
    state = state_for_count(matching - len(facts.partly), probe.met, probe.partial)
    if state == "partial" and probe.days_unmet:
        if is_recent is None:
            return "unknown"
        return "unmet" if is_recent else "partial"
    return "partial" if state == "met" and (facts.gone or matching > probe.met) else state


async def measure(probe: NewFilesProbe, context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding: the new files that match, or all new files if the probe has no pattern."""
    tree = await reader.tree()
    reader.refuse_cut(tree, "a new file may be missing")
    for root in probe.paths:
        reader.refuse_linked(tree, root)
        reader.refuse_folders(tree, root)
    files = AddedFiles(reader, probe, tree)
    if not files.now:
        raise await reader.path_missing_error(probe.paths)
    added = await files.added_since(window_start(reader.today, probe.days))
    matching = await FileMatcher(probe, reader, context.error_log, files.now, added).find()
    return await _Measurement(probe, context, reader, files, added, matching).measure()


class _GoneFiles(NamedTuple):
    """The files whose identity is gone, each with the last day on which the branch had it.

    `cause` is the reason why others may be gone: a file moved out of the paths, or a past day could not be read.
    """

    last_days: Mapping[str, dt.date]
    cause: str = ""


@dataclass(frozen=True, eq=False)
class _Measurement:
    """One measurement: the files at the head, those `added` since the window opened, and those of them that match."""

    probe: NewFilesProbe
    context: ProbeContext
    reader: RepoReader
    files: AddedFiles
    added: AddedSince
    matching: MatchingFiles

    async def measure(self) -> Finding:
        gone = await self._find_gone_files()
        facts = self._facts(gone)
        # Without those that delete only some rows.
        fully_matching = set(facts.matching) - set(facts.partly)
        judged = judge(self.probe, facts, await self._is_recent(fully_matching))
        causes = self._causes(judged, facts.incomplete)
        state = unknown_if_incomplete(judged, causes)
        first_commits = await self._find_first_commits(facts.matching)
        commits = newest_first(filter(None, first_commits.values()))
        if facts.matching and state in ("partial", "unmet"):
            met_on, added_on = await self._met_and_added_on(facts.matching, fully_matching, commits)
            if gone.last_days or gone.cause:
                # Until then, earlier files are gone: the day on which they were removed is not known.
                met_on = None
            facts = replace(facts, met_on=met_on, added_on=added_on)
        return Finding(
            state=state,
            summary=self._summary(facts),
            facts=replace(facts, commits=tuple(map(commit_facts, commits))),
            evidence=(*self._file_evidence(), *commit_evidence(self.reader, commits)),
            cause=causes[0] if state == "unknown" else "",
            gaps=(
                *causes,
                *(f"{path} has no known commit in the window" for path in first_commits if not first_commits[path]),
                *_gone_gaps(gone),
                *self._missing_paths(),
                *not_listed(len(self.matching.unread_causes), "unread file"),
                *not_listed(len(facts.matching), "matching file"),
                *(f"commits of {gap}" for gap in not_listed(len(facts.matching), "other matching file", _MAX_DATED)),
            ),
        )

    def _facts(self, gone: _GoneFiles) -> NewFilesFacts:
        """Return the facts without commits and days."""
        past, before, now = self.added.past, self.added.before, self.files.now
        submodules = (
            f"{path} is a submodule that changed since {past.day}: new files inside are not known"
            for path, entry in now.items()
            if entry.type == "commit" and path in before and before[path] != entry
        )
        return NewFilesFacts(
            since=past.day,
            name=self.probe.name,
            body=self.probe.body,
            discards=self.probe.discards,
            files=len(now),
            before_sha=past.sha,
            before_source=past.found_by,
            new=tuple(self.added.new)[:_MAX_LISTED],
            matching=tuple(file.path for file in self.matching.files),
            partly=tuple(file.path for file in self.matching.files if file.only_some),
            removed=tuple(sorted(before.keys() - now.keys())[:_MAX_LISTED]),
            unread=len(self.matching.unread_causes) + self.matching.skipped,
            gone=len(gone.last_days),
            incomplete=(*submodules, *filter(None, [gone.cause])),
        )

    def _causes(self, judged: State, incomplete: Sequence[str]) -> list[str]:
        """Return why the state `judged` may be too good, or is unknown.

        Files that were not read because the budget is spent are a failure, unless it is unmet anyway.
        """
        # An unread text is a cause of `unknown`: the first ones are enough.
        causes = [*self.matching.unread_causes[:MAX_EVIDENCE], *incomplete]
        if self.matching.skipped:
            unread = f"{counted(self.matching.skipped, 'new file')} not read yet"
            if judged != "unmet":
                unread = f"The budget of requests is spent: {unread}. Refresh again."
                self.context.error_log.add(unread)
            causes.append(unread)
        if judged == "unknown":
            causes.append("the age of the matching files is not known")
        return causes

    async def _find_gone_files(self) -> _GoneFiles:
        """Return the files of the past whose identity is gone: they may have been squashed, or moved out of the paths.

        A file that was added and removed in the window is found if it existed `days_unmet` ago.
        """
        last_days: dict[str, dt.date] = {}
        if not self.probe.identity:
            return _GoneFiles(last_days)
        for days in sorted({self.probe.days_unmet or self.probe.days, self.probe.days}):
            day = window_start(self.reader.today, days)
            try:
                gone = await self.files.gone_since(day)
            except (SourceError, Unmeasurable) as error:
                self.context.error_log.add(error)
                return _GoneFiles(last_days, str(error))
            for path, new_path in gone.items():
                if new_path:
                    return _GoneFiles(last_days, f"{path} is now {new_path}: add the folder to `paths`")
                last_days.setdefault(path, day)
        return _GoneFiles(last_days)

    def _missing_paths(self) -> Iterator[str]:
        """Yield a gap about the files and folders that do not exist: they may have moved out of the paths."""
        paths = sorted(self.files.now)
        missing = [root for root in self.probe.paths if not (globs.is_glob(root) or globs.filter_paths(root, paths))]
        if missing:
            yield f"{join_names(missing, 'or')} does not exist at {self.reader.where}: new files may be at another path"

    def _summary(self, facts: NewFilesFacts) -> str:
        probe, new = self.probe, counted(len(self.added.new), "new file")
        changed = sum(path in self.added.changed for path in facts.matching)
        rest = f"; {counted(changed, 'changed file deletes', 'changed files delete')} rows" if changed else ""
        rest += f"; {counted(facts.gone, 'earlier file is', 'earlier files are')} gone" if facts.gone else ""
        if not self.added.new:
            return f"nothing new in {probe.days} days{rest}"
        if not (probe.name or probe.body or probe.discards):
            return f"{new} in {probe.days} days{rest}"
        only_by_rows = probe.discards and not (probe.name or probe.body)
        verbs = ("deletes rows", "delete rows") if only_by_rows else ("matches", "match")
        count = len(facts.matching) - changed
        # "1 of 5 new files matches", "0 of 1 new file matches"
        verb = verbs[0] if 1 in (count, len(self.added.new)) else verbs[1]
        return f"{count} of {new} in {probe.days} days {verb}{rest}"

    async def _is_recent(self, paths: set[str]) -> bool | None:
        """Return whether one of these files is new or changed within `days_unmet`; None if not known."""
        if not self.probe.days_unmet or not paths:
            return False
        day = window_start(self.reader.today, self.probe.days_unmet)
        found = await self.context.error_log.value_or_none(self.files.added_since(day))
        return None if found is None else not paths.isdisjoint(found.touched)

    async def _find_first_commits(self, matching: Sequence[str]) -> dict[str, Commit | None]:
        """Return the first commit to each of the first few new files among these; None if it is not known."""
        new = [path for path in matching if path not in self.added.changed]
        dated = new[: min(_MAX_DATED, self.reader.source.requests_left())]
        requests = (self.context.error_log.value_or_none(self._first_commit(path)) for path in dated)
        return dict(zip(dated, await asyncio.gather(*requests), strict=True))

    async def _first_commit(self, path: str) -> Commit | None:
        """Return the first commit to a file in the window; None without one, or if its list is cut."""
        listing = await self.reader.commits(path)
        opened = self.added.past.day
        in_window = [commit for commit in listing.items if commit.at >= day_start(opened)]
        return in_window[-1] if in_window and listing.reaches(opened) else None

    async def _met_and_added_on(
        self, matching: Collection[str], fully_matching: Collection[str], commits: Sequence[Commit]
    ) -> tuple[dt.date | None, dt.date | None]:
        """Return the day on which the probe is met, and the day on which the last of `fully_matching` was added.

        A day is None if it is not known. The dates of `commits`, newest first, are only guesses: a merge may have
        brought them later.
        """
        probe, one_day = self.probe, dt.timedelta(days=1)

        async def first_day(limit: int, paths: Collection[str]) -> dt.date | None:
            guess = commits[limit].at.date() if limit < len(commits) else None
            return await self.files.first_day_with_few_new(limit, paths, self.added.past.day, guess)

        few_since = await first_day(probe.met, matching)
        none_since = await first_day(0, fully_matching) if fully_matching else None
        met_on = few_since + dt.timedelta(days=probe.days) if few_since else None
        added_on = none_since - one_day if none_since else None
        return met_on, added_on

    def _file_evidence(self) -> list[Evidence]:
        """Return the matching files as evidence; without one, the paths of the probe except globs."""
        evidence = []
        for file in self.matching.files[:MAX_EVIDENCE]:
            place = f"{file.path}:{file.line}" if file.line else file.path
            evidence.append(file_evidence(self.reader, f"{place}  {file.why}", file.path, file.line))
        if not self.matching.files:
            for root in self.probe.paths:
                if globs.is_glob(root):
                    continue
                if root in self.files.now:
                    evidence.append(file_evidence(self.reader, f"{root}  no match", root))
                else:
                    evidence.append(folder_evidence(self.reader, f"{root}  no match", root))
        return evidence


def _gone_gaps(gone: _GoneFiles) -> Iterator[str]:
    """Yield a gap about the first file that is gone, and the number of the others."""
    for path, day in list(gone.last_days.items())[:1]:
        yield f"{path} is gone since {day}: it may have been squashed"
    yield from not_listed(len(gone.last_days), "other earlier file", 1)
