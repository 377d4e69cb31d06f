"""The screens for difference, log, scope and export, and the dialog that closes a review."""

import threading
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from pawtui.refresh.refresh_types import PlanStatus
from pawtui.report.document import Document
from pawtui.report.documents.document_parts import DocumentContext
from pawtui.report.documents.summary_document import summary_document
from pawtui.tui.document_view import DocumentView
from pawtui.tui.screens.export_screen import ExportScreen
from tests.tui.support import (
    NOW,
    TestWorkspace,
    is_shown,
    make_app,
    make_workspace,
    one_line,
    paste,
    record,
    running,
    sha,
    shown,
    until,
)


async def test_the_difference_shows_changes_and_reasons(workspace: TestWorkspace) -> None:
    opened: list[str] = []
    app = make_app(workspace, opened)
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: "2026-11-13 12:02 to 2026-11-20 12:02" in shown(app))
        seen = shown(app)
        await pilot.press("o")
        await until(pilot, lambda: opened)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "2026-11-06 12:02 to 2026-11-20 12:02" in shown(app))
    assert "The runtime is calm  ~ partial  →  x unmet" in seen
    assert "why  new upstream commits" in seen
    assert "ana" in seen
    assert "set replay to blocked" in seen
    assert opened == [f"https://github.com/loom/loom/compare/{sha('a')}...{sha('b')}"]


async def test_the_meaning_of_comments_on_the_plan_is_recorded(tmp_path: Path) -> None:
    made = record()
    issue = "https://github.com/tuft/tuft/issues/1"
    plan = PlanStatus(
        state="unclear", url=f"{issue}#c1", since=NOW, plan_by="ana", by="bo", at=NOW, unclear_url=f"{issue}#c2"
    )
    assert made.last is not None
    workspace = make_workspace(tmp_path, replace(made, refreshes=(*made.refreshes[:-1], replace(made.last, plan=plan))))
    async with running(workspace, size=(120, 50)) as (app, pilot):
        await pilot.press("S")
        await until(pilot, lambda: "unclear: a comment by bo" in shown(app))
        await pilot.press("a")
        await until(pilot, lambda: "Record the meaning of the comments" in shown(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "The reason is empty" in shown(app))
        await pilot.press("end", "enter")
        await paste(pilot, "as agreed")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: workspace.store.load().rulings)
        await until(pilot, lambda: "withdrawn, recorded by" in shown(app))
    (entry,) = workspace.store.load().rulings.values()
    assert (entry.state, entry.reason, entry.comment) == ("withdrawn", "as agreed", f"{issue}#c2")


async def test_the_difference_shows_the_new_state_of_the_plan(tmp_path: Path) -> None:
    made = record()
    before = PlanStatus(state="waiting", url="https://github.com/tuft/tuft/issues/1#c1", since=NOW, plan_by="ana")
    after = replace(
        before, state="approved", by="mira", at=NOW, approval_url="https://github.com/tuft/tuft/issues/1#c2"
    )
    *first, previous, last = made.refreshes
    made = replace(made, refreshes=(*first, replace(previous, plan=before), replace(last, plan=after)))
    opened: list[str] = []
    app = make_app(make_workspace(tmp_path, made), opened)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: "approved by mira on 2026-11-20" in shown(app))
        assert "plan        waiting for approval since 2026-11-20 (posted by ana)  →  approved by mira" in shown(app)
        await pilot.press("o")
        await until(pilot, lambda: opened)
    assert opened == [after.approval_url]


async def test_the_log_shows_author_and_both_states(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("L")
        await until(pilot, lambda: "4 changes" in shown(app))
        await pilot.press("j", "j")
        await until(pilot, lambda: "skill parts do not map" in shown(app))
        assert "ana" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.focused is app.screen.query_one(DocumentView))
        await pilot.press("escape")
        assert app.screen is app.main


async def test_the_scope_screen_shows_scope_and_related_work(workspace: TestWorkspace) -> None:
    opened: list[str] = []
    app = make_app(workspace, opened)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("S")
        await until(pilot, lambda: "No migration" in shown(app))
        seen = shown(app)
        await pilot.press("o")
        await until(pilot, lambda: opened)
    assert "+ Watch the runtime" in seen
    assert "tracking issue: tuft/tuft#1" in seen
    assert "loom/loom#7  open  Review names" in seen
    assert "names before release" in seen
    assert opened == ["https://github.com/tuft/tuft/issues/1"]


