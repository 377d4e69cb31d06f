"""post: preview, confirmation, one request, and updates of your own comment."""

import io
import os
from pathlib import Path
from typing import NoReturn

import pytest

from pawtui.refresh.comment_text import mark
from pawtui.settings import Settings
from tests.cli.conftest import Run
from tests.cli.tracking_issue import PLAN, SUMMARY, comments, writes
from tests.support.fake_repo import FakeRepo


def test_without_yes_it_is_shown_and_nothing_is_written(run: Run, down: FakeRepo) -> None:
    shown = run("post")
    assert shown.status == 0
    head, _, body = shown.out.partition("\n\n")
    assert head == f"Comment for down/fork#7, {down.fake.url}/down/fork/issues/7:"
    assert body.startswith(f"{SUMMARY}\n## Scope refresh on ")
    assert body.removeprefix(f"{SUMMARY}\n") == run("export").out
    assert shown.err == "Nothing was posted. `--yes` adds a comment to down/fork#7 (Tracking).\n"
    assert [request.path for request in down.fake.log] == ["/repos/down/fork/issues/7"]
    assert writes(down.fake) == []
    assert comments(down) == []


@pytest.mark.parametrize("options", [(), ("--update",)])
def test_the_preview_needs_no_network(run: Run, down: FakeRepo, options: tuple[str, ...]) -> None:
    down.fake.fail("/repos/down/fork/issues/7", 403, "Forbidden", times=None)
    shown = run("post", *options)
    assert shown.status == 0
    assert shown.out.startswith(
        f"Comment for down/fork#7, {down.fake.url}/down/fork/issues/7:\n\n{SUMMARY}\n## Scope refresh"
    )
    assert shown.err.startswith("Nothing was posted. ")
    assert run("post", "--yes", *options).status == 4


def test_a_summary_that_is_too_long_is_refused_with_the_way_to_shorten_it(run: Run, down: FakeRepo) -> None:
    reason = "word " * 3_999
    for signal in ("calm", "default-path"):
        assert run("signal", signal, "met", "--reason", reason).status == 0
    for gate in ("plan", "value"):
        assert run("gate", gate, "blocked", "--reason", reason).status == 0
    assert run("note", "review", reason).status == 0
    assert run("close", reason).status == 0
    refused = run("post", "--yes")
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.endswith("Shorten its longest notes and reasons, or post a link.\n")
    assert writes(down.fake) == []


def test_yes_sends_one_request(run: Run, down: FakeRepo) -> None:
    posted = run("post", "--yes")
    (comment,) = comments(down)
    assert (posted.status, posted.err) == (0, "")
    assert posted.out == f"Posted: {down.fake.url}/down/fork/issues/7#issuecomment-{comment.id}\n"
    assert writes(down.fake) == ["POST /repos/down/fork/issues/7/comments"]
    assert comment.body.startswith(f"{SUMMARY}\n## Scope refresh on ")


def test_json_has_the_planned_action_and_the_result(run: Run, down: FakeRepo) -> None:
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
    assert writes(down.fake) == []
    done = run("post", "--json", "--yes").json
    assert (done["posted"], done["comment"]["id"]) == (True, comments(down)[0].id)


def test_update_replaces_only_your_newest_summary(run: Run, down: FakeRepo) -> None:
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
    assert [comment.body for comment in comments(down)] == bodies
    assert run("post", "--update", "--yes").out.startswith("Updated: ")
    assert writes(down.fake) == [f"PATCH /repos/down/fork/issues/comments/{before[1].id}"]
    assert before[1].body.startswith(f"{SUMMARY}\n## Scope refresh on ")
    assert [c.body for c in comments(down) if c is not before[1]] == [bodies[0], *bodies[2:]]


def test_update_adds_a_comment_if_you_have_none(run: Run, down: FakeRepo) -> None:
    down.comment(7, f"{SUMMARY}\nanother's", author="eve", association="OWNER")
    assert run("post", "--update", "--yes").out.startswith("Posted: ")
    assert writes(down.fake) == ["POST /repos/down/fork/issues/7/comments"]


def test_an_unchanged_comment_is_not_sent_again(run: Run, down: FakeRepo, plan: Path) -> None:
    run("post", "--plan", str(plan), "--yes")
    down.fake.clear()
    again = run("post", "--plan", str(plan), "--update", "--yes")
    assert (again.status, again.out) == (0, "")
    assert again.err.endswith("Nothing was posted. The comment already has this text.\n")
    assert run("post", "--plan", str(plan), "--update", "--json").json["action"] == "none"
    assert writes(down.fake) == []


def test_the_token_of_a_workflow_updates_its_own_comment(
    run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    down.fake.fail("/user", 403, "Resource not accessible by integration", times=None)
    refused = run("post", "--update", "--json")
    assert (refused.status, refused.out) == (4, "")
    assert "has no permission to read your account (Resource not accessible by integration)" in refused.err
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    down.fake.user = "github-actions[bot]"
    assert run("post", "--update", "--yes").out.startswith("Posted: ")
    comments(down)[0].body += "more"
    assert run("post", "--update", "--yes").out.startswith("Updated: ")
    assert [request.split()[0] for request in writes(down.fake)] == ["POST", "PATCH"]


@pytest.mark.parametrize(("answer", "count"), [("y\n", 1), ("Yes\n", 1), ("n\n", 0), ("\n", 0), ("", 0), ("yep\n", 0)])
def test_at_a_terminal_it_asks_after_the_preview(
    run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch, answer: str, count: int
) -> None:
    monkeypatch.setattr("pawtui.commands.post_comment.has_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    asked = run("post")
    assert asked.status == 0
    assert "## Scope refresh on" in asked.out
    assert "Post it? It adds a comment to down/fork#7 (Tracking). [y/N] " in asked.err
    assert len(writes(down.fake)) == len(comments(down)) == count


def test_a_recovered_record_is_reported_before_the_question(
    run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("note", "calm", "Seen.")
    settings = Settings(env=dict(os.environ), folder=Path.cwd())
    settings.store(settings.tracker()).path.write_bytes(b"{")
    monkeypatch.setattr("pawtui.commands.post_comment.has_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    before, asked, _ = run("post").err.partition("Post it?")
    assert asked
    assert "was damaged" in before


def test_it_never_asks_for_json_or_without_a_terminal(
    run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NoInput(io.StringIO):
        def readline(self, _size: int | None = -1, /) -> NoReturn:
            raise AssertionError("it asked")

    monkeypatch.setattr("sys.stdin", NoInput())
    run("post")
    monkeypatch.setattr("pawtui.commands.post_comment.has_terminal", lambda: True)
    run("post", "--json")
    assert writes(down.fake) == []
