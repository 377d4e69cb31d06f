"""Shell completion: the script, and the words that it requests from the tracker and the record."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from pawtui.commands.command import WrongUsage, argument, command
from pawtui.commands.parser import COMMAND_MODULES, full_parser
from pawtui.errors import PawtuiError
from pawtui.help.pages import topics
from pawtui.settings import Settings
from pawtui.sources.sanitize import safe_line

if TYPE_CHECKING:
    from pawtui.review.record_types import Record
    from pawtui.tracker.tracker_types import Tracker

# The kind of words for each argument: by command, and by the name of the argument's value in the parser (`dest`).
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
FILES = ("tracker", "output", "plan", "path", "paths", "schema")


@command(
    "completion",
    "pawtui completion bash > ~/.local/share/bash-completion/completions/pawtui",
    argument("shell", nargs="?", metavar="SHELL", help="the name of your shell, such as bash, zsh or fish"),
    # The script uses this option to request the words of one kind, one per line.
    argument("--words", choices=sorted({*ARGUMENTS.values()}), help=argparse.SUPPRESS),
)
def completion(args: argparse.Namespace, settings: Settings) -> None:
    """Print a completion script for your shell. The script calls it for the words of one kind."""
    if args.words:
        for word in _words_of(args.words, settings):
            print(word)
        return
    known = _shells()
    if args.shell not in known:
        problem = f"There is no completion for {args.shell!r}." if args.shell else "The name of the shell is missing."
        raise WrongUsage(f"{problem} Give one of: {', '.join(known)}.")
    print(_script(args.shell))


def _script(shell: str) -> str:
    import shtab

    parser = full_parser()
    for name, subparser in _commands(parser).items():
        for action in subparser._actions:
            # shtab reads the attribute `complete`; argparse does not declare it.
            if kind := ARGUMENTS.get((name, action.dest)):
                vars(action)["complete"] = _request(kind)
            elif action.dest in FILES:
                vars(action)["complete"] = shtab.FILE
            elif action.dest == "home":
                vars(action)["complete"] = shtab.DIRECTORY
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


def _commands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    parsers: dict[str, argparse.ArgumentParser] = {"": parser}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            parsers |= action.choices
    return parsers


def _words_of(kind: str, settings: Settings) -> Iterable[str]:
    """Return the words of one kind; no words if the tracker or the record cannot be read."""
    try:
        tracker = settings.tracker()
        words = (safe_line(word, 200) for word in _all_words(kind, tracker, lambda: settings.store(tracker).load()))
        # The shell would split a word at its space.
        return [word for word in dict.fromkeys(words) if word and " " not in word]
    except PawtuiError:
        return []


def _all_words(kind: str, tracker: Tracker, read: Callable[[], Record]) -> Iterable[str]:
    """Return the words of one kind; `read` returns the record."""
    signals, gates = [signal.id for signal in tracker.signals], [gate.id for gate in tracker.gates]
    match kind:
        case "signals":
            return signals
        case "gates":
            return gates
        case "subjects":
            return [*signals, *gates, "review"]
        case "steps":
            return [step.id for step in tracker.steps]
        case "parts":
            return [part.id for gate in tracker.gates for part in gate.parts]
        case "pins":
            return [pin for entry in read().gates.values() for pin in entry.pins]
        case "notes":
            return reversed(read().notes)
        case "refreshes":
            from pawtui.review.timeline import measurements

            days = [f"{refresh.moment:%Y-%m-%d}" for refresh in reversed(measurements(read()))]
            return ["last", "previous", *days]
        case "topics":
            return [*topics(), *COMMAND_MODULES]
        case "shells":
            return _shells()
        case _:
            return _states(kind)


def _states(kind: str) -> Iterable[str]:
    from pawtui.probes.state import STATES
    from pawtui.review.record_types import GATE_STATES, STEP_STATES

    return {"states": STATES, "gate-states": GATE_STATES, "step-states": STEP_STATES}[kind]


def _shells() -> list[str]:
    import shtab

    return list(shtab.SUPPORTED_SHELLS)
