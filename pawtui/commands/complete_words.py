"""The command for shell completion: completion.

It prints the script, and the words that the script requests from the tracker and the record.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping

from pawtui.commands.command import COMPLETIONS, WrongUsage, argument, command
from pawtui.commands.parser import COMMAND_MODULES, full_parser
from pawtui.errors import PawtuiError
from pawtui.help.pages import topics
from pawtui.phrases import join_names
from pawtui.probes.state import STATES
from pawtui.review.record_types import GATE_STATES, PLAN_ENTRY_STATES, STEP_STATES, Record
from pawtui.settings import Settings
from pawtui.sources.sanitize import safe_line
from pawtui.tracker.tracker_types import Tracker

# Returns the words of one kind, from the tracker or from the record. It reads the record only if it needs it.
_Words = Callable[[Tracker, Callable[[], Record]], Iterable[str]]
_WORDS: Mapping[str, _Words] = {
    "signals": lambda tracker, _: (signal.id for signal in tracker.signals),
    "gates": lambda tracker, _: (gate.id for gate in tracker.gates),
    "subjects": lambda tracker, _: [
        *(signal.id for signal in tracker.signals),
        *(gate.id for gate in tracker.gates),
        "review",
    ],
    "steps": lambda tracker, _: (step.id for step in tracker.steps),
    "parts": lambda tracker, _: (part.id for gate in tracker.gates for part in gate.parts),
    "states": lambda *_: STATES,
    "gate-states": lambda *_: GATE_STATES,
    "step-states": lambda *_: STEP_STATES,
    "plan-states": lambda *_: PLAN_ENTRY_STATES,
    "notes": lambda _, load: reversed(load().notes),
    "topics": lambda *_: (*topics(), *COMMAND_MODULES),
}
# The shells of shtab, which takes longer to import than to complete a word.
_SHELLS = ("bash", "fish", "powershell", "tcsh", "zsh")


@command(
    "completion",
    "pawtui completion bash > ~/.local/share/bash-completion/completions/pawtui",
    argument("shell", choices=_SHELLS, nargs="?", metavar="SHELL", help=join_names(_SHELLS, "or")),
    # The script uses this option to request the words of one kind, one per line.
    argument("--words", choices=sorted(_WORDS), help=argparse.SUPPRESS),
)
def completion(args: argparse.Namespace, settings: Settings) -> None:
    """Print a completion script for your shell. The script calls it for the words of one kind."""
    if args.words:
        for word in _words_of(args.words, settings):
            print(word)
        return
    if args.shell is None:
        raise WrongUsage(f"The name of your shell is missing: {join_names(_SHELLS, 'or')}.")
    print(_script(args.shell))


def _words_of(kind: str, settings: Settings) -> Iterable[str]:
    """Return the words of one kind; no words if the tracker or the record cannot be read."""
    try:
        tracker = settings.tracker()
        return [safe_line(word, 200) for word in _WORDS[kind](tracker, lambda: settings.store(tracker).load())]
    except PawtuiError:
        return []


def _script(shell: str) -> str:
    import shtab

    files = {"files": shtab.FILE, "folders": shtab.DIRECTORY}
    parser = full_parser()
    for action, kind in COMPLETIONS:
        # shtab reads this attribute; argparse does not declare it.
        vars(action)["complete"] = files.get(kind) or _request(kind)
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
