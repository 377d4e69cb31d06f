"""screens.toml: the saved theme, changed keys, and mistakes."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import key_to_character
from textual.theme import BUILTIN_THEMES

import pawtui
from pawtui.errors import PawtuiError
from pawtui.help.pages import topics
from pawtui.tui.app import PawtuiApp
from pawtui.tui.document_view import DocumentView
from pawtui.tui.keymap import find_key_mistakes, known_bindings
from pawtui.tui.line_list import LineList
from pawtui.tui.pin_completion import Completion
from pawtui.tui.pin_field import CompletionBox
from pawtui.tui.preferences import FILE_NAME, Preferences, save_theme
from pawtui.tui.screens.export_screen import ExportScreen
from pawtui.tui.screens.main_screen import MainScreen
from pawtui.tui.screens.walk_screen import WalkScreen
from pawtui.tui.themes import initial_theme
from tests.tui.support import TestWorkspace, make_app, make_workspace, record, running, shown, until


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEXTUAL_THEME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def with_file(tmp_path: Path, text: str) -> TestWorkspace:
    """Return a workspace in a home with this file."""
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    return make_workspace(tmp_path, record())


async def test_the_chosen_theme_is_restored_at_the_next_start(tmp_path: Path) -> None:
    app = make_app(make_workspace(tmp_path, record()))
    async with app.run_test() as pilot:
        assert app.theme == "pawtui-dark"
        assert not (tmp_path / FILE_NAME).exists(), "nothing was chosen yet"
        app.theme = "nord"
        app.theme = "pawtui-light"
        await until(pilot, lambda: Preferences(tmp_path / FILE_NAME).theme == "pawtui-light")
    second = make_app(make_workspace(tmp_path))
    async with second.run_test():
        assert second.theme == "pawtui-light"


@pytest.mark.parametrize(
    ("environ", "saved", "theme"),
    [
        ({}, "", "pawtui-dark"),
        ({}, "nord", "nord"),
        ({"NO_COLOR": "1"}, "nord", "ansi-dark"),
        ({"NO_COLOR": ""}, "nord", "nord"),
        ({"TEXTUAL_THEME": "dracula"}, "nord", "dracula"),
        ({"TEXTUAL_THEME": "dracula", "NO_COLOR": "1"}, "nord", "dracula"),
    ],
    ids=str,
)
def test_the_environment_overrides_the_saved_theme(environ: dict[str, str], saved: str, theme: str) -> None:
    assert initial_theme(environ, saved) == theme


BEFORE = '# mine\ntheme = "nord"  # for now\n\n[keys]\n# theme = "no"\nlog = "f5"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, 'theme = "pawtui-light"\n'),
        ("", 'theme = "pawtui-light"\n'),
        (BEFORE, BEFORE.replace('# mine\ntheme = "nord"  # for now', 'theme = "pawtui-light"\n# mine')),
        ('[keys]\nlog = "f5"\n', 'theme = "pawtui-light"\n[keys]\nlog = "f5"\n'),
        ('theme = "pawtui-light" # it is', 'theme = "pawtui-light" # it is'),
    ],
    ids=["no-file", "empty", "with-comments", "only-keys", "already"],
)
def test_only_the_line_of_the_theme_is_written(tmp_path: Path, before: str | None, after: str) -> None:
    path = tmp_path / "home" / FILE_NAME
    if before is not None:
        path.parent.mkdir()
        path.write_text(before, encoding="utf-8")
    save_theme(path, "pawtui-light")
    assert path.read_text(encoding="utf-8") == after
    assert [entry.name for entry in path.parent.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize(
    "text", ['theme = "nord', "theme = '''\nnord'''\n", 'x = """\ntheme = "a"\n"""\n'], ids=["broken", "long", "inside"]
)
def test_an_invalid_file_is_not_changed(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PawtuiError, match="Cannot save the theme: "):
        save_theme(path, "pawtui-light")
    assert path.read_text(encoding="utf-8") == text


async def test_a_theme_that_cannot_be_saved_still_applies(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    async with running(make_workspace(tmp_path, record())) as (app, pilot):
        await until(
            pilot,
            lambda: f"{FILE_NAME}: it is a folder. The default theme and keys apply." in " ".join(shown(app).split()),
        )
        app.theme = "nord"
        await until(pilot, lambda: "Cannot save the theme in" in shown(app))
        assert app.theme == "nord"


async def test_changed_keys_replace_the_default_keys(tmp_path: Path) -> None:
    text = '[keys]\nlog = "f5"\nlist.down = ["down", "Z"]\nundo = "z"\nquit = "x"\nwalk = "r,ctrl+t"\nrefresh = "w"\n'
    workspace = with_file(tmp_path, text)
    async with running(workspace) as (app, pilot):
        await until(pilot, lambda: "w Refresh" in shown(app))
        await pilot.press("L")
        assert app.screen is app.main, "L has no action now"
        await pilot.press("f5")
        await until(pilot, lambda: "4 changes" in shown(app))
        await pilot.press("escape", "j")
        assert app.main.body.signals.cursor == 0
        await pilot.press("Z")
        assert app.main.body.signals.cursor == 1
        await pilot.press("2", "down", "t")
        await until(pilot, lambda: "replay: untested?" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: workspace.store.load().gates["replay"].state == "untested")
        await pilot.press("u")
        await pilot.press("z")
        await until(pilot, lambda: workspace.store.load().gates["replay"].state == "blocked")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "Walk  1 of" in shown(app))
        await pilot.press("escape", "x")
        await until(pilot, lambda: not app.is_running)


async def test_texts_name_the_changed_keys(tmp_path: Path) -> None:
    workspace = with_file(tmp_path, '[keys]\nsignal.verdict = "f5"\nnote.write = "I"\ngate.satisfied = "f7"\n')
    async with running(workspace, notifications=True) as (app, pilot):
        await until(pilot, lambda: "F5 to override" in shown(app) and "I to write one" in shown(app))
        await pilot.press("3")
        await until(pilot, lambda: "E edit, X remove, I new note" in shown(app))
        await pilot.press("2", "f5")
        await until(pilot, lambda: "Verdicts are for signals. F7, b, t set a gate." in shown(app))
        await pilot.press("w")
        await until(pilot, lambda: "I: note with another pin; or F5: verdict" in shown(app))


async def test_fields_name_the_changed_keys(tmp_path: Path) -> None:
    keys = 'pin.complete = "f5"\ndialog.cancel = "f7"\nfilter.clear = "f8"\nback = "f8"\n'
    async with running(with_file(tmp_path, f"[keys]\n{keys}"), notifications=True) as (app, pilot):
        await pilot.press("2", "p")
        await until(pilot, lambda: "Pin to" in shown(app))
        app.screen.query_one(CompletionBox).offer([Completion("up:a.ts", "up:a.ts")], None)
        await until(pilot, lambda: "F5 accepts the marked completion, Ctrl+N marks the next" in shown(app))
        await pilot.press("u", "f7")
        await until(pilot, lambda: "F7 again discards it" in shown(app))
        await pilot.press("f7")
        await until(pilot, lambda: "Pin to" not in shown(app))
        await pilot.press("slash")
        await until(pilot, lambda: "Enter keeps, F8 clears" in shown(app))
        await pilot.press(*"zzz")
        await until(pilot, lambda: "F8 shows all" in shown(app))
        app.show_message("A failure.", "error")
        await until(pilot, lambda: "A failure.  F8 dismisses" in shown(app))


async def test_the_first_screen_names_the_changed_keys(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('[keys]\nrefresh = "f5"\n', encoding="utf-8")
    async with running(make_workspace(tmp_path)) as (app, pilot):
        await until(pilot, lambda: "Start with F5." in shown(app))
        assert "F5  measure both repositories" in shown(app)
        assert "Press F5 to measure both repositories" in shown(app)


def test_each_key_in_a_text_is_the_default_key_of_its_action() -> None:
    labels = {
        " ": "Space",
        "enter": "Enter",
        "left": "←",
        "right": "→",
        "ctrl+s": "Ctrl+S",
        "ctrl+n": "Ctrl+N",
        "\t": "Tab",
        "\x1b": "Esc",
    }
    known = known_bindings()
    texts = [path.read_text(encoding="utf-8") for path in Path(pawtui.__file__).parent.rglob("*.py")]
    named = {found for text in texts for found in re.findall(r"<([^<>:{}\s]+|[{}]):([a-z_.]+)>", text)}
    assert len(named) > 30
    for key, binding_id in named:
        keys = [key_to_character(default) or default for default in known[binding_id].keys]
        assert key in [labels.get(default, default) for default in keys], binding_id


async def test_ctrl_q_always_quits(tmp_path: Path) -> None:
    async with running(with_file(tmp_path, "[keys]\nquit = 'f9'\nlog = 'ctrl+q'\n")) as (app, pilot):
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)


@pytest.mark.parametrize(
    ("text", "sentence", "theme"),
    [
        ('theme = "nord', "as TOML with `theme` and `[keys]` (", ""),
        ("theme = 3", "Expected `str`, got `int` - at `$.theme`", ""),
        ('colour = "red"\ntheme = "nord"', "Object contains unknown field `colour`", ""),
        ('keys = "r"\ntheme = "nord"', "Expected `object`, got `str` - at `$.keys`", ""),
        ("theme = 'nord'\n[keys]\nrefresh = 5", "`refresh` in screens.toml is not a key", "nord"),
    ],
)
def test_a_mistake_in_the_file_is_one_message_and_the_rest_is_read(
    tmp_path: Path, text: str, sentence: str, theme: str
) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    found = Preferences(tmp_path / FILE_NAME)
    (problem,) = found.problems
    assert sentence in problem
    assert found.theme == theme


@pytest.mark.parametrize(
    ("text", "sentence", "theme"),
    [
        ('theme = "nrod"', "In screens.toml: there is no theme 'nrod': did you mean 'nord'?", "pawtui-dark"),
        ('keys = "r"\ntheme = "nord"', "The default theme and keys apply.", "pawtui-dark"),
        ("theme = 'nord'\n[keys]\nrefesh = 'f5'", "there is no action `refesh`: did you mean `refresh`?", "nord"),
    ],
    ids=["theme", "file", "keys"],
)
async def test_a_mistake_is_shown_until_dismissed_and_the_rest_applies(
    tmp_path: Path, text: str, sentence: str, theme: str
) -> None:
    async with running(with_file(tmp_path, text), size=(200, 36)) as (app, pilot):
        await until(pilot, lambda: sentence in " ".join(shown(app).split()))
        assert app.theme == theme
        await pilot.press("escape")
        await until(pilot, lambda: "Esc dismisses" not in shown(app))


@pytest.mark.parametrize(
    ("wanted", "suggested"),
    [("walk.skp", "walk.skip"), ("wlak.skip", "walk.skip")],
)
def test_an_unknown_action_has_the_most_similar_one_as_a_hint(wanted: str, suggested: str) -> None:
    assert find_key_mistakes({wanted: "f5"}) == [f"there is no action `{wanted}`: did you mean `{suggested}`?"]


def test_an_unknown_action_without_a_similar_one_has_the_list_of_actions_as_a_hint() -> None:
    remedy = "`pawtui help keys` lists all actions."
    assert find_key_mistakes({"zzz": "f5"}) == [f"there is no action `zzz`. {remedy}"]


@pytest.mark.parametrize(
    ("text", "keymap", "mistake"),
    [
        ("log = 'f5'", {"log": "f5"}, ""),
        ("help = ['?', ' f6']", {"help": "?,f6"}, ""),
        ("walk = 'r'\nrefresh = 'w'", {"walk": "r", "refresh": "w"}, ""),
        ("log = []", {}, "In screens.toml: `log` has no key. Give at least one."),
        ("log = 'foo'", {"log": "foo"}, "`log` cannot have 'foo': it is not a key."),
        ("log = 'hyper+x,f5'", {"log": "hyper+x,f5"}, ""),
        ("note.write = 'ctrl+q'", {"note.write": "ctrl+q"}, "`note.write` cannot have 'ctrl+q': it always quits."),
        ("quit = 'ctrl+q'", {"quit": "ctrl+q"}, ""),
    ],
    ids=str,
)
def test_invalid_keys_are_reported(tmp_path: Path, text: str, keymap: dict[str, str], mistake: str) -> None:
    (tmp_path / FILE_NAME).write_text(f"[keys]\n{text}", encoding="utf-8")
    preferences = Preferences(tmp_path / FILE_NAME)
    assert preferences.keys == keymap
    found = [*preferences.problems, *find_key_mistakes(preferences.keys)]
    assert len(found) == bool(mistake)
    assert all(sentence.startswith(mistake) for sentence in found)


@pytest.mark.parametrize("node", [LineList, DocumentView, MainScreen, WalkScreen, ExportScreen, PawtuiApp], ids=str)
def test_by_default_no_key_has_two_ids_on_one_node(node: type[DOMNode]) -> None:
    """If two ids share a default key on a node and one id gets another key, Textual removes it from both."""
    own = [binding for binding in Binding.make_bindings(vars(node)["BINDINGS"]) if binding.id]
    assert len({binding.key for binding in own}) == len({(binding.key, binding.id) for binding in own})


def test_the_example_of_the_reference_has_no_mistake(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(theme = .+?)```", topics()["screens"].read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / FILE_NAME
    path.write_text(example, encoding="utf-8")
    found = Preferences(path)
    assert found.problems == []
    assert found.theme in BUILTIN_THEMES | {"pawtui-light": None}
    assert tomllib.loads(example)["keys"]
    assert find_key_mistakes(found.keys) == []


@pytest.mark.parametrize("kind", ["pipe", "device", "deep", "huge"])
def test_an_unreadable_file_is_reported_without_waiting(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "screens.toml"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "deep":
            path.write_text(f"theme = {'[' * 20_000}", encoding="utf-8")
        case _:
            path.write_text("#" * 100_001, encoding="utf-8")
    found = Preferences(path)
    assert len(found.problems) == 1
    assert "The default theme and keys apply." in found.problems[0]
