"""The shapes of the JSON of `pawtui post`."""

from typing import Literal, TypedDict


class TrackingIssueJson(TypedDict):
    """The tracking issue, in its current repository."""

    repo: str
    number: int
    title: str
    url: str


class CommentJson(TypedDict):
    """A comment on the tracking issue."""

    id: int
    url: str
    author: str


class PostJson(TypedDict):
    """A comment that was posted, or that would be. `action` is its effect; `posted` is true if it was sent.

    `comment` is the comment that was written or would be replaced.
    """

    kind: Literal["summary", "plan"]
    issue: TrackingIssueJson
    action: Literal["add", "update", "none"]
    comment: CommentJson | None
    posted: bool
    body: str
    warnings: list[str]
