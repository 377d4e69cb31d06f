"""Replay whole sources, one after another, and sum up."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from pawtui.replay.comparing import Explainer
from pawtui.replay.errors import NoSessions, ReplayError, SourceError
from pawtui.replay.export_file import SIZE_LIMIT, ExportFile
from pawtui.replay.generation import Generation, all_generations
from pawtui.replay.model import Inventory, Issue, Session
from pawtui.replay.native import NativeEvents, NativeRows
from pawtui.replay.parallel import WORTHWHILE, Unavailable, Work, replay_batches
from pawtui.replay.replayer import Replayer
from pawtui.replay.result import GenerationInfo, SchemaUse, SourceInfo
from pawtui.replay.schema import Schema
from pawtui.replay.schema_check import SchemaCheck, fits
from pawtui.replay.session_tree import tree_issues
from pawtui.replay.snapshot import Snapshot, open_snapshot
from pawtui.replay.sources import Found, find_sources
from pawtui.replay.tally import Tally
from pawtui.replay.upstream import UpstreamComparer, UpstreamResult
from pawtui.replay.v1_database import V1Database


class Progress(NamedTuple):
    """How far a replay is: the source at hand, its sessions read so far and in all (0: not known), and parts."""

    path: Path
    sessions: int
    of: int
    parts: int


Report = Callable[[Progress], None]


class Result(NamedTuple):
    """What a replay found. `source` stands for all sources: its digest is over theirs where there are several."""

    source: SourceInfo
    sources: list[SourceInfo]
    skipped: list[str]
    generation: GenerationInfo
    schema: SchemaUse | None
    tally: Tally
    upstream: list[UpstreamResult]
    resume: dict[str, tuple[str, str]]
    semantics: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether all of every source could be read."""
        return not any(source.error for source in self.sources) and not any(
            count.unread for count in self.tally.issues.values()
        )


def choose_generation(schema: Schema | None) -> Generation:
    """Return the newest generation whose events the schema defines, or without a schema the newest.

    Raises `GenerationError`, and `ReplayError` where the schema fits none.
    """
    known = all_generations()
    if schema is None:
        return known[0]
    for generation in known:
        if fits(generation, schema):
            return generation
    names = ", ".join(generation.name for generation in known)
    raise ReplayError(
        f"{schema.path or 'The schema'} defines the events of none of the mappings {names}. "
        "Choose one with --generation, or give another document."
    )


def replay(
    paths: Sequence[Path],
    generation: Generation,
    *,
    schema: Schema | None = None,
    report: Report = lambda _progress: None,
    jobs: int = 1,
) -> Result:
    """Replay every session that the paths name.

    Args:
        jobs: processes that a large database is divided between.
        report: called now and then.

    Raises:
        SourceError: nothing at all could be read, and why not.
        GenerationError, SchemaError: the mapping or the document is wrong.
    """
    check = SchemaCheck(generation, schema) if schema is not None else None
    total = Replayer(generation, check).tally
    sources: list[SourceInfo] = []
    skipped: list[str] = []
    upstream: dict[tuple[str, str], UpstreamResult] = {}
    failed: SourceError | None = None
    for found in find_sources(paths):
        if isinstance(found, SourceError):
            failed = failed or found
            sources.append(SourceInfo(path=str(found.path), error=str(found)))
            continue
        run = _Run(found, generation, check, len(sources), report, jobs)
        try:
            info = run.export() if found.kind == "export" else run.database()
        except SourceError as error:
            if found.listed and isinstance(error, NoSessions):
                skipped.append(str(found.path))
                continue
            failed = failed or error
            sources.append(SourceInfo(path=str(found.path), kind=found.kind, error=str(error)))
            continue
        sources.append(info)
        total.merge(run.tally)
        for one in run.upstream:
            known = upstream.get((one.generation, one.stored))
            if known is None:
                upstream[one.generation, one.stored] = one
            else:
                known.add(one)
    if not any(not source.error for source in sources):
        raise failed or SourceError(paths[0], "it holds no databases and no exported sessions. Name another folder.")
    return Result(
        source=_combined(paths, sources),
        sources=sources,
        skipped=skipped,
        generation=GenerationInfo(name=generation.name, title=generation.title, sources=generation.sources),
        schema=_used(schema) if schema is not None else None,
        tally=total,
        upstream=list(upstream.values()),
        resume={one.state: (one.v1, one.native) for one in generation.resume},
        semantics=generation.semantics,
    )


