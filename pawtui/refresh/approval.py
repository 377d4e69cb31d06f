"""The plan and its approval, read from the tracking issue's comments.

#1253's execution mode: a plan is posted as a comment, and work waits for an explicit "approved" from a maintainer. A
comment approves when one paragraph of it is "approved" with nothing but a name, thanks, an emoji or punctuation around
it, and the rest only thanks or quotes. Any other comment in which approving, rejecting, withdrawing or waiting is
spoken of makes the state `unclear`: a maintainer then says what it meant (`review/plan_rulings.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pawtui.refresh.approval_words import approves, is_about_approval, is_harmless
from pawtui.refresh.comment_text import comment_blocks, has_heading
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.sources.facts import Comment

MAINTAINERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})

MARK_START = "<!-- pawtui:"
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# In a list, too.
_FENCE = re.compile(
    r"^[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_CODE = re.compile(r"`+[^`]*`+")

Answer = Literal["approves", "unclear", "silent"]


def mark(kind: str, tracker_id: str) -> str:
    """Return the invisible line that lets a later post find and update this one."""
    return f"{MARK_START}{kind} {tracker_id} -->"


def marked(body: str, kind: str, tracker_id: str) -> bool:
    """Return whether a comment has that mark as its first or last line: elsewhere it may be quoted text."""
    return mark(kind, tracker_id) in _outer_lines(body)


def code_free(text: str) -> str:
    """Return the text without code and HTML comments: what GitHub looks for mentions in."""
    for pattern in (_HIDDEN, _FENCE, _CODE):
        text = pattern.sub(" ", text)
    return text


def _outer_lines(body: str) -> tuple[str, str]:
    lines = body.strip().split("\n")
    return lines[0].strip(), lines[-1].strip()


def answer_of(body: str, names: Sequence[str] = ()) -> Answer:
    """Return whether a comment approves, may be about approving, or says nothing of it.

    `names` are the logins of who takes part, which may stand beside the word.
    """
    blocks = comment_blocks(body)
    said = [block for block in blocks if block.kind != "quote"]
    clear = [block for block in said if block.plain and approves(block.text, names)]
    rest = [block for block in said if block not in clear]
    if len(clear) == 1 and all(block.plain and is_harmless(block.text) for block in rest):
        return "approves"
    return "unclear" if any(is_about_approval(block.text) for block in said) else "silent"


def is_plan(comment: Comment, tracker_id: str) -> bool:
    """Return whether a comment is a plan: posted by pawtui as one, or a maintainer's with a heading that says so."""
    if marked(comment.body, "plan", tracker_id):
        return True
    return comment.association in MAINTAINERS and has_heading(comment.body, "plan")


def _may_write(comment: Comment) -> bool:
    """Whether the author is a maintainer, or an app that maintainers have let in (its login alone ends so)."""
    return comment.association in MAINTAINERS or comment.author.endswith("[bot]")


def plan_of(comments: Sequence[Comment], tracker_id: str) -> PlanStatus:
    """Return where the newest plan stands. `comments` are all of the issue's, in any order.

    A plan counts only when its author may write to the repository.
    """
    ordered = sorted(comments, key=lambda comment: (comment.created_at, comment.id))
    plans = [comment for comment in ordered if is_plan(comment, tracker_id)]
    plan = next((comment for comment in reversed(plans) if _may_write(comment)), None)
    if plan is None:
        return _no_plan(plans)
    names = tuple({comment.author for comment in ordered if _may_write(comment)})
    answers: list[tuple[Comment, Answer]] = []
    for comment in ordered:
        # An edit after the answer makes it an answer to another text, on either side.
        if comment.created_at <= plan.updated_at or comment.association not in MAINTAINERS or comment in plans:
            continue
        # A summary that pawtui posted speaks of approval and answers nothing.
        if any(line.startswith(MARK_START) for line in _outer_lines(comment.body)):
            continue
        if (answer := answer_of(comment.body, names)) != "silent":
            answers.append((comment, answer))
    return _status(plan, answers)


def _no_plan(plans: Sequence[Comment]) -> PlanStatus:
    if not plans:
        return PlanStatus(state="none")
    newest = plans[-1]
    cause = f"the plan of {newest.author} does not count: {newest.author} may not write to the repository"
    return PlanStatus(state="none", url=newest.url, plan_by=newest.author, cause=cause)


def _status(plan: Comment, answers: Sequence[tuple[Comment, Answer]]) -> PlanStatus:
    """The state after all answers, oldest first. One that is unclear is settled by its author's own approval only."""
    unclear: dict[str, Comment] = {}
    approval: Comment | None = None
    for comment, answer in answers:
        if answer == "approves":
            unclear.pop(comment.author, None)
            approval = comment
        else:
            unclear[comment.author] = comment
    answered_at = max((comment.updated_at for comment, _ in answers), default=None)
    if unclear:
        newest = max(unclear.values(), key=lambda comment: (comment.created_at, comment.id))
        return PlanStatus(
            state="unclear",
            url=plan.url,
            since=plan.updated_at,
            plan_by=plan.author,
            by=newest.author,
            at=newest.updated_at,
            unclear_url=newest.url,
            answered_at=answered_at,
        )
    if approval is None:
        return PlanStatus(state="waiting", url=plan.url, since=plan.updated_at, plan_by=plan.author)
    return PlanStatus(
        state="approved",
        url=plan.url,
        since=plan.updated_at,
        plan_by=plan.author,
        by=approval.author,
        at=approval.updated_at,
        approval_url=approval.url,
        answered_at=answered_at,
    )
