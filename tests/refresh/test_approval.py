"""Only an explicit comment approves a plan: a table of comments, and the states of a plan."""

import datetime as dt

import msgspec
import pytest

from pawtui.refresh.comment_answer import answer_of
from pawtui.refresh.comment_text import has_mark, mark, without_code
from pawtui.refresh.plan_status import plan_status
from pawtui.refresh.refresh_types import PlanStatus
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
    """Return a comment made `hours` after noon and last edited `edited` hours after noon."""
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


def test_explicit_comments_approve() -> None:
    assert [body for body in APPROVING if answer_of(safe_text(body), ("Han", "astro-han")) != "approves"] == []


def test_other_comments_about_approval_are_unclear() -> None:
    assert [body for body in UNCLEAR if answer_of(body, ("Han",)) != "unclear"] == []
    # Comments from GitHub are sanitized.
    assert [body for body in UNCLEAR if answer_of(safe_text(body), ("Han",)) != "unclear"] == []


def test_comments_about_other_topics_are_ignored() -> None:
    assert [body for body in SILENT if answer_of(body, ("Han",)) != "unrelated"] == []


def test_a_long_paragraph_does_not_approve() -> None:
    longest = "approved" + "!" * 292
    assert (answer_of(longest), answer_of(f"{longest}!")) == ("approves", "unclear")


# fmt: off
WORDS = (
    "not", "never", "no", "non", "if", "once", "unless", "until", "but", "nobody", "none", "noone", "maybe", "only",
    "later", "tomorrow", "when", "after", "pending", "and", "or", "by", "conditional", "conditionally", "partly",
    "partially", "provisionally", "rejected", "withdrawn", "revoked", "denied", "wait", "hold", "stop", "except",
)
# fmt: on
GROUPS = ("all", "channel", "everybody", "everyone", "here", "maintainers", "team")


def test_a_name_that_can_be_read_as_a_word_or_a_group_is_not_a_name() -> None:
    assert answer_of("Approved, @noah") == answer_of("Approved, Noah", ("Noah",)) == "approves"
    assert [word for word in (*WORDS, *GROUPS) if answer_of(f"Approved, @{word}") != "unclear"] == []
    assert [word for word in WORDS if answer_of(f"Approved, {word}", (word.upper(),)) != "unclear"] == []


@pytest.mark.parametrize(
    "body",
    [
        "approved" + "!" * 60_000 + "x",
        "> " * 5_000 + "approved",
        "*" * 60_000,
        "[" * 3_000,
        "*a **" * 1_000 + "b** *" * 1_000 + "\n\napproved",
    ],
    ids=["exclamation marks", "nested quotes", "asterisks", "brackets", "nested emphasis"],
)
def test_long_and_deeply_nested_comments_do_not_approve(body: str) -> None:
    assert answer_of(body) != "approves"


def test_a_plan_waits_until_it_is_approved() -> None:
    comments = [comment(1, "We should look at this. approved")]
    assert plan_status(comments, "t").state == "none"
    comments.append(comment(2, PLAN, hours=1, by="ann", association="COLLABORATOR"))
    waiting = plan_status(comments, "t")
    assert (waiting.state, waiting.since, waiting.plan_by) == ("waiting", NOON + dt.timedelta(hours=1), "ann")
    comments.append(comment(3, "Approved", hours=2, by="han"))
    approved = plan_status(comments, "t")
    assert (approved.state, approved.by, approved.at) == ("approved", "han", NOON + dt.timedelta(hours=2))
    assert approved.approval_url.endswith("-3")


@pytest.mark.parametrize("association", ["NONE", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "MANNEQUIN", "", "owner"])
def test_only_maintainers_approve(association: str) -> None:
    comments = [comment(1, PLAN), comment(2, "approved", hours=1, association=association)]
    assert plan_status(comments, "t").state == "waiting"


def test_an_edited_plan_needs_approval_again() -> None:
    comments = [comment(1, PLAN, edited=3), comment(2, "approved", hours=1)]
    assert plan_status(comments, "t").state == "waiting"
    comments.append(comment(3, "approved", hours=4, association="MEMBER"))
    assert plan_status(comments, "t").state == "approved"


def test_a_newer_plan_needs_its_own_approval() -> None:
    comments = [comment(1, PLAN), comment(2, "approved", hours=1), comment(3, PLAN, hours=2)]
    assert plan_status(comments, "t").state == "waiting"


