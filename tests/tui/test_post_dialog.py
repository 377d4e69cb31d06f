"""The dialog that posts a comment: preview, confirmation, one request, and the result."""

import asyncio
import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.command import CommandPalette
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from pawtui.demo.demo_git_source import DemoHost, DemoWorld, demo_world
from pawtui.demo.demo_source import DemoSource
from pawtui.errors import PawtuiError
from pawtui.posting import MAX_BODY, Draft, make_draft
from pawtui.refresh.comment_text import mark
from pawtui.sources.facts import Comment, Issue
from pawtui.sources.source_errors import Offline, SourceError
from pawtui.tui.app import PawtuiApp
from pawtui.tui.screens.export_screen import ExportScreen
from tests.tui.support import (
    NOW,
    OpenSource,
    TestWorkspace,
    make_app,
    make_workspace,
    one_line,
    record,
    running,
    shown,
    tracker,
    until,
)

ISSUE = "example-fork/tuft#77"
# The keys that the dialog shows, and whether a click on them closes it.
CLICKED_KEYS = {"Enter Choose": True, "Tab Next field": False, "o Open": False, "Esc Close": True}
SUMMARY, PLAN = mark("summary", "tuft-loom"), mark("plan", "tuft-loom")


class DelayedSource(DemoSource):
    """A source that delays the comment until `released` is set."""

    requests = 0
    released = asyncio.Event()

    async def post_comment(self, repo: str, number: int, body: str) -> Comment:
        """Count the request, then wait."""
        DelayedSource.requests += 1
        await DelayedSource.released.wait()
        return await super().post_comment(repo, number, body)


class UnreachableSource(DemoSource):
    """A source without a connection to issues."""

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        """Fail as without network."""
        raise Offline("No such host or no network.")


@pytest.fixture(scope="module")
def world() -> DemoWorld:
    return demo_world(NOW.date())


@pytest.fixture
def host(world: DemoWorld) -> DemoHost:
    return DemoHost(world, clock=lambda: NOW)


def posting_workspace(home: Path, source: OpenSource, issue: str = ISSUE) -> TestWorkspace:
    """Return a workspace with the tracking issue of the demo."""
    return make_workspace(home, record(), of=replace(tracker(), issue=issue), open_source=source)


@pytest.fixture
def workspace(tmp_path: Path, host: DemoHost) -> TestWorkspace:
    return posting_workspace(tmp_path, lambda: DemoSource(host))


def _has_reacted(app: PawtuiApp, dialog: Screen[object], focused: Widget | None, opened: list[str]) -> bool:
    return app.screen is not dialog or app.focused is not focused or bool(opened)


def words(app: PawtuiApp) -> str:
    """Return the text of the dialog without the preview."""
    return "\n".join(str(widget.visual) for widget in app.screen.query(Static) if widget.display)


async def test_the_summary_is_posted_once_after_yes(workspace: TestWorkspace, host: DemoHost) -> None:
    opened: list[str] = []
    app = make_app(workspace, opened)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("e", "P")
        await until(pilot, lambda: "Post it?" in shown(app))
        assert f"This adds a comment to {ISSUE} (Watch the new runtime and decide when to move)." in words(app)
        body = app.screen.query_one("#body", TextArea).text
        assert body.startswith(f"{SUMMARY}\n## Scope refresh on 2026-11-20")
        assert host.posted == []
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Posted as a new comment" in shown(app))
        await pilot.press("enter", "ctrl+s", "o", "y")
        await until(pilot, lambda: opened)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is app.main and "Posted as" in shown(app))
        (written,) = host.posted
        link = f"https://github.example/example-fork/tuft/issues/77#issuecomment-{written.id}"
        assert link in shown(app).replace("\n ", ""), "it stays on the main screen"
    assert written.body == body
    assert opened == [link]
    assert app.clipboard == link


async def test_y_answers_the_question_and_copies_the_link_afterwards(workspace: TestWorkspace, host: DemoHost) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("e", "P")
        await until(pilot, lambda: "Post it?" in shown(app))
        await pilot.press("tab", "y")
        await until(pilot, lambda: "Posted as a new comment" in shown(app))
        assert app.clipboard == ""
        await pilot.press("y")
        assert app.clipboard.endswith(f"#issuecomment-{host.posted[0].id}")
    assert len(host.posted) == 1


async def test_a_page_that_cannot_be_opened_is_an_error_in_the_dialog(workspace: TestWorkspace, host: DemoHost) -> None:
    def fail(url: str) -> None:
        raise PawtuiError(f"Cannot open {url}: no browser was found.")

    app = PawtuiApp(workspace, opener=fail)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("P")
        await until(pilot, lambda: "Post it?" in shown(app))
        await pilot.press("o")
        await until(pilot, lambda: "no browser was found." in one_line(app))
        assert "Not read:" not in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        assert "no browser was found." not in shown(app)
    assert host.posted == []


