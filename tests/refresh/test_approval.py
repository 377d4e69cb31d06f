"""An approval is explicit or it is none: a table of what people, and others, write."""

from __future__ import annotations

import datetime as dt

import pytest

from pawtui.refresh.approval import answer_of, code_free, mark, marked, plan_of
from pawtui.sources.facts import Comment
from pawtui.sources.sanitize import safe_text
from tests.refresh.approval_comments import APPROVING, SILENT, UNCLEAR
from tests.review.review_samples import NOON

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


def test_the_table_is_large() -> None:
    assert len({*APPROVING, *UNCLEAR, *SILENT}) == len(APPROVING) + len(UNCLEAR) + len(SILENT) >= 300


@pytest.mark.parametrize("body", APPROVING)
def test_explicit_words_approve(body: str) -> None:
    assert answer_of(safe_text(body), ("Han", "astro-han")) == "approves"


@pytest.mark.parametrize("body", UNCLEAR)
def test_what_may_be_about_it_is_unclear(body: str) -> None:
    assert answer_of(body, ("Han",)) == "unclear"
    # As it comes from the forge, too: made safe to show.
    assert answer_of(safe_text(body), ("Han",)) == "unclear"


@pytest.mark.parametrize("body", SILENT)
def test_anything_else_says_nothing(body: str) -> None:
    assert answer_of(body, ("Han",)) == "silent"


@pytest.mark.parametrize(
    "body", ["approved" + "!" * 60_000 + "x", "> " * 5_000 + "approved", "*" * 60_000, "[" * 60_000]
)
def test_long_and_deep_comments_are_answered(body: str) -> None:
    assert answer_of(body) != "approves"


def test_no_plan_then_waiting_then_approved() -> None:
    talk = [comment(1, "We should look at this. approved")]
    assert plan_of(talk, "t").state == "none"
    talk.append(comment(2, PLAN, hours=1, by="ann", association="COLLABORATOR"))
    waiting = plan_of(talk, "t")
    assert (waiting.state, waiting.since, waiting.plan_by) == ("waiting", NOON + dt.timedelta(hours=1), "ann")
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
def test_an_approval_that_is_taken_back_is_unclear(body: str) -> None:
    talk = [comment(1, PLAN), comment(2, "approved", hours=1), comment(3, body, hours=2)]
    found = plan_of(talk, "t")
    assert (found.state, found.by, found.at) == ("unclear", "owner", NOON + dt.timedelta(hours=2))
    assert found.unclear_url.endswith("-3")
    assert not found.approval_url
    talk.append(comment(4, "approved", hours=3))
    assert plan_of(talk, "t").state == "approved"


def test_nobody_settles_the_doubts_of_another_by_approving() -> None:
    talk = [comment(1, PLAN), comment(2, "Please wait.", hours=1, by="ann"), comment(3, "approved", hours=2, by="han")]
    found = plan_of(talk, "t")
    assert (found.state, found.by, found.answered_at) == ("unclear", "ann", NOON + dt.timedelta(hours=2))
    talk.append(comment(4, "approved", hours=3, by="ann"))
    assert plan_of(talk, "t").state == "approved"


def test_a_stranger_raises_no_doubt() -> None:
    talk = [comment(1, PLAN), comment(2, "approved", hours=1)]
    talk.append(comment(3, "I withdraw everything. Not approved!", hours=2, association="CONTRIBUTOR", by="eve"))
    assert plan_of(talk, "t").state == "approved"


def test_a_posted_summary_is_no_answer() -> None:
    posted = f"{mark('summary', 't')}\n## Scope refresh\n\nPlan: waiting for approval. Not approved."
    talk = [comment(1, PLAN), comment(2, "approved", hours=1), comment(3, posted, hours=2)]
    assert plan_of(talk, "t").state == "approved"


def test_an_approval_in_the_second_of_the_edit_does_not_count() -> None:
    talk = [comment(1, PLAN, edited=1), comment(2, "approved", hours=1)]
    assert plan_of(talk, "t").state == "waiting"
    talk.append(comment(3, "approved", hours=1 + 1 / 3600))
    assert plan_of(talk, "t").state == "approved"


def test_an_approval_that_is_edited_into_something_else_no_longer_counts() -> None:
    talk = [comment(1, PLAN), comment(2, "~~approved~~", hours=1, edited=4)]
    found = plan_of(talk, "t")
    assert (found.state, found.answered_at) == ("unclear", NOON + dt.timedelta(hours=4))


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


def test_a_plan_counts_only_when_its_author_may_write() -> None:
    body = f"{mark('plan', 't')}\nMine."
    stranger = comment(5, body, hours=5, association="CONTRIBUTOR", by="eve")
    found = plan_of([stranger, comment(6, "approved", hours=6)], "t")
    assert (found.state, found.plan_by) == ("none", "eve")
    assert found.cause == "the plan of eve does not count: eve may not write to the repository"
    talk = [comment(1, PLAN), comment(2, "approved", hours=1), stranger]
    assert (plan_of(talk, "t").state, plan_of(talk, "t").plan_by) == ("approved", "owner")
    workflow = comment(6, body, hours=6, association="NONE", by="github-actions[bot]")
    assert plan_of([*talk, workflow], "t").plan_by == "github-actions[bot]"


def test_mentions_in_code_are_none() -> None:
    assert "@" not in code_free("`@a`\n```\n@b\n```\n<!-- @c -->")
    assert code_free("ask @d") == "ask @d"
