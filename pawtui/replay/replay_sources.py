"""Replay whole sources, one after another, and return one result."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pawtui.phrases import counted
from pawtui.replay.checking.importer import sessions_not_imported
from pawtui.replay.checking.openapi_schema import OpenApiSchema, SchemaCheck, defines_events
from pawtui.replay.checking.session_checks import missing_parent_issues, shared_session_issues
from pawtui.replay.comparing.event_compare import UpstreamComparer
from pawtui.replay.comparing.field_compare import FieldComparer
from pawtui.replay.comparing.stored_events import StoredEvents, StoredRows
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.mapping.mapper import MappedMessage
from pawtui.replay.mapping.read_generation import all_generations
from pawtui.replay.parallel import MIN_PARTS, ProcessesUnavailable, Work, process_count, replay_batches
from pawtui.replay.reading.exported_session import ExportFile
from pawtui.replay.reading.find_session_files import SessionFile, find_session_files
from pawtui.replay.reading.read_only_database import ReadOnlyDatabase, open_read_only
from pawtui.replay.reading.session_types import DataIssue, IssueKind
from pawtui.replay.reading.v1_database import V1Database
from pawtui.replay.replay_errors import NoSessions, ReplayError, ReplaySourceError
from pawtui.replay.replayer import Replayer
from pawtui.replay.results.result import Result, SourceInfo, UpstreamResult
from pawtui.replay.results.totals import Totals


def choose_generation(schema: OpenApiSchema | None) -> Generation:
    """Return the newest generation whose events the schema defines, or the newest generation without a schema.

    Raises `ReplayError` if the schema does not define the events of any generation.
    """
    known = all_generations()
    if schema is None:
        return known[0]
    for generation in known:
        if defines_events(schema, generation):
            return generation
    names = ", ".join(generation.name for generation in known)
    raise ReplayError(
        f"{schema.info.path or 'The schema'} does not define the events of any mapping ({names}). "
        "Give a mapping with --generation, or give another document."
    )


class ReplayProgress(NamedTuple):
    """The progress of a replay: the current source, and the numbers of its sessions and parts that are done.

    `all_sessions` is the number of sessions that are known so far: those without a row are found last.
    """

    path: Path
    sessions_done: int
    all_sessions: int
    parts_done: int

    @property
    def counts(self) -> str:
        """The numbers as text, such as `3 of 12 sessions, 1,204 parts`."""
        sessions = f"{self.sessions_done:,} of {counted(self.all_sessions, 'session')}"
        return f"{sessions}, {counted(self.parts_done, 'part')}"


ReplayProgressCallback = Callable[[ReplayProgress], None]


def replay_sources(
    paths: Sequence[Path],
    generation: Generation,
    *,
    schema: OpenApiSchema | None = None,
    on_progress: ReplayProgressCallback = lambda _progress: None,
) -> Result:
    """Replay every session of the paths. `on_progress` receives the progress after each session or batch of sessions.

    Raises:
        ReplaySourceError: no source could be read; this is the error of the first one.
        ReplayError: the mapping or the document is invalid.
    """
    schema_check = SchemaCheck(generation, schema) if schema is not None else None
    totals = Totals()
    sources: list[SourceInfo] = []
    skipped: list[str] = []
    errors: list[ReplaySourceError] = []
    upstream: list[UpstreamResult] = []
    replayer = _SourceReplayer(generation, schema_check, on_progress)
    for file in find_session_files(paths):
        try:
            replayed = replayer.replay(file)
        except ReplaySourceError as error:
            if file.in_folder and isinstance(error, NoSessions):
                skipped.append(str(file.path))
            else:
                errors.append(error)
                sources.append(SourceInfo(path=str(file.path), kind=file.kind, error=str(error)))
            continue
        for session in replayed.totals.sessions:
            session.source = len(sources)
        for compared in replayed.upstream:
            compared.source = len(sources)
        sources.append(replayed.info)
        totals.merge(replayed.totals)
        upstream += replayed.upstream
    for issue in shared_session_issues(totals.sessions, [source.path for source in sources]):
        totals.count_issue(issue)
    if all(source.error for source in sources):
        nothing = ReplaySourceError(paths[0], "it has no databases and no exported sessions. Give another folder.")
        raise errors[0] if errors else nothing
    return Result(
        source=_combined(paths, sources),
        sources=sources,
        skipped=skipped,
        generation=generation,
        schema=schema.info if schema is not None else None,
        totals=totals,
        upstream=upstream,
    )


def _combined(paths: Sequence[Path], sources: list[SourceInfo]) -> SourceInfo:
    """Return one source for all sources: the only source, or all paths with a digest of all digests."""
    if len(sources) == 1:
        return sources[0]
    digests = "".join(f"{source.sha256}  {Path(source.path).name}\n" for source in sources)
    return SourceInfo(
        path=" ".join(str(path) for path in paths),
        sha256=hashlib.sha256(digests.encode("utf-8", "surrogateescape")).hexdigest(),
        bytes=sum(source.bytes for source in sources),
        copied=any(source.copied for source in sources),
    )


class _ReplayedSource(NamedTuple):
    """A source that was replayed: its counts, and its comparisons with the upstream's own events and rows."""

    info: SourceInfo
    totals: Totals
    upstream: list[UpstreamResult]


