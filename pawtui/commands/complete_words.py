"""Completion in the shell: the script, and the words of the tracker and the record that it asks for."""

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

# The argument of each command, by its name in the parser, and the kind of words that it takes.
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
# Arguments that are paths, in any command.
FILES = ("tracker", "output", "plan", "path")
FOLDERS = ("home",)


def _completion_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", nargs="?", metavar="SHELL", help="the name of your shell, such as bash, zsh or fish")
    # For the script itself: the words of one kind, one on a line.
    parser.add_argument("--words", choices=sorted(_KINDS), help=argparse.SUPPRESS)


def completion(args: argparse.Namespace, settings: Settings) -> int:
    """A completion script for a shell, or the words that it asks for."""
    if args.words:
        for word in words_of(args.words, settings):
            print(word)
        return ExitStatus.DONE
    known = _shells()
    if args.shell not in known:
        what = f"There is no completion for {args.shell!r}" if args.shell else "The name of the shell is missing"
        raise WrongUsage(f"{what}: give one of {', '.join(known)}.")
    print(script(args.shell))
    return ExitStatus.DONE


def script(shell: str) -> str:
    """Return the completion script for a shell."""
    import shtab

    from pawtui.commands.parser import full_parser

    parser = full_parser()
    for name, command in _commands(parser).items():
        for action in command._actions:
            if (kind := ARGUMENTS.get((name, action.dest))) is not None:
                _complete(action, _asked(kind))
            elif action.dest in FILES:
                _complete(action, shtab.FILE)
            elif action.dest in FOLDERS:
                _complete(action, shtab.DIRECTORY)
    return str(shtab.complete(parser, shell))


def _asked(kind: str) -> dict[str, str | dict[str, str]]:
    """Return how a shell asks for the words of a kind."""
    import shtab

    command = f"pawtui completion --words {kind} 2>/dev/null"
    asked = shtab.cmd(command)
    # For zsh, shtab would ask once for all kinds when the script is loaded: slow, and soon out of date.
    function = f"_pawtui_{kind.replace('-', '_')}"
    body = f'{function}() {{ compadd -- "${{(@f)$({command})}}" }}'
    preamble = asked["preamble"]
    assert isinstance(preamble, dict)  # noqa: S101 - shtab has one for each shell that needs it
    return {**asked, "zsh": function, "preamble": {**preamble, "zsh": body}}


def _complete(action: argparse.Action, how: object) -> None:
    # The attribute that shtab looks for.
    action.complete = how  # type: ignore[attr-defined]


def _commands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {"": parser}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= action.choices
    return found


def words_of(kind: str, settings: Settings) -> Iterable[str]:
    """Return the words of one kind; none where the tracker or the record cannot be read: completion stays silent."""
    from pawtui.sources.sanitize import safe_line

    try:
        tracker = settings.tracker()
        # A word with a space in it would be two words.
        words = (safe_line(word, 200) for word in _KINDS[kind](tracker, lambda: settings.store(tracker).load()))
        return [word for word in dict.fromkeys(words) if word and " " not in word]
    except PawtuiError:
        return []


_Words = Callable[["Tracker", Callable[[], "Record"]], Iterable[str]]


def _signals(tracker: Tracker, _record: Callable[[], Record]) -> Iterable[str]:
    return (signal.id for signal in tracker.signals)


def _gates(tracker: Tracker, _record: Callable[[], Record]) -> Iterable[str]:
    return (gate.id for gate in tracker.gates)


def _steps(tracker: Tracker, _record: Callable[[], Record]) -> Iterable[str]:
    return (step.id for step in tracker.steps)


def _step_states(_tracker: Tracker, _record: Callable[[], Record]) -> Iterable[str]:
    from pawtui.review.record_types import STEP_STATES

    return STEP_STATES


def _subjects(tracker: Tracker, record: Callable[[], Record]) -> Iterator[str]:
    yield from _signals(tracker, record)
    yield from _gates(tracker, record)
    yield "review"


def _parts(tracker: Tracker, _record: Callable[[], Record]) -> Iterable[str]:
    return (part.id for gate in tracker.gates for part in gate.parts)


def _pins(_tracker: Tracker, record: Callable[[], Record]) -> Iterable[str]:
    return (pin for entry in record().gates.values() for pin in entry.pins)


def _notes(_tracker: Tracker, record: Callable[[], Record]) -> Iterable[str]:
    return reversed(record().notes)


def _refreshes(_tracker: Tracker, record: Callable[[], Record]) -> Iterator[str]:
    yield from ("last", "previous")
    from pawtui.review.timeline import measurements

    yield from (f"{refresh.moment:%Y-%m-%d}" for refresh in reversed(measurements(record())))


def _states(_tracker: Tracker, _record: Callable[[], Record]) -> Iterable[str]:
    from pawtui.probes.finding import STATES

    return STATES


def _gate_states(_tracker: Tracker, _record: Callable[[], Record]) -> Iterable[str]:
    from pawtui.review.record_types import GATE_STATES

    return GATE_STATES


def _topics(_tracker: Tracker, _record: Callable[[], Record]) -> Iterator[str]:
    from pawtui.commands.parser import COMMAND_MODULES
    from pawtui.help.pages import topics

    yield from topics()
    yield from filter(None, COMMAND_MODULES)


def _shells(*_unused: object) -> list[str]:
    import shtab

    return list(shtab.SUPPORTED_SHELLS)


_KINDS: Mapping[str, _Words] = {
    "signals": _signals,
    "gates": _gates,
    "steps": _steps,
    "step-states": _step_states,
    "subjects": _subjects,
    "parts": _parts,
    "pins": _pins,
    "notes": _notes,
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
