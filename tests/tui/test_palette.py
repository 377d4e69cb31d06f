"""The palette: actions, states and notes by name."""

import asyncio
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from textual.command import Hit
from textual.widgets import Input

from pawtui.review.note_actions import add_note
from pawtui.tui.app import PawtuiApp
from pawtui.tui.keymap import KnownBinding, known_bindings
from pawtui.tui.palette import PaletteProvider
from tests.tui.support import (
    TestWorkspace,
    highlighted_command,
    is_shown,
    make_app,
    one_line,
    running,
    shown,
    until,
)


def search(app: PawtuiApp, words: str) -> None:
    """Enter words in the open palette at once: each letter is a search."""
    app.screen.query_one(Input).value = words


async def best_hit(app: PawtuiApp, words: str) -> Hit:
    """Return the hit that the palette lists first."""
    provider = PaletteProvider(app.screen)
    known_bindings()
    hits = [hit async for hit in provider.search(words) if isinstance(hit, Hit)]
    return max(hits, key=lambda hit: hit.score)


# Words, the description of the best hit, and the text that it opens.
BEST = (
    ("walk", "All signals and gates", "Walk  1 of 6"),
    ("diff", "What changed between two refreshes", "Changed states"),
    ("close", "Close the review", "Your recommendation"),
    ("note", "Observation on", "Your observation. Markdown is allowed"),
    ("post plan", "A plan file on the issue", "Plan (Markdown file)"),
    ("scope", "Decision reasons, scope", "No migration"),
    ("set gate replay blocked", "now blocked", "what blocks the gate"),
    ("verdict on calm partial", "measured unmet", "Verdict on calm"),
    ("rejects older", "on signal:calm, by ana", "2.2 rejects older failed tools"),
    ("calm", "The runtime is calm", "20 commits in 28 days"),
)


async def test_the_palette_names_the_file_of_the_keys(workspace: TestWorkspace, tmp_path: Path) -> None:
    async with running(workspace, size=(240, 36), notifications=True) as (app, pilot):
        await pilot.press("question_mark", *"change keys")
        where = f"Write your keys into {tmp_path}/screens.toml. `pawtui help screens` shows how."
        await until(pilot, lambda: where in highlighted_command(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and where in one_line(app))


async def test_the_palette_has_no_commands_of_textual_that_are_actions(workspace: TestWorkspace) -> None:
    async with make_app(workspace).run_test() as pilot:
        titles = {command.title for command in pilot.app.get_system_commands(pilot.app.screen)}
    assert "Theme" in titles
    assert not {"Keys", "Quit"} & titles


async def test_the_best_hit_is_opened(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        for words, about, opens in BEST:
            hit = await best_hit(app, words)
            assert about in str(hit.prompt)
            app.call_later(hit.command)
            await until(pilot, partial(is_shown, app, opens))
            await pilot.press("escape")
            app.main.body.focus_pane("signals")


async def test_a_long_note_is_cut_and_found_by_its_last_words(workspace: TestWorkspace) -> None:
    text = f"A claim{' and on' * 60} to the end"
    workspace.store.record_change(lambda record: add_note(workspace.action_context(record), "review", text))
    async with running(workspace, size=(80, 24)) as (app, _pilot):
        for words in ("a claim", "to the end"):
            hit = await best_hit(app, words)
            assert hit.text == f"Go to note: {text[:59]}…"


async def test_a_state_is_set_from_the_palette(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("L", "ctrl+p")
        search(app, "value: satisfied")
        await until(pilot, lambda: "Set gate value: satisfied" in highlighted_command(app))
        await pilot.press("enter")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "satisfied")
        assert app.screen is app.main
        assert app.main.subject == "gate:value"


async def test_the_palette_undoes_and_redoes(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "down", "t")
        await until(pilot, partial(is_shown, app, "replay: untested?"))
        await pilot.press("y")
        await until(pilot, lambda: workspace.store.load().gates["replay"].state == "untested")
        await pilot.press("ctrl+p")
        search(app, "undo")
        await until(pilot, lambda: "Undo" in highlighted_command(app))
        await pilot.press("enter")
        await until(pilot, lambda: workspace.store.load().gates["replay"].state == "blocked")
        await pilot.press("ctrl+p")
        search(app, "redo")
        await until(pilot, lambda: "Redo" in highlighted_command(app))
        await pilot.press("enter")
        await until(pilot, lambda: workspace.store.load().gates["replay"].state == "untested")


async def test_the_palette_shows_where_another_action_applies(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(120, 80), notifications=True) as (app, pilot):
        await pilot.press("L", "ctrl+p")
        await until(pilot, lambda: "Go to gate value" in shown(app))
        assert "Maximize" not in shown(app).partition("Go to gate value")[0], "Textual's commands are last"
        search(app, "agree")
        await until(pilot, lambda: "Walk: Confirm" in highlighted_command(app))
        await pilot.press("enter")
        await until(pilot, lambda: '"Agree" works only in this place: Walk. Go there first.' in shown(app))


async def test_the_palette_finds_words_that_are_typed_before_it_is_ready(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, ready = threading.Event(), threading.Event()

    def slow_bindings() -> Mapping[str, KnownBinding]:
        called.set()
        ready.wait(20)
        return known_bindings()

    monkeypatch.setattr("pawtui.tui.keymap.known_bindings", slow_bindings)
    async with running(workspace) as (app, pilot):
        # `pilot.press` would wait until each key has done its work, and so until the palette is ready.
        for key in ("ctrl+p", *"close"):
            app.simulate_key(key)
        assert await asyncio.to_thread(called.wait, 20)
        ready.set()
        await until(pilot, lambda: "Close the review" in highlighted_command(app))


async def test_the_palette_does_not_discard_unsaved_text(workspace: TestWorkspace) -> None:
    async with running(workspace, notifications=True) as (app, pilot):
        await pilot.press("n", *"words", "ctrl+p")
        search(app, "gate value")
        await until(pilot, lambda: "Go to gate value" in highlighted_command(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Close the dialog first." in shown(app))
        assert "words" in shown(app)
