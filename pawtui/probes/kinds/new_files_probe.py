"""`new-files`: the files that were added in the window, selected by name, by text or by the rows that they delete.

With `discards`, a file that the branch had at the same path matches, too, if it deletes rows only now.

A file is new if it exists at the head and the followed branch did not have it when the window opened. A moved file is
not new, nor is a file with a known identity (the part of the path that `identity` matches). A file that was added and
removed inside the window is not found without an identity. Removed files are among the facts.
"""

import asyncio
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from pawtui.phrases import counted, shortened
from pawtui.probes.added_files import AddedFiles, AddedSince, changed_submodules
from pawtui.probes.commit_subjects import commit_facts
from pawtui.probes.context import ProbeContext
from pawtui.probes.file_text import first_match_in_file
from pawtui.probes.parsers.discards import find_deletion
from pawtui.probes.pattern import match_each, quote_pattern
from pawtui.probes.probe_evidence import MAX_EVIDENCE, commit_evidence, file_evidence, folder_evidence, not_listed
from pawtui.probes.probe_facts import NewFilesFacts
from pawtui.probes.reading import Evidence, Finding
from pawtui.probes.repo_reader import RESERVED_REQUESTS, RepoReader
from pawtui.probes.state import State, partial_clause, state_for_count, unknown_if_incomplete
from pawtui.probes.surface import newest_first
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.probes.windows import window_start
from pawtui.sources import globs
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commit
from pawtui.sources.source_errors import BudgetSpent, SourceError
from pawtui.tracker.probe_types import NewFilesProbe
from pawtui.tracker.tracker_types import Policy

# Texts that are read before the requests of other probes are finished: these usually decide the state.
_REQUIRED_READS = 8
_MAX_DATED = 3  # matching files whose commits are fetched, one request each
_MAX_LISTED = 60  # new and removed files among the facts


class MatchingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A new or changed file that matches, the reason, and the line of the match.

    `only_some`: it deletes only some rows.
    """

    path: str
    why: str
    line: int | None = None
    only_some: bool = False


def rule(probe: NewFilesProbe, _policy: Policy) -> str:
    """Return the rule in words."""
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


def judge(probe: NewFilesProbe, matching: int, only_some: int, is_recent: bool | None, gone: int = 0) -> State:
    """Return the state for a number of matching files, of which `only_some` delete only some rows.

    Those never make it worse than partial. `is_recent`: whether one of the others is new or changed within `days_unmet`
    (None: not known). If files are `gone`, it is at best partial.
    """
    state = state_for_count(matching - only_some, probe.met, probe.partial)
    if state == "partial" and probe.days_unmet:
        if is_recent is None:
            return "unknown"
        return "unmet" if is_recent else "partial"
    return "partial" if state == "met" and (gone or matching > probe.met) else state


async def measure(probe: NewFilesProbe, context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding: the new files that match, or all new files if the probe has no pattern."""
    tree = await reader.tree()
    reader.refuse_cut(tree, "a new file may be missing")
    for root in probe.paths:
        reader.refuse_linked(tree, root)
    files = AddedFiles(reader, probe, tree)
    if not files.now:
        raise await reader.path_missing_error(probe.paths)
    added = await files.added_since(window_start(reader.today, probe.days))
    return await _Measurement(probe, context, reader, files, added).measure()


def _fully_matching(matching: Sequence[MatchingFile]) -> set[str]:
    """Return the paths of the matching files, except those that delete only some rows."""
    return {file.path for file in matching if not file.only_some}