@dataclass(frozen=True)
class _SourceReplayer:
    """Replays one source after another."""

    generation: Generation
    schema_check: SchemaCheck | None
    on_progress: ReplayProgressCallback

    def replay(self, file: SessionFile) -> _ReplayedSource:
        """Replay a source. Raises `ReplaySourceError`."""
        if file.error is not None:
            raise file.error
        match file.kind:
            case "database":
                return self._replay_database(file.path)
            case "export":
                return self._replay_export(file.path)
            case "":
                raise AssertionError("a file of unknown kind has an error")

    def _replay_export(self, path: Path) -> _ReplayedSource:
        file = ExportFile(path)
        replayer = Replayer(self.generation, self.schema_check)
        replayer.replay(file.session)
        info = SourceInfo(path=str(path), sha256=file.sha256, kind="export", bytes=file.bytes, inventory=file.inventory)
        return _ReplayedSource(info, replayer.totals, [])

    def _replay_database(self, path: Path) -> _ReplayedSource:
        """Replay a database. If it changes during the replay, replay a copy."""
        for copy in (False, True):
            with open_read_only(path, copy=copy) as opened:
                try:
                    replayed = self._replay_opened(opened)
                except ReplaySourceError:
                    # A database that changes during the replay can look damaged.
                    if opened.is_unchanged():
                        raise
                    continue
                if opened.is_unchanged():
                    return replayed
        raise AssertionError("a copy does not change")

    def _replay_opened(self, opened: ReadOnlyDatabase) -> _ReplayedSource:
        database = V1Database(opened.path, opened.connection)
        inventory = database.inventory(self.generation.session.columns)
        not_imported = sessions_not_imported(database, self.generation)
        replayer = Replayer(self.generation, self.schema_check, not_imported)
        totals = replayer.totals
        self._replay_sessions(database, replayer, opened.uri, inventory.tables)
        replayer.count_orphans(database.orphan_parts())
        upstream = _compare_upstream(database)
        for issue in (*database.pop_issues(), *missing_parent_issues(totals.sessions)):
            totals.count_issue(issue)
        _count_tables(totals, self.generation, database, inventory.tables)
        _count_missing_rows(totals, database, inventory.tables)
        info = SourceInfo(
            path=str(opened.path),
            sha256=opened.sha256(),
            kind="database",
            bytes=opened.fingerprint.size,
            wal_sha256=opened.wal_sha256,
            copied=opened.copied,
            inventory=inventory,
        )
        return _ReplayedSource(info, totals, upstream)

    def _replay_sessions(self, database: V1Database, replayer: Replayer, uri: str, tables: Mapping[str, int]) -> None:
        """Replay all sessions: those of a large database in several processes, if possible."""
        parts = tables.get("part", 0)
        ids = database.session_ids()
        sessions_done = parts_done = 0
        processes = process_count()
        if processes > 1 and parts >= MIN_PARTS:
            schema = self.schema_check.schema.document if self.schema_check is not None else b""
            work = Work(database.path, uri, self.generation, schema, replayer.not_imported)
            # Without processes, the sessions that are not done yet are replayed below.
            with suppress(ProcessesUnavailable), closing(replay_batches(work, ids, parts, processes)) as batches:
                for count, totals in batches:
                    sessions_done += count
                    parts_done += sum(session.parts.total for session in totals.sessions)
                    replayer.totals.merge(totals)
                    self.on_progress(ReplayProgress(database.path, sessions_done, len(ids), parts_done))
        sessions = chain(database.sessions(ids[sessions_done:]), database.unlisted_sessions(ids))
        for number, session in enumerate(sessions, start=sessions_done + 1):
            parts_done += replayer.replay(session).parts.total
            self.on_progress(ReplayProgress(database.path, number, max(number, len(ids)), parts_done))


