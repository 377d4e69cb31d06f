"""post: shown by default, one request when it is posted, one's own comment only, and a plan up to its approval."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from pawtui.posting import BODY_LIMIT
from pawtui.refresh.approval import mark
from tests.cli.conftest import TRACKER, Run, World
from tests.support.fake_github import FakeGitHub
from tests.support.fake_issues import FakeComment
from tests.support.fake_repo import FakeRepo

SUMMARY, PLAN = mark("summary", "small"), mark("plan", "small")


@pytest.fixture
def down(world: World, run: Run) -> FakeRepo:
    """The downstream's repository with its tracking issue; a refresh is on record and the fake's log is empty."""
    assert run("refresh", "--quiet").status == 0
    world.fake.clear()
    return world.fake.repos["down/fork"]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan's file."""
    path = tmp_path / "plan.md"
    path.write_text("## Plan\n\n1. Replay ten sessions.\n", encoding="utf-8")
    return path


def talk(down: FakeRepo) -> list[FakeComment]:
    """The tracking issue's comments."""
    return down.issues[7].comments


def written(fake: FakeGitHub) -> list[str]:
    """The requests that write, as they came."""
    return [f"{seen.method} {seen.path}" for seen in fake.log if seen.method != "GET"]


def test_without_yes_it_is_shown_and_nothing_is_written(run: Run, down: FakeRepo) -> None:
    shown = run("post")
    assert shown.status == 0
    head, _, body = shown.out.partition("\n\n")
    assert head == f"For down/fork#7, {down.fake.url}/down/fork/issues/7:"
    assert body.startswith(f"{SUMMARY}\n## Scope refresh on ")
    assert body.removeprefix(f"{SUMMARY}\n") == run("export").out
    assert shown.err == "Nothing was posted. `--yes` adds a comment to down/fork#7 (Tracking).\n"
    assert [seen.path for seen in down.fake.log] == ["/repos/down/fork/issues/7"]
    assert written(down.fake) == []
    assert talk(down) == []


@pytest.mark.parametrize("options", [(), ("--update",)])
def test_it_is_shown_without_a_network(run: Run, down: FakeRepo, options: tuple[str, ...]) -> None:
    down.fake.fail("/repos/down/fork/issues/7", 403, "Forbidden", times=None)
    shown = run("post", *options)
    assert shown.status == 0
    assert shown.out.startswith(f"For down/fork#7, {down.fake.url}/down/fork/issues/7:\n\n{SUMMARY}\n## Scope refresh")
    assert shown.err.startswith("Nothing was posted. ")
    assert run("post", "--yes", *options).status == 4


def test_with_yes_it_is_one_request(run: Run, down: FakeRepo) -> None:
    posted = run("post", "--yes")
    (comment,) = talk(down)
    assert (posted.status, posted.err) == (0, "")
    assert posted.out == f"Posted: {down.fake.url}/down/fork/issues/7#issuecomment-{comment.id}\n"
    assert written(down.fake) == ["POST /repos/down/fork/issues/7/comments"]
    assert comment.body.startswith(f"{SUMMARY}\n## Scope refresh on ")


def test_as_json_it_says_what_is_to_be_done_and_what_was(run: Run, down: FakeRepo) -> None:
    shown = run("post", "--json").json
    assert {key: shown[key] for key in ("kind", "action", "comment", "posted", "warnings")} == {
        "kind": "summary",
        "action": "add",
        "comment": None,
        "posted": False,
        "warnings": [],
    }
    assert (shown["issue"]["repo"], shown["issue"]["number"], shown["issue"]["title"]) == ("down/fork", 7, "Tracking")
    assert shown["body"].startswith(SUMMARY)
    assert written(down.fake) == []
    done = run("post", "--json", "--yes").json
    assert (done["posted"], done["comment"]["id"]) == (True, talk(down)[0].id)


def test_update_replaces_ones_own_newest_summary_and_nothing_else(run: Run, down: FakeRepo) -> None:
    own = {"author": "Maintainer", "association": "MEMBER"}
    before = [
        down.comment(7, f"{SUMMARY}\nolder", **own),
        down.comment(7, f"{SUMMARY}\nold", **own),
        down.comment(7, f"{SUMMARY}\nanother's", author="eve", association="OWNER"),
        down.comment(7, f"{PLAN}\na plan", **own),
        down.comment(7, f"{mark('summary', 'other')}\nanother tracker's", **own),
        down.comment(7, f"I saw\n{SUMMARY}\nsomewhere", **own),
    ]
    bodies = [comment.body for comment in before]
    shown = run("post", "--update")
    assert "Nothing was posted. `--yes` updates your comment of " in shown.err
    assert [comment.body for comment in talk(down)] == bodies
    assert run("post", "--update", "--yes").out.startswith("Updated: ")
    assert written(down.fake) == [f"PATCH /repos/down/fork/issues/comments/{before[1].id}"]
    assert before[1].body.startswith(f"{SUMMARY}\n## Scope refresh on ")
    assert [c.body for c in talk(down) if c is not before[1]] == [bodies[0], *bodies[2:]]


