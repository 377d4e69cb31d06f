"""post --plan: the text of a plan, and files that cannot be posted."""

from pathlib import Path

import pytest

from pawtui.posting import MAX_BODY
from pawtui.refresh.comment_text import mark
from tests.cli.conftest import Run
from tests.cli.tracking_issue import PLAN, SUMMARY, comments, writes
from tests.support.fake_repo import FakeRepo


def test_a_plan_is_posted_unchanged(run: Run, down: FakeRepo, tmp_path: Path) -> None:
    text = "# Plan <b>\n\n```\nopen fence\n\n- @ada & `@eve` see @org/team, not me@example.org\n| a | b |\n"
    path = tmp_path / "plan.md"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    posted = run("post", "--plan", str(path), "--yes")
    assert posted.status == 0
    assert comments(down)[0].body == f"{PLAN}\n{text}"
    # The open fence contains all mentions.
    assert "mentions" not in posted.err
    path.write_text(text.replace("```\n", ""), encoding="utf-8")
    warned = run("post", "--plan", str(path))
    assert "The plan mentions @ada, @org/team: GitHub will notify them.\n" in warned.err


def test_a_plan_that_has_its_mark_gets_no_second_mark(run: Run, down: FakeRepo, plan: Path) -> None:
    plan.write_text(f"{PLAN}\n{plan.read_text(encoding='utf-8')}", encoding="utf-8")
    assert run("post", "--plan", str(plan), "--json").json["body"].count("<!--") == 1


def test_control_characters_in_a_plan_are_reported_and_not_printed(
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
        (b"x" * MAX_BODY, "the limit for a comment is 65,536. Shorten it"),
        (b"x" * (5 * MAX_BODY), ": too large. Give another file."),
        (f"Plan\n{SUMMARY}".encode(), "it contains a mark of another pawtui comment"),
        (f"Plan\n{mark('plan', 'other')}\n".encode(), "it contains a mark of another pawtui comment"),
        (None, ": no such file or directory. Give another file."),
    ],
)
def test_an_unusable_plan_is_an_error(
    run: Run, down: FakeRepo, plan: Path, content: bytes | None, summary: str
) -> None:
    if content is None:
        plan.unlink()
    else:
        plan.write_bytes(content)
    refused = run("post", "--plan", str(plan), "--yes")
    assert (refused.status, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert summary in refused.err
    assert writes(down.fake) == []


@pytest.mark.parametrize(("name", "summary"), [(".", "is a folder"), ("a\0b", "Cannot read the plan")])
def test_a_path_that_is_not_a_file_is_an_error(run: Run, down: FakeRepo, name: str, summary: str) -> None:
    refused = run("post", "--plan", name)
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert summary in refused.err
