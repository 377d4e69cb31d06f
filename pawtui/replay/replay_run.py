"""Replay whole sources, one after another, and return one result."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from pawtui.replay.checks import shared_session_issues, tree_issues
from pawtui.replay.comparing import Explainer
from pawtui.replay.export_file import ExportFile
from pawtui.replay.generation import Generation, all_generations
from pawtui.replay.parallel import WORTHWHILE, Unavailable, Work, rare_garbage_collection, replay_batches
from pawtui.replay.replay_errors import NoSessions, ReplayError, SourceError
from pawtui.replay.replayer import Replayer
from pawtui.replay.result import GenerationInfo, SchemaUse, SourceInfo, Stored, UpstreamResult
from pawtui.replay.schema import Schema
from pawtui.replay.schema_check import SchemaCheck, defines_events
from pawtui.replay.session_types import Inventory, Issue, Session
from pawtui.replay.snapshot import Snapshot, open_snapshot
from pawtui.replay.sources import SourceFile, find_sources
from pawtui.replay.stored_compare import UpstreamComparer
from pawtui.replay.stored_events import StoredEvents, StoredRows
from pawtui.replay.totals import Totals
from pawtui.replay.v1_database import V1Database


class Progress(NamedTuple):
    """The progress of a replay: the current source, and its numbers of sessions and parts that are done.

    `all_sessions` is the number of sessions in the source, or 0 if it is unknown.
    """

    path: Path
    sessions: int
    all_sessions: int
    parts: int


Report = Callable[[Progress], None]


class Result(NamedTuple):
    """The result of a replay. `source` represents all sources; with several, its digest is that of all digests."""

    source: SourceInfo
    sources: list[SourceInfo]
    skipped: list[str]
    generation: GenerationInfo
    schema: SchemaUse | None
    totals: Totals
    upstream: list[UpstreamResult]
    resume: dict[str, tuple[str, str]]
    semantics: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether all data of every source could be read."""
        unread = any(issues.unread for issues in self.totals.issues.values())
        return not unread and not any(source.error for source in self.sources)


def choose_generation(schema: Schema | None) -> Generation:
    """Return the newest generation whose events the schema defines, or the newest generation without a schema.

    Raises `GenerationError`, and `ReplayError` if the schema does not define the events of any generation.
    """
    known = all_generations()
    if schema is None:
        return known[0]
    for generation in known:
        if defines_events(schema, generation):
            return generation
    names = ", ".join(generation.name for generation in known)
    raise ReplayError(
        f"{schema.path or 'The schema'} does not define the events of any mapping ({names}). "
        "Give a mapping with --generation, or give another document."
    )


def replay(
    paths: Sequence[Path],
    generation: Generation,
    *,
    schema: Schema | None = None,
    report: Report = lambda _progress: None,
    jobs: int = 1,
) -> Result:
    """Replay every session of the paths.

    Args:
        report: receives the progress after each session or batch of sessions.
        jobs: the number of processes for a large database.

    Raises:
        SourceError: no source could be read; this is the error of the first one.
        GenerationError, SchemaError: the mapping or the document is invalid.
    """
    check = SchemaCheck(generation, schema) if schema is not None else None
    totals = Totals()
    sources: list[SourceInfo] = []
    skipped: list[str] = []
    upstream: dict[tuple[str, str], UpstreamResult] = {}
    first_error: SourceError | None = None
    for file in find_sources(paths):
        if isinstance(file, SourceError):
            first_error = first_error or file
            sources.append(SourceInfo(path=str(file.path), error=str(file)))
            continue
        run = _Run(file, generation, check, len(sources), report, jobs)
        try:
            with rare_garbage_collection():
                info = run.export() if file.kind == "export" else run.database()
        except SourceError as error:
            if file.in_folder and isinstance(error, NoSessions):
                skipped.append(str(file.path))
                continue
            first_error = first_error or error
            sources.append(SourceInfo(path=str(file.path), kind=file.kind, error=str(error)))
            continue
        sources.append(info)
        totals.merge(run.totals)
        for comparison in run.upstream:
            known = upstream.get((comparison.generation, comparison.stored))
            if known is None:
                upstream[comparison.generation, comparison.stored] = comparison
            else:
                known.add(comparison)
    for issue in shared_session_issues(totals.sessions, [source.path for source in sources]):
        totals.count_issue(issue)
    if all(source.error for source in sources):
        raise first_error or SourceError(paths[0], "it has no databases and no exported sessions. Give another folder.")
    return Result(
        source=_combined(paths, sources),
        sources=sources,
        skipped=skipped,
        generation=GenerationInfo(name=generation.name, title=generation.title, sources=generation.sources),
        schema=_used(schema) if schema is not None else None,
        totals=totals,
        upstream=list(upstream.values()),
        resume={resume.state: (resume.v1, resume.native) for resume in generation.resume},
        semantics=generation.semantics,
    )


