"""Shell completion: the script, and the words that it requests from the tracker and the record."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pawtui.commands.command import Command, WrongUsage
from pawtui.commands.exit_status import ExitStatus
from pawtui.errors import PawtuiError

if TYPE_CHECKING:
    from pawtui.review.record_types import Record
    from pawtui.settings import Settings
    from pawtui.tracker.tracker_types import Tracker

# The kind of words for each command argument. The argument has its name in the parser.
ARGUMENTS: Mapping[tuple[str, str], str] = {
    ("signal", "id"): "signals",
    ("signal", "state"): "states",
    ("gate", "id"): "gates",
    ("gate", "state"): "gate-states",
    ("step", "id"): "steps",
    ("step", "state"): "step-states",
    ("gate", "part"): "parts",
    ("gate", "untick"): "parts",
    ("gate", "unpin"): "pins",
    ("note", "subject"): "subjects",
    ("note", "edit"): "notes",
    ("note", "remove"): "notes",
    ("diff", "first"): "refreshes",
    ("diff", "second"): "refreshes",
    ("probe", "probe"): "signals",
    ("help", "name"): "topics",
    ("completion", "shell"): "shells",
}
# Arguments of any command that are paths.
FILES = ("tracker", "output", "plan", "path")
FOLDERS = ("home",)

# A function that reads the record, and a function that returns the words of one kind.
_Reader = Callable[[], "Record"]
_Words = Callable[["Tracker", _Reader], Iterable[str]]


def _completion_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", nargs="?", metavar="SHELL", help="the name of your shell, such as bash, zsh or fish")
    # The script uses this option to request the words of one kind, one per line.
    parser.add_argument("--words", choices=sorted(_KINDS), help=argparse.SUPPRESS)


def completion(args: argparse.Namespace, settings: Settings) -> int:
    """Print the completion script of a shell, or the words of one kind."""
    if args.words:
        for word in words_of(args.words, settings):
            print(word)
        return ExitStatus.DONE
    known = _shells()
    if args.shell not in known:
        problem = f"There is no completion for {args.shell!r}." if args.shell else "The name of the shell is missing."
        raise WrongUsage(f"{problem} Give one of: {', '.join(known)}.")
    print(completion_script(args.shell))
    return ExitStatus.DONE


def completion_script(shell: str) -> str:
    """Return the completion script of a shell."""
    import shtab

    from pawtui.commands.parser import full_parser

    parser = full_parser()
    for name, command in _commands(parser).items():
        for action in command._actions:
            if (kind := ARGUMENTS.get((name, action.dest))) is not None:
                _complete(action, _request(kind))
            elif action.dest in FILES:
                _complete(action, shtab.FILE)
            elif action.dest in FOLDERS:
                _complete(action, shtab.DIRECTORY)
    return str(shtab.complete(parser, shell))


def _request(kind: str) -> dict[str, str | dict[str, str]]:
    """Return the commands, by shell, that request the words of a kind."""
    import shtab

    command = f"pawtui completion --words {kind} 2>/dev/null"
    request = shtab.cmd(command)
    # In zsh, shtab would request all words when the script is loaded: slow, and soon out of date.
    function = f"_pawtui_{kind.replace('-', '_')}"
    body = f'{function}() {{ compadd -- "${{(@f)$({command})}}" }}'
    preamble = request["preamble"]
    assert isinstance(preamble, dict)  # noqa: S101 - for mypy: `shtab.cmd` returns a preamble for each shell
    return {**request, "zsh": function, "preamble": {**preamble, "zsh": body}}


def _complete(action: argparse.Action, how: object) -> None:
    # shtab reads this attribute; argparse does not declare it.
    vars(action)["complete"] = how


def _commands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {"": parser}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= action.choices
    return found


def words_of(kind: str, settings: Settings) -> Iterable[str]:
    """Return the words of one kind; no words if the tracker or the record cannot be read."""
    from pawtui.sources.sanitize import safe_line

    try:
        tracker = settings.tracker()
        # The shell would split a word at its space.
        words = (safe_line(word, 200) for word in _KINDS[kind](tracker, lambda: settings.store(tracker).load()))
        return [word for word in dict.fromkeys(words) if word and " " not in word]
    except PawtuiError:
        return []


def _subjects(tracker: Tracker, _read: _Reader) -> Iterator[str]:
    yield from (signal.id for signal in tracker.signals)
    yield from (gate.id for gate in tracker.gates)
    yield "review"


def _refreshes(_tracker: Tracker, read: _Reader) -> Iterator[str]:
    from pawtui.review.timeline import measurements

    yield from ("last", "previous")
    yield from (f"{refresh.moment:%Y-%m-%d}" for refresh in reversed(measurements(read())))


def _states(_tracker: Tracker, _read: _Reader) -> Iterable[str]:
    from pawtui.probes.finding import STATES

    return STATES


def _gate_states(_tracker: Tracker, _read: _Reader) -> Iterable[str]:
    from pawtui.review.record_types import GATE_STATES

    return GATE_STATES


def _step_states(_tracker: Tracker, _read: _Reader) -> Iterable[str]:
    from pawtui.review.record_types import STEP_STATES

    return STEP_STATES


def _topics(_tracker: Tracker, _read: _Reader) -> Iterator[str]:
    from pawtui.commands.parser import COMMAND_MODULES
    from pawtui.help.pages import topics

    yield from topics()
    yield from filter(None, COMMAND_MODULES)


def _shells(*_unused: object) -> list[str]:
    import shtab

    return list(shtab.SUPPORTED_SHELLS)


_KINDS: Mapping[str, _Words] = {
    "signals": lambda tracker, _read: (signal.id for signal in tracker.signals),
    "gates": lambda tracker, _read: (gate.id for gate in tracker.gates),
    "steps": lambda tracker, _read: (step.id for step in tracker.steps),
    "step-states": _step_states,
    "subjects": _subjects,
    "parts": lambda tracker, _read: (part.id for gate in tracker.gates for part in gate.parts),
    "pins": lambda _tracker, read: (pin for entry in read().gates.values() for pin in entry.pins),
    "notes": lambda _tracker, read: reversed(read().notes),
    "refreshes": _refreshes,
    "states": _states,
    "gate-states": _gate_states,
    "topics": _topics,
    "shells": _shells,
}

COMMANDS = (
    Command(
        "completion",
        "print a completion script for your shell",
        "pawtui completion bash > ~/.local/share/bash-completion/completions/pawtui",
        _completion_options,
        completion,
    ),
)
