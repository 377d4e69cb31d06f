"""Post the summary or a plan as a comment on the tracking issue. Only this module sends requests that write.

`make_draft` builds the text without requests. `prepare_posting` fetches the issue and decides what to post.
`send_posting` posts what was shown, with one request that is never retried. Several processes on one machine post one
after the other, and each fetches the comments again before it posts. Nothing is recorded here: the next refresh finds a
plan and its approval (`refresh/plan_status.py`).
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pawtui.atomic import read_file
from pawtui.errors import os_reason
from pawtui.moments import day_text
from pawtui.refresh.comment_text import MARK_START, has_mark, mark, without_code
from pawtui.refresh.pins import parse_pin
from pawtui.refresh.plan_status import plan_status
from pawtui.report.documents.summary_document import summary_document
from pawtui.report.markdown_text import markdown_text
from pawtui.report.migration_plan import missing_in_plan
from pawtui.review.actions import ActionError
from pawtui.sources.facts import Comment, Issue
from pawtui.sources.protocol import WritableSource
from pawtui.sources.sanitize import safe_text
from pawtui.sources.source_errors import SourceError, Unauthorized
from pawtui.store.locks import posting_lock

if TYPE_CHECKING:
    from pawtui.workspace import Workspace

# GitHub's limit for one comment, in characters.
MAX_BODY = 65_536
_MAX_PLAN_BYTES = 4 * MAX_BODY
NOT_LOGGED_IN = "Posting needs a token: set GH_TOKEN, or run `gh auth login`."
_MENTION = re.compile(r"(?<![\w@/`])@[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:/[A-Za-z0-9._-]+)?")

PostKind = Literal["summary", "plan"]
# The effect of posting on the comments. `none`: the comment has this text already.
PostAction = Literal["add", "update", "none"]


class CannotPost(ActionError):
    """Posting is not possible; `str()` is a message for the user."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """The text to post and the tracker's issue: everything that is known without requests.

    `body` is the exact text to send, including its invisible first line. `warnings` are messages about the text.
    """

    kind: PostKind
    repo: str
    number: int
    url: str
    body: str
    warnings: tuple[str, ...] = ()


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """A draft and its target. `warnings` are messages to read before posting, with those of the draft.

    `issue` is the tracking issue in its current repository. `earlier` is the user's comment to update, None for
    a new comment. With `update`, sending never adds a second comment: it updates one that was added since.
    `can_write` is true if there is a token.
    """

    draft: Draft
    issue: Issue
    earlier: Comment | None
    update: bool
    can_write: bool
    warnings: tuple[str, ...]

    @property
    def action(self) -> PostAction:
        """What sending does to the comments."""
        if self.earlier is None:
            return "add"
        return "none" if _has_text(self.earlier, self.draft.body) else "update"

    @property
    def issue_name(self) -> str:
        """The issue as text: `down/fork#7`."""
        return f"{self.issue.repo}#{self.issue.number}"

    @property
    def effect(self) -> str:
        """What sending does, as the end of a sentence: `updates your comment of 2026-11-20 on down/fork#7`."""
        where = f"{self.issue_name} ({self.issue.title})"
        if self.earlier is not None:
            return f"updates your comment of {day_text(self.earlier.created_at)} on {where}"
        return f"adds a comment to {where}"


class SentComment(msgspec.Struct, frozen=True):
    """The current comment, and the action that was taken. `none`: another process posted the same text before."""

    comment: Comment
    action: PostAction


def make_draft(workspace: Workspace, *, plan: str | None = None) -> Draft:
    """Return the current summary, or the plan at that path, as a draft. It makes no requests.

    Reads from disk. Raises `CannotPost` or `StoreError`.
    """
    if not workspace.tracker.issue:
        raise CannotPost('Cannot post: the tracker has no tracking issue. Add issue = "owner/repo#123" to it.')
    pin = parse_pin(workspace.tracker.issue)
    kind: PostKind = "summary" if plan is None else "plan"
    overview = workspace.overview()
    warnings: list[str] = []
    if plan is not None:
        text = _read_plan(workspace, plan)
        warnings = [*_plan_warnings(text), *missing_in_plan(overview, text)]
    elif overview.last is None:
        raise CannotPost("Cannot post: no refresh is recorded. Refresh first.")
    else:
        text = markdown_text(summary_document(workspace.document_context(overview)))
    body = f"{mark(kind, workspace.tracker.id)}\n{text}"
    if len(body) > MAX_BODY:
        remedy = "Shorten it" if kind == "plan" else "Shorten its longest notes and reasons"
        raise CannotPost(
            f"Cannot post the {kind}: it has {len(body):,} characters; the limit for a comment is {MAX_BODY:,}. "
            f"{remedy}, or post a link."
        )
    return Draft(
        kind=kind,
        repo=pin.repo,
        number=pin.number,
        url=pin.page_url(workspace.web),
        body=body,
        warnings=tuple(warnings),
    )


async def prepare_posting(workspace: Workspace, draft: Draft, *, update: bool) -> Posting:
    """Return the posting for a draft. It writes nothing.

    With `update`, the posting updates the user's newest comment of that kind, if there is one. The comment is found by
    its mark and its author, who must be the owner of the token. Raises `Unauthorized` for `update` without a token, and
    `SourceError` if the issue (for `update` also the comments and the login) cannot be fetched.
    """
    async with workspace.open_source() as source:
        issue = (await source.issues(draft.repo, (draft.number,)))[draft.number]
        if isinstance(issue, SourceError):
            raise issue
        can_write = source.can_write
        if update and not can_write:
            raise Unauthorized(NOT_LOGGED_IN)
        comments, own = await _find_own(source, issue, draft.kind, workspace.tracker.id) if update else ((), None)
    warnings = []
    if (draft.repo.lower(), draft.number) != (issue.repo.lower(), issue.number):
        warnings.append(f"The tracking issue {draft.repo}#{draft.number} has moved to {issue.repo}#{issue.number}.")
    if issue.state == "closed":
        warnings.append(f"{issue.repo}#{issue.number} is closed.")
    warnings += draft.warnings
    if draft.kind == "plan" and own is not None and not _has_text(own, draft.body):
        status = plan_status(comments, workspace.tracker.id)
        if status.state == "approved" and status.url == own.url:
            warnings.append(f"The plan is approved (by {status.by}). A changed plan needs approval again.")
    return Posting(draft=draft, issue=issue, earlier=own, update=update, can_write=can_write, warnings=tuple(warnings))


async def send_posting(workspace: Workspace, posting: Posting, *, only_as_shown: bool) -> SentComment:
    """Post the comment with one request, which is never retried, and return the comment.

    With `update`, the comments are fetched again first. If the user's comment changed after `prepare_posting`, the new
    one is updated; with `only_as_shown` (the user confirmed what was shown), nothing is posted. Raises `SourceError` if
    the comment was not, or perhaps not, posted; `CannotPost` if it changed after it was shown; `StoreError` if the
    posting lock cannot be acquired. Do not call it for a posting whose action is `none`.
    """
    async with posting_lock(workspace.store.path.parent), workspace.open_source() as source:
        issue, body = posting.issue, posting.draft.body
        own = posting.earlier
        if posting.update:
            _, own = await _find_own(source, issue, posting.draft.kind, workspace.tracker.id)
            if own is not None and _has_text(own, body):
                return SentComment(own, "none")
            if only_as_shown and _id_and_body(own) != _id_and_body(posting.earlier):
                raise CannotPost(
                    f"Nothing was posted: your comment on {posting.issue_name} was added, changed or removed after the "
                    "preview. Check the comments, then post again."
                )
        if own is not None:
            return SentComment(await source.edit_comment(issue.repo, own.id, body), "update")
        return SentComment(await source.post_comment(issue.repo, issue.number, body), "add")


def _read_plan(workspace: Workspace, name: str) -> str:
    """Return the text of the plan file, with normalized line ends and without a mark of this plan."""
    try:
        # Reading a named pipe or a device may never end.
        data, _ = read_file(Path(name), _MAX_PLAN_BYTES)
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise CannotPost(f"Cannot read the plan {name}: {os_reason(error)}. Give another file.") from None
    except ValueError:
        # Or its name contains a NUL.
        raise CannotPost(f"Cannot read the plan {name!r}: it is not UTF-8 text. Save it as UTF-8.") from None
    # A plan that was copied from an earlier comment contains its mark.
    own = mark("plan", workspace.tracker.id)
    text = "\n".join(line for line in text.split("\n") if line.strip() != own).strip("\n")
    if not text.strip():
        raise CannotPost(f"Cannot post the plan {name}: it is empty. Write it first.")
    if MARK_START in text:
        raise CannotPost(
            f"Cannot post the plan {name}: it contains a mark of another pawtui comment ({MARK_START}...). "
            "Remove the mark."
        )
    return f"{text}\n"


def _plan_warnings(text: str) -> Iterator[str]:
    """Yield a warning for each side effect of posting the plan, because its text is posted unchanged."""
    if mentions := dict.fromkeys(_MENTION.findall(without_code(text))):
        yield f"The plan mentions {', '.join(mentions)}: GitHub will notify them."
    if safe_text(text) != unicodedata.normalize("NFC", text):
        yield "The plan contains control or invisible characters. They are posted unchanged."


async def _find_own(
    source: WritableSource, issue: Issue, kind: str, tracker_id: str
) -> tuple[Sequence[Comment], Comment | None]:
    """Return all comments of an issue, and the newest with the mark by the owner of the token, if there is one."""
    comments, login = await asyncio.gather(source.comments(issue.repo, issue.number), source.user())
    own = (
        comment
        for comment in comments
        if comment.author.casefold() == login.casefold() and has_mark(comment.body, kind, tracker_id)
    )
    return comments, max(own, key=lambda comment: (comment.created_at, comment.id), default=None)


def _has_text(comment: Comment, body: str) -> bool:
    """Return whether a comment already has this text, compared with the text that a fetch returns."""
    return comment.body.strip() == safe_text(body).strip()


def _id_and_body(comment: Comment | None) -> tuple[int, str] | None:
    return (comment.id, comment.body) if comment else None
