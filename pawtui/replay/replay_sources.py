"""Replay whole sources, one after another, and return one result."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pawtui.replay.checking.openapi_schema import OpenApiSchema
from pawtui.replay.checking.schema_check import SchemaCheck, defines_events
from pawtui.replay.checking.session_checks import shared_session_issues
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.mapping.read_generation import all_generations
from pawtui.replay.parallel import default_jobs
from pawtui.replay.reading.find_session_files import find_session_files
from pawtui.replay.replay_errors import NoSessions, ReplayError, ReplaySourceError
from pawtui.replay.results.result import Result, SourceInfo, UpstreamResult
from pawtui.replay.results.totals import Totals
from pawtui.replay.source_replayer import ReplayProgressCallback, SourceReplayer


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
        f"{schema.use.path or 'The schema'} does not define the events of any mapping ({names}). "
        "Give a mapping with --generation, or give another document."
    )


def replay_sources(
    paths: Sequence[Path],
    generation: Generation,
    *,
    schema: OpenApiSchema | None = None,
    on_progress: ReplayProgressCallback = lambda _progress: None,
    jobs: int | None = None,
) -> Result:
    """Replay every session of the paths.

    Args:
        on_progress: receives the progress after each session or batch of sessions.
        jobs: the number of processes for a large database; None for `default_jobs()`.

    Raises:
        ReplaySourceError: no source could be read; this is the error of the first one.
        ReplayError: the mapping or the document is invalid.
    """
    schema_check = SchemaCheck(generation, schema) if schema is not None else None
    totals = Totals()
    sources: list[SourceInfo] = []
    skipped: list[str] = []
    errors: list[ReplaySourceError] = []
    upstream: dict[tuple[str, str], UpstreamResult] = {}
    replayer = SourceReplayer(generation, schema_check, on_progress, jobs or default_jobs())
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
        sources.append(replayed.info)
        totals.merge(replayed.totals)
        for result in replayed.upstream:
            key = result.generation, result.stored
            if key in upstream:
                upstream[key].add(result)
            else:
                upstream[key] = result
    for issue in shared_session_issues(totals.sessions, [source.path for source in sources]):
        totals.count_issue(issue)
    if all(source.error for source in sources):
        empty = ReplaySourceError(paths[0], "it has no databases and no exported sessions. Give another folder.")
        raise errors[0] if errors else empty
    return Result(
        source=_combined(paths, sources),
        sources=sources,
        skipped=skipped,
        generation=generation,
        schema=schema.use if schema is not None else None,
        totals=totals,
        upstream=list(upstream.values()),
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