class _Run:
    """The replay of one source."""

    def __init__(
        self, found: Found, generation: Generation, check: SchemaCheck | None, number: int, report: Report, jobs: int
    ) -> None:
        self._found, self._generation, self._check = found, generation, check
        self._number, self._report, self._jobs = number, report, jobs
        self.tally = Tally()
        self.upstream: list[UpstreamResult] = []

    def export(self) -> SourceInfo:
        """Replay an exported session. Raises `SourceError`."""
        path = self._found.path
        try:
            size = path.stat().st_size
            if size > SIZE_LIMIT:
                raise SourceError(path, f"it has over {SIZE_LIMIT:,} bytes. Export single sessions.")
            data = path.read_bytes()
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise SourceError(path, f"{reason}. Check the path and its permissions.") from error
        source = ExportFile(path, data)
        replayer = Replayer(self._generation, self._check)
        for session in source.sessions():
            replayer.replay(session, self._number)
        self.tally = replayer.tally.take()
        return SourceInfo(
            path=str(path),
            sha256=hashlib.sha256(data).hexdigest(),
            kind="export",
            bytes=size,
            inventory=source.inventory(),
        )

    def database(self) -> SourceInfo:
        """Replay a database; where it was written meanwhile, once more from a copy. Raises `SourceError`."""
        for copy in (False, True):
            with open_snapshot(self._found.path, copy=copy) as snapshot:
                try:
                    info = self._replay(snapshot)
                except SourceError:
                    # What looks damaged may only have been written meanwhile.
                    if snapshot.unchanged():
                        raise
                    continue
                if snapshot.unchanged():
                    return info
        raise AssertionError("a copy does not change")

    def _replay(self, snapshot: Snapshot) -> SourceInfo:
        path = self._found.path
        database = V1Database(path, snapshot.connection)
        inventory = self._known(database.inventory())
        replayer = Replayer(self._generation, self._check)
        self.tally = replayer.tally
        self.upstream = []
        self._replay_sessions(database, replayer, snapshot, inventory)
        for _message, part in database.stray_parts():
            replayer.stray(part)
        for issue in (*database.issues(), *tree_issues(self.tally.sessions)):
            self.tally.issue(issue)
        self._count_tables(inventory.tables)
        self.tally = self.tally.take()
        self._count_again(database, inventory.tables.get("part", 0))
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
        of, parts = inventory.tables.get("session", 0), inventory.tables.get("part", 0)
        sessions: Iterator[Session] = database.sessions()
        done = read = 0
        if self._jobs > 1 and parts >= WORTHWHILE and database.divisible:
            schema = self._check.schema.document if self._check is not None else b""
            work = Work(self._found.path, snapshot.uri, self._generation, schema, self._number)
            names = database.session_ids()
            try:
                for batch in replay_batches(work, names, parts, self._jobs):
                    done, read = done + batch.sessions, read + batch.parts
                    self.tally.merge(batch.tally)
                    self._report(Progress(self._found.path, done, of, read))
            except Unavailable:
                pass
            database.count_read(read)
            sessions = chain(database.some_sessions(names[done:]), database.stray_sessions())
        for number, session in enumerate(sessions, start=done + 1):
            read += replayer.replay(session, self._number).parts.total
            self._report(Progress(self._found.path, number, of, read))

    def _count_again(self, database: V1Database, stored: int) -> None:
        """Note where the parts that were counted are not as many as the table has rows."""
        found = sum(counts.total for counts in self.tally.cells.values())
        if database.has_v1 and found != stored:
            detail = f"{stored:,} rows, {found:,} read"
            self.tally.issue(Issue("parts missing", self._found.path.name, detail, unread=True))

    def _known(self, inventory: Inventory) -> Inventory:
        """Return the inventory without columns of sessions that the mapping knows of."""
        unknown = dict(inventory.unknown_columns)
        columns = [name for name in unknown.pop("session", ()) if name not in self._generation.session.columns]
        return msgspec.structs.replace(
            inventory, unknown_columns={**unknown, **({"session": columns} if columns else {})}
        )

    def _count_tables(self, tables: dict[str, int]) -> None:
        """Count the rows of tables that have no place."""
        rule = self._generation.session
        explainer = Explainer(rule.tables, {})
        for name in rule.tables:
            if rows := tables.get(name, 0):
                self.tally.outside_parts("table", name, "", explainer.explain("lost", name), "message", rows)

    def _compare_upstream(self, database: V1Database, types: dict[str, int]) -> None:
        """Compare with what the upstream itself stored, for each generation that it stored."""
        for generation in all_generations():
            try:
                events = NativeEvents(database, generation)
                if events.count(types):
                    self._compare(database, generation, events)
                # One table serves two generations: a database is of the one whose mark it has.
                if _holds_rows(database, generation, types):
                    self._compare(database, generation, NativeRows(database, generation))
            except sqlite3.Error:
                # The sessions were read; what the upstream stored beside them is damaged.
                continue

    def _compare(self, database: V1Database, generation: Generation, native: NativeEvents | NativeRows) -> None:
        stored: Literal["events", "rows"] = "events" if isinstance(native, NativeEvents) else "rows"
        comparer = UpstreamComparer(generation, stored)
        replayer = Replayer(generation)
        for session_id in sorted(native.sessions()):
            session = database.session(session_id)
            if session is not None and replayer.replay(session, self._number, comparer.observe).messages:
                comparer.finish(native.of(session_id))
            else:
                comparer.result.alone += 1
        result = comparer.end()
        if result.sessions or result.alone:
            self.upstream.append(result)


def _holds_rows(database: V1Database, generation: Generation, types: dict[str, int]) -> bool:
    marks = generation.detect.tables
    if marks:
        return any(name in database.layout for name in marks)
    others = {name for other in all_generations() for name in other.detect.tables}
    return not any(name in database.layout for name in others) and bool(NativeEvents(database, generation).count(types))


def _combined(paths: Sequence[Path], sources: list[SourceInfo]) -> SourceInfo:
    """Return what stands for all sources: the only one, or the paths with a digest over all digests."""
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
