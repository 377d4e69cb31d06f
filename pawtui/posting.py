"""Posting: the summary or a plan as a comment on the tracking issue. The only thing in pawtui that writes anywhere.

`draft` has the text without asking anybody, `prepare` asks the issue and decides everything there is to decide, `send`
writes what was shown: one request, never sent again.
Several at once on one machine take turns, and each reads the comments again before it writes.
Nothing is recorded here; the next refresh finds a plan and its approval by itself (`review/approval.py`).
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pawtui.atomic import TooLarge, read_file
from pawtui.refresh.approval import MARK_START, code_free, mark, marked, plan_of
from pawtui.refresh.pins import Pin, PinError, parse_pin
from pawtui.report.plan_template import plan_gaps
from pawtui.report.summary_markdown import summary_markdown
from pawtui.report.words import moment
from pawtui.review.actions import ActionError
from pawtui.sources.facts import Comment, Issue
from pawtui.sources.protocol import Forge
from pawtui.sources.sanitize import safe_text
from pawtui.sources.source_errors import SourceError, Unauthorized
from pawtui.store.posting_lock import posting_lock

if TYPE_CHECKING:
    from pawtui.workspace import Workspace

# What GitHub takes in one comment, in characters.
BODY_LIMIT = 65_536
_MOST_BYTES = 4 * BODY_LIMIT
NOT_LOGGED_IN = "Posting needs a token: set GH_TOKEN, or run `gh auth login`."
_MENTION = re.compile(r"(?<![\w@/`])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:/[A-Za-z0-9._-]+)?)")
_MENTIONS_SHOWN = 10


class CannotPost(ActionError):
    """There is nothing that could be posted, or nowhere to; `str()` is one sentence."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """The text as it would be posted, and the issue that the tracker names for it: all that is known without asking.

    `warnings` are sentences about the text.
    """

    kind: Literal["summary", "plan"]
    repo: str
    number: int
    url: str
    body: str
    warnings: tuple[str, ...] = ()


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """What would be posted, and where. `body` is exactly what is sent, its invisible first line included.

    `repo` and `number` are where the issue is now. `updates` is one's own earlier comment that is replaced, None for a
    new one; `unchanged` is whether it has this text already, so that there is nothing to send. `one_comment` is whether
    there is to be one such comment only, so that an earlier one is looked for. `can_write` is whether there is a token.
    `warnings` are sentences to read before it is sent.
    """

    kind: Literal["summary", "plan"]
    repo: str
    number: int
    title: str
    url: str
    body: str
    updates: Comment | None = None
    unchanged: bool = False
    one_comment: bool = False
    can_write: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """Where to, in words: `updates your comment of 2026-11-20 on down/fork#7 (Tracking)`."""
        where = f"{self.repo}#{self.number} ({self.title})"
        if self.updates is not None:
            return f"updates your comment of {self.updates.created_at:%Y-%m-%d} on {where}"
        return f"adds a comment to {where}"


class Sent(msgspec.Struct, frozen=True):
    """The comment as it is now, and what was done for it; `unchanged`: another one had posted the same before."""

    comment: Comment
    action: Literal["added", "updated", "unchanged"]


def draft(workspace: Workspace, *, plan: str | None = None) -> Draft:
    """Return the summary as it stands now, or the plan at that path, as it would be posted. Asks nobody.

    Reads disk. Raises `CannotPost` or `StoreError`.
    """
    pin = _tracking_issue(workspace)
    kind: Literal["summary", "plan"] = "summary" if plan is None else "plan"
    text = _summary(workspace) if plan is None else _plan(workspace, plan)
    body = f"{mark(kind, workspace.tracker.id)}\n{text}"
    if len(body) > BODY_LIMIT:
        raise CannotPost(
            f"The {kind} has {len(body):,} characters, and a comment holds {BODY_LIMIT:,}: shorten it, or post a link."
        )
    return Draft(
        kind=kind,
        repo=pin.repo,
        number=pin.number,
        url=pin.web(workspace.web),
        body=body,
        warnings=(*_risks(text), *plan_gaps(workspace.overview(), text)) if kind == "plan" else (),
    )


async def prepare(workspace: Workspace, drafted: Draft, *, update: bool = False) -> Posting:
    """Return what would be done with a draft. Writes nothing.

    With `update`, one's own newest comment of that kind is to be replaced, if there is one: it is found by its mark
    and by its author, who must be the token's: without one `Unauthorized` is raised. Raises `CannotPost`, `StoreError`,
    or `SourceError` when the issue (or for `update` the comments or the token's login) cannot be had.
    """
    async with workspace.open_source() as source:
        if not isinstance(source, Forge):
            raise CannotPost(f"Nothing can be posted by way of {source.label}: it only reads.")
        issue = (await source.issues(drafted.repo, (drafted.number,)))[drafted.number]
        if isinstance(issue, SourceError):
            raise issue
        if update and not source.can_write:
            raise Unauthorized(NOT_LOGGED_IN)
        comments: Sequence[Comment] = ()
        own = None
        if update:
            comments, login = await asyncio.gather(source.comments(issue.repo, issue.number), source.user())
            own = _newest_own(comments, login, drafted.kind, workspace.tracker.id)
        can_write = source.can_write
    unchanged = own is not None and _has_text(own, drafted.body)
    warnings = [*_moved(drafted, issue), *drafted.warnings]
    if drafted.kind == "plan" and own is not None and not unchanged:
        warnings += _unapproved(comments, own, workspace.tracker.id)
    return Posting(
        kind=drafted.kind,
        repo=issue.repo,
        number=issue.number,
        title=issue.title,
        url=issue.url,
        body=drafted.body,
        updates=own,
        unchanged=unchanged,
        one_comment=update,
        can_write=can_write,
        warnings=tuple(warnings),
    )


async def send(workspace: Workspace, posting: Posting, *, as_shown: bool) -> Sent:
    """Post it: one request that writes, whatever comes of it.

    Where it is to be one comment, the comments are read again before: one that was posted since `prepare` is updated,
    or, with `as_shown` (a person saw what would be done), refused. Raises `SourceError` where it was not, or
    perhaps not, posted; `CannotPost` where it is there already or is not as shown; `StoreError` without a lock.
    """
    if posting.unchanged:
        raise CannotPost(f"It stands on {posting.repo}#{posting.number} already, word for word: nothing was sent.")
    async with posting_lock(workspace.store.path.parent), workspace.open_source() as source:
        if not isinstance(source, Forge):
            raise CannotPost(f"Nothing can be posted by way of {source.label}: it only reads.")
        own = posting.updates
        if posting.one_comment:
            comments, login = await asyncio.gather(source.comments(posting.repo, posting.number), source.user())
            own = _newest_own(comments, login, posting.kind, workspace.tracker.id)
            if own is not None and _has_text(own, posting.body):
                return Sent(own, "unchanged")
            if as_shown and _state_of(own) != _state_of(posting.updates):
                raise CannotPost(_changed(posting, own))
        if own is not None:
            return Sent(await source.edit_comment(posting.repo, own.id, posting.body), "updated")
        return Sent(await source.post_comment(posting.repo, posting.number, posting.body), "added")


def _has_text(comment: Comment, body: str) -> bool:
    """Return whether a comment has this text already, as it is read back."""
    return comment.body.strip() == safe_text(body).strip()


def _state_of(comment: Comment | None) -> tuple[int, str] | None:
    return (comment.id, comment.body) if comment else None


def _changed(posting: Posting, own: Comment | None) -> str:
    """Return what changed since a person saw what would be posted, as a sentence."""
    where = f"{posting.repo}#{posting.number}"
    if own is None:
        what = f"Your comment on {where} was removed"
    elif posting.updates is None:
        what = f"A comment of yours was added to {where} at {moment(own.created_at)}"
    else:
        what = f"Your comment on {where} was changed at {moment(own.updated_at)}"
    return f"{what} since this was shown, so nothing was posted: look at it, then post again."


def _tracking_issue(workspace: Workspace) -> Pin:
    issue = workspace.tracker.issue
    if not issue:
        raise CannotPost('The tracker names no issue to post on: give it one, as issue = "owner/repo#123".')
    try:
        pin = parse_pin(issue)
    except PinError:
        pin = None
    if pin is None or pin.kind != "issue":
        raise CannotPost(f'The tracker\'s issue {issue!r} is none: give it as issue = "owner/repo#123".')
    return pin


def _summary(workspace: Workspace) -> str:
    seen = workspace.overview()
    if seen.last is None:
        raise CannotPost("Nothing has been measured yet, so there is nothing to post: run `pawtui refresh` first.")
    return summary_markdown(seen, web=workspace.web, now=workspace.clock())


def _plan(workspace: Workspace, name: str) -> str:
    """The plan's text as it is in the file, but for its line ends and a mark that is ours anyway."""
    try:
        # Reading a named pipe or a device may never end.
        data = read_file(Path(name), _MOST_BYTES)[0]
    except TooLarge:
        raise CannotPost(
            f"The plan {name} is longer than the {BODY_LIMIT:,} characters a comment holds: shorten it."
        ) from None
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError):
            # A NUL in the name.
            raise CannotPost(f"The plan {name!r} is no file's name: give another file.") from None
        reason = (error.strerror or type(error).__name__).lower()
        raise CannotPost(f"The plan {name} cannot be read ({reason}): give another file.") from None
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise CannotPost(f"The plan {name} is not text in UTF-8: save it as such.") from None
    # Copied out of an earlier comment, it brings its mark along.
    own = mark("plan", workspace.tracker.id)
    text = "\n".join(line for line in text.split("\n") if line.strip() != own).strip("\n")
    if not text.strip():
        raise CannotPost(f"The plan {name} is empty: write it first.")
    if MARK_START in text:
        raise CannotPost(
            f"The plan {name} holds a mark of pawtui's own ({MARK_START}...), which would make it another comment's: "
            "take it out."
        )
    return f"{text}\n"


