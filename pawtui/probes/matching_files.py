"""The new and changed files of a `new-files` probe that match: by name, by text, or by the rows that they delete."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import msgspec

from pawtui.phrases import shortened
from pawtui.probes.added_files import AddedSince, Files
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.file_text import first_match_in_file
from pawtui.probes.parsers.discards import find_deletion
from pawtui.probes.pattern import match_each
from pawtui.probes.repo_reader import RESERVED_REQUESTS, RepoReader
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.source_errors import BudgetSpent, SourceError
from pawtui.tracker.probe_types import NewFilesProbe

# Texts that are read before the requests of other probes are finished: these usually decide the state.
_REQUIRED_READS = 8
# Why a text could not be read.
_Unread: TypeAlias = SourceError | Unmeasurable


class MatchingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A new or changed file that matches, the reason, and the line of the match.

    `only_some`: it deletes only some rows.
    """

    path: str
    why: str
    line: int | None = None
    only_some: bool = False


class MatchingFiles(NamedTuple):
    """The files that match, in reverse order of their paths, and the reasons why the texts of others are not known.

    `skipped` counts further files whose texts are not known: the budget had no request for them.
    """

    files: Sequence[MatchingFile]
    unread_causes: Sequence[str] = ()
    skipped: int = 0


@dataclass(frozen=True)
class FileMatcher:
    """The search for matching files. `now` are the files of the probe at the head, `added` the new and changed ones."""

    probe: NewFilesProbe
    reader: RepoReader
    error_log: ErrorLog
    now: Files
    added: AddedSince

    async def find(self) -> MatchingFiles:
        """Return the new and changed files that match; all new files if the probe has no pattern.

        A new file with several paths matches once. Of those, a path that deletes all rows is preferred.
        """
        probe = self.probe
        if not (probe.name or probe.body or probe.discards):
            return MatchingFiles([MatchingFile(path=path, why="is new") for path in self.added.new])
        # The paths of each file.
        candidates = list(self.added.new.values())
        named = await self._match_names([path for paths in candidates for path in paths])
        matching = {path: MatchingFile(path=path, why="its name matches") for path in named}
        errors: list[_Unread] = []
        if probe.body or probe.discards:
            candidates += [(path,) for path in self.added.changed]
            unmatched = [path for paths in candidates if named.isdisjoint(paths) for path in paths]
            by_text, errors = await self._match_texts(unmatched)
            matching |= {file.path: file for file in by_text}
        matches = ([matching[path] for path in paths if path in matching] for paths in candidates)
        found = [min(files, key=lambda file: file.only_some) for files in matches if files]
        unread_causes = [str(error) for error in errors if not isinstance(error, BudgetSpent)]
        return MatchingFiles(
            files=sorted(found, key=lambda file: file.path, reverse=True),
            unread_causes=unread_causes,
            skipped=len(errors) - len(unread_causes),
        )

    async def _match_names(self, paths: Sequence[str]) -> set[str]:
        """Return the paths whose file name, or path below the watched folder, matches.

        If the probe names the file itself or a glob, the whole path is matched.
        """
        if not self.probe.name:
            return set()
        below = []
        for path in paths:
            folder = next((f"{root}/" for root in self.probe.paths if path.startswith(f"{root}/")), "")
            below.append(path.removeprefix(folder))
        by_path = await match_each(self.probe.name, below)
        by_name = await match_each(self.probe.name, [path.rpartition("/")[2] for path in paths])
        return {path for path, *matches in zip(paths, by_path, by_name, strict=True) if any(matches)}

    async def _match_texts(self, paths: Sequence[str]) -> tuple[list[MatchingFile], list[_Unread]]:
        """Return the files whose texts match, and the errors of the texts that cannot be read.

        Only the first reads use the requests that are reserved for other probes. The others start afterwards: an
        optional read could spend the budget while a required one is still searched in the cache.
        """
        required = max(0, min(_REQUIRED_READS, self.reader.source.requests_left() - RESERVED_REQUESTS))
        first = await asyncio.gather(*(self._match_text(path, optional=False) for path in paths[:required]))
        others = await asyncio.gather(*(self._match_text(path, optional=True) for path in paths[required:]))
        results = [*first, *others]
        return (
            [result for result in results if isinstance(result, MatchingFile)],
            [result for result in results if isinstance(result, SourceError | Unmeasurable)],
        )

    async def _match_text(self, path: str, *, optional: bool) -> MatchingFile | _Unread | None:
        """Return the file if it deletes rows that match, or if it is new and its text matches; otherwise None.

        An error is returned, because the other files may decide the state.
        """
        probe = self.probe
        earlier = self.added.changed.get(path, ())
        at = f"its commit of {self.added.past.day}"
        try:
            text = await self.reader.blob_text(path, self.now[path], optional=optional)
            read = (self.reader.blob_text(old, self.added.before[old], at, optional=optional) for old in earlier)
            before = list(zip(earlier, await asyncio.gather(*read), strict=True))
            if probe.discards and (deletion := await find_deletion(text, path, probe.discards, before=before)):
                why, line, only_some = deletion.description, deletion.line, deletion.only_some
                return MatchingFile(path=path, why=why, line=line, only_some=only_some)
            if probe.body and not earlier and (found := await first_match_in_file(probe.body, path, text, probe.read)):
                return MatchingFile(path=path, why=shortened(found.text, 120), line=found.line)
        except (SourceError, Unmeasurable) as error:
            if not isinstance(error, BudgetSpent):
                self.error_log.add(error)
            return error
        return None
