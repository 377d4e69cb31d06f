"""Open, read, resume and export, checked for each session over the same reader."""

from __future__ import annotations

from pawtui.replay.exporting import reads_back
from pawtui.replay.generation import Generation
from pawtui.replay.model import Issue, Message, Session
from pawtui.replay.result import SessionResult
from pawtui.replay.schema_check import SchemaCheck
from pawtui.replay.session_state import SETTLED, left_after
from pawtui.replay.tally import Tally

# Issues that a session's own row causes.
_ROW = frozenset({"no session row", "undecodable column", "unreadable session row"})
# What stands for the type of an event where a message of the first model (V1) itself is refused.
FIRST_MODEL = "(first model)"
NOT_READ, REFUSED, NOT_EQUAL = "not all could be read", "the upstream's schema refuses it", "does not read back equal"


class SessionChecks:
    """Checks one session at a time: `start`, each message, `end`."""

    def __init__(self, generation: Generation, tally: Tally, check: SchemaCheck | None) -> None:
        self._tally = tally
        self._check = check
        self._kept = {resume.state for resume in generation.resume if resume.kept}
        self._last: Message | None = None
        self._known: set[str] = set()
        self._equal = self._accepted = True

    def start(self) -> None:
        """Begin another session."""
        self._last = None
        self._known = set()
        self._equal = self._accepted = True

    def add(self, session: Session, message: Message) -> None:
        """Check one message before it is taken apart."""
        self._last = message
        self._find_issues(session, message)
        if self._equal:
            self._equal = _exports(message)
        if self._check is not None:
            for reason in self._check.refused(session.id, message):
                self._accepted = False
                self._tally.event_error(FIRST_MODEL, reason, message.id)

    def end(self, session: Session, result: SessionResult) -> None:
        """Count what the session passes."""
        for issue in session.issues:
            self._tally.issue(issue)
        result.issues = len(session.issues)
        result.left = left_after(self._last)
        self._tally.left[result.left] = self._tally.left.get(result.left, 0) + 1
        row = next((issue.kind for issue in session.issues if issue.kind in _ROW), "")
        unread = any(issue.unread for issue in session.issues)
        result.opened = not row
        result.read = not unread and self._accepted
        result.export = self._equal and reads_back(session.info)
        resumes = result.left in SETTLED or result.left in self._kept
        self._count("open", session, row)
        self._count("read", session, NOT_READ if unread else "" if self._accepted else REFUSED)
        self._count("resume", session, "" if resumes else result.left)
        self._count("export", session, "" if result.export else NOT_EQUAL)

    def _count(self, name: str, session: Session, reason: str) -> None:
        check = self._tally.checks[name]
        if reason:
            check.fail(session.id, reason)
        else:
            check.passed += 1

    def _find_issues(self, session: Session, message: Message) -> None:
        """Note what could not be decoded, and a reply whose message is missing, comes later, or is itself."""
        if message.problem:
            session.issues.append(Issue("undecodable message", message.id, message.problem, session.id, unread=True))
        for part in message.parts:
            if part.problem:
                session.issues.append(Issue("undecodable part", part.id, part.problem, session.id, unread=True))
        self._known.add(message.id)
        parent = message.data.get("parentID") if message.data is not None else None
        if parent is None:
            return
        if parent == message.id:
            session.issues.append(Issue("message cycle", message.id, "it is its own parent", session.id))
        elif not isinstance(parent, str) or parent not in self._known:
            session.issues.append(Issue("missing parent", message.id, "not there, or later", session.id))


def _exports(message: Message) -> bool:
    """Return whether a message and its parts read back equal from an export."""
    data = message.data
    if data is None or "id" in data or not reads_back(data, message.raw):
        return False
    for part in message.parts:
        data = part.data
        # An id inside of the row would be overwritten by that of its column.
        if data is None or "id" in data or not reads_back(data, part.raw):
            return False
    return True