def _count_missing_rows(totals: Totals, database: V1Database, rows: Mapping[str, int]) -> None:
    """Count an issue for each of the tables of messages and parts that has another number of rows than were read."""
    read_parts = sum(group.count for group in totals.groups.values())
    kinds: tuple[tuple[IssueKind, str, int], ...] = (
        ("messages missing", "message", totals.messages.total()),
        ("parts missing", "part", read_parts),
    )
    for kind, table, read in kinds:
        stored = rows.get(table, read)
        if read != stored:
            detail = f"{counted(stored, 'row')}, {read:,} read"
            totals.count_issue(DataIssue(kind, database.path.name, detail, unread=True))


def _count_tables(totals: Totals, generation: Generation, database: V1Database, rows: Mapping[str, int]) -> None:
    """Count the rows of tables that the new model does not have. `rows` has the number of rows of each table."""
    comparer = FieldComparer(generation.session.tables, {})
    for name in generation.session.tables:
        table, _, column = name.partition(".")
        has_column = table in database.layout and (not column or column in database.layout[table].columns)
        if has_column and (count := rows.get(table, 0)):
            totals.count_outside("table", table, [comparer.explain("lost", name)], count=count)


def _compare_upstream(database: V1Database) -> list[UpstreamResult]:
    """Return the comparison with each generation of events and of rows that the database has.

    If a comparison fails, the database has an issue.
    """
    results = []
    generations = all_generations()
    # All generations use the same table of rows. The rows belong to the newest generation whose table of sessions
    # exists, or that has no such table.
    rows_generation = next(found for found in generations if found.upstream.session_table in ("", *database.layout))
    for generation in generations:
        with database.record_damage("the upstream's own events and rows"):
            results.append(_compare(database, generation, StoredEvents(database, generation)))
            if generation is rows_generation:
                results.append(_compare(database, generation, StoredRows(database, generation)))
    return [result for result in results if result.sessions or result.alone]


def _compare(database: V1Database, generation: Generation, stored: StoredEvents | StoredRows) -> UpstreamResult:
    """Replay the sessions that have stored events or rows, and compare both."""
    comparer = UpstreamComparer(generation, stored.form)
    replayer = Replayer(generation)
    for session in database.sessions(sorted(stored.sessions())):
        messages: list[MappedMessage] = []
        if not replayer.replay(session, observe=messages.append).messages:
            comparer.result.alone += 1
            continue
        if isinstance(stored, StoredRows) and (fields := stored.session_fields(session.id)) is not None:
            comparer.compare_fields(session.info, fields)
        comparer.compare_events(messages, stored.events_of(session.id))
    return comparer.end()