@dataclass(eq=False)
class _Measurement:
    """One measurement: the files that were added since the window opened, those of them that match, and their commits.

    `unread_causes` are the reasons why texts are not known, without those of the `skipped` files: for these, the budget
    had no request. `gone` has the files whose identity is gone, each with the last known day. `moved_away` is, as a
    sentence, that such a file moved, or why that is not known.
    """

    probe: NewFilesProbe
    context: ProbeContext
    reader: RepoReader
    files: AddedFiles
    added: AddedSince
    unread_causes: list[str] = field(default_factory=list)
    skipped: int = 0
    gone: dict[str, dt.date] = field(default_factory=dict)
    moved_away: tuple[str, ...] = ()

    async def measure(self) -> Finding:
        """Return the finding."""
        past, before, new = self.added.past, self.added.before, list(self.added.new)
        matching = await self._find_matching()
        await self._find_gone_files()
        is_recent, only_some = await self._is_recent(matching), sum(file.only_some for file in matching)
        judged = judge(self.probe, len(matching), only_some, is_recent, len(self.gone))
        # An unread text is a cause of `unknown`: the first ones are enough.
        incomplete = (*changed_submodules(self.files.now, before, self.added.past.day), *self.moved_away)
        causes = [*self.unread_causes[:MAX_EVIDENCE], *incomplete]
        if self.skipped:
            unread = f"{counted(self.skipped, 'new file')} not read yet"
            if judged != "unmet":
                unread = f"The budget of requests is spent: {unread}. Refresh again."
                self.context.error_log.add(unread)
            causes.append(unread)
        if judged == "unknown":
            causes.append("the age of the matching files is not known")
        state = unknown_if_incomplete(judged, causes)
        first_commits = await self._find_first_commits(matching)
        met_on = added_on = None
        if matching and state in ("partial", "unmet"):
            met_on, added_on = await self._met_and_added_on(matching, first_commits)
        # The searches read further past days, which may show that a commit did not add its file.
        by_file = self._adding_commits(first_commits)
        commits = newest_first(by_file.values())
        gone = [f"{path} is gone since {day}: it may have been squashed" for path, day in self.gone.items()]
        return Finding(
            state=state,
            summary=self._summary([file.path for file in matching], new),
            facts=NewFilesFacts(
                since=self.added.past.day,
                name=self.probe.name,
                body=self.probe.body,
                discards=self.probe.discards,
                files=len(self.files.now),
                before_sha=past.sha,
                before_source=past.found_by,
                new=tuple(new[:_MAX_LISTED]),
                matching=tuple(file.path for file in matching),
                partly=tuple(file.path for file in matching if file.only_some),
                gone=len(self.gone),
                removed=tuple(sorted(before.keys() - self.files.now.keys())[:_MAX_LISTED]),
                unread=self.skipped + len(self.unread_causes),
                commits=tuple(map(commit_facts, commits)),
                added_on=added_on,
                incomplete=incomplete,
                met_on=met_on,
            ),
            evidence=self._evidence(matching, commits),
            cause=causes[0] if state == "unknown" else "",
            gaps=(
                *causes,
                *(f"the commit that added {path} is not known" for path in first_commits if path not in by_file),
                *gone[:1],
                *not_listed(len(self.gone), "other earlier file", 1),
                *not_listed(len(self.unread_causes), "unread file"),
                *not_listed(len(matching), "matching file"),
                *(f"commits of {gap}" for gap in not_listed(len(matching), "other matching file", _MAX_DATED)),
            ),
        )

    async def _find_gone_files(self) -> None:
        """Find the files of the past whose identity is gone: they may have been squashed, or moved out of the paths.

        A file that was added and removed in the window is found if it existed `days_unmet` ago.
        """
        if not self.probe.identity:
            return
        for days in sorted({self.probe.days_unmet or self.probe.days, self.probe.days}):
            day = window_start(self.reader.today, days)
            try:
                gone = await self.files.gone_since(day)
            except (SourceError, Unmeasurable) as error:
                self.context.error_log.add(error)
                self.moved_away = (str(error),)
                return
            for path, moved_to in gone.items():
                if moved_to:
                    self.moved_away = (f"{path} is now {moved_to}: add the folder to `paths`",)
                    return
                self.gone.setdefault(path, day)

    def _summary(self, matching: Sequence[str], new: Sequence[str]) -> str:
        probe = self.probe
        changed = sum(path in self.added.changed for path in matching)
        rest = f"; {counted(changed, 'changed file deletes', 'changed files delete')} rows" if changed else ""
        rest += f"; {counted(len(self.gone), 'earlier file is', 'earlier files are')} gone" if self.gone else ""
        if not new:
            return f"nothing new in {probe.days} days{rest}"
        if not (probe.name or probe.body or probe.discards):
            return f"{counted(len(new), 'new file')} in {probe.days} days{rest}"
        only_by_rows = probe.discards and not (probe.name or probe.body)
        verbs = ("deletes rows", "delete rows") if only_by_rows else ("matches", "match")
        count = len(matching) - changed
        # "1 of 5 new files matches", "0 of 1 new file matches"
        verb = verbs[0] if 1 in (count, len(new)) else verbs[1]
        return f"{count} of {counted(len(new), 'new file')} in {probe.days} days {verb}{rest}"

    async def _find_matching(self) -> list[MatchingFile]:
        """Return the new and changed files that match, in reverse order of their paths.

        A new file with several paths matches once. Of those, a path that deletes all rows is preferred.
        """
        probe = self.probe
        if not (probe.name or probe.body or probe.discards):
            return [MatchingFile(path=path, why="is new") for path in self.added.new]
        # The paths of each file.
        candidates = list(self.added.new.values())
        named = await self._matching_by_name([path for paths in candidates for path in paths])
        matching = {path: MatchingFile(path=path, why="its name matches") for path in named}
        if probe.body or probe.discards:
            candidates += [(path,) for path in self.added.changed]
            unread = [path for paths in candidates if named.isdisjoint(paths) for path in paths]
            required = min(_REQUIRED_READS, self.reader.requests_left() - RESERVED_REQUESTS)
            reads = (self._match_by_text(path, optional=number >= required) for number, path in enumerate(unread))
            matching |= {file.path: file for file in await asyncio.gather(*reads) if file}
        found = []
        for paths in candidates:
            matches = [matching[path] for path in paths if path in matching]
            found += sorted(matches, key=lambda file: file.only_some)[:1]
        return sorted(found, key=lambda file: file.path, reverse=True)

    async def _match_by_text(self, path: str, *, optional: bool) -> MatchingFile | None:
        """Return the file if its text or a deletion in it matches, else None. A text that is not read is counted."""
        probe = self.probe
        old = self.added.before[path] if path in self.added.changed else None
        at = f"its commit of {self.added.past.day}"
        try:
            text = await self.reader.blob_text(path, self.files.now[path], optional=optional)
            old_text = await self.reader.blob_text(path, old, at, optional=optional) if old else ""
            deletion = await find_deletion(text, path, probe.discards, before=old_text) if probe.discards else None
            if deletion is not None:
                why, line, only_some = deletion.description, deletion.line, deletion.only_some
                return MatchingFile(path=path, why=why, line=line, only_some=only_some)
            if probe.body and old is None:
                found = await first_match_in_file(probe.body, path, text, probe.read)
                return MatchingFile(path=path, why=shortened(found.text, 120), line=found.line) if found else None
        except BudgetSpent:
            self.skipped += 1
        except (SourceError, Unmeasurable) as error:
            self.context.error_log.add(error)
            self.unread_causes.append(str(error))
        return None

    async def _matching_by_name(self, new: Sequence[str]) -> set[str]:
        """Return the paths whose file name, or path below the watched folder, matches."""
        if not self.probe.name:
            return set()
        below = [
            next((path.removeprefix(f"{root}/") for root in self.probe.paths if path.startswith(f"{root}/")), path)
            for path in new
        ]
        by_path = await match_each(self.probe.name, below)
        by_name = await match_each(self.probe.name, [path.rpartition("/")[2] for path in new])
        return {path for path, *matches in zip(new, by_path, by_name, strict=True) if any(matches)}

    async def _is_recent(self, matching: Sequence[MatchingFile]) -> bool | None:
        """Return whether a file that deletes all rows is new or changed within `days_unmet`; None if not known."""
        full = _fully_matching(matching)
        if not self.probe.days_unmet or not full:
            return False
        day = window_start(self.reader.today, self.probe.days_unmet)
        found = await self.context.error_log.value_or_none(self.files.added_since(day))
        return None if found is None else not full.isdisjoint(found.touched)

    async def _find_first_commits(self, matching: Sequence[MatchingFile]) -> dict[str, Commit | None]:
        """Return the first commit to each of the first few matching files; None if it is not known."""
        added = [file.path for file in matching if file.path not in self.added.changed]
        dated = added[: min(_MAX_DATED, self.reader.requests_left())]
        requests = (self.context.error_log.value_or_none(self._first_commit(path)) for path in dated)
        return dict(zip(dated, await asyncio.gather(*requests), strict=True))

    async def _first_commit(self, path: str) -> Commit | None:
        """Return the first commit to a new file since the window opened; None if it is not known.

        The file may have older commits: a merge brought them since, or it was removed before. The first commit of a
        path is not searched, because that reads the complete history of a clone.
        """
        start = day_start(self.added.past.day)
        listing = await self.reader.commits(path)
        if listing.has_first and listing.items and listing.items[-1].at >= start:
            return listing.items[-1]
        if self.reader.requests_left() <= RESERVED_REQUESTS:
            return None
        late = await self.reader.late_commits(self.added.past)
        if late:
            listing = await self.reader.commits(path, min(late.values()).date())
        in_window = [commit for commit in listing.items if commit.at >= start]
        is_known = listing.complete and not any(commit.sha in late for commit in listing.items)
        return in_window[-1] if in_window and is_known else None

    def _adding_commits(self, first_commits: Mapping[str, Commit | None]) -> dict[str, Commit]:
        """Return the commits that added the files, as far as the days on which the branch had them are known."""
        return {
            path: commit
            for path, commit in first_commits.items()
            if commit is not None and self.files.may_have_added(path, commit)
        }

    async def _met_and_added_on(
        self, matching: Sequence[MatchingFile], first_commits: Mapping[str, Commit | None]
    ) -> tuple[dt.date | None, dt.date | None]:
        """Return the day on which the probe is met, and the day on which the last file in `_fully_matching` was added.

        A day is None if it is not known: the dates of commits may not be those of the branch. While earlier files are
        gone, the probe is not met, and the day on which they were removed is not known.
        """
        probe, day = self.probe, dt.timedelta(days=1)
        dates = [commit.at.date() for commit in newest_first(self._adding_commits(first_commits).values())]

        async def first_day(limit: int, paths: Collection[str]) -> dt.date | None:
            guess = dates[limit] if limit < len(dates) else None
            return await self.files.first_day_with_few_new(limit, paths, self.added.past.day, guess)

        paths, full = {file.path for file in matching}, _fully_matching(matching)
        met = await first_day(probe.met, paths)
        if probe.met == 0 and full == paths:
            # Both searches are the same.
            last = met
        else:
            last = await first_day(0, full) if probe.days_unmet and full else None
        is_complete = not (self.gone or self.moved_away)
        met_on = met + dt.timedelta(days=probe.days) if met and is_complete else None
        added_on = last - day if last else None
        return met_on, added_on

    def _evidence(self, matching: Sequence[MatchingFile], commits: Sequence[Commit]) -> tuple[Evidence, ...]:
        reader = self.reader
        shown = [
            file_evidence(
                reader, f"{file.path}{f':{file.line}' if file.line else ''}  {file.why}", file.path, file.line
            )
            for file in matching[:MAX_EVIDENCE]
        ]
        if not shown:
            roots = [root for root in self.probe.paths if not globs.is_glob(root)]
            shown = [self._root_evidence(root) for root in roots]
        return (*shown, *commit_evidence(reader, commits))

    def _root_evidence(self, root: str) -> Evidence:
        """Return a path of the probe as evidence that nothing in it matches."""
        text = f"{root}  no match"
        if root in self.files.now:
            return file_evidence(self.reader, text, root)
        return folder_evidence(self.reader, text, root)