@pytest.mark.frames
async def test_no_click_on_a_key_posts_anything(workspace: TestWorkspace, host: DemoHost) -> None:
    opened: list[str] = []
    app = make_app(workspace, opened)
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("e")
        for key, closes in CLICKED_KEYS.items():
            await pilot.press("P")
            await until(pilot, lambda: "Post it?" in shown(app))
            assert "Copy link" not in shown(app), "y is the answer"
            dialog, focused = app.screen, app.focused
            row, text = next((row, text) for row, text in enumerate(shown(app).split("\n")) if key in text)
            await pilot.click(offset=(text.index(key), row))
            await until(pilot, partial(_has_reacted, app, dialog, focused, opened))
            assert (app.screen is not dialog) == closes, key
            if not closes:
                await pilot.press("escape")
    assert host.posted == []


async def test_no_setting_changes_the_keys_that_answer(workspace: TestWorkspace, host: DemoHost) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("e")
        app.set_keymap({"post.open": "n"})
        await pilot.press("P")
        await until(pilot, lambda: "Post it?" in shown(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        for keymap in ({"post.copy": "c"}, {"post.open": "y"}):
            app.set_keymap(keymap)
            host.posted.clear()
            await pilot.press("P")
            await until(pilot, lambda: "Post it?" in shown(app))
            await pilot.press("y")
            await until(pilot, lambda: "Posted as a new comment" in shown(app))
            assert len(host.posted) == 1, keymap
            await pilot.press("escape")


async def test_without_a_yes_nothing_is_posted(workspace: TestWorkspace, host: DemoHost) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("e")
        for keys in (("down", "up", "enter"), ("escape",), ("ctrl+s",)):
            await pilot.press("P")
            await until(pilot, lambda: "Post it?" in shown(app))
            await pilot.press(*keys)
            await until(pilot, lambda: isinstance(app.screen, ExportScreen))
            assert host.posted == [], keys


async def test_the_dialog_can_be_closed_during_preparation(workspace: TestWorkspace, host: DemoHost) -> None:
    host.latency = 30.0
    async with running(workspace) as (app, pilot):
        await pilot.press("e", "P")
        await until(pilot, lambda: f"Reading {ISSUE}" in shown(app))
        assert "## Scope refresh on" in app.screen.query_one("#body", TextArea).text, (
            "the text is shown while the issue is read"
        )
        await pilot.press("enter", "ctrl+s", "escape")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
    assert host.posted == []


async def test_an_issue_that_cannot_be_read_is_not_shown_as_being_read(tmp_path: Path, host: DemoHost) -> None:
    async with running(posting_workspace(tmp_path, lambda: UnreachableSource(host)), size=(80, 24)) as (app, pilot):
        await pilot.press("e", "P")
        await until(pilot, lambda: f"Not read: {ISSUE}" in shown(app) and "No such host" in shown(app))
        assert "Reading" not in shown(app)


async def test_no_key_sends_twice_or_cancels_sending(tmp_path: Path, host: DemoHost) -> None:
    DelayedSource.requests, DelayedSource.released = 0, asyncio.Event()
    async with running(posting_workspace(tmp_path, lambda: DelayedSource(host))) as (app, pilot):
        await pilot.press("e", "P", "P")
        await until(pilot, lambda: "Post it?" in shown(app))
        await pilot.press("down", "enter", "enter", "ctrl+s")
        await until(pilot, lambda: DelayedSource.requests == 1)
        for key in ("escape", "ctrl+q"):
            await pilot.press("enter", "down", "ctrl+s", "P")
            app.screen.query_one("#mistake", Static).update("")
            await pilot.press(key)
            await until(pilot, lambda: "cannot be cancelled" in words(app))
        # Sending continues after the dialog is closed, and another comment must wait.
        app.pop_screen()
        await pilot.press("P")
        await until(pilot, lambda: "Post it?" in shown(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Another comment is being posted" in words(app))
        assert host.posted == []
        DelayedSource.released.set()
        await until(pilot, lambda: len(host.posted) == 1)
        assert "Post it?" in shown(app), "the result of the first comment is not shown in the second dialog"
    assert DelayedSource.requests == len(host.posted) == 1


async def test_the_dialog_shows_the_result_below_the_palette(tmp_path: Path, host: DemoHost) -> None:
    DelayedSource.requests, DelayedSource.released = 0, asyncio.Event()
    async with running(posting_workspace(tmp_path, lambda: DelayedSource(host))) as (app, pilot):
        await pilot.press("e", "P")
        await until(pilot, lambda: "Post it?" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: DelayedSource.requests == 1)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: CommandPalette.is_open(app))
        DelayedSource.released.set()
        await until(pilot, lambda: len(host.posted) == 1)
        await pilot.press("escape")
        await until(pilot, lambda: "Posted as a new comment" in words(app))


async def test_an_own_earlier_summary_is_updated(workspace: TestWorkspace, host: DemoHost) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("e", "P")
        await until(pilot, lambda: "Post it?" in shown(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Posted as a new comment" in shown(app))
        await pilot.press("escape", "P")
        await until(pilot, lambda: "There is nothing to post" in shown(app))
        await pilot.press("enter", "escape")
        host.posted[0] = replace(host.posted[0], body=f"{SUMMARY}\nolder")
        await pilot.press("P")
        await until(pilot, lambda: "replace your earlier comment" in shown(app))
        assert f"This updates your comment of 2026-11-20 on {ISSUE}" in words(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Your comment was updated" in shown(app))
        assert host.posted[0].body.startswith(f"{SUMMARY}\n## Scope refresh")
        host.posted[0] = replace(host.posted[0], body=f"{SUMMARY}\nolder")
        await pilot.press("escape", "P")
        await until(pilot, lambda: "add a new comment" in shown(app))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "Posted as a new comment" in shown(app))
    assert [comment.body.partition("\n")[2][:5] for comment in host.posted] == ["older", "## Sc"]


@pytest.mark.parametrize(
    ("issue", "token", "sentence"),
    [
        ("", True, "the tracker has no tracking issue"),
        (ISSUE, False, "Posting needs a token: set GH_TOKEN, or run `gh auth login`."),
        ("example-fork/tuft#99999", True, "#99999"),
    ],
    ids=["no-issue", "no-token", "no-such-issue"],
)
async def test_a_summary_that_cannot_be_posted_shows_one_message(
    tmp_path: Path, host: DemoHost, issue: str, token: bool, sentence: str
) -> None:
    source = DemoSource(host)
    source.can_write = token
    workspace = posting_workspace(tmp_path, lambda: source, issue)
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("e", "P")
        await until(pilot, lambda: sentence in words(app))
        assert "Post it?" not in shown(app)
        await pilot.press("enter", "ctrl+s", "escape")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
    assert host.posted == []


async def test_a_deleted_issue_is_reported_and_not_retried(
    workspace: TestWorkspace, host: DemoHost, world: DemoWorld
) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("e", "P")
        await until(pilot, lambda: "Post it?" in shown(app))
        host.world = replace(world, today=dt.date(2030, 1, 1))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Sending" not in shown(app))
        assert str(app.screen.query_one("#mistake", Static).content), "the reason"
        host.world = world
        await pilot.press("enter", "ctrl+s")
        assert host.posted == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
    assert host.posted == []


async def test_a_plan_is_posted_from_a_file_with_its_warnings(
    workspace: TestWorkspace, host: DemoHost, tmp_path: Path
) -> None:
    path = tmp_path / "plan.md"
    path.write_text("## Plan\n\n1. Ask @robin.\n", encoding="utf-8")
    async with running(workspace, size=(80, 24)) as (app, pilot):
        app.action_show("plan")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: "The path is empty. Write a path." in shown(app))
        app.screen.query_one("#path", Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: "Post it?" in shown(app))
        assert "The plan mentions @robin: GitHub will notify them." in words(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "After a maintainer has" in words(app))
    assert [comment.body for comment in host.posted] == [f"{PLAN}\n## Plan\n\n1. Ask @robin.\n"]
    assert host.posted[0].created_at == dt.datetime(2026, 11, 20, 14, 2, tzinfo=dt.UTC)


async def test_a_plan_is_shown_if_the_palette_was_opened_while_it_was_read(
    workspace: TestWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plan.md").write_text("## Plan\n", encoding="utf-8")
    released = threading.Event()

    def slow_draft(of: TestWorkspace, plan: str) -> Draft:
        released.wait(30)
        return make_draft(of, plan=plan)

    monkeypatch.setattr("pawtui.tui.screens.post_dialog.make_draft", slow_draft)
    async with running(workspace) as (app, pilot):
        app.action_show("plan")
        await until(pilot, lambda: app.screen.query("#path"))
        app.screen.query_one("#path", Input).value = str(tmp_path / "plan.md")
        await pilot.press("enter", "ctrl+p")
        await until(pilot, lambda: CommandPalette.is_open(app))
        released.set()
        await until(pilot, lambda: "Post it?" in shown(app))
        assert app.screen_stack == [app.main, app.screen]


async def test_a_plan_that_cannot_be_posted_is_corrected_in_the_dialog(
    workspace: TestWorkspace, host: DemoHost, tmp_path: Path
) -> None:
    path = tmp_path / "plan.md"
    async with running(workspace) as (app, pilot):
        app.action_show("plan")
        await until(pilot, lambda: app.screen.query("#path"))
        app.screen.query_one("#path", Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, partial(_has_words, app, "Cannot read"))
        for text, sentence in (
            ("", "it is empty. Write it first"),
            ("x" * (MAX_BODY + 1), "the limit for a comment is 65,536"),
        ):
            path.write_text(text, encoding="utf-8")
            await pilot.press("enter")
            await until(pilot, partial(_has_words, app, sentence))
        assert host.posted == []
        path.write_text("## Plan\n", encoding="utf-8")
        await pilot.press("enter")
        await until(pilot, lambda: "Post it?" in shown(app))
        assert app.screen_stack == [app.main, app.screen], "the dialog of the path is closed"


def _has_words(app: PawtuiApp, sentence: str) -> bool:
    return sentence in words(app)
