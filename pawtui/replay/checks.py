"""Check that each session can be opened, read, resumed and exported, and that the parents of sessions form a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pawtui.replay.export_file import are_exported_equal, reads_back
from pawtui.replay.generation import Generation
from pawtui.replay.result import SessionResult
from pawtui.replay.schema_check import SchemaCheck
from pawtui.replay.session_state import SETTLED, left_after
from pawtui.replay.session_types import Issue, Message, Session
from pawtui.replay.totals import Totals

# Issues of a session's own row.
_ROW_ISSUES = frozenset({"no session row", "undecodable column", "unreadable session row"})
# The event type in errors about a message of the first model (V1). It is part of the JSON.
FIRST_MODEL = "(first model)"
NOT_READ = "some data could not be read"
REFUSED = "invalid in the upstream's schema"
NOT_EQUAL = "the export does not read back equal"


class SessionChecks:
    """Checks one session at a time: call `start`, `add` for its messages, and `end`."""

    def __init__(self, generation: Generation, totals: Totals, schema_check: SchemaCheck | None) -> None:
        self._totals = totals
        self._schema_check = schema_check
        self._resumable = SETTLED | {resume.state for resume in generation.resume if resume.kept}
        self.start()

    def start(self) -> None:
        """Begin a session."""
        self._last: Message | None = None
        self._message_ids: set[str] = set()
        self._equal = self._accepted = True

    def add(self, session: Session, messages: Sequence[Message]) -> None:
        """Check the next messages (at least one)."""
        self._last = messages[-1]
        self._equal = self._equal and are_exported_equal(messages)
        for message in messages:
            self._find_issues(session, message)
            for reason in self._schema_check.refused(session.id, message) if self._schema_check is not None else ():
                self._accepted = False
                self._totals.count_event_errors(FIRST_MODEL, reason, [message.id])

    def end(self, session: Session, result: SessionResult) -> None:
        """Count the checks that the session passes."""
        for issue in session.issues:
            self._totals.count_issue(issue)
        result.issues = len(session.issues)
        result.left = left_after(self._last)
        self._totals.left[result.left] += 1
        row_issue = next((issue.kind for issue in session.issues if issue.kind in _ROW_ISSUES), "")
        unread = any(issue.unread for issue in session.issues)
        result.opened = not row_issue
        result.read = not unread and self._accepted
        result.export = self._equal and reads_back(session.info)
        self._count("open", session, row_issue)
        self._count("read", session, NOT_READ if unread else "" if self._accepted else REFUSED)
        self._count("resume", session, "" if result.left in self._resumable else result.left)
        self._count("export", session, "" if result.export else NOT_EQUAL)

    def _count(self, name: str, session: Session, reason: str) -> None:
        check = self._totals.checks[name]
        if reason:
            check.fail(session.id, reason)
        else:
            check.passed += 1

    def _find_issues(self, session: Session, message: Message) -> None:
        """Add issues for undecodable data, and for a parent that is missing, comes later, or is the message itself."""
        if message.problem:
            session.issues.append(
                Issue("undecodable message", message.id, f"it {message.problem}", session.id, unread=True)
            )
        for part in message.parts:
            if part.problem:
                session.issues.append(Issue("undecodable part", part.id, f"it {part.problem}", session.id, unread=True))
        self._message_ids.add(message.id)
        parent = message.data.get("parentID") if message.data is not None else None
        if parent is None:
            return
        if parent == message.id:
            session.issues.append(Issue("message cycle", message.id, "it is its own parent", session.id))
        elif not isinstance(parent, str) or parent not in self._message_ids:
            session.issues.append(Issue("missing parent", message.id, "it does not exist, or comes later", session.id))


def shared_session_issues(sessions: Iterable[SessionResult], paths: Sequence[str]) -> Iterator[Issue]:
    """Yield one issue for each session that several sources have. `paths` are the paths of the sources."""
    first: dict[str, int] = {}
    shared: dict[str, set[int]] = {}
    for session in sessions:
        if first.setdefault(session.id, session.source) != session.source:
            shared.setdefault(session.id, {first[session.id]}).add(session.source)
    for session_id, sources in shared.items():
        places = " and ".join(paths[source] for source in sorted(sources))
        yield Issue("session in several sources", session_id, f"it is counted in each of {places}", session_id)


def tree_issues(sessions: Iterable[SessionResult]) -> Iterator[Issue]:
    """Yield the issues of the parents of one database's sessions: missing parents, and each cycle once."""
    parents = {session.id: session.parent for session in sessions}
    checked: set[str] = set()
    for session_id, parent in parents.items():
        if parent and parent not in parents:
            yield Issue("missing parent session", session_id, "no session has the id of its parent", session_id)
        path: dict[str, None] = {}
        ancestor = session_id
        while ancestor in parents and ancestor not in checked and ancestor not in path:
            path[ancestor] = None
            ancestor = parents[ancestor]
        if ancestor in path:
            yield Issue("session cycle", ancestor, "it is its own ancestor", ancestor)
        checked.update(path)