async def test_a_summary_that_is_not_ready_cannot_be_copied_or_saved(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def slow_summary(context: DocumentContext) -> Document:
        released.wait(30)
        return summary_document(context)

    monkeypatch.setattr("pawtui.tui.screens.export_screen.summary_document", slow_summary)
    async with running(workspace) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await pilot.press("y", "s")
        assert app.clipboard == ""
        assert isinstance(app.screen, ExportScreen)
        released.set()
        await until(pilot, lambda: "Missing for GO" in shown(app) and "y Copy all" in shown(app))
        await pilot.press("y")
        assert app.clipboard.startswith("## Scope refresh")


async def test_the_export_has_no_key_that_changes_the_record(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: "Copy all" in shown(app))
        keys = {active.binding.id for active in app.screen.active_bindings.values()}
        assert "evidence.open" in keys
        assert not keys & {"undo", "redo", "note.write", "note.pin", "gate.next"}


async def test_the_first_and_last_keys_work_in_the_markdown(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: "lines of Markdown" in shown(app))
        await pilot.press("m")
        area = app.screen.query_one(DocumentView)
        for first, last in (("home", "end"), ("g", "G")):
            await pilot.press(last)
            await until(pilot, lambda: area.scroll_y == area.max_scroll_y > 0)
            await pilot.press(first)
            await until(pilot, lambda: area.scroll_y == 0)


async def test_the_summary_is_copied_and_saved_without_losing_a_file(workspace: TestWorkspace, tmp_path: Path) -> None:
    app = make_app(workspace)
    target = tmp_path / "out.md"
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: "Missing for GO" in shown(app))
        await pilot.press("m")
        await until(pilot, lambda: "### Missing for GO" in shown(app))
        await pilot.press("y")
        assert app.clipboard.startswith("## Scope refresh on 2026-11-20: tuft follows loom v2\n")
        await pilot.press("m")
        await until(pilot, lambda: "### Missing for GO" not in shown(app))
        await pilot.press("s")
        await pilot.pause()
        assert app.screen.query_one("#path", Input).value.endswith("pawtui-2026-11-20.md")
        app.screen.query_one("#path", Input).value = str(tmp_path / "no" / "such" / "folder.md")
        await pilot.press("enter")
        await until(pilot, lambda: "Cannot write" in shown(app))
        app.screen.query_one("#path", Input).value = "~no-such-user"
        await pilot.press("enter")
        await until(pilot, lambda: "without a home folder" in one_line(app))
        app.screen.query_one("#path", Input).value = "x" * 300
        await pilot.press("enter")
        await until(pilot, lambda: "Cannot write" in shown(app))
        app.screen.query_one("#path", Input).value = tmp_path.anchor
        await pilot.press("enter")
        await until(pilot, lambda: "it is a folder. Give another path." in one_line(app))
        target.write_text("mine")
        app.screen.query_one("#path", Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, lambda: "already exists" in shown(app))
        assert target.read_text() == "mine"
        await pilot.press("enter")
        await until(pilot, lambda: target.read_text() != "mine")
        await until(pilot, lambda: not app.screen.query("#path"))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
    assert target.read_text() == app.clipboard


async def test_all_reasons_can_be_scrolled_before_closing(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(40, 16)) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: "Your recommendation" in shown(app))
        last = app.overview.reasons[-1].text.split()[-1] if app.overview else ""
        scroll = app.screen.query_one(".reasons")
        assert scroll.max_scroll_y > 0, "not all reasons fit"
        await pilot.press("shift+tab", "end")
        await until(pilot, lambda: scroll.scroll_y == scroll.max_scroll_y)
        assert last in shown(app)


async def test_typed_text_stays_if_the_disk_is_full(workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from pawtui.store.store_errors import WriteFailed

    def full(_make: object) -> None:
        raise WriteFailed("The disk is full. The record is unchanged. Free some space.")

    async with running(workspace) as (app, pilot):
        monkeypatch.setattr(workspace.store, "record_change", full)
        await pilot.press("n")
        await paste(pilot, "words")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "is full" in shown(app))
        assert "words" in shown(app)
        await pilot.press("escape", "escape", "2", "G", "s")
        await until(pilot, lambda: app.screen is app.main and "is full" in shown(app))


async def test_a_difference_that_cannot_be_shown_is_explained(workspace: TestWorkspace) -> None:
    async with running(workspace, notifications=True) as (app, pilot):
        await pilot.press("d")
        for key, sentence in (
            ("right_curly_bracket", "There is no newer refresh."),
            ("right_square_bracket", "The base must be older than the target."),
            ("left_curly_bracket", "The base must be older than the target."),
        ):
            await pilot.press(key)
            await until(pilot, partial(is_shown, app, sentence))
        assert "2026-11-13 12:02 to 2026-11-20 12:02" in shown(app)
        await pilot.press(*["left_square_bracket"] * 9)
        await until(pilot, lambda: "There is no older refresh." in shown(app))
