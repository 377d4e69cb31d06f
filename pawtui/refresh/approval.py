"""The plan and its approval, read from the tracking issue's comments.

#1253's execution mode: a plan is posted as a comment, and work waits for an explicit "approved" from a maintainer.
Explicit means a line of its own that begins with the word, from an owner, member or collaborator, after the plan as it
stands now: quoted, negated, conditional, asked or code-fenced ones do not count, and an edited plan needs it again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pawtui.refresh.model import PlanStatus
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
_TAG_BLOCK = re.compile(r"<(blockquote|pre|code|del|s|strike|details)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_STRUCK = re.compile(r"~~.*?~~", re.DOTALL)
_QUOTE = re.compile(r"^\s{0,3}(?:[-*+]\s+|\d+[.)]\s+)?>")
_PLAN_HEADING = re.compile(r"^ {0,3}#{1,6}\s.*\bplan\b", re.IGNORECASE | re.MULTILINE)
# What may stand before the word without weakening it: emphasis, a list mark, a tick, a greeting to agreement.
_LEAD = r"(?:[\s*_#>\-+✅✔️👍🚀:.!,]|\[x\]|:[a-z_+0-9]+:|lgtm|yes|ok|okay|great|plan|this is|the plan is|i have|i've|i)*"
_APPROVED = re.compile(rf"^{_LEAD}\bapproved?\b(?P<rest>.*)$", re.IGNORECASE)
# "approved plans are rare" approves nothing: words may follow only behind a stop, or these.
_FOLLOWS = re.compile(r"\s*(?:$|[^\w\s]+(?:\s|$)|(?:go|as|for|from|thanks?|thx|please|now|today)\b)", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(if|once|when|unless|until|after|but|except|provided|pending|subject to|assuming|only|with changes"
    r"|conditional\w*|as soon as|not|never|no longer|by|nobody|no one|none|cannot|later|tomorrow|yet|kidding|joking)\b"
    r"|\w+n['’]t\b|👎|❌|🚫|⛔|:-1:|:x:|:thumbsdown:",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\W*(?:no|nope|false|tbd|todo)\b", re.IGNORECASE)
_WITHDRAWN = re.compile(
    r"^\W*(?:this is |the plan is |plan is |i )?(?:not|no longer|never|un|dis)[\s-]?approved\b"
    r"|^\W*(?:i )?(?:withdraw|withdrawn|revoke|revoked|retract|retracted)\b.*\bapprov"
    r"|^\W*approval\s+(?:is\s+)?(?:withdrawn|revoked|retracted)\b",
    re.IGNORECASE,
)


def mark(kind: str, tracker_id: str) -> str:
    """The invisible line that lets a later post find and update this one."""
    return f"{MARK_START}{kind} {tracker_id} -->"


def marked(body: str, kind: str, tracker_id: str) -> bool:
    """Whether a comment carries that mark, as its first or last line: a commit's subject that is quoted in a summary
    may look like one, too, but never stands there."""
    lines = body.strip().split("\n")
    return mark(kind, tracker_id) in (lines[0].strip(), lines[-1].strip())


def code_free(text: str) -> str:
    """The text without code and HTML comments: what GitHub looks for mentions in."""
    for pattern in (_HIDDEN, _FENCE, _CODE):
        text = pattern.sub(" ", text)
    return text


def _spoken(body: str) -> list[str]:
    """The lines a person says in a comment: without quotes, code, hidden, struck or folded text."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    for pattern in (_HIDDEN, _FENCE, _TAG_BLOCK, _STRUCK):
        text = pattern.sub(" ", text)
    lines = []
    quoted = False
    for whole in text.split("\n"):
        line = _CODE.sub(" ", whole)
        if not line.strip():
            quoted = False
        elif _QUOTE.match(line) or "`" in line:
            # A code span left open may reach to the end of its paragraph.
            quoted = True
        # A line right below a quote still belongs to it (Markdown's lazy continuation); four spaces make it code.
        elif not quoted and not line.startswith(("    ", "\t")):
            lines.append(line.strip())
    return lines


def says_approved(body: str) -> bool:
    """Whether a comment approves, explicitly and without a condition."""
    for line in _spoken(body):
        found = _APPROVED.match(line)
        if found is None or "?" in line or not _FOLLOWS.match(found["rest"]):
            continue
        if _is_past(line) and not _CONDITION.search(line) and not _DENIED.match(found["rest"]):
            return True
    return False


def _is_past(line: str) -> bool:
    """`approved` counts anywhere; the bare verb only as `I approve` or `approve` on its own."""
    return bool(re.search(r"\bapproved\b", line, re.IGNORECASE) or re.search(r"\bI approve\b", line, re.IGNORECASE))


def says_withdrawn(body: str) -> bool:
    """Whether a comment takes an approval back."""
    return any(_WITHDRAWN.search(line) for line in _spoken(body))


def _trusted(comment: Comment) -> bool:
    """Whether the author is a maintainer, or an app that maintainers have let in (its login alone ends so)."""
    return comment.association in MAINTAINERS or comment.author.endswith("[bot]")


def is_plan(comment: Comment, tracker_id: str) -> bool:
    """Whether a comment is a plan: posted by pawtui as one, or a maintainer's with a heading that says so."""
    if marked(comment.body, "plan", tracker_id):
        return True
    return comment.association in MAINTAINERS and bool(_PLAN_HEADING.search(_FENCE.sub(" ", comment.body)))


def plan_of(comments: Sequence[Comment], tracker_id: str) -> PlanStatus:
    """Where the newest plan stands. `comments` are all of the issue's, in any order.

    A marked plan by anybody counts, so that a contributor can propose one; it does not displace a maintainer's.
    """
    ordered = sorted(comments, key=lambda comment: (comment.created_at, comment.id))
    plans = [comment for comment in ordered if is_plan(comment, tracker_id)]
    if not plans:
        return PlanStatus(state="none")
    plan = next((comment for comment in reversed(plans) if _trusted(comment)), plans[-1])
    approval: Comment | None = None
    for comment in ordered:
        # An edit after the answer makes it an answer to another text, on either side.
        if comment.id == plan.id or comment.created_at <= plan.updated_at or comment.association not in MAINTAINERS:
            continue
        if says_withdrawn(comment.body):
            approval = None
        elif says_approved(comment.body):
            approval = comment
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
    )
