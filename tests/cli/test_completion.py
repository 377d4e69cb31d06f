"""completion: real shells offer the words of the tracker and the record."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import shtab

from tests.cli.conftest import Run

Offer = Callable[..., list[str]]

_BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_shtab_pawtui pawtui "${@: -1}" "${@: -2:1}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
# Completion in zsh needs a terminal, so the words are printed instead.
_ZSH = """
autoload -Uz compinit; compinit -D -u
source "$1"
compadd() { print -rl -- "${@[2,-1]}" }
shift
for words; do _pawtui_$words; done
"""
_FISH = 'source $argv[1]; complete -C "$argv[2..]" | string split -f1 \\t'


def _completer(shell: str, options: tuple[str, ...], program: str, script: Path) -> Offer:
    def offer(*words: str) -> list[str]:
        done = subprocess.run(
            [shell, *options, "-c", program, *(["-"] if shell != "fish" else []), str(script), *words],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        )
        return done.stdout.split()

    return offer


@pytest.fixture
def completes(run: Run, tmp_path: Path) -> Callable[[str], Offer]:
    """Return a factory of completers. It skips the test if the shell is not installed."""

    def make(shell: str) -> Offer:
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        script = tmp_path / f"pawtui.{shell}"
        script.write_text(run("completion", shell).out, encoding="utf-8")
        options, program = {"bash": ((), _BASH), "zsh": (("-f",), _ZSH), "fish": (("--no-config",), _FISH)}[shell]
        return _completer(shell, options, program, script)

    return make


def note_id(run: Run) -> str:
    """Write a note and return its id."""
    run("note", "review", "Seen")
    (note,) = run("notes", "--json").json
    return str(note["id"])


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_a_shell_completes_words_of_the_tracker_and_the_record(
    run: Run, completes: Callable[[str], Offer], shell: str
) -> None:
    offer, note = completes(shell), note_id(run)
    assert offer("pawtui", "gate", "v") == ["value"]
    assert offer("pawtui", "gate", "value", "b") == ["blocked"]
    assert offer("pawtui", "signal", "default-path", "m") == ["met"]
    assert offer("pawtui", "note", "--remove", note[:3]) == [note]
    assert offer("pawtui", "note", "rev") == ["review"]


def test_zsh_requests_the_words_each_time(run: Run, completes: Callable[[str], Offer]) -> None:
    offer = completes("zsh")
    gates, signals, states = ["plan", "value"], ["default-path", "calm"], ["satisfied", "blocked", "untested"]
    assert offer("gates", "signals", "gate_states", "notes") == [*gates, *signals, *states]
    note = note_id(run)
    assert offer("notes", "gates") == [note, *gates]


def test_the_script_requests_only_words_that_exist(run: Run) -> None:
    kinds = set(re.findall(r"--words ([a-z-]+)", run("completion", "bash").out))
    assert "plan-states" in kinds
    assert {"gate-states", "subjects", "topics"} <= kinds
    for kind in kinds:
        assert run("completion", "--words", kind).status == 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("subjects", ["default-path", "calm", "plan", "value", "review"]),
        ("parts", ["app", "sdk"]),
        ("states", ["met", "partial", "unmet", "unknown"]),
        ("plan-states", ["approved", "waiting", "withdrawn"]),
    ],
)
def test_the_words_of_a_kind_are_printed(run: Run, kind: str, words: list[str]) -> None:
    assert run("completion", "--words", kind).out.split() == words


def test_help_topics_are_words_too(run: Run) -> None:
    assert {"keys", "gate"} <= set(run("completion", "--words", "topics").out.split())


def test_completion_is_silent_about_a_broken_tracker(run: Run, tracker_file: Path) -> None:
    tracker_file.write_text("id = ", encoding="utf-8")
    assert run("completion", "--words", "gates") == (0, "", "")


def test_an_unknown_shell_is_wrong_usage(run: Run) -> None:
    for refused in (run("completion", "cmd"), run("completion", ""), run("completion")):
        assert refused.status == 2
        assert set(re.findall(r"\w+", refused.err)) >= set(shtab.SUPPORTED_SHELLS)
