"""`help`: the topics, the help of a command, unknown names, and the documented JSON keys."""

import inspect
import re
import subprocess
import sys
from typing import Any

import msgspec
import pytest

from pawtui.commands import parser
from pawtui.commands.exit_status import COMMON_STATUSES, ExitStatus
from pawtui.help.pages import topics
from pawtui.help.reference import PRINTED_JSON
from tests.cli.conftest import Run, World

COMMANDS = [parser.command_named(name) for name in parser.COMMAND_MODULES]


def test_it_lists_every_topic_and_every_command(run: Run) -> None:
    shown = run("help")
    assert (shown.status, shown.err) == (0, "")
    assert re.findall(r"^ `([a-z]+)`", shown.out, re.MULTILINE) == [*topics(), *filter(None, parser.COMMAND_MODULES)]


@pytest.mark.parametrize("topic", ["ci", "words"])
def test_a_topic_is_printed(run: Run, topic: str) -> None:
    shown = run("help", topic)
    assert (shown.status, shown.err) == (0, "")
    assert len(shown.out.splitlines()) > 10


@pytest.mark.parametrize("name", ["check", "note"])
def test_help_of_a_command_equals_its_help_option(run: Run, name: str) -> None:
    assert run("help", name).out == run(name, "--help").out


@pytest.mark.parametrize("words", [["help"], ["help", "json"], ["help", "check"], ["check", "--help"], ["--help"]])
def test_on_a_terminal_control_sequences_are_not_visible(
    run: Run, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    # With this variable, argparse of Python 3.14 has colours.
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = run(*words)
    assert shown.status == 0
    assert "␛" not in shown.out
    assert ("\x1b[1m" in shown.out) == (words in (["help"], ["help", "json"])), "bold"


@pytest.mark.parametrize("columns", [60, 80])
def test_the_help_of_a_command_fits_the_terminal(run: Run, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for command in filter(None, parser.COMMAND_MODULES):
        before, _, after = run(command, "--help").out.partition("\nexample:\n")
        # An example is copied, and not wrapped.
        lines = [*before.splitlines(), *after.splitlines()[1:]]
        assert max(map(len, lines)) <= columns, command


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("trackr", "Did you mean 'tracker'?"),
        ("env", "Did you mean 'environment'?"),
        ("stauts", "Did you mean 'status'?"),
        ("CI", "Did you mean 'ci'?"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(run: Run, name: str, nearest: str) -> None:
    refused = run("help", name)
    assert (refused.status, refused.out) == (2, "")
    assert refused.err == f"pawtui: Unknown topic or command {name!r}. {nearest}\n"


@pytest.mark.parametrize("name", ["zzz", "nonsense"])
def test_an_unknown_name_without_a_near_one_points_to_the_list(run: Run, name: str) -> None:
    assert run("help", name).err == f"pawtui: Unknown topic or command {name!r}. `pawtui help` lists all of them.\n"


def test_it_does_not_import_textual_or_httpx() -> None:
    code = (
        "import sys\n"
        "from pawtui.cli import main\n"
        "main(['help', 'json']), main(['help', 'keys']), main(['help'])\n"
        "print(sorted({'textual', 'httpx'} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_the_commands_page_has_every_command_with_its_special_statuses(run: Run) -> None:
    rows = re.findall(r"^ `pawtui ([a-z]+)` .*?(?:  +([0-9, ]+))?$", run("help", "commands").out, re.MULTILINE)
    assert rows == [
        (command.name, ", ".join(f"{status}" for status in command.statuses)) for command in COMMANDS if command.name
    ]


def test_every_status_is_common_or_special(run: Run) -> None:
    special = {status for command in COMMANDS for status in command.statuses}
    assert special | set(COMMON_STATUSES) == set(ExitStatus)
    assert not special & set(COMMON_STATUSES)
    listed = re.findall(r"^ (\d+) ", run("help", "commands").out.partition("Exit statuses")[2], re.MULTILINE)
    assert [int(number) for number in listed] == list(ExitStatus)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_lists_the_statuses_that_it_returns(command: Any) -> None:
    named = set(re.findall(r"ExitStatus\.([A-Z_]+)", inspect.getsource(command.run)))
    # `cli` maps the error NeedsEvidence to this status.
    raised = {"NEEDS_EVIDENCE"} if command.name in ("gate", "step") else set()
    assert named - {status.name for status in COMMON_STATUSES} | raised == {status.name for status in command.statuses}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_help_of_a_command_is_the_first_sentence_of_its_docstring(command: Any) -> None:
    assert re.fullmatch(r"[A-Z][^.]{8,}\.", command.sentence)
    assert command.run.__doc__.startswith(command.sentence)


# --- JSON ---


def test_every_command_with_json_has_documented_keys() -> None:
    assert {command.name for command in COMMANDS if "--json" in parser.command_parser(command).format_help()} == set(
        PRINTED_JSON
    )


def test_printed_json_has_exactly_the_documented_keys(run: Run, measured: World) -> None:
    run("note", "calm", "Seen.", "--pin", "up:src/runner/run.ts")
    run("signal", "calm", "met", "--reason", "I know it.")
    run("gate", "plan", "blocked", "--reason", "No")
    run("refresh", "--quiet", "--force")
    for words in (
        ["status"],
        ["check"],
        ["walk"],
        ["history"],
        ["diff"],
        ["log"],
        ["notes"],
        ["export"],
        ["post"],
        ["probe", "calm"],
        ["refresh"],
        ["backfill", "--since", "2026-05-01", "--every", "60d", "--source", "github", "--quiet"],
        ["backtest"],
        ["backtest", "--sweep", "churn.met=0..2"],
    ):
        shown = run(*words, "--json")
        read = msgspec.json.decode(shown.out.encode(), type=PRINTED_JSON[words[0]])
        assert msgspec.json.decode(msgspec.json.encode(read)) == shown.json, words
