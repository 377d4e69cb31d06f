"""Check that each session can be opened, read, resumed and exported; find missing parents and repeated sessions."""

from collections.abc import Iterable, Iterator, Sequence

from pawtui.replay.checking.openapi_schema import SchemaCheck
from pawtui.replay.checking.session_state import SETTLED, UNKNOWN, StoppedState
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.reading.decode import round_trips
from pawtui.replay.reading.session_types import DataIssue, IssueKind, Message, MessagePart, Session
from pawtui.replay.results.totals import V1_DATA, SessionResult, Totals

# Issues of the row of a session.
_ROW_ISSUES: frozenset[IssueKind] = frozenset(
    {"no session row", "undecodable column", "unreadable session row", "session not imported"}
)
# With one of these issues, the last message may be another one, or the user may have reverted messages.
_STATE_ISSUES: frozenset[IssueKind] = frozenset({"damaged database", "unreadable session row"})
NOT_READ = "some data could not be read"


class SessionChecks:
    """The checks of one session: call `add` for its messages, and `end`."""

    def __init__(
        self, session: Session, generation: Generation, totals: Totals, schema_check: SchemaCheck | None
    ) -> None:
        self._session = session
        self._totals = totals
        self._schema_check = schema_check
        self._resumable = SETTLED | {state for state, resume in generation.resume.items() if resume.kept}
        self._stopped = StoppedState()
        self._message_ids: set[str] = set()
        self._exports_exactly = True
        self._read_error = ""
        self._is_last_skipped = False

    def add(self, message: Message) -> None:
        """Check the next message. Undecodable data, and a parent that does not come before it, are issues."""
        session = self._session
        self._stopped.add(message)
        self._is_last_skipped = bool(message.skip_reason)

        if message.skip_reason or any(part.skip_reason for part in message.parts):
            self._read_error = "some data is skipped by the upstream"
        # An export replaces an id within the JSON by the id of the row.
        rows: list[Message | MessagePart] = [message, *message.parts]
        if any(row.data is None or "id" in row.data for row in rows):
            self._exports_exactly = False

        if message.problem:
            session.add_issue("undecodable message", message.id, f"it {message.problem}", unread=True)
        for part in message.parts:
            if part.problem:
                session.add_issue("undecodable part", part.id, f"it {part.problem}", unread=True)
        parent = message.data.get("parentID") if message.data is not None else None
        if parent is not None and (not isinstance(parent, str) or parent not in self._message_ids):
            session.add_issue("missing parent", message.id, "it does not exist, or comes later")
        self._message_ids.add(message.id)

        if self._schema_check is not None:
            for error in self._schema_check.message_errors(session.id, message):
                self._read_error = self._read_error or "invalid in the upstream's schema"
                self._totals.count_event_error(V1_DATA, error, message.id)

    def end(self, result: SessionResult) -> None:
        """Count the checks that the session passes."""
        session = self._session
        for issue in session.issues:
            self._totals.count_issue(issue)
        result.issues = len(session.issues)
        damaged = any(issue.kind in _STATE_ISSUES for issue in session.issues)
        result.stopped_in = UNKNOWN if damaged else self._stopped.state(session.info)
        self._totals.stopped_in[result.stopped_in] += 1
        unread = any(issue.unread for issue in session.issues)
        is_exact = self._exports_exactly and round_trips(session.info)
        reasons = {
            "open": next((issue.kind for issue in session.issues if issue.kind in _ROW_ISSUES), ""),
            "read": NOT_READ if unread else self._read_error,
            "resume": self._resume_error(result.stopped_in),
            "export": "" if is_exact else "the export differs when it is read again",
        }
        result.failed = {check: reason for check, reason in reasons.items() if reason}
        for check, reason in reasons.items():
            self._totals.checks[check].count(session.id, reason)

    def _resume_error(self, state: str) -> str:
        """Return the reason why a session that stopped in this state is not resumed as in V1, or an empty text."""
        if state == UNKNOWN:
            return "stopped in an unknown state"
        if state not in self._resumable:
            return state
        return "last message skipped by the upstream" if self._is_last_skipped else ""


def shared_session_issues(sessions: Iterable[SessionResult], paths: Sequence[str]) -> Iterator[DataIssue]:
    """Yield one issue for each session that several sources have. `paths` are the paths of the sources."""
    first: dict[str, int] = {}
    shared: dict[str, set[int]] = {}
    for session in sessions:
        if first.setdefault(session.id, session.source) != session.source:
            shared.setdefault(session.id, {first[session.id]}).add(session.source)
    for session_id, sources in shared.items():
        places = " and ".join(paths[source] for source in sorted(sources))
        yield DataIssue("session in several sources", session_id, f"it is counted in each of {places}", session_id)


def missing_parent_issues(sessions: Sequence[SessionResult]) -> Iterator[DataIssue]:
    """Yield an issue for each session whose parent is not among the sessions of its database."""
    ids = {session.id for session in sessions}
    for session in sessions:
        if session.parent and session.parent not in ids:
            yield DataIssue("missing parent session", session.id, "no session has the id of its parent", session.id)