def test_update_without_an_earlier_one_adds_one(run: Run, down: FakeRepo) -> None:
    down.comment(7, f"{SUMMARY}\nanother's", author="eve", association="OWNER")
    assert run("post", "--update", "--yes").out.startswith("Posted: ")
    assert written(down.fake) == ["POST /repos/down/fork/issues/7/comments"]


def test_what_stands_there_already_is_not_sent_again(run: Run, down: FakeRepo, plan: Path) -> None:
    run("post", "--plan", str(plan), "--yes")
    down.fake.clear()
    renewal = run("post", "--plan", str(plan), "--update", "--yes")
    assert (renewal.status, renewal.out) == (0, "")
    assert renewal.err.endswith("It stands there already, word for word: there is nothing to post.\n")
    assert run("post", "--plan", str(plan), "--update", "--json").json["action"] == "none"
    assert written(down.fake) == []


def test_a_workflows_token_knows_its_own_comment(run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    down.fake.fail("/user", 403, "Resource not accessible by integration", times=None)
    refused = run("post", "--update", "--json")
    assert (refused.status, refused.out) == (4, "")
    assert "has no permission to read your account (Resource not accessible by integration)" in refused.err
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    down.fake.user = "github-actions[bot]"
    assert run("post", "--update", "--yes").out.startswith("Posted: ")
    talk(down)[0].body += "more"
    assert run("post", "--update", "--yes").out.startswith("Updated: ")
    assert [request.split()[0] for request in written(down.fake)] == ["POST", "PATCH"]


def test_without_a_token_it_is_refused_in_one_sentence(
    run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GH_TOKEN")
    refused = run("post", "--yes")
    assert (refused.status, refused.out) == (4, "")
    assert refused.err == "pawtui: Posting needs a token: set GH_TOKEN, or run `gh auth login`.\n"
    shown = run("post")
    assert shown.status == 0
    assert shown.err == "Nothing was posted. Posting needs a token: set GH_TOKEN, or run `gh auth login`.\n"
    assert run("post", "--update").err == shown.err
    assert run("post", "--update", "--yes").err == refused.err
    assert written(down.fake) == []


FAILURES: list[tuple[Callable[[FakeGitHub], object], str]] = [
    (lambda fake: fake.fail("/comments", 401, method="POST"), "did not accept the token"),
    (
        lambda fake: fake.fail("/comments", 403, "No", method="POST"),
        "the token has no permission to write a comment on #7",
    ),
    (lambda fake: fake.fail("/comments", 404, method="POST"), "this token may not write there"),
    (lambda fake: fake.fail("/comments", 410, "This issue is locked", method="POST"), "This issue is locked"),
    (lambda fake: fake.fail("/comments", 422, "Validation Failed", method="POST"), "Validation Failed"),
    (lambda fake: fake.fail("/comments", 429, headers={"Retry-After": "1"}, method="POST"), "slow down"),
    (lambda fake: fake.fail("/comments", 500, method="POST"), "reported a server error (500)"),
    (lambda fake: fake.fail("/comments", 502, body="<html>", method="POST"), "reported a server error (502)"),
    (lambda fake: fake.drop("/comments"), "which may have been written or not"),
    (
        lambda fake: fake.fail("/comments", 307, headers={"Location": f"{fake.url}/repositories/1"}, method="POST"),
        "has moved, so nothing was written",
    ),
    (
        lambda fake: fake.fail("/comments", 301, headers={"Location": "https://evil.example/"}, method="POST"),
        "has moved, so nothing was written",
    ),
]


@pytest.mark.parametrize(("script", "sentence"), FAILURES, ids=[sentence for _, sentence in FAILURES])
def test_a_write_that_fails_is_one_request_and_one_sentence(
    run: Run, down: FakeRepo, script: Callable[[FakeGitHub], object], sentence: str
) -> None:
    script(down.fake)
    failed = run("post", "--yes")
    assert (failed.status, failed.out, failed.err.count("\n")) == (4, "", 1)
    assert sentence in failed.err
    assert written(down.fake) == ["POST /repos/down/fork/issues/7/comments"]
    assert down.fake.token not in failed.err


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_update_that_fails_adds_nothing_instead(run: Run, down: FakeRepo, status: int) -> None:
    own = down.comment(7, f"{SUMMARY}\nold", author="maintainer")
    down.fake.fail("/issues/comments/", status, method="PATCH")
    failed = run("post", "--update", "--yes")
    assert (failed.status, failed.err.count("\n")) == (4, 1)
    assert written(down.fake) == [f"PATCH /repos/down/fork/issues/comments/{own.id}"]
    assert [comment.body for comment in talk(down)] == [f"{SUMMARY}\nold"]


def test_a_renamed_repository_and_a_closed_issue_are_said_and_posted_to(run: Run, down: FakeRepo) -> None:
    down.fake.rename("down/fork", "new/place")
    down.change(7, state="closed")
    posted = run("post", "--yes")
    assert posted.status == 0
    assert posted.err == "The tracking issue down/fork#7 has moved to new/place#7.\nnew/place#7 is closed.\n"
    assert written(down.fake) == ["POST /repos/new/place/issues/7/comments"]


@pytest.mark.parametrize(("answer", "count"), [("y\n", 1), ("Yes\n", 1), ("n\n", 0), ("\n", 0), ("", 0), ("yep\n", 0)])
def test_at_a_terminal_it_asks_after_showing(
    run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch, answer: str, count: int
) -> None:
    monkeypatch.setattr("pawtui.commands.open_screens.has_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    asked = run("post")
    assert asked.status == 0
    assert "## Scope refresh on" in asked.out
    assert "Post it? It adds a comment to down/fork#7 (Tracking). [y/N] " in asked.err
    assert len(written(down.fake)) == len(talk(down)) == count


def test_nobody_is_asked_for_json_or_without_a_terminal(
    run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unasked(io.StringIO):
        def readline(self, _size: int | None = -1, /) -> NoReturn:
            raise AssertionError("somebody was asked")

    monkeypatch.setattr("sys.stdin", Unasked())
    run("post")
    monkeypatch.setattr("pawtui.commands.open_screens.has_terminal", lambda: True)
    run("post", "--json")
    assert written(down.fake) == []


def test_a_plan_is_posted_as_it_is_written(run: Run, down: FakeRepo, tmp_path: Path) -> None:
    text = "# Plan <b>\n\n```\nopen fence\n\n- @ada & `@eve` see @org/team, not me@example.org\n| a | b |\n"
    path = tmp_path / "plan.md"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    posted = run("post", "--plan", str(path), "--yes")
    assert posted.status == 0
    assert talk(down)[0].body == f"{PLAN}\n{text}"
    # All of it stands in a fence that was left open.
    assert "mentions" not in posted.err
    path.write_text(text.replace("```\n", ""), encoding="utf-8")
    warned = run("post", "--plan", str(path))
    assert "The plan mentions @ada, @org/team: GitHub will notify them.\n" in warned.err


def test_a_plan_taken_from_its_own_comment_keeps_one_mark(run: Run, down: FakeRepo, plan: Path) -> None:
    plan.write_text(f"{PLAN}\n{plan.read_text(encoding='utf-8')}", encoding="utf-8")
    assert run("post", "--plan", str(plan), "--json").json["body"].count("<!--") == 1


def test_control_characters_in_a_plan_are_said_and_not_sent_to_a_terminal(
    run: Run, down: FakeRepo, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan.write_text("Café\u0301 \x1b[2J\u202e plan", encoding="utf-8")
    shown = run("post", "--plan", str(plan))
    assert "contains control or invisible characters" in shown.err
    assert "\n<!-- pawtui:plan small -->\n" in shown.out
    assert "␛[2J⟨U+202E⟩ plan\n" in shown.out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert "\x1b" not in run("post", "--plan", str(plan)).out


@pytest.mark.parametrize(
    ("content", "summary"),
    [
        (b"", "it is empty. Write it first"),
        (b" \r\n\t\n", "it is empty. Write it first"),
        (b"\xff\xfe\x00", "it is not UTF-8 text"),
        (b"x" * BODY_LIMIT, "the limit for a comment is 65,536. Shorten it"),
        (b"x" * (5 * BODY_LIMIT), "it exceeds the limit of 65,536 characters"),
        (f"Plan\n{SUMMARY}".encode(), "it contains a mark of another pawtui comment"),
        (f"Plan\n{mark('plan', 'other')}\n".encode(), "it contains a mark of another pawtui comment"),
        (None, ": no such file or directory. Give another file."),
    ],
)
def test_a_plan_that_cannot_be_posted_is_one_sentence(
    run: Run, down: FakeRepo, plan: Path, content: bytes | None, summary: str
) -> None:
    if content is None:
        plan.unlink()
    else:
        plan.write_bytes(content)
    refused = run("post", "--plan", str(plan), "--yes")
    assert (refused.status, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert summary in refused.err
    assert written(down.fake) == []


@pytest.mark.parametrize(("name", "summary"), [(".", "is a folder"), ("a\0b", "is not a file name")])
def test_a_plan_that_is_no_file_is_one_sentence(run: Run, down: FakeRepo, name: str, summary: str) -> None:
    refused = run("post", "--plan", name)
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert summary in refused.err


def test_a_tracker_without_an_issue_has_nowhere_to_post(run: Run, down: FakeRepo, tracker_file: Path) -> None:
    tracker_file.write_text(TRACKER.replace('issue = "down/fork#7"\n', ""), encoding="utf-8")
    refused = run("post", "--yes")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "the tracker has no tracking issue" in refused.err
    assert down.fake.log == []


def test_before_the_first_refresh_there_is_nothing_to_post(run: Run, world: World) -> None:
    refused = run("post", "--yes")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "Run `pawtui refresh` first" in refused.err
    assert world.fake.log == []


def test_an_issue_that_is_not_there_is_one_sentence(run: Run, down: FakeRepo) -> None:
    del down.issues[7]
    refused = run("post", "--yes")
    assert (refused.status, refused.err.count("\n")) == (4, 1)
    assert "Issue #7 of down/fork was not found" in refused.err
    assert written(down.fake) == []


def test_from_the_plan_to_its_approval_and_back(run: Run, world: World, plan: Path) -> None:
    """Posted, approved by who may, edited, and waiting again: each seen by the next refresh."""
    fake = world.fake
    down = fake.repos["down/fork"]
    now = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)

    def later() -> dt.datetime:
        nonlocal now
        now += dt.timedelta(minutes=1)
        return now

    def context() -> tuple[str, str]:
        assert run("refresh", "--quiet").status == 0
        context = run("status", "--json").json["plan"]
        return context["state"], context["by"]

    fake.now = later
    assert context() == ("none", "")
    assert "plan         none posted" in run("status").out
    posted = run("post", "--plan", str(plan), "--yes")
    assert "Work waits for a maintainer's comment" in posted.err
    assert context() == ("waiting", "")
    assert "- **Plan:** [waiting for approval since 2026-01-10 (posted by " in run("export").out
    down.comment(7, "approved", author="visitor", association="CONTRIBUTOR")
    assert context() == ("waiting", "")
    doubt = down.comment(7, "> approved\n\nNot approved yet.", author="han", association="OWNER")
    assert context() == ("unclear", "han")
    assert f"#issuecomment-{doubt.id})" in run("export").out
    approval = down.comment(7, "Approved, thanks.", author="han", association="MEMBER")
    assert context() == ("approved", "han")
    assert f"#issuecomment-{approval.id})" in run("export").out
    assert "plan         approved by han on 2026-01-10" in run("status").out
    plan.write_text("## Plan\n\n1. Replay all sessions.\n", encoding="utf-8")
    warned = run("post", "--plan", str(plan), "--update")
    assert "The plan is approved (by han). A changed plan needs approval again." in warned.err
    assert context() == ("approved", "han")
    assert run("post", "--plan", str(plan), "--update", "--yes").out.startswith("Updated: ")
    assert context() == ("waiting", "")
    down.comment(7, "approved", author="han", association="COLLABORATOR")
    assert context() == ("approved", "han")
    # Nothing else moved all the while, and each look that found news is on record.
    assert len(run("history", "--json").json) == 6


def test_what_a_comment_means_is_recorded_shown_and_undone(run: Run, world: World, plan: Path) -> None:
    fake = world.fake
    down = fake.repos["down/fork"]
    now = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)

    def later() -> dt.datetime:
        nonlocal now
        now += dt.timedelta(minutes=1)
        return now

    fake.now = later
    assert run("plan").out.startswith("Plan: not looked at yet")
    assert run("plan", "approved", "--reason", "x").status == 2
    run("refresh", "--quiet")
    assert run("plan").out == "Plan: none posted\n"
    refused = run("plan", "approved", "--reason", "x")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "No plan is known that could be approved" in refused.err
    run("post", "--plan", str(plan), "--yes")
    doubt = down.comment(7, "Fine with me if Ann agrees.", author="han", association="OWNER")
    run("refresh", "--quiet")
    shown = run("plan").out
    assert "Plan: unclear: a comment of han on 2026-01-10 may be about approval" in shown
    assert shown.rstrip().endswith(f"#issuecomment-{doubt.id}")
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
    # Another answer is not what was ruled on.
    down.comment(7, "On second thoughts: no.", author="ann", association="MEMBER")
    run("refresh", "--quiet")
    assert run("plan", "--json").json["state"] == "unclear"


def test_comments_that_cannot_be_had_leave_the_rest_standing(run: Run, world: World) -> None:
    world.fake.fail("/issues/7/comments", 403, "Forbidden", times=None)
    done = run("refresh", "--quiet")
    assert done.status == 3
    assert "= met  default-path" in done.out
    assert "plan           unknown: " in run("status").out
    assert "- **Plan:** unknown: " in run("export").out