class _Run:
    """The replay of one source."""

    def __init__(
        self,
        file: SourceFile,
        generation: Generation,
        check: SchemaCheck | None,
        number: int,
        report: Report,
        jobs: int,
    ) -> None:
        self._path, self._generation, self._check = file.path, generation, check
        self._number, self._report, self._jobs = number, report, jobs
        self.totals = Totals()
        self.upstream: list[UpstreamResult] = []

    def export(self) -> SourceInfo:
        """Replay an exported session. Raises `SourceError`."""
        file = ExportFile(self._path)
        replayer = Replayer(self._generation, self._check)
        replayer.replay(file.session, self._number)
        self.totals = replayer.totals.take()
        return SourceInfo(
            path=str(self._path), sha256=file.sha256, kind="export", bytes=file.bytes, inventory=file.inventory
        )

    def database(self) -> SourceInfo:
        """Replay a database. If it changes during the replay, replay a copy. Raises `SourceError`."""
        for copy in (False, True):
            with open_snapshot(self._path, copy=copy) as snapshot:
                try:
                    info = self._replay(snapshot)
                except SourceError:
                    # A database that changes during the replay can look damaged.
                    if snapshot.unchanged():
                        raise
                    continue
                if snapshot.unchanged():
                    return info
        raise AssertionError("a copy does not change")

    def _replay(self, snapshot: Snapshot) -> SourceInfo:
        path = self._path
        database = V1Database(path, snapshot.connection)
        inventory = self._known(database.inventory())
        replayer = Replayer(self._generation, self._check)
        self.totals = replayer.totals
        self.upstream = []
        self._replay_sessions(database, replayer, snapshot, inventory)
        for _message, part in database.orphan_parts():
            replayer.count_orphan(part)
        for issue in (*database.issues(), *tree_issues(self.totals.sessions)):
            self.totals.count_issue(issue)
        self._count_tables(inventory.tables)
        self.totals = self.totals.take()
        self._count_again(database, inventory.tables)
        self._compare_upstream(database, inventory.events)
        return SourceInfo(
            path=str(path),
            sha256=snapshot.sha256(),
            kind="database",
            bytes=snapshot.bytes,
            wal_sha256=snapshot.wal_sha256,
            copied=snapshot.copied,
            inventory=inventory,
        )

    def _replay_sessions(
        self, database: V1Database, replayer: Replayer, snapshot: Snapshot, inventory: Inventory
    ) -> None:
        all_sessions, parts = inventory.tables.get("session", 0), inventory.tables.get("part", 0)
        sessions: Iterator[Session] = database.sessions()
        done = read = 0
        if self._jobs > 1 and parts >= WORTHWHILE and database.divisible:
            schema = self._check.schema.document if self._check is not None else b""
            work = Work(self._path, snapshot.uri, self._generation, schema, self._number)
            ids = database.session_ids()
            # Without processes, the sessions that are not done yet are replayed below.
            with suppress(Unavailable), closing(replay_batches(work, ids, parts, self._jobs)) as batches:
                for batch in batches:
                    done, read = done + batch.sessions, read + batch.parts
                    self.totals.merge(batch.totals)
                    self._report(Progress(self._path, done, all_sessions, read))
            database.count_read(read)
            sessions = chain(database.some_sessions(ids[done:]), database.sessions_without_row())
        for number, session in enumerate(sessions, start=done + 1):
            read += replayer.replay(session, self._number).parts.total
            self._report(Progress(self._path, number, all_sessions, read))

    def _count_again(self, database: V1Database, tables: dict[str, int]) -> None:
        """Add an issue if the number of counted parts is not the number of rows in the table."""
        stored = tables.get("part")
        if stored is None:
            return
        counted = sum(counts.total for counts in self.totals.cells.values())
        if database.has_v1 and counted != stored:
            detail = f"{stored:,} rows, {counted:,} read"
            self.totals.count_issue(Issue("parts missing", self._path.name, detail, unread=True))

    def _known(self, inventory: Inventory) -> Inventory:
        """Return the inventory with the columns of sessions that neither pawtui nor the mapping knows."""
        unknown = dict(inventory.unknown_columns)
        columns = [name for name in unknown.pop("session", ()) if name not in self._generation.session.columns]
        return msgspec.structs.replace(
            inventory, unknown_columns={**unknown, **({"session": columns} if columns else {})}
        )

    def _count_tables(self, tables: dict[str, int]) -> None:
        """Count the rows of tables that the new model does not have."""
        rule = self._generation.session
        explainer = Explainer(rule.tables, {})
        for name in rule.tables:
            if rows := tables.get(name, 0):
                self.totals.count_outside("table", name, [explainer.explain("lost", name)], count=rows)

    def _compare_upstream(self, database: V1Database, types: dict[str, int]) -> None:
        """Compare the mapping with each generation of events or rows that the upstream itself stored."""
        for generation in all_generations():
            try:
                events = StoredEvents(database, generation)
                if events.count(types):
                    self._compare(database, generation, events)
                if _has_rows(database, generation, types):
                    self._compare(database, generation, StoredRows(database, generation))
            except sqlite3.Error:
                # The tables of the first model were readable: only this comparison is left out.
                continue

    def _compare(self, database: V1Database, generation: Generation, theirs: StoredEvents | StoredRows) -> None:
        stored: Stored = "events" if isinstance(theirs, StoredEvents) else "rows"
        comparer = UpstreamComparer(generation, stored)
        replayer = Replayer(generation)
        for session_id in sorted(theirs.sessions()):
            session = database.session(session_id)
            if session is not None and replayer.replay(session, self._number, comparer.observe).messages:
                fields = theirs.session_fields(session_id) if isinstance(theirs, StoredRows) else None
                if fields is not None:
                    comparer.compare_session(session.info, fields)
                comparer.finish(theirs.events_of(session_id))
            else:
                comparer.result.alone += 1
        result = comparer.end()
        if result.sessions or result.alone:
            self.upstream.append(result)


def _has_rows(database: V1Database, generation: Generation, types: dict[str, int]) -> bool:
    """Return whether the rows of the read model are of a generation. Two generations use the same table."""
    if generation.marker_tables:
        return any(name in database.layout for name in generation.marker_tables)
    others = {name for other in all_generations() for name in other.marker_tables}
    return not any(name in database.layout for name in others) and bool(StoredEvents(database, generation).count(types))


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


def _used(schema: Schema) -> SchemaUse:
    return SchemaUse(
        path=schema.path,
        sha256=schema.sha256,
        title=schema.title,
        version=schema.version,
        events=len(schema.event_types()),
    )