@pytest.mark.parametrize("body", ["not approved", "No longer approved.", "I withdraw my approval.", "Approval revoked"])
def test_a_withdrawn_approval_is_unclear(body: str) -> None:
    comments = [comment(1, PLAN), comment(2, "approved", hours=1), comment(3, body, hours=2)]
    found = plan_status(comments, "t")
    assert (found.state, found.by, found.at) == ("unclear", "owner", NOON + dt.timedelta(hours=2))
    assert found.unclear_url.endswith("-3")
    assert not found.approval_url
    comments.append(comment(4, "approved", hours=3))
    assert plan_status(comments, "t").state == "approved"


@pytest.mark.parametrize(("edited", "state"), [(2, "approved"), (3, "unclear")])
def test_a_comment_edited_after_the_approval_may_withdraw_it(edited: float, state: str) -> None:
    comments = [
        comment(1, PLAN),
        comment(2, "Withdrawn: do not start.", hours=1, edited=edited),
        comment(3, "approved", hours=2),
    ]
    assert plan_status(comments, "t").state == state
    comments.append(comment(4, "approved", hours=4))
    assert plan_status(comments, "t").state == "approved"


@pytest.mark.parametrize("body", ["Withdrawn: do not start.", "approved"])
def test_an_answer_edited_after_the_plan_is_unclear(body: str) -> None:
    comments = [comment(1, PLAN, edited=2), comment(2, body, hours=1, edited=4, by="ann")]
    assert plan_status(comments, "t").state == "unclear"
    comments.append(comment(3, "approved", hours=3))
    assert plan_status(comments, "t").state == "unclear"
    # A comment from before the plan is about something else.
    for hours in (-1, 0):
        comments[1] = comment(2, body, hours=hours, edited=4, by="ann")
        assert plan_status(comments, "t").state == "approved"


@pytest.mark.parametrize("hidden", [0, 1])
def test_a_hidden_plan_or_approval_is_unclear(hidden: int) -> None:
    comments = [comment(1, PLAN), comment(2, "approved", hours=1)]
    comments[hidden] = msgspec.structs.replace(comments[hidden], hidden=True)
    assert plan_status(comments, "t").state == "unclear"


def test_an_app_does_not_approve() -> None:
    comments = [comment(1, PLAN), comment(2, "approved", hours=1, association="MEMBER", by="helper[bot]")]
    assert plan_status(comments, "t").state == "unclear"


def test_an_approval_does_not_settle_the_unclear_answer_of_another_maintainer() -> None:
    comments = [
        comment(1, PLAN),
        comment(2, "Please wait.", hours=1, by="ann"),
        comment(3, "approved", hours=2, by="han"),
    ]
    found = plan_status(comments, "t")
    assert (found.state, found.by, found.answered_at) == ("unclear", "ann", NOON + dt.timedelta(hours=2))
    comments.append(comment(4, "approved", hours=3, by="ann"))
    assert plan_status(comments, "t").state == "approved"


def test_the_newest_unclear_answer_is_named() -> None:
    comments = [comment(9, PLAN), comment(8, "Please wait.", hours=1, by="ann"), comment(7, "Hold.", hours=2, by="han")]
    assert plan_status(comments, "t").by == "han"
    assert plan_status([*comments, comment(6, "Stop.", hours=3, by="ann")], "t").unclear_url.endswith("-6")
    # In the same second, the higher number is the later comment.
    assert plan_status([*comments, comment(8, "Stop.", hours=2, by="eva")], "t").by == "eva"


def test_comments_count_in_the_order_of_their_times() -> None:
    comments = [comment(7, "approved", hours=2), comment(8, "Please wait.", hours=1), comment(9, PLAN)]
    assert plan_status(comments, "t").state == "approved"
    comments = [comment(8, "approved", hours=1), comment(7, "Please wait.", hours=1), comment(9, PLAN)]
    assert plan_status(comments, "t").state == "approved"


def test_a_comment_about_another_topic_changes_nothing() -> None:
    other = comment(3, "The replay runs on my machine.", hours=3, by="ann")
    for comments in ([comment(1, PLAN)], [comment(1, PLAN), comment(2, "approved", hours=1)]):
        for more in (other, msgspec.structs.replace(other, hidden=True)):
            assert plan_status([*comments, more], "t") == plan_status(comments, "t")


def test_only_the_names_of_those_who_may_write_are_allowed_next_to_the_word() -> None:
    comments = [comment(1, PLAN), comment(2, "Hello.", hours=1, association="NONE", by="sometimes")]
    comments.append(comment(3, "Approved, sometimes", hours=2))
    assert plan_status(comments, "t").state == "unclear"


