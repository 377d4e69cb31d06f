"""What the README tells people to type is what the commands take."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pawtui.commands import parser

README = Path(__file__).parents[2] / "README.md"
TEXT = README.read_text(encoding="utf-8")
# Lines of code blocks: a shell's, or a workflow's `run`.
TYPED = re.findall(r"^(?:\s*- run: )?(?:pip install \S+ && )?(pawtui(?: [^\n|&]*)?)", TEXT, re.MULTILINE)
MENTIONED = re.findall(r"`(pawtui(?: [^`]*)?)`", TEXT)


def known(words: list[str]) -> None:
    """Parses a command as it is written; argparse exits where it makes no sense."""
    name, rest = parser.split(words)
    parser.parse(parser.command_named(name), rest)


@pytest.mark.parametrize("line", sorted({*TYPED, *(line for line in MENTIONED if not re.search("[A-Z[]", line))}))
def test_what_can_be_typed_is_understood(line: str) -> None:
    known(shlex.split(line)[1:])


def test_the_workflow_is_among_it() -> None:
    assert {"pawtui refresh ", "pawtui post --update --yes", "pawtui check --max-age 2d "} <= set(TYPED)


@pytest.mark.parametrize("name", sorted(filter(None, parser.HOMES)))
def test_every_command_and_its_options_are_in_the_table(name: str) -> None:
    rows = [row for row in MENTIONED if row.split()[1:2] == [name]]
    assert rows
    options = {option for row in rows for option in re.findall(r"--[a-z-]+", row)}
    has = {
        option for action in parser.own_parser(parser.command_named(name))._actions for option in action.option_strings
    }
    assert options <= has
