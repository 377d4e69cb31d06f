"""The made-up issues, pull requests and comments of both repositories, and a search of the issues."""

import datetime as dt
import re

import msgspec

from pawtui.demo import demo_downstream, demo_upstream
from pawtui.demo.demo_repository import at_day

_TERM = re.compile(r'(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s()"]+))')


class DemoComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment; `association` is GitHub's `author_association`: OWNER, MEMBER, COLLABORATOR or NONE."""

    id: int
    repo: str
    number: int
    author: str
    association: str
    body: str
    at: dt.datetime
    edited: dt.datetime | None = None


class DemoIssue(msgspec.Struct, frozen=True, kw_only=True):
    """An issue or a pull request; `paths` are the files that a pull request changes."""

    repo: str
    number: int
    title: str
    created_at: dt.datetime
    closed_at: dt.datetime | None = None
    labels: tuple[str, ...] = ()
    is_pull: bool = False
    paths: tuple[str, ...] = ()

    def is_closed(self, when: dt.datetime) -> bool:
        """Return whether the issue is closed at that time."""
        return self.closed_at is not None and self.closed_at <= when

    def updated_at(self, when: dt.datetime) -> dt.datetime:
        """Return the time of its last change up to that time."""
        return self.closed_at if self.closed_at and self.is_closed(when) else self.created_at


# (author, association, day, text) of the comments on the downstream's tracking issue.
_COMMENTS = (
    ("first-maintainer", "OWNER", -149.5, "We look at this once a week until both sides are ready."),
    (
        "second-maintainer",
        "COLLABORATOR",
        -19.2,
        "## Plan\n\n1. Copy ten session databases.\n2. Replay them without writing.\n3. Count what does not map.",
    ),
    ("visitor", "NONE", -18.4, "approved"),
    ("first-maintainer", "OWNER", -17.5, "> approved\n\nNot approved yet: say first which sessions."),
)


def build_issues(today: dt.date) -> tuple[DemoIssue, ...]:
    """Return the issues and pull requests of both repositories."""
    up, down = demo_upstream.REPO, demo_downstream.REPO

    def issue(
        repo: str,
        number: int,
        title: str,
        opened: float,
        closed: float | None = None,
        *,
        labels: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
    ) -> DemoIssue:
        return DemoIssue(
            repo=repo,
            number=number,
            title=title,
            created_at=at_day(today, opened),
            closed_at=None if closed is None else at_day(today, closed),
            labels=labels,
            is_pull=bool(paths),
            paths=paths,
        )

    return (
        issue(up, 412, "Review durable event names before general availability", -120, -8.5, labels=("2.0", "core")),
        issue(up, 447, "Sessions of the previous line are invisible", -96, -40.2, labels=("2.0", "bug")),
        issue(up, 503, "Import runs once, later sessions are missing", -71, -2.6, labels=("2.0", "bug", "core")),
        issue(up, 561, "History lost after an import is tried again", -58, labels=("2.0", "bug")),
        issue(up, 530, "The event table grows without end", -57.5, labels=("2.0", "core")),
        issue(up, 572, "[red]Lost[/red] input after \x1b[7msuspend\x1b[0m | @everyone", -16, labels=("2.0",)),
        issue(up, 580, "Missing tool result in a long session", -4.1, labels=("2.0", "bug")),
        issue(up, 549, "feat(core): resumable import", -62, -2.6, labels=("core",), paths=(demo_upstream.IMPORT,)),
        issue(
            up,
            588,
            "refactor(runner): split the loop",
            -5.2,
            labels=("core",),
            paths=(f"{demo_upstream.RUNNER}/index.ts",),
        ),
        issue(up, 591, "docs: a guide to imports", -1.8, paths=("docs/guide.md",)),
        issue(down, 77, "Watch the new runtime and decide when to move", -150, labels=("planning",)),
        issue(
            down, 81, "feat: take over the sessions of the previous line", -64, -50.4, paths=(demo_downstream.EXPORT,)
        ),
        issue(down, 96, "A shadow replay that only reads", -60, labels=("planning",)),
    )


def build_comments(today: dt.date) -> tuple[DemoComment, ...]:
    """Return the comments on the tracking issue, oldest first."""
    return tuple(
        DemoComment(
            id=9000 + index,
            repo=demo_downstream.REPO,
            number=77,
            author=author,
            association=association,
            body=body,
            at=at_day(today, day),
        )
        for index, (author, association, day, body) in enumerate(_COMMENTS)
    )


def search_issues(issues: tuple[DemoIssue, ...], query: str, when: dt.datetime) -> list[DemoIssue]:
    """Return the matching issues, newest first.

    This is a part of GitHub's issue search, sufficient for the queries of trackers: qualifiers, words, `OR` and
    brackets. The title must contain all words, or one of them if `OR` joins them.
    """
    wanted: dict[str, list[str]] = {}
    words: list[str] = []
    for term in _TERM.finditer(query):
        value = (term["quoted"] if term["quoted"] is not None else term["bare"]).lower()
        if term["key"]:
            wanted.setdefault(term["key"], []).append(value)
        elif value != "or":
            words.append(value)
    enough = any if " OR " in query else all
    matching = [
        issue
        for issue in issues
        if issue.created_at <= when
        and _qualifies(issue, wanted, when)
        and (not words or enough(word in issue.title.lower() for word in words))
    ]
    return sorted(matching, key=lambda issue: issue.created_at, reverse=True)


def _qualifies(issue: DemoIssue, wanted: dict[str, list[str]], when: dt.datetime) -> bool:
    """Return whether an issue has all wanted qualifiers. An unknown qualifier excludes no issue."""
    state = "closed" if issue.is_closed(when) else "open"
    kind = "pr" if issue.is_pull else "issue"
    known = {"repo": {issue.repo.lower()}, "label": {label.lower() for label in issue.labels}, "state": {state}}
    known |= {"is": {state, kind}, "type": {kind}}
    return all(value in known.get(key, {value}) for key, values in wanted.items() for value in values)
