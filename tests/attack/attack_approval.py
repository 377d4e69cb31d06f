"""The approval of a plan: comments of outsiders, and hidden, quoted, negated or old words, do not approve a plan."""

import datetime as dt
from random import Random

from msgspec.structs import replace

from pawtui.refresh.comment_text import mark
from pawtui.refresh.plan_status import plan_status
from pawtui.sources.facts import Comment
from tests.attack import hostile
from tests.attack.cases import each_case

TITLE = "a false approval of a plan"
CASES = 600

_START = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
_OUTSIDERS = ("NONE", "CONTRIBUTOR", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "MANNEQUIN", "", "owner", "OWNER ")
_MAINTAINERS = ("OWNER", "MEMBER", "COLLABORATOR")
_APPROVALS = (
    "approved",
    "Approved.",
    "**approved**",
    "Approved 🎉",
    "Approved, thanks",
    "LGTM, approved",
    "> ok?\n\nApproved",
)
# The author did not write the approval of these.
_SILENT = (
    "> approved",
    "```\napproved\n```",
    "`approved`",
    "<!-- approved -->",
    "    approved",
    "> quoted\napproved",
)
# These mention an approval, but do not approve.
_UNCLEAR = (
    "<details>approved</details>",
    "~~approved~~",
    "not approved",
    "approved?",
    "approved if the tests pass",
    "approved once it is merged",
    "Approved: no",
    "unapproved",
    "disapproved",
    "I cannot say approved",
    "approved plans are rare",
    "nobody approved",
    "approval pending",
    "- approved",
    "# Approved",
    "I approve",
    "This is not\napproved.",
    "Approved\nif the tests pass.",
    "Approved.\n\nActually, not approved.",
    "Approved: 0",
    "| approved |\n|---|\n| approved |",
    "When is this approved",
)
_NOISE = (
    "Thanks!",
    "What about the tests?",
    "+1",
    "",
    "approve",
    "see https://a.b/approved",
    "Plan?",
    "\u202eapproved",
)


def run(seed: int, cases: int) -> None:
    """Run cases."""
    each_case("approval", seed, cases, _attack)


def _attack(rng: Random) -> None:
    comments = [_comment(rng, 1, f"{mark('plan', 't')}\n## Plan\n\n1. Step.\n", rng.choice(_MAINTAINERS))]
    edited = _START + dt.timedelta(minutes=rng.choice((1, 500)))
    comments[0] = _at(comments[0], comments[0].created_at, edited)
    comments += [_harmless(rng, number, edited) for number in range(2, rng.randint(3, 10))]
    found = plan_status(rng.sample(comments, len(comments)), "t")
    assert found.state in ("waiting", "unclear"), (found, comments)
    # A valid approval is found among other comments, and a later doubt is not ignored.
    silent = [comment for comment in comments[1:] if plan_status([comments[0], comment], "t").state == "waiting"]
    approval = _comment(rng, 500, rng.choice(_APPROVALS), rng.choice(_MAINTAINERS))
    approved = [comments[0], *silent, _at(approval, edited + dt.timedelta(days=9))]
    rng.shuffle(approved)
    assert plan_status(approved, "t").state == "approved", approved
    doubt = _comment(rng, 501, rng.choice(_UNCLEAR), rng.choice(_MAINTAINERS))
    approved.append(_at(doubt, edited + dt.timedelta(days=10)))
    assert plan_status(approved, "t").state == "unclear", approved


def _harmless(rng: Random, number: int, edited: dt.datetime) -> Comment:
    """Return a comment that does not approve, because of its author, time or text."""
    kind = rng.randrange(5)
    if kind == 0:
        return _comment(rng, number, rng.choice(_APPROVALS), rng.choice(_OUTSIDERS))
    if kind == 1:
        # A comment from before the last change of the plan.
        early = edited - dt.timedelta(seconds=rng.choice((0, 1, 59)))
        return _at(_comment(rng, number, rng.choice(_APPROVALS), rng.choice(_MAINTAINERS)), early)
    if kind == 2:
        return _comment(rng, number, rng.choice((*_SILENT, *_UNCLEAR)), rng.choice(_MAINTAINERS))
    if kind == 3:
        # A marked plan of an outsider does not replace the plan of a maintainer.
        return _comment(rng, number, f"{mark('plan', 't')}\n## Plan\napproved", rng.choice(_OUTSIDERS))
    body = rng.choice((rng.choice(_NOISE), hostile.text(rng)))
    return _comment(rng, number, body, rng.choice((*_OUTSIDERS, *_MAINTAINERS)))


def _comment(rng: Random, number: int, body: str, association: str) -> Comment:
    at = _START + dt.timedelta(minutes=number * rng.choice((1, 60)))
    author = rng.choice(("mira", "eve", hostile.text(rng)))
    return Comment(
        id=number,
        author=author,
        association=association,
        body=body,
        url=f"https://github.com/o/r/issues/1#issuecomment-{number}",
        created_at=at,
        updated_at=at,
    )


def _at(comment: Comment, created: dt.datetime, updated: dt.datetime | None = None) -> Comment:
    return replace(comment, created_at=created, updated_at=updated or created)
