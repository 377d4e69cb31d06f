"""Themes: the first one, and the contrast of real cells on every row, also the selected row."""

from collections.abc import Iterator

import pytest
from rich.color import ColorType
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from pawtui.tui.choice_list import ChoiceList
from pawtui.tui.line_view import LineView
from pawtui.tui.themes import (
    BORDER_COLORS,
    FOOTER,
    FOOTER_COLORS,
    MIN_BORDER_CONTRAST,
    MIN_CONTRAST,
    MIN_NON_TEXT_CONTRAST,
    OWN_THEMES,
    PANEL,
    ROW_COLORS,
    SCROLLBAR_COLORS,
    SELECTION_COLORS,
    SURFACE,
    TEXT_COLORS,
    contrast,
    readable,
)
from tests.tui.support import TestWorkspace, running, shown, until

# Dark and light themes of Textual in turn, one with the colours of the terminal, and those of pawtui. The colours of
# the others are measured without a screen.
SHOWN = ("textual-dark", "solarized-light", "monokai", "rose-pine-dawn", "ansi-dark", *OWN_THEMES)


def styles(view: LineView, height: int) -> Iterator[tuple[str, Style]]:
    """Return the text of the first lines of a list or document with its styles, without marks and charts."""
    for number in range(height):
        for text, style, _control in view.line_strip(number):
            if text.strip(" ▌▏▁▂▃▄▅▆▇█·─"):
                assert style is not None
                yield text, style


def ratio(style: Style) -> float | None:
    """Return the contrast of a style; None if the terminal chooses a colour."""
    text, ground = style.color, style.bgcolor
    if text is None or ground is None or {text.type, ground.type} != {ColorType.TRUECOLOR}:
        return None
    return contrast(Color(*text.get_truecolor()), Color(*ground.get_truecolor()))


async def test_text_on_rows_is_readable(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(120, 60)) as (app, pilot):
        await pilot.press("2", "j")
        await pilot.pause()
        views: list[LineView] = [*app.main.body.lists.values(), app.main.document_view]
        for theme in SHOWN:
            app.theme = theme
            await until(pilot, lambda: app.screen.has_pseudo_class("dark") == app.current_theme.dark)
            found = [pair for view in views for pair in styles(view, min(view.virtual_size.height, 40))]
            measured = [(ratio(style), text, str(style)) for text, style in found]
            assert [pair for pair in measured if pair[0] is not None and pair[0] < MIN_CONTRAST] == [], theme
            assert any(pair[0] is not None for pair in measured) != app.current_theme.ansi


@pytest.mark.parametrize("name", [name for name, theme in (BUILTIN_THEMES | OWN_THEMES).items() if not theme.ansi])
def test_every_role_is_readable_on_every_area(name: str) -> None:
    """The records of the tests do not have each state on each kind of row, so the colours are measured directly."""
    variables = _variables(name)
    areas = [variables["background"], *(variables[area] for area in (*ROW_COLORS, SURFACE, PANEL))]
    too_low = [(role, area) for role in TEXT_COLORS for area in areas if _ratio(variables[role], area) < MIN_CONTRAST]
    assert too_low == []
    footer = variables[FOOTER]
    assert [role for role in FOOTER_COLORS if _ratio(variables[role], footer) < MIN_CONTRAST] == []
    text, ground = SELECTION_COLORS
    assert _ratio(variables[text], variables[ground]) >= MIN_CONTRAST


@pytest.mark.parametrize("name", [name for name, theme in (BUILTIN_THEMES | OWN_THEMES).items() if not theme.ansi])
def test_borders_and_scroll_bars_are_visible_and_show_the_focus(name: str) -> None:
    variables = _variables(name)
    focused, blurred = (_ratio(variables[border], variables["background"]) for border in BORDER_COLORS)
    assert focused >= MIN_NON_TEXT_CONTRAST
    assert MIN_BORDER_CONTRAST <= blurred < MIN_NON_TEXT_CONTRAST
    bars = [_ratio(variables[bar], variables["background"]) for bar in SCROLLBAR_COLORS]
    assert min(bars) >= MIN_NON_TEXT_CONTRAST


def _variables(name: str) -> dict[str, str]:
    theme = (BUILTIN_THEMES | OWN_THEMES)[name]
    variables = theme.to_color_system().generate()
    return {**variables, **(theme.variables if name in OWN_THEMES else readable(variables))}


def _ratio(text: str, row: str) -> float:
    return contrast(Color.parse(text), Color.parse(row))


async def test_ansi_themes_reverse_the_selected_row(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "j")
        for theme in ("ansi-dark", "ansi-light"):
            app.theme = theme
            await until(pilot, lambda: app.screen.has_pseudo_class("dark") == app.current_theme.dark)
            row = [style for _text, style in styles(app.main.body.gates, 4) if style.reverse]
            assert row, theme
            assert all(style.color is None or style.color.is_default for style in row), theme
            assert all(style.bgcolor is None or style.bgcolor.is_default for style in row), theme
            assert "[!] blocked" in shown(app), theme


async def test_ansi_themes_underline_the_choice_under_the_cursor(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        app.theme = "ansi-dark"
        await pilot.press("v", "down")
        choices = app.screen.query_one(ChoiceList)
        marked = [any(part.style and part.style.underline for part in choices.render_line(row)) for row in range(4)]
        assert marked == [False, True, False, False]


async def test_a_dialog_hides_the_text_below_it_in_ansi_themes(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        app.theme = "ansi-dark"
        await pilot.press("n")
        await until(pilot, lambda: app.screen.query("#card"))
        assert app.screen.query_one("#card").styles.background == Color.parse("ansi_default")


@pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi])
def test_the_selected_row_is_visible(name: str) -> None:
    variables = BUILTIN_THEMES[name].to_color_system().generate()
    found = readable(variables)
    rows = [Color.parse(found[row]) for row in ROW_COLORS]
    assert found.keys() == {
        *ROW_COLORS,
        *TEXT_COLORS,
        PANEL,
        *SELECTION_COLORS,
        FOOTER,
        *FOOTER_COLORS,
        *BORDER_COLORS,
        *SCROLLBAR_COLORS,
    }
    assert len({variables["background"], *(row.hex for row in rows)}) == 4
    assert contrast(Color.parse(variables["background"]), rows[0]) > 1.05


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1)],
)
def test_contrast_is_computed_as_in_wcag(first: str, second: str, expected: float) -> None:
    assert contrast(Color.parse(first), Color.parse(second)) == pytest.approx(expected, abs=0.01)
    assert contrast(Color.parse(second), Color.parse(first)) == pytest.approx(expected, abs=0.01)


async def test_help_uses_the_same_colours(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        app.theme = "nord"
        await pilot.press("question_mark")
        await until(pilot, lambda: app.screen.query("OptionList"))
        style = app.screen.query_one("OptionList").get_component_styles("option-list--option-highlighted")
        assert style.background.hex == app.theme_variables["block-cursor-background"]
