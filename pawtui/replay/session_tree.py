"""Check the tree that sessions and their subsessions form: each parent is there, and none is its own ancestor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pawtui.replay.model import Issue
from pawtui.replay.result import SessionResult


def tree_issues(sessions: Iterable[SessionResult]) -> Iterator[Issue]:
    """Yield what is wrong with the parents of one database's sessions; each cycle once."""
    parents = {session.id: session.parent for session in sessions}
    settled: set[str] = set()
    for session_id, parent in parents.items():
        if parent and parent not in parents:
            yield Issue("missing parent session", session_id, "no session has its parent's id", session_id)
        path: dict[str, None] = {}
        step = session_id
        while step in parents and step not in settled and step not in path:
            path[step] = None
            step = parents[step]
        if step in path:
            yield Issue("session cycle", step, "it is its own ancestor", step)
        settled.update(path)
