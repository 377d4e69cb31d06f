"""What the README tells people to type is what the commands take."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import msgspec
import pytest

from pawtui.commands import parser
from pawtui.tracker.model import PROBE_TYPES, Probe

README = Path(__file__).parents[2] / "README.md"
TEXT = README.read_text(encoding="utf-8")
# Lines of code blocks: a shell's, or a workflow's `run`.
TYPED = re.findall(r"^(?:\s*- run: )?(?:pip install \S+ && )?(pawtui(?: [^\n|&]*)?)", TEXT, re.MULTILINE)
# What every probe has, beside the keys of its kind; and the defaults of keys that are not set.
COMMON = {"why", "part", "decides", "side"}
UNSET = ("", (), None, msgspec.NODEFAULT)
MENTIONED = re.findall(r"`(pawtui(?: [^`]*)?)`", TEXT)


def known(words: list[str]) -> None:
    """Parses a command as it is written; argparse exits where it makes no sense."""
    name, rest = parser.split(words)
    parser.command_parser(parser.command_named(name)).parse_args(rest)


@pytest.mark.parametrize("line", sorted({*TYPED, *(line for line in MENTIONED if not re.search("[A-Z[]", line))}))
def test_what_can_be_typed_is_understood(line: str) -> None:
    known(shlex.split(line)[1:])


def test_the_workflow_is_among_it() -> None:
    assert {"pawtui refresh ", "pawtui post --update --yes", "pawtui check --max-age 2d "} <= set(TYPED)


@pytest.mark.parametrize("name", sorted(filter(None, parser.COMMAND_MODULES)))
def test_every_command_and_its_options_are_in_the_table(name: str) -> None:
    rows = [row for row in MENTIONED if row.split()[1:2] == [name]]
    assert rows
    options = {option for row in rows for option in re.findall(r"--[a-z-]+", row)}
    has = {
        option
        for action in parser.command_parser(parser.command_named(name))._actions
        for option in action.option_strings
    }
    assert options <= has


@pytest.mark.parametrize("kind", PROBE_TYPES)
def test_every_key_of_a_probe_is_in_its_row(kind: type[Probe]) -> None:
    row = re.search(rf"^\| `{kind.__struct_config__.tag}` \| [^|]* \|([^|]*)\|([^|]*)\|$", TEXT, re.MULTILINE)
    assert row is not None
    fields = [field for field in msgspec.structs.fields(kind) if field.name not in COMMON]
    assert re.findall("`(.*?)`", row[1]) == [field.encode_name for field in fields if field.required]
    assert re.findall("`(.*?)`", row[2]) == [
        f"{field.encode_name} = {toml(field.default)}" if field.default not in UNSET else field.encode_name
        for field in fields
        if not field.required
    ]


def test_the_keys_that_every_probe_has_are_told_once() -> None:
    assert {field.name for kind in PROBE_TYPES for field in msgspec.structs.fields(kind)} >= COMMON
    told = re.search(r"^Every probe may also have (.*?)\n\n", TEXT, re.MULTILINE | re.DOTALL)
    assert told is not None
    assert {key for key in COMMON if f"`{key}" in told[1]} == COMMON


def toml(value: object) -> str:
    """A default as a tracker file would have it."""
    return f'"{value}"' if isinstance(value, str) else str(value)
