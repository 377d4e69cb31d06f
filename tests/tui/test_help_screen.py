"""The help screen: all actions with their keys, a filter, and running an action."""

from pathlib import Path

from textual.screen import Screen
from textual.widgets import OptionList, TextArea

from pawtui.report.spans import with_keys
from pawtui.tui.app import PawtuiApp
from pawtui.tui.base_app import MessageScreen
from pawtui.tui.choice_list import ChoiceList
from pawtui.tui.content import line, wrapped
from pawtui.tui.help_list import help_entries
from pawtui.tui.keymap import known_bindings, node_classes
from pawtui.tui.line_list import LineList
from pawtui.tui.screens.action_dialog import ActionDialog, ConfirmDialog
from pawtui.tui.screens.dialog import Dialog, FileDialog
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.help_screen import HelpScreen
from pawtui.tui.screens.log_screen import LogList
from pawtui.tui.screens.main_screen import MainScreen
from pawtui.tui.screens.pin_field_dialog import PinFieldDialog, StateDialog
from pawtui.tui.screens.pinned_screens import PinnedScreen
from pawtui.tui.screens.subject_screen import SubjectScreen
from tests.tui.support import TestWorkspace, make_workspace, paste, record, running, shown, until


def rows(app: PawtuiApp) -> list[str]:
    """Return all rows of the list, visible or not."""
    return [str(option.prompt).strip() for option in app.screen.query_one(OptionList).options]


async def test_help_starts_with_the_keys_of_the_current_screen(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("T", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and rows(app))
        assert rows(app)[0] == "Timeline"
        assert rows(app)[1].split()[-3:] == ["Earlier", "Previous", "week"]


async def test_help_describes_the_screen_before_its_focused_text(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("w", "question_mark")
        await until(pilot, lambda: "Signals and gates, most urgent first. a agrees" in shown(app))


async def test_help_starts_with_the_focused_pane_and_its_actions(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "question_mark")
        await until(pilot, lambda: "Gates are statements about your project." in shown(app))
        assert "↑↓ Select  Enter Run  Esc Close" in shown(app)
        assert rows(app)[0] == "On a gate"
        assert rows(app)[1].split()[:2] == ["s", "Satisfied"]
        await pilot.press("question_mark")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("1", "question_mark")
        await until(pilot, lambda: "Signals are statements about the upstream" in shown(app))
        assert rows(app)[0] == "On a signal"


async def test_each_action_is_listed_once_and_other_places_come_last(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: app.screen.query(OptionList))
        listed = [option.id for option in app.screen.query_one(OptionList).options if option.id]
        assert sorted(listed) == sorted(known_bindings())
        places = [row for row in rows(app) if row.removesuffix("  not available here") in _places()]
        here = {place for place in places if not place.endswith("not available here")}
        elsewhere = [place for place in places if place.removesuffix("  not available here") not in here]
        assert places[-len(elsewhere) :] == elsewhere
        assert {f"{place}  not available here" for place in ("Walk", "On a gate", "Dialogs")} <= set(places)


def _places() -> set[str]:
    return {binding.place for binding in known_bindings().values()}


async def test_typing_filters_and_enter_runs(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("question_mark", *"relat")
        await until(pilot, lambda: len(rows(app)) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: "No migration" in shown(app))
        await pilot.press("question_mark")
        await paste(pilot, "no such action")
        await until(pilot, lambda: 'No action matches "no such action".' in shown(app))
        await pilot.press("enter", "escape")
        await until(pilot, lambda: "No migration" in shown(app))


async def test_enter_on_an_action_of_another_place_shows_the_place(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("question_mark")
        await paste(pilot, "agree")
        await pilot.press("enter")
        await until(pilot, lambda: '"Agree" does not apply here (place: Walk).' in shown(app))
        await pilot.press("escape", "w", "right", "question_mark")
        await paste(pilot, "agree")
        await pilot.press("enter")
        await until(pilot, lambda: "Walk  3 of 6" in shown(app))


async def test_the_list_is_scrolled_from_the_keyboard(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: app.screen.query(OptionList))
        options = app.screen.query_one(OptionList)
        visited = [options.highlighted]
        for key in ("down", "down", "up", "up"):
            await pilot.press(key)
            visited.append(options.highlighted)
        assert visited[0] != visited[1] != visited[2]
        assert visited == visited[::-1]
        pages = options.virtual_size.height // options.size.height + 1
        await pilot.press(*["pagedown"] * pages)
        assert options.highlighted == options.option_count - 1
        assert options.scroll_y == options.max_scroll_y > 0
        await pilot.press("pageup")
        assert options.highlighted < options.option_count - 1


async def test_an_action_runs_on_its_node(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("3", "2", "question_mark")
        await paste(pilot, "lists last")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        await until(pilot, lambda: app.main.body.gates.cursor == 2)


async def test_help_shows_the_keys_of_screens_toml(tmp_path: Path) -> None:
    (tmp_path / "screens.toml").write_text('[keys]\nlog = "f5"\nwalk.agree = "ctrl+t"\n', encoding="utf-8")
    async with running(make_workspace(tmp_path, record()), size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: app.key_overrides)
        await pilot.press("question_mark")
        await until(pilot, lambda: app.screen.query(OptionList))
        found = rows(app)
    assert any(row.split()[:2] == ["F5", "Log"] for row in found)
    assert any(row.split()[:2] == ["^t", "Agree"] for row in found)


async def test_f1_opens_help_over_a_dialog_whose_text_stays(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("n", *"Seen?", "f1")
        await until(pilot, lambda: "Write your observation and its evidence." in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.query("#text"))
        assert app.screen.query_one("#text", TextArea).text == "Seen?"


async def test_over_a_dialog_help_applies_with_the_key_of_the_dialog(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("n")
        (entry,) = [entry for entry in help_entries(app, app.screen) if entry.known.id == "help"]
        assert (entry.applies_here, entry.keys) == (True, "F1")


def test_no_row_is_wider_than_the_list_on_80_columns() -> None:
    for known in known_bindings().values():
        assert 0 < len(known.binding.description) <= 14, known
        assert len(known.binding.tooltip) <= 43, known


def test_each_screen_and_pane_has_its_own_help_of_at_most_two_lines() -> None:
    texts = {node: with_keys(" ".join((node.HELP or "").split())) for node in node_classes() if vars(node).get("HELP")}
    for node, text in texts.items():
        assert len(wrapped(line(text), 72)) <= 2, node
    assert len(set(texts.values())) == len(texts)
    dialogs = {Dialog, ActionDialog, ConfirmDialog, FileDialog, PinFieldDialog, StateDialog}
    bases = {*dialogs, MessageScreen, SubjectScreen, DocumentScreen, PinnedScreen}
    # The help of the main screen is that of its panes. The help screen shows the help of other nodes.
    without = {node for node in node_classes() if issubclass(node, (Screen, LineList)) and not node.HELP}
    assert without - bases == {MainScreen, HelpScreen, LineList, ChoiceList, LogList}
