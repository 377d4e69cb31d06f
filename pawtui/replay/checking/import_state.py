"""Find the sessions that the upstream's importer does not import any more."""

import sqlite3

from pawtui.replay.mapping.generation import Generation
from pawtui.replay.reading.db_tables import quote, text
from pawtui.replay.reading.decode import Undecodable, decode_object
from pawtui.replay.reading.v1_database import V1Database


def sessions_not_imported(database: V1Database, generation: Generation) -> frozenset[str]:
    """Return the ids of the sessions that are missing in the upstream's table although its import has ended.

    The importer runs once for each database. It stores its state under `session.import_key` in the table `kv`.
    """
    imported, key = generation.upstream.session_table, generation.session.import_key
    try:
        row = database.connection.execute("SELECT value FROM kv WHERE key = ?", (key,)).fetchone()
        if row is None or not _has_ended(row[0]):
            return frozenset()
        rows = database.connection.execute(
            f"SELECT id FROM session WHERE id NOT IN (SELECT id FROM {quote(imported)} WHERE id IS NOT NULL)"  # noqa: S608
        )
        return frozenset(text(session_id) for (session_id,) in rows)
    except sqlite3.Error:
        # One of the tables does not exist. If the table of sessions is damaged, the replay reports it.
        return frozenset()


def _has_ended(state: object) -> bool:
    try:
        return isinstance(state, bytes) and decode_object(state).get("phase") == "completed"
    except Undecodable:
        return False
