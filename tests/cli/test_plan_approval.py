"""A plan from posting to approval: each refresh reads the comments, `pawtui plan` overrides them."""

import datetime as dt
import itertools
from pathlib import Path

import pytest

from tests.cli.conftest import Run, World


@pytest.fixture(autouse=True)
def ticking_clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each event on the fake GitHub one minute later than the last, on the day of the commands."""
    minutes = itertools.count(1)
    start = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)
    world.fake.now = lambda: start + dt.timedelta(minutes=next(minutes))
    monkeypatch.setattr("pawtui.moments.utc_now", lambda: start)


def test_a_plan_is_posted_approved_changed_and_approved_again(run: Run, world: World, plan: Path) -> None:
    down = world.fake.repos["down/fork"]

    def refreshed() -> tuple[str, str]:
        assert run("refresh", "--quiet").status == 0
        found = run("status", "--json").json["plan"]
        return found["state"], found["by"]

    assert refreshed() == ("none", "")
    assert "plan         none posted" in run("status").out
    posted = run("post", "--plan", str(plan), "--yes")
    assert "Next, a maintainer approves the plan" in posted.err
    assert refreshed() == ("waiting", "")
    assert "- **Plan:** [waiting for approval since 2026-01-10 (posted by " in run("export").out
    down.comment(7, "approved", author="visitor", association="CONTRIBUTOR")
    assert refreshed() == ("waiting", "")
    doubt = down.comment(7, "> approved\n\nNot approved yet.", author="han", association="OWNER")
    assert refreshed() == ("unclear", "han")
    assert f"#issuecomment-{doubt.id})" in run("export").out
    approval = down.comment(7, "Approved, thanks.", author="han", association="MEMBER")
    assert refreshed() == ("approved", "han")
    assert f"#issuecomment-{approval.id})" in run("export").out
    assert "plan         approved by han on 2026-01-10" in run("status").out
    assert "needs approval again" not in run("post", "--plan", str(plan), "--update").err
    plan.write_text("## Plan\n\n1. Replay all sessions.\n", encoding="utf-8")
    warned = run("post", "--plan", str(plan), "--update")
    assert "The plan is approved (by han). A changed plan needs approval again." in warned.err
    assert refreshed() == ("approved", "han")
    assert run("post", "--plan", str(plan), "--update", "--yes").out.startswith("Updated: ")
    assert refreshed() == ("waiting", "")
    down.comment(7, "approved", author="han", association="COLLABORATOR")
    assert refreshed() == ("approved", "han")
    # Only a refresh with a changed plan adds a measurement.
    assert len(run("history", "--json").json) == 6


def test_a_recorded_approval_is_shown_and_undone(run: Run, world: World, plan: Path) -> None:
    down = world.fake.repos["down/fork"]
    assert run("plan").out.startswith("Plan: not checked yet")
    assert run("plan", "approved", "--reason", "x").status == 2
    run("refresh", "--quiet")
    assert run("plan").out.splitlines()[1:] == ["none posted"]
    refused = run("plan", "approved", "--reason", "x")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "No plan is known. Post one" in refused.err
    run("post", "--plan", str(plan), "--yes")
    doubt = down.comment(7, "Fine with me if Ann agrees.", author="han", association="OWNER")
    assert "\ncomment about the approval  http" in run("refresh", "--quiet").out
    shown = run("plan").out
    assert "\nunclear: a comment by han on 2026-01-10 may be about the approval" in shown
    (comment,) = (line for line in shown.splitlines() if line.startswith("comment about the approval  http"))
    assert comment.endswith(f"#issuecomment-{doubt.id}")
    assert shown.endswith("Record its meaning (approved, waiting or withdrawn): `pawtui plan STATE --reason TEXT`\n")
    assert "Record its meaning with `pawtui plan`" in " ".join(run("status").out.split())
    for wrong in (("plan", "--reason", "x"), ("plan", "approved"), ("plan", "aproved", "--reason", "x")):
        assert run(*wrong).status == 2
    done = run("plan", "approved", "--reason", "Ann agreed by mail")
    assert "recorded the plan as approved" in done.out
    recorded = run("plan", "--json").json
    assert (recorded["state"], recorded["recorded"], recorded["cause"]) == ("approved", True, "Ann agreed by mail")
    assert run("status", "--json").json["plan"] == recorded
    assert "approved, recorded by " in run("status").out
    assert "approved, recorded by " in run("export").out
    assert "recorded the plan as approved" in run("log").out
    run("undo")
    assert run("plan", "--json").json["state"] == "unclear"
    run("redo")
    assert run("plan", "--json").json["state"] == "approved"
    # A new comment makes the recorded approval out of date.
    down.comment(7, "On second thoughts: no.", author="ann", association="MEMBER")
    run("refresh", "--quiet")
    assert run("plan", "--json").json["state"] == "unclear"


def test_unreadable_comments_leave_the_other_results(run: Run, world: World) -> None:
    world.fake.fail("/issues/7/comments", 403, "Forbidden", times=None)
    done = run("refresh", "--quiet")
    assert done.status == 3
    assert "= met default-path" in " ".join(done.out.split())
    assert "plan           unknown: " in run("status").out
    assert "- **Plan:** unknown: " in run("export").out
