"""screens.toml: the theme is remembered, keys are given, and a mistake in it costs nothing but itself."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from textual.keys import key_to_character
from textual.theme import BUILTIN_THEMES

from pawtui.tui.keys import keymap_of, known_bindings
from pawtui.tui.preferences import NAME, CannotRemember, Preferences, remember_theme
from pawtui.tui.themes import first_theme
from tests.tui.support import TestWorkspace, app_at, record, shown, until, workspace

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEXTUAL_THEME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def with_file(tmp_path: Path, text: str) -> TestWorkspace:
    """A desk in a home that holds this file."""
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    return workspace(tmp_path, record())


async def test_a_chosen_theme_is_there_at_the_next_start(tmp_path: Path) -> None:
    app = app_at(workspace(tmp_path, record()))
    async with app.run_test() as pilot:
        assert app.theme == "pawtui-dark"
        assert not (tmp_path / NAME).exists(), "nothing was chosen yet"
        app.theme = "nord"
        app.theme = "pawtui-light"
        await until(pilot, lambda: Preferences(tmp_path / NAME).theme == "pawtui-light")
    renewal = app_at(workspace(tmp_path))
    async with renewal.run_test():
        assert renewal.theme == "pawtui-light"


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({}, "nord"),
        ({"NO_COLOR": "1"}, "ansi-dark"),
        ({"TEXTUAL_THEME": "dracula"}, "dracula"),
        ({"TEXTUAL_THEME": "dracula", "NO_COLOR": "1"}, "dracula"),
    ],
    ids=str,
)
def test_the_environment_goes_before_what_is_remembered(environ: dict[str, str], theme: str) -> None:
    assert first_theme(environ, "nord") == theme


BEFORE = '# mine\ntheme = "nord"  # for now\n\n[keys]\n# theme = "no"\nlog = "f5"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, 'theme = "pawtui-light"\n'),
        ("", 'theme = "pawtui-light"\n'),
        (BEFORE, BEFORE.replace('theme = "nord"  # for now', 'theme = "pawtui-light"')),
        ('[keys]\nlog = "f5"\n', 'theme = "pawtui-light"\n[keys]\nlog = "f5"\n'),
        ('theme = "pawtui-light" # it is', 'theme = "pawtui-light" # it is'),
    ],
    ids=["no-file", "empty", "with-comments", "only-keys", "already"],
)
def test_only_the_line_of_the_theme_is_written(tmp_path: Path, before: str | None, after: str) -> None:
    path = tmp_path / "home" / NAME
    if before is not None:
        path.parent.mkdir()
        path.write_text(before, encoding="utf-8")
    remember_theme(path, "pawtui-light")
    assert path.read_text(encoding="utf-8") == after
    assert [one.name for one in path.parent.iterdir()] == [NAME]


@pytest.mark.parametrize(
    "text", ['theme = "nord', "theme = '''\nnord'''\n", 'x = """\ntheme = "a"\n"""\n'], ids=["broken", "long", "inside"]
)
def test_a_file_that_is_not_understood_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CannotRemember, match="The theme is not remembered"):
        remember_theme(path, "pawtui-light")
    assert path.read_text(encoding="utf-8") == text


async def test_a_theme_that_cannot_be_written_down_still_holds(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    app = app_at(workspace(tmp_path, record()))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: f"{NAME} cannot be read (is a folder)" in " ".join(shown(app).split()))
        app.theme = "nord"
        await until(pilot, lambda: "could not be remembered" in shown(app))
        assert app.theme == "nord"


async def test_keys_are_given_and_the_old_ones_are_free(tmp_path: Path) -> None:
    text = '[keys]\nlog = "f5"\nlist.down = ["down", "Z"]\nundo = "z"\nquit = "x"\nwalk = "r,ctrl+t"\nrefresh = "w"\n'
    at = with_file(tmp_path, text)
    app = app_at(at)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "w Refresh" in shown(app))
        await pilot.press("L")
        assert app.screen is app.main, "L is nobody's key now"
        await pilot.press("f5")
        await until(pilot, lambda: "4 acts" in shown(app))
        await pilot.press("escape", "j")
        assert app.main.body.signals.cursor == 0
        await pilot.press("Z")
        assert app.main.body.signals.cursor == 1
        await pilot.press("2", "down", "u", "y")
        await until(pilot, lambda: at.store.load().gates["replay"].state == "untested")
        await pilot.press("z")
        await until(pilot, lambda: at.store.load().gates["replay"].state == "blocked")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "step 1 of" in shown(app))
        await pilot.press("escape", "x")
        await until(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_whatever_the_file_says_there_is_a_way_out(tmp_path: Path, key: str) -> None:
    app = app_at(with_file(tmp_path, f'[keys]\nquit = "f9"\nlog = "{key}"\n'))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "cannot have" in shown(app))
        await pilot.press(key)
        await until(pilot, lambda: not app.is_running)


MISTAKES = [
    ('theme = "nord', "is not TOML (", "pawtui-dark"),
    ('theme = "nrod"', "There is no theme 'nrod': did you mean 'nord'?", "pawtui-dark"),
    ("theme = 3", "is no text", "pawtui-dark"),
    ('colour = "red"\ntheme = "nord"', "'colour', which is not known", "nord"),
    ('keys = "r"\ntheme = "nord"', "is no table", "nord"),
    ("theme = 'nord'\n[keys]\nrefresh = 5", "`refresh` in screens.toml is no key", "nord"),
    ("theme = 'nord'\n[keys]\nrefesh = 'f5'", "no key called `refesh`: did you mean `refresh`?", "nord"),
]


@pytest.mark.parametrize(("text", "sentence", "theme"), MISTAKES, ids=[one[0] for one in MISTAKES])
async def test_a_mistake_is_one_sentence_and_the_rest_works(
    tmp_path: Path, text: str, sentence: str, theme: str
) -> None:
    app = app_at(with_file(tmp_path, text))
    async with app.run_test(size=(200, 36)) as pilot:
        await until(pilot, lambda: sentence in " ".join(shown(app).split()))
        assert app.theme == theme
        await pilot.press("escape")
        await until(pilot, lambda: "Esc dismisses" not in shown(app))


async def test_many_mistakes_leave_room_for_the_screen(tmp_path: Path) -> None:
    app = app_at(with_file(tmp_path, "theme = 3\n[keys]\n" + "".join(f"no{one} = 'x'\n" for one in range(30))))
    async with app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: "screens.toml holds 29 more mistakes." in shown(app))
        assert "The theme in screens.toml is no text" in shown(app)


@pytest.mark.parametrize(
    ("wanted", "keymap", "summary"),
    [
        ({"log": ["f5"]}, {"log": "f5"}, ()),
        ({"help": ["?", "f1"]}, {"help": "question_mark,f1"}, ()),
        ({"walk": ["r"], "refresh": ["w"]}, {"walk": "r", "refresh": "w"}, ()),
        ({"quit": ["x"]}, {"quit": "q,x"}, ()),
        ({"undo": ["z"]}, {"undo": "z", "gate.untested": "u"}, ()),
        ({"list.down": ["n"]}, {}, ("`list.down` cannot have the key n, which is `note.write`'s",)),
        ({"note.write": ["r"]}, {}, ("`note.write` cannot have the key r, which is `refresh`'s",)),
        ({"log": ["f5"], "diff": ["f5"]}, {"log": "f5"}, ("`diff` cannot have the key f5, which is `log`'s",)),
        ({"log": []}, {}, ("`log` is given no key",)),
        ({"log": ["foo"]}, {}, ("`log` is given 'foo', which is no key",)),
        ({"log": ["hyper+x", "f5"]}, {"log": "hyper+x,f5"}, ()),
        ({"log": ["ctrl+q"]}, {}, ("`log` cannot have ctrl+q, which always quits.",)),
        ({"walk.agree": ["S"]}, {}, ("`walk.agree` cannot have the key S, which is `scope`'s",)),
        ({"export.copy": ["a"], "walk.agree": ["ctrl+g"]}, {"export.copy": "a", "walk.agree": "ctrl+g"}, ()),
        ({"reader.down": ["down"], "list.down": ["j"]}, {"reader.down": "down", "list.down": "j"}, ()),
    ],
    ids=str,
)
def test_no_key_is_taken_from_another(
    wanted: dict[str, list[str]], keymap: dict[str, str], summary: tuple[str, ...]
) -> None:
    made, sentences = keymap_of(wanted)
    assert made == keymap
    assert len(sentences) == len(summary)
    assert all(one.startswith(start) for one, start in zip(sentences, summary, strict=True))


def _written(key: str) -> str:
    """A key as the README has it: the character, where it is one."""
    return key if "+" in key or key == "space" else key_to_character(key) or key


def test_the_readme_lists_every_id_with_its_keys() -> None:
    listed = re.findall(r"^\| `([a-z_.]+)` \| (.+?) \| (.+?) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert [row for row in listed if row[0] in known_bindings() or "." in row[0]] == [
        (one.id, " ".join(f"`{_written(key)}`" for key in one.keys), one.does) for one in known_bindings().values()
    ]


def test_the_readmes_example_has_no_mistake(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(theme = .+?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / NAME
    path.write_text(example, encoding="utf-8")
    found = Preferences(path)
    assert found.problems == []
    assert found.theme in BUILTIN_THEMES | {"pawtui-light": None}
    assert tomllib.loads(example)["keys"]
    assert keymap_of(found.keys)[1] == ()


@pytest.mark.parametrize("kind", ["pipe", "device", "deep", "huge"])
def test_a_file_that_is_none_or_cannot_be_taken_is_said_and_nothing_waits_for_it(tmp_path: Path, kind: str) -> None:
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
    assert "so that the screens are as they are without it" in found.problems[0]
