"""An approval is explicit or it is none: a table of what people, and others, write."""

from __future__ import annotations

import datetime as dt

import pytest

from pawtui.refresh.approval import code_free, mark, marked, plan_of, says_approved
from pawtui.sources.facts import Comment
from tests.review.samples import NOON

PLAN = f"## Plan\n\n1. Shadow replay.\n\n{mark('plan', 't')}"


def comment(
    number: int,
    body: str,
    *,
    association: str = "OWNER",
    hours: float = 0,
    edited: float | None = None,
    by: str = "owner",
) -> Comment:
    """A comment so many hours after noon, last edited at another hour if given."""
    at = NOON + dt.timedelta(hours=hours)
    return Comment(
        id=number,
        author=by,
        association=association,
        body=body,
        created_at=at,
        updated_at=at if edited is None else NOON + dt.timedelta(hours=edited),
        url=f"https://github.com/a/b/issues/1#issuecomment-{number}",
    )


APPROVING = [
    "approved",
    "Approved.",
    "**Approved**",
    "APPROVED 🚀",
    "✅ approved",
    "LGTM, approved!",
    "I approve.",
    "Thanks for the plan.\n\nApproved",
    "> old text\n\nApproved, go ahead with the shadow replay.",
    "- [x] approved",
    "The plan is approved.",
    "Approved as posted.",
    "Approved for the shadow replay.",
    "approved -- thanks",
]

NOT_APPROVING = [
    "",
    "not approved",
    "Not yet approved",
    "This is not approved.",
    "approved?",
    "Is this approved?",
    "> approved",
    "> some words\napproved",
    "- > approved",
    "`approved`",
    "`some code\napproved\nmore code`",
    "```\napproved\n```",
    "~~~\napproved",
    "    approved",
    "~~approved~~",
    "<!-- approved -->",
    "<!-- approved",
    "<details>\napproved\n</details>",
    "<blockquote>approved</blockquote>",
    "approved once the tests pass",
    "Approved if upstream releases 2.4",
    "approved, but only step one",
    "approved by nobody",
    "Approved: not.",
    "Waiting for an explicit approved",
    'wait for an explicit "approved" comment',
    "unapproved",
    "disapproved",
    "pre-approved",
    "approval",
    "We approve of cats",
    "It will be approved tomorrow",
    "to be approved",
    "аpproved",  # a Cyrillic a
    "approved plans are rare",
    "Approved changes go to the other issue",
    "I approved the other plan",
    "approved 👎",
    "Approved: no",
    "Approved. Just kidding",
    "I haven't approved",
    "ok, this isn't approved, I approve cats",
    "- [ ] approved",
    "| approved |",
    "1. ```\n\n   approved\n   ```",
    "* ~~~\n\n  approved",
    "<pre>\napproved",
    "> a quote\nthat goes on\napproved",
    "Approved, nobody said",
    "approved_by_default",
    "approved.md",
]


@pytest.mark.parametrize("body", APPROVING)
def test_explicit_words_approve(body: str) -> None:
    assert says_approved(body)


@pytest.mark.parametrize("body", NOT_APPROVING)
def test_anything_else_does_not(body: str) -> None:
    assert not says_approved(body)


def test_no_plan_then_waiting_then_approved() -> None:
    talk = [comment(1, "We should look at this. approved")]
    assert plan_of(talk, "t").state == "none"
    talk.append(comment(2, PLAN, hours=1, by="bot", association="NONE"))
    waiting = plan_of(talk, "t")
    assert (waiting.state, waiting.since, waiting.plan_by) == ("waiting", NOON + dt.timedelta(hours=1), "bot")
    talk.append(comment(3, "Approved", hours=2, by="han"))
    approved = plan_of(talk, "t")
    assert (approved.state, approved.by, approved.at) == ("approved", "han", NOON + dt.timedelta(hours=2))
    assert approved.approval_url.endswith("-3")


@pytest.mark.parametrize("association", ["NONE", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "MANNEQUIN", "", "owner"])
def test_only_maintainers_approve(association: str) -> None:
    talk = [comment(1, PLAN), comment(2, "approved", hours=1, association=association)]
    assert plan_of(talk, "t").state == "waiting"


def test_an_edited_plan_needs_approval_again() -> None:
    talk = [comment(1, PLAN, edited=3), comment(2, "approved", hours=1)]
    assert plan_of(talk, "t").state == "waiting"
    talk.append(comment(3, "approved", hours=4, association="MEMBER"))
    assert plan_of(talk, "t").state == "approved"


def test_a_newer_plan_needs_approval_of_its_own() -> None:
    talk = [comment(1, PLAN), comment(2, "approved", hours=1), comment(3, PLAN, hours=2)]
    assert plan_of(talk, "t").state == "waiting"


@pytest.mark.parametrize("body", ["not approved", "No longer approved.", "I withdraw my approval.", "Approval revoked"])
def test_an_approval_can_be_taken_back(body: str) -> None:
    talk = [comment(1, PLAN), comment(2, "approved", hours=1), comment(3, body, hours=2)]
    assert plan_of(talk, "t").state == "waiting"
    talk.append(comment(4, "approved", hours=3))
    assert plan_of(talk, "t").state == "approved"


def test_a_maintainers_heading_makes_a_plan_and_a_strangers_does_not() -> None:
    assert plan_of([comment(1, "## Migration plan\n\n...")], "t").state == "waiting"
    assert plan_of([comment(1, "## Migration plan\n\n...", association="NONE")], "t").state == "none"
    assert plan_of([comment(1, "```\n## Plan\n```")], "t").state == "none"


def test_another_trackers_plan_is_not_ours() -> None:
    body = f"Text\n{mark('plan', 'other')}"
    assert plan_of([comment(1, body, association="NONE")], "t").state == "none"


def test_the_plan_that_says_approved_does_not_approve_itself() -> None:
    assert plan_of([comment(1, f"{PLAN}\n\napproved")], "t").state == "waiting"


def test_a_mark_counts_as_the_first_or_last_line_only() -> None:
    own = mark("summary", "t")
    assert marked(f"{own}\n## Scope refresh", "summary", "t")
    assert marked(f"## Scope refresh\n\n{own}\n", "summary", "t")
    # As an upstream commit's subject would come into a summary.
    assert not marked(f"{own}\n- `{mark('plan', 't')}`\n\nend", "plan", "t")
    assert not marked(f"start\n{mark('plan', 't')}\nend", "plan", "t")
    assert not marked(own, "summary", "u")


def test_a_strangers_marked_plan_counts_but_does_not_displace_a_maintainers() -> None:
    body = f"{mark('plan', 't')}\nMine."
    stranger = comment(5, body, hours=5, association="NONE", by="eve")
    assert plan_of([stranger], "t").plan_by == "eve"
    talk = [comment(1, PLAN), comment(2, "approved", hours=1), stranger]
    assert (plan_of(talk, "t").state, plan_of(talk, "t").plan_by) == ("approved", "owner")
    workflow = comment(6, body, hours=6, association="NONE", by="github-actions[bot]")
    assert plan_of([*talk, workflow], "t").plan_by == "github-actions[bot]"


def test_mentions_in_code_are_none() -> None:
    assert "@" not in code_free("`@a`\n```\n@b\n```\n<!-- @c -->")
    assert code_free("ask @d") == "ask @d"