def test_a_comment_by_a_non_maintainer_is_ignored() -> None:
    comments = [comment(1, PLAN), comment(2, "approved", hours=1)]
    comments.append(comment(3, "I withdraw everything. Not approved!", hours=2, association="CONTRIBUTOR", by="eve"))
    assert plan_status(comments, "t").state == "approved"


def test_a_posted_summary_is_not_an_answer() -> None:
    posted = f"{mark('summary', 't')}\n## Scope refresh\n\nPlan: waiting for approval. Not approved."
    comments = [comment(1, PLAN), comment(2, "approved", hours=1), comment(3, posted, hours=2)]
    assert plan_status(comments, "t").state == "approved"


def test_an_approval_in_the_second_of_the_edit_does_not_count() -> None:
    comments = [comment(1, PLAN, edited=1), comment(2, "approved", hours=1)]
    assert plan_status(comments, "t").state == "waiting"
    assert plan_status([comments[0], comment(2, "approved", hours=1, edited=2)], "t").state == "unclear"
    comments.append(comment(3, "approved", hours=1 + 1 / 3600))
    assert plan_status(comments, "t").state == "approved"


def test_an_approval_edited_into_another_text_no_longer_counts() -> None:
    comments = [comment(1, PLAN), comment(2, "~~approved~~", hours=1, edited=4)]
    found = plan_status(comments, "t")
    assert (found.state, found.answered_at) == ("unclear", NOON + dt.timedelta(hours=4))


def test_only_a_maintainers_heading_makes_a_plan() -> None:
    assert plan_status([comment(1, "## Migration plan\n\n...")], "t").state == "waiting"
    assert plan_status([comment(1, "## Migration plan\n\n...", association="NONE")], "t") == PlanStatus(state="none")
    assert plan_status([comment(1, "```\n## Plan\n```")], "t").state == "none"


def test_the_plan_of_another_tracker_is_ignored() -> None:
    body = f"Text\n{mark('plan', 'other')}"
    assert plan_status([comment(1, body, association="NONE")], "t").state == "none"


def test_a_plan_that_contains_approved_does_not_approve_itself() -> None:
    assert plan_status([comment(1, f"{PLAN}\n\napproved")], "t").state == "waiting"


def test_a_mark_counts_as_the_first_or_last_line_only() -> None:
    own = mark("summary", "t")
    assert has_mark(f"{own}\n## Scope refresh", "summary", "t")
    assert has_mark(f"## Scope refresh\n\n{own}\n", "summary", "t")
    assert has_mark(f"{own}\r\n## Scope refresh\r\n  {mark('plan', 't')}\r\n", "summary", "t")
    assert has_mark(f"{own}\r\n## Scope refresh\r\n  {mark('plan', 't')}\r\n", "plan", "t")
    # For example, a mark in an upstream commit subject that a summary quotes.
    assert not has_mark(f"{own}\n- `{mark('plan', 't')}`\n\nend", "plan", "t")
    assert not has_mark(f"start\n{mark('plan', 't')}\nend", "plan", "t")
    assert not has_mark(own, "summary", "u")


def test_a_plan_counts_only_if_its_author_may_write() -> None:
    body = f"{mark('plan', 't')}\nMine."
    stranger = comment(5, body, hours=5, association="CONTRIBUTOR", by="eve")
    found = plan_status([stranger, comment(6, "approved", hours=6)], "t")
    assert (found.state, found.plan_by) == ("none", "eve")
    assert found.cause == "the plan of eve does not count: eve has no write access to the repository"
    comments = [comment(1, PLAN), comment(2, "approved", hours=1), stranger]
    assert (plan_status(comments, "t").state, plan_status(comments, "t").plan_by) == ("approved", "owner")
    workflow = comment(6, body, hours=6, association="NONE", by="github-actions[bot]")
    assert plan_status([*comments, workflow], "t").plan_by == "github-actions[bot]"


@pytest.mark.parametrize(
    "text",
    [
        "`@a`",
        "```\n@a\n```",
        "~~~\n@a",
        "1. ```\n   @a\n   ```",
        "    @a",
        "<!-- @a -->",
        "x <!-- @a --> y",
        "[x](/@a)",
    ],
)
def test_mentions_in_code_are_removed(text: str) -> None:
    assert "@" not in without_code(text)


@pytest.mark.parametrize(
    "text", ["ask @a", "> @a", "- `x` @a", "| @a |\n|---|", "<p>@a</p>", "&#64;a", "`@", "# @a", "*@a*"]
)
def test_mentions_outside_of_code_are_kept(text: str) -> None:
    assert "@" in without_code(text)
