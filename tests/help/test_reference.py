"""The reference agrees with the code: its pages, generated parts, variables and keys."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from pawtui.commands import parser
from pawtui.commands.show_help import part_generators
from pawtui.help.pages import example_of, summary_of, topics, with_generated_parts
from pawtui.help.rendering import render
from pawtui.help.type_tables import description, fields_of
from pawtui.probes import probe_facts
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import DriftState
from pawtui.review.record_types import GateState, StepState
from pawtui.tracker.probe_types import PROBE_TYPES, Probe
from pawtui.tracker.read_tracker import parse_tracker
from pawtui.tracker.tracker_types import Tracker
from tests.help import STORED_PARTS, parts_of, updated
from tests.help.markdown_pages import ROOT

PAGES = {topic: path.read_text(encoding="utf-8") for topic, path in topics().items()}
# Variables that are read by libraries of pawtui.
OF_LIBRARIES = {"BROWSER", "COLUMNS", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSLKEYLOGFILE"}
OF_LIBRARIES |= {"SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"}


@cache
def printed(topic: str) -> str:
    """Return the Markdown of a page as `pawtui help` renders it."""
    return with_generated_parts(PAGES[topic], part_generators())


@pytest.mark.parametrize("topic", PAGES)
def test_a_page_has_a_title_and_a_one_sentence_summary(topic: str) -> None:
    assert re.match(r"# [A-Z]", PAGES[topic])
    assert re.fullmatch(r"[A-Z].{20,100}\.", summary_of(PAGES[topic]))
    assert topic not in parser.COMMAND_MODULES, "the name must not be ambiguous"


def test_every_state_is_described() -> None:
    table = PAGES["words"].partition("## States")[2]
    described = set(re.findall(r"`([a-z]+)`", table.partition("## The decision")[0]))
    states = (State, GateState, DriftState, StepState)
    assert {name for type_ in states for name in get_args(type_)} <= described


def test_every_generated_part_is_on_one_page() -> None:
    found = [name for page in PAGES.values() for name in parts_of(page)]
    assert sorted(found) == sorted({**part_generators(), **STORED_PARTS})
    assert sum(page.count("<!-- ") for page in PAGES.values()) == 2 * len(found)


@pytest.mark.parametrize("topic", [topic for topic in PAGES if set(parts_of(PAGES[topic])) & set(STORED_PARTS)])
def test_a_generated_part_in_a_file_is_up_to_date(topic: str) -> None:
    assert updated(PAGES[topic]) == PAGES[topic], "Run `python -m tests.help`."


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("topic", PAGES)
def test_a_page_fits_the_terminal(topic: str, width: int) -> None:
    text = render(printed(topic), width, styled=False)
    lines = text.split("\n")
    assert all(len(line) <= width for line in lines if not line.startswith("    "))
    assert width < 80 or "…" not in text, "a word is longer than its column"
    assert not any(a == b == "" for a, b in pairwise(lines[:-1]))
    assert "<!--" not in text
    assert ".md)" not in text
    assert all(char.isprintable() or char == "\n" for char in text)


def test_code_is_bold_on_a_terminal_and_quoted_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "# Title\n\nType `a | b` or `c_d*`.\n\n| x |\n|---|\n| `e \\| f` |\n\n```sh\npawtui `x`\n```\n"
    plain = render(page, 60, styled=False)
    assert "Type `a | b` or `c_d*`." in plain
    assert "`pawtui help`" in render("Type `pawtui\nhelp`.", 60, styled=False), "code on two lines"
    assert " `e | f`" in plain
    assert "\n    pawtui `x`\n" in plain
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in render(page, 60, styled=True)
    monkeypatch.setenv("TERM", "xterm")
    styled = render(page, 60, styled=True)
    assert "Type \x1b[1ma | b\x1b[0m or \x1b[1mc_d*\x1b[0m." in styled
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", styled), "no colours"


def test_code_is_never_cut() -> None:
    line = "x" * 200
    assert line in render(f"```\n{line}\n```\n", 40, styled=False)


def test_links_between_pages_are_topics() -> None:
    assert render("See [the keys](keys.md).", 60, styled=False) == "See the keys (`pawtui help keys`).\n"
    assert render("![A picture](../../a.svg)\n\nText.\n", 60, styled=False) == "Text.\n"


# --- The pages compared with the code ---


def _variables() -> Iterator[str]:
    """Yield every environment variable whose name is in the code."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "pawtui").rglob("*.py")]
    for text in texts:
        for node in ast.walk(ast.parse(text)) if "env" in text and ".get(" in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
                owner = ast.unparse(node.func.value)
                if owner.split(".")[-1] in ("env", "environ") and isinstance(node.args[0], ast.Constant):
                    yield str(node.args[0].value)
    from pawtui.redact import TOKEN_VARIABLES

    yield from TOKEN_VARIABLES


def test_all_environment_variables_are_described() -> None:
    rows = re.findall(r"^\| (`.+?) \|", PAGES["environment"], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)} == {*_variables(), *OF_LIBRARIES}


def test_a_variable_on_any_page_is_described() -> None:
    named = {name for page in PAGES.values() for name in re.findall(r"`((?:PAWTUI|GH|GITHUB)_[A-Z_]+)`", page)}
    assert all(f"`{name}`" in PAGES["environment"] for name in named)


@pytest.mark.parametrize("kind", PROBE_TYPES)
def test_every_key_of_a_probe_and_of_its_facts_is_described(kind: type[Probe]) -> None:
    name = str(kind.__struct_config__.tag)
    section = re.search(rf"^### {name}\n(.*?)(?=^### )", printed("probes"), re.MULTILINE | re.DOTALL)
    assert section is not None
    head, found = section[1].split("**Facts.** ")
    assert description(kind).partition("\n")[0] in head
    first = str(PROBE_TYPES[0].__struct_config__.tag)
    common = re.findall(r"^\| `(\w+)`", printed("probes").partition(f"### {first}\n")[0], re.MULTILINE)
    assert common == ["why", "part", "decides", "side"]
    keys = [key.name for key in fields_of(kind)]
    assert re.findall(r"^\| `(\w+)`", head, re.MULTILINE) == [key for key in keys if key not in ("kind", *common)]
    (facts,) = [facts for facts in probe_facts.Facts.__args__ if facts.__struct_config__.tag == name]
    listed = set(re.findall(r"`(\w+)` \(", found))
    assert {key.name for key in fields_of(facts)} - {"kind", "head", "met_on"} <= listed


def test_every_key_of_the_tracker_file_is_described() -> None:
    for name in ("upstream", "refs", "runtime", "from", "recheck_days", "combine", "paths", "ref", "in", "out"):
        assert f"| `{name}` |" in printed("tracker")
    top = re.search(r"^### Tracker\n(.*?)(?=^### )", printed("tracker"), re.MULTILINE | re.DOTALL)
    assert top is not None
    assert re.findall(r"^\| `(\w+)`", top[1], re.MULTILINE) == [key.name for key in fields_of(Tracker)]


def test_the_example_of_a_tracker_is_valid() -> None:
    assert parse_tracker(example_of(PAGES["tracker"]), "tracker.md", patterns=True).signals[0].probes


def test_the_example_of_screens_toml_is_valid_toml() -> None:
    (example,) = re.findall(r"```toml\n(theme = .+?)```", PAGES["screens"], re.DOTALL)
    assert set(tomllib.loads(example)) == {"theme", "keys"}


def test_the_pages_are_files_of_the_package() -> None:
    assert all(path.parent == Path(ROOT / "pawtui" / "help") for path in topics().values())
