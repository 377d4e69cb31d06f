"""The made-up issues, pull requests and comments of both repositories, by made-up users."""

from __future__ import annotations

import datetime as dt

import msgspec

from pawtui.demo import demo_downstream, demo_upstream


class MadeComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment; `standing` is GitHub's association of the author: OWNER, MEMBER, COLLABORATOR or NONE."""

    id: int
    repo: str
    number: int
    author: str
    standing: str
    body: str
    at: dt.datetime
    edited: dt.datetime | None = None


class MadeIssue(msgspec.Struct, frozen=True, kw_only=True):
    """An issue or a pull request; `reason` is the reason for closing, `paths` the files that a pull request changes."""

    repo: str
    number: int
    title: str
    created_at: dt.datetime
    closed_at: dt.datetime | None = None
    labels: tuple[str, ...] = ()
    is_pull: bool = False
    reason: str = "completed"
    paths: tuple[str, ...] = ()

    def closed(self, when: dt.datetime) -> bool:
        """Return whether it is closed at that time."""
        return self.closed_at is not None and self.closed_at <= when

    def updated_at(self, when: dt.datetime) -> dt.datetime:
        """Return the time of its last change up to that time."""
        return self.closed_at if self.closed_at is not None and self.closed_at <= when else self.created_at


# (repository, number, title, opened, closed or None, labels, the paths that a pull request changes)
_ISSUES: tuple[tuple[str, int, str, float, float | None, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        demo_upstream.REPO,
        412,
        "Review durable event names before general availability",
        -120,
        -8.5,
        ("2.0", "core"),
        (),
    ),
    (demo_upstream.REPO, 447, "Sessions of the previous line are invisible", -96, -40.2, ("2.0", "bug"), ()),
    (demo_upstream.REPO, 503, "Import runs once, later sessions are missing", -71, -2.6, ("2.0", "bug", "core"), ()),
    (demo_upstream.REPO, 561, "History lost after an import is tried again", -58, None, ("2.0", "bug"), ()),
    (demo_upstream.REPO, 530, "The event table grows without end", -57.5, None, ("2.0", "core"), ()),
    (demo_upstream.REPO, 572, "[red]Lost[/red] input after \x1b[7msuspend\x1b[0m | @everyone", -16, None, ("2.0",), ()),
    (demo_upstream.REPO, 580, "Missing tool result in a long session", -4.1, None, ("2.0", "bug"), ()),
    (demo_upstream.REPO, 549, "feat(core): resumable import", -62, -2.6, ("core",), (demo_upstream.IMPORT,)),
    (
        demo_upstream.REPO,
        588,
        "refactor(runner): split the loop",
        -5.2,
        None,
        ("core",),
        (f"{demo_upstream.RUNNER}/index.ts",),
    ),
    (demo_upstream.REPO, 591, "docs: a guide to imports", -1.8, None, (), ("docs/guide.md",)),
    (demo_downstream.REPO, 77, "Watch the new runtime and decide when to move", -150, None, ("planning",), ()),
    (
        demo_downstream.REPO,
        81,
        "feat: take over the sessions of the previous line",
        -64,
        -50.4,
        (),
        (demo_downstream.EXPORT,),
    ),
    (demo_downstream.REPO, 96, "A shadow replay that only reads", -60, None, ("planning",), ()),
)

# (author, standing, day, words) on the downstream's tracking issue.
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


def _time(today: dt.date, day: float) -> dt.datetime:
    return dt.datetime.combine(today, dt.time(), dt.UTC) + dt.timedelta(minutes=round(day * 24 * 60))


def build_issues(today: dt.date) -> tuple[MadeIssue, ...]:
    """Return all issues and pull requests of both repositories."""
    return tuple(
        MadeIssue(
            repo=repo,
            number=number,
            title=title,
            created_at=_time(today, opened),
            closed_at=None if closed is None else _time(today, closed),
            labels=labels,
            is_pull=bool(paths),
            paths=paths,
        )
        for repo, number, title, opened, closed, labels, paths in _ISSUES
    )


def build_comments(today: dt.date) -> tuple[MadeComment, ...]:
    """Return the comments on the tracking issue, oldest first."""
    return tuple(
        MadeComment(
            id=9000 + index,
            repo=demo_downstream.REPO,
            number=77,
            author=author,
            standing=standing,
            body=words,
            at=_time(today, day),
        )
        for index, (author, standing, day, words) in enumerate(_COMMENTS)
    )
