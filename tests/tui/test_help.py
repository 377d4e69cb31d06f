"""The help, which is the palette before a word is typed: the help of the screen, and all actions with their keys."""

from pathlib import Path

from textual.screen import Screen
from textual.widgets import OptionList, TextArea

from pawtui.report.spans import with_keys
from pawtui.tui.app import PawtuiApp
from pawtui.tui.base_app import MessageScreen
from pawtui.tui.content import line, wrapped
from pawtui.tui.keymap import known_bindings, node_classes
from pawtui.tui.line_list import LineList
from pawtui.tui.palette import Palette, PaletteItem, PaletteProvider
from pawtui.tui.screens.action_dialog import ActionDialog, ConfirmDialog
from pawtui.tui.screens.dialog import Dialog, FileDialog
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.log_screen import LogList
from pawtui.tui.screens.main_screen import MainScreen
from pawtui.tui.screens.pin_field_dialog import PinFieldDialog, StateDialog
from pawtui.tui.screens.pinned_screens import PinnedScreen
from pawtui.tui.screens.subject_screen import SubjectScreen
from tests.tui.support import TestWorkspace, make_workspace, record, running, shown, until


def rows(app: PawtuiApp) -> list[str]:
    """Return all rows of the palette, visible or not."""
    return [str(option.prompt).strip() for option in app.screen.query_one(OptionList).options]


def actions(app: PawtuiApp) -> list[PaletteItem]:
    """Return the actions that the palette would list on the current screen."""
    return list(PaletteProvider(app.screen).actions())


async def test_help_starts_with_the_keys_of_the_current_screen(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("T")
        assert [item.name for item in actions(app)][:2] == ["Earlier", "Later"]


async def test_help_describes_the_screen_before_its_focused_text(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("w", "question_mark")
        await until(pilot, lambda: "Signals and gates, most urgent first. a agrees" in shown(app))


async def test_help_starts_with_the_focused_pane_and_its_actions(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "question_mark")
        await until(pilot, lambda: "Gates are statements about your project." in shown(app))
        assert rows(app)[0].startswith("Gates are statements")
        assert rows(app)[1].split()[:2] == ["s", "Satisfied"]
        await pilot.press("escape", "1", "question_mark")
        await until(pilot, lambda: "Signals are statements about the upstream" in shown(app))
        assert rows(app)[1].split()[:2] == ["v", "Verdict"]


async def test_each_action_is_listed_once_and_those_of_other_places_come_last(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: app.screen.query(OptionList))
        listed = rows(app)
        items = actions(app)
    names = sorted((item.name, item.about) for item in items)
    assert len(set(names)) == len(items) == len(known_bindings())
    first_elsewhere = [item.is_here for item in items].index(False)
    assert not any(item.is_here for item in items[first_elsewhere:])
    assert {"Walk", "On a gate", "Dialogs"} <= {item.about.partition(":")[0] for item in items[first_elsewhere:]}
    assert listed[1].split()[0] == items[0].keys
    assert listed[-1].endswith(items[-1].about)


async def test_an_action_runs_on_its_node(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("3", "2")
        last = next(item for item in actions(app) if item.name == "Last" and item.is_here)
        app.call_later(last.run)
        await until(pilot, lambda: app.main.body.gates.cursor == 2)


async def test_keys_have_the_names_that_are_on_a_keyboard(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, _pilot):
        keys = {item.name: item.keys for item in actions(app)}
    assert (keys["Next pane"], keys["Previous pane"]) == ("Tab", "Shift+Tab")


async def test_help_shows_the_keys_of_screens_toml(tmp_path: Path) -> None:
    (tmp_path / "screens.toml").write_text('[keys]\nlog = "f5"\nwalk.agree = "ctrl+t"\n', encoding="utf-8")
    async with running(make_workspace(tmp_path, record()), size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: app.key_overrides)
        found = [(item.keys, item.name) for item in actions(app)]
    assert ("F5", "Log") in found
    assert ("Ctrl+T", "Agree") in found


async def test_f1_opens_help_over_a_dialog_whose_text_stays(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("n", *"Seen?", "f1")
        await until(pilot, lambda: "Write your observation and its evidence." in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.query("#text"))
        assert app.screen.query_one("#text", TextArea).text == "Seen?"


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
    # The help of the main screen is that of its panes; the palette shows the help of the screen below it.
    without = {node for node in node_classes() if issubclass(node, (Screen, LineList)) and not node.HELP}
    assert without - bases == {MainScreen, Palette, LineList, LogList}
