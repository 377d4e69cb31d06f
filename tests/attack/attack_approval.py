"""The approval of a plan: comments of outsiders, and hidden, quoted, negated or old words, do not approve a plan."""

from __future__ import annotations

import datetime as dt
from random import Random

from msgspec.structs import replace

from pawtui.refresh.approval import mark, plan_of
from pawtui.sources.facts import Comment
from tests.attack import hostile
from tests.attack.cases import each_case

TITLE = "a false approval of a plan"
CASES = 600

_START = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
_OUTSIDERS = ("NONE", "CONTRIBUTOR", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "MANNEQUIN", "", "owner", "OWNER ")
_MAINTAINERS = ("OWNER", "MEMBER", "COLLABORATOR")
_APPROVALS = ("approved", "Approved.", "**approved**", "LGTM, approved", "I approve", "Approved, thanks", "- approved")
_NO_APPROVALS = (
    "> approved",
    "```\napproved\n```",
    "`approved`",
    "<!-- approved -->",
    "<details>approved</details>",
    "~~approved~~",
    "    approved",
    "not approved",
    "approved?",
    "approved if the tests pass",
    "approved once it is merged",
    "Approved: no",
    "unapproved",
    "disapproved",
    "I cannot say approved",
    "approved plans are rare",
    "> quoted\napproved",
    "nobody approved",
    "approval pending",
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


def _attack(chance: Random) -> None:
    comments = [_comment(chance, 1, f"{mark('plan', 't')}\n## Plan\n\n1. Step.\n", chance.choice(_MAINTAINERS))]
    edited = _START + dt.timedelta(minutes=chance.choice((1, 500)))
    comments[0] = _at(comments[0], comments[0].created_at, edited)
    comments += [_harmless(chance, number, edited) for number in range(2, chance.randint(3, 10))]
    chance.shuffle(comments)
    found = plan_of(comments, "t")
    assert found.state == "waiting", (found, comments)
    # Conversely, a valid approval is found among all comments, and a later comment withdraws it.
    approval = _comment(chance, 500, chance.choice(_APPROVALS), chance.choice(_MAINTAINERS))
    approved = [*comments, _at(approval, edited + dt.timedelta(days=9))]
    chance.shuffle(approved)
    assert plan_of(approved, "t").state == "approved", approved
    taken_back = _at(_comment(chance, 501, "not approved", chance.choice(_MAINTAINERS)), edited + dt.timedelta(days=10))
    assert plan_of([*approved, taken_back], "t").state == "waiting"


def _harmless(chance: Random, number: int, edited: dt.datetime) -> Comment:
    """Return a comment that does not approve, because of its author, time or text."""
    way = chance.randrange(5)
    if way == 0:
        return _comment(chance, number, chance.choice(_APPROVALS), chance.choice(_OUTSIDERS))
    if way == 1:
        # A comment from before the last change of the plan.
        early = edited - dt.timedelta(seconds=chance.choice((0, 1, 59)))
        return _at(_comment(chance, number, chance.choice(_APPROVALS), chance.choice(_MAINTAINERS)), early)
    if way == 2:
        return _comment(chance, number, chance.choice(_NO_APPROVALS), chance.choice(_MAINTAINERS))
    if way == 3:
        # A marked plan of an outsider does not replace the plan of a maintainer.
        return _comment(chance, number, f"{mark('plan', 't')}\n## Plan\napproved", chance.choice(_OUTSIDERS))
    body = chance.choice((chance.choice(_NOISE), hostile.text(chance)))
    return _comment(chance, number, body, chance.choice((*_OUTSIDERS, *_MAINTAINERS)))


def _comment(chance: Random, number: int, body: str, association: str) -> Comment:
    at = _START + dt.timedelta(minutes=number * chance.choice((1, 60)))
    author = chance.choice(("mira", "eve", hostile.text(chance)))
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
