"""README, CONTRIBUTING, SECURITY, CHANGELOG and the workflow: length, commands, links and characters."""

import os
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from pawtui.commands import parser
from pawtui.commands.exit_status import ExitStatus
from tests.help.markdown_pages import MARKDOWN_PAGES, ROOT, commands_in, links_in

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEXT_FILES = {".md", ".py", ".toml", ".tcss", ".yml", ".svg", ".json", ""}
NOT_OURS = {".git", ".venv", "dist", "build", "__pycache__"}
# Folders that tools create, such as .mypy_cache.
CACHE = re.compile(r"\..*cache$|\.hypothesis$|.*\.egg-info$")


def name(path: Path) -> str:
    """Return a path relative to the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def text_files() -> list[Path]:
    """Return every text file of the project, without files that tools create, such as a virtual environment."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name not in NOT_OURS and not CACHE.match(name) and not Path(folder, name, "pyvenv.cfg").exists()
        ]
        found += [Path(folder, file) for file in files if Path(file).suffix in TEXT_FILES and file != ".git"]
    return found


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150
    assert README.count("![") == 1


@pytest.mark.parametrize("command", ["pip install . && pawtui", "pip install -e '.[test]' && pytest"])
def test_the_readme_has_the_two_commands(command: str) -> None:
    assert f"```sh\n{command}\n```" in README


def test_ci_runs_the_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r'grep -m1 -E "(.+?)" README.md', script)
    assert pattern is not None
    assert re.search(pattern[1], README, re.MULTILINE)


@pytest.mark.parametrize("path", MARKDOWN_PAGES, ids=name)
def test_every_command_on_a_page_is_valid(path: Path) -> None:
    for line in commands_in(path.read_text(encoding="utf-8")):
        words = shlex.split(line)[1:]
        if words[:1] == ["--version"]:
            continue
        command, rest = parser.split_command(words)
        parser.command_parser(parser.command_named(command)).parse_args(rest)


def test_commands_are_found_on_pages() -> None:
    found = {line for path in MARKDOWN_PAGES for line in commands_in(path.read_text(encoding="utf-8"))}
    assert {"pawtui refresh", "pawtui post --update --yes", "pawtui check --max-age 2d", "pawtui help tracker"} <= found


@pytest.mark.parametrize("path", MARKDOWN_PAGES, ids=name)
def test_every_link_to_a_file_has_a_target(path: Path) -> None:
    assert [target for target in links_in(path) if not target.exists()] == []


def test_the_statuses_in_the_workflow_are_those_of_the_code() -> None:
    page = (ROOT / "pawtui" / "help" / "ci.md").read_text(encoding="utf-8")
    statuses = re.search(r"0 go, (\d) hold, (\d) no-go, (\d) no recent refresh", page)
    assert statuses is not None
    assert tuple(map(int, statuses.groups())) == (ExitStatus.HOLD, ExitStatus.NO_GO, ExitStatus.NO_RECENT_REFRESH)
    for text in (page, README):
        assert re.findall(r"pawtui (\w+)[^\n|]*\|\| \[ \$\? -eq (\d) \]", text) == [
            ("refresh", str(int(ExitStatus.INCOMPLETE))),
            ("check", str(int(ExitStatus.HOLD))),
        ]


def test_every_topic_is_in_the_readme() -> None:
    linked = {target.stem for target in links_in(ROOT / "README.md") if target.parent.name == "help"}
    assert linked == {path.stem for path in (ROOT / "pawtui" / "help").glob("*.md")}


def test_the_folder_table_has_every_folder() -> None:
    listed = re.findall(r"^\| `pawtui/(\w+)/` \|", (ROOT / ".github/CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    folders = [path.parent.name for path in (ROOT / "pawtui").glob("*/__init__.py")]
    assert sorted(listed) == sorted(folders)


def test_the_folder_table_is_in_the_order_of_the_import_contract() -> None:
    listed = re.findall(r"^\| `pawtui/(\w+)/` \|", (ROOT / ".github/CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = [layer.removeprefix("pawtui.") for layer in tool["importlinter"]["contracts"][0]["layers"]]
    order = [layer for layer in reversed(layers) if layer in listed]
    assert [folder for folder in listed if folder in order] == order


def test_the_table_of_places_names_files_that_exist() -> None:
    text = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("## Find the place")[2].partition("\n## ")[0]
    paths = re.findall(r"`(\w+/[\w/]+\.\w+)`", table)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / "pawtui" / path).is_file()] == []


def test_the_steps_for_common_changes_name_files_that_exist() -> None:
    text = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`(pawtui/[a-z_/]+\.\w+)`", text)
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).is_file()] == []


def test_contributing_names_functions_and_types_that_exist() -> None:
    text = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    # NAME in `action_NAME` is a placeholder.
    names = {found for found in re.findall(r"`(?:\w+\.)?(\w+)`", text) if "NAME" not in found}
    code = "".join(path.read_text(encoding="utf-8") for path in text_files() if path.suffix in (".py", ".toml"))
    assert len(names) > 50
    assert names - set(re.findall(r"\w+", code)) == set()


def test_the_workflow_runs_ci_on_every_version_of_python() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "- run: .ci/run\n" in workflow
    versions = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert re.findall(r'"(3\.\d+)"', workflow) == versions


def test_the_changelog_begins_with_unreleased_changes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\[.+?\])", text, re.MULTILINE)[0] == "[Unreleased]"
    assert f"## [{PROJECT['version']}]" in text


def test_no_text_file_has_control_bytes() -> None:
    bad = [name(path) for path in text_files() if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", path.read_bytes())]
    assert bad == []
    assert len(text_files()) > 200
