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
    """A comment that was posted, or its preview. `posted` is true if it was sent.

    `action` is `add` for a new comment, `update` if it replaces your earlier one, or `none` if that has the same text.
    `comment` is the earlier comment, or after posting the written one.
    """

    kind: Literal["summary", "plan"]
    issue: TrackingIssueJson
    action: Literal["add", "update", "none"]
    comment: CommentJson | None
    posted: bool
    body: str
    warnings: list[str]
