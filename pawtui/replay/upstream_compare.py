"""Compare the mapping with the events or the rows of the read model that the upstream itself stored in a database."""

from collections.abc import Mapping

from pawtui.replay.comparing.event_compare import UpstreamComparer
from pawtui.replay.comparing.stored_events import StoredEvents, StoredRows
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.mapping.read_generation import all_generations
from pawtui.replay.reading.v1_database import V1Database
from pawtui.replay.replayer import Replayer
from pawtui.replay.results.result import UpstreamResult


def compare_upstream(database: V1Database, types: Mapping[str, int]) -> list[UpstreamResult]:
    """Return the comparison with each generation of events and of rows that the database has.

    `types` has the number of rows of each type of stored event. If a comparison fails, the database has an issue.
    """
    results = []
    generations = all_generations()
    # All generations use the same table of rows. The rows belong to the generation whose marker table exists. If no
    # marker table exists, they belong to a generation without marker tables whose events exist.
    marked = {found.name for found in generations if not database.layout.keys().isdisjoint(found.marker_tables)}
    for generation in generations:
        with database.record_damage("the upstream's own events and rows"):
            events = StoredEvents(database, generation)
            has_events = events.exist(types)
            if has_events:
                results.append(_compare(database, generation, events))
            has_unmarked_rows = has_events and not marked and not generation.marker_tables
            if generation.name in marked or has_unmarked_rows:
                results.append(_compare(database, generation, StoredRows(database, generation)))
    return [result for result in results if result.sessions or result.alone]


def _compare(database: V1Database, generation: Generation, stored: StoredEvents | StoredRows) -> UpstreamResult:
    comparer = UpstreamComparer(generation, stored.form)
    replayer = Replayer(generation)
    for session_id in sorted(stored.sessions()):
        session = database.session(session_id)
        if session is None or not replayer.replay(session, observe=comparer.observe).messages:
            comparer.result.alone += 1
            continue
        if (fields := stored.session_fields(session_id)) is not None:
            comparer.compare_session(session.info, fields)
        comparer.finish(stored.events_of(session_id))
    return comparer.end()