def _newest_own(comments: Sequence[Comment], login: str, kind: str, tracker_id: str) -> Comment | None:
    """The newest comment that carries the mark and was written by that login; another's is never touched."""
    own = [
        comment
        for comment in comments
        if comment.author.casefold() == login.casefold() and marked(comment.body, kind, tracker_id)
    ]
    return max(own, key=lambda comment: (comment.created_at, comment.id), default=None)


def _moved(drafted: Draft, issue: Issue) -> Iterator[str]:
    if (drafted.repo.lower(), drafted.number) != (issue.repo.lower(), issue.number):
        yield f"The tracker's {drafted.repo}#{drafted.number} is {issue.repo}#{issue.number} now."
    if issue.state == "closed":
        yield f"{issue.repo}#{issue.number} is closed."


def _risks(text: str) -> Iterator[str]:
    """What a plan would do besides being read: it is posted as it is written."""
    found = list(dict.fromkeys(f"@{name}" for name in _MENTION.findall(code_free(text))))
    if found:
        rest = len(found) - _MENTIONS_SHOWN
        more = f" and {rest} more" if rest > 0 else ""
        yield f"The plan mentions {', '.join(found[:_MENTIONS_SHOWN])}{more}: GitHub will notify them."
    if safe_text(text) != unicodedata.normalize("NFC", text):
        yield "The plan holds control or invisible characters; they are posted as they are."


def _unapproved(comments: Sequence[Comment], own: Comment, tracker_id: str) -> Iterator[str]:
    look = plan_of(comments, tracker_id)
    if look.state == "approved" and look.url == own.url:
        yield f"The plan is approved (by {look.by}): changing it asks for approval again."
