"""The made-up issues, pull requests and comments of both repositories, and a search of the issues."""

import datetime as dt
import re
from collections.abc import Sequence

import msgspec

from pawtui.demo import demo_downstream, demo_upstream
from pawtui.demo.demo_repository import at_day
from pawtui.sources.facts import Comment, Issue
from pawtui.sources.links import issue_url
from pawtui.sources.sanitize import safe_line, safe_text

# A host that can never exist (RFC 2606).
WEB = "https://github.example"
UP, DOWN = demo_upstream.REPO, demo_downstream.REPO
TRACKING_ISSUE = 77


class DemoIssue(msgspec.Struct, frozen=True):
    """An issue, or a pull request if it has `paths`: the files that it changes. Days are relative to today."""

    repo: str
    number: int
    title: str
    opened: float
    closed: float | None = None
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


ISSUES = (
    DemoIssue(UP, 412, "Review durable event names before general availability", -120, -8.5, ("2.0", "core")),
    DemoIssue(UP, 447, "Sessions of the previous line are invisible", -96, -40.2, ("2.0", "bug")),
    DemoIssue(UP, 503, "Import runs once, later sessions are missing", -71, -2.6, ("2.0", "bug", "core")),
    DemoIssue(UP, 561, "History lost after an import is tried again", -58, None, ("2.0", "bug")),
    DemoIssue(UP, 530, "The event table grows without end", -57.5, None, ("2.0", "core")),
    DemoIssue(UP, 572, "[red]Lost[/red] input after \x1b[7msuspend\x1b[0m | @everyone", -16, None, ("2.0",)),
    DemoIssue(UP, 580, "Missing tool result in a long session", -4.1, None, ("2.0", "bug")),
    DemoIssue(UP, 549, "feat(core): resumable import", -62, -2.6, ("core",), (demo_upstream.IMPORT,)),
    DemoIssue(
        UP, 588, "refactor(runner): split the loop", -5.2, None, ("core",), (f"{demo_upstream.RUNNER}/index.ts",)
    ),
    DemoIssue(UP, 591, "docs: a guide to imports", -1.8, paths=("docs/guide.md",)),
    DemoIssue(DOWN, TRACKING_ISSUE, "Watch the new runtime and decide when to move", -150, None, ("planning",)),
    DemoIssue(
        DOWN, 81, "feat: take over the sessions of the previous line", -64, -50.4, paths=(demo_downstream.EXPORT,)
    ),
    DemoIssue(DOWN, 96, "A shadow replay that only reads", -60, None, ("planning",)),
)
# (author, association, day, text) of the comments on the downstream's tracking issue, oldest first. They are newer than
# the last review: `r` finds them.
_COMMENTS = (
    ("first-maintainer", "OWNER", -6.3, "We look at this once a week until both sides are ready."),
    (
        "second-maintainer",
        "COLLABORATOR",
        -6.2,
        "## Plan\n\n1. Copy ten session databases.\n2. Replay them without writing.\n3. Count what does not map.",
    ),
    ("visitor", "NONE", -5.4, "approved"),
    ("first-maintainer", "OWNER", -4.5, "> approved\n\nNot approved yet: say first which sessions."),
)


def issues_at(today: dt.date, when: dt.datetime) -> list[Issue]:
    """Return the issues and pull requests of both repositories as they are at that time, newest first."""
    issues = []
    for issue in sorted(ISSUES, key=lambda issue: issue.opened, reverse=True):
        created_at = at_day(today, issue.opened)
        closed_at = at_day(today, issue.closed) if issue.closed is not None else None
        is_closed = closed_at is not None and closed_at <= when
        is_pull = bool(issue.paths)
        if created_at <= when:
            issues.append(
                Issue(
                    repo=issue.repo,
                    number=issue.number,
                    title=safe_line(issue.title),
                    state="closed" if is_closed else "open",
                    url=issue_url(WEB, issue.repo, issue.number),
                    is_pull=is_pull,
                    merged=is_pull and is_closed,
                    labels=issue.labels,
                    created_at=created_at,
                    closed_at=closed_at if is_closed else None,
                    reason="completed" if is_closed and not is_pull else "",
                )
            )
    return issues


def make_comment(
    comment_id: int, repo: str, number: int, author: str, association: str, body: str, at: dt.datetime
) -> Comment:
    return Comment(
        id=comment_id,
        author=author,
        association=association,
        body=safe_text(body),
        created_at=at,
        updated_at=at,
        url=f"{issue_url(WEB, repo, number)}#issuecomment-{comment_id}",
    )


def comments_at(today: dt.date, when: dt.datetime) -> list[Comment]:
    """Return the comments on the tracking issue up to that time, oldest first."""
    return [
        make_comment(9000 + index, DOWN, TRACKING_ISSUE, author, association, body, at_day(today, day))
        for index, (author, association, day, body) in enumerate(_COMMENTS)
        if at_day(today, day) <= when
    ]


def search_issues(issues: Sequence[Issue], query: str) -> list[Issue]:
    """Return the open issues with a word of the query in their title: enough for the query of the demo's tracker."""
    words = _words(query)
    open_issues = [issue for issue in issues if issue.state == "open" and not issue.is_pull]
    return [issue for issue in open_issues if words & _words(issue.title)]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
