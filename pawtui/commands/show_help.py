"""The command that prints the reference: help."""

import argparse
from collections.abc import Mapping

from pawtui.commands.command import Command, WrongUsage, argument, command
from pawtui.commands.exit_status import COMMON_STATUSES, ExitStatus
from pawtui.commands.output import terminal_width
from pawtui.commands.parser import COMMAND_MODULES, command_named, command_parser
from pawtui.help.pages import PartGenerator, summary_of, topics, with_generated_parts
from pawtui.help.type_tables import markdown_table
from pawtui.settings import Settings
from pawtui.similar_names import nearest
from pawtui.terminal import write_page

_WIDTH = 80  # columns, without a terminal


@command(
    "help",
    "pawtui help tracker",
    argument(
        "name",
        complete="topics",
        nargs="?",
        metavar="TOPIC",
        help="a topic of the reference, or a command (default: list all)",
    ),
)
def show_help(args: argparse.Namespace, _settings: Settings) -> None:
    """Print a topic of the reference, or the options of a command."""
    pages = topics()
    if args.name is None:
        _print(_contents())
    elif args.name in pages:
        _print(with_generated_parts(pages[args.name].read_text(encoding="utf-8"), part_generators()))
    elif args.name in COMMAND_MODULES:
        command_parser(command_named(args.name)).print_help()
    else:
        known = [name for name in (*pages, *COMMAND_MODULES) if name]
        close = next((name for name in known if name.startswith(args.name)), "") or nearest(args.name, known)
        hint = f"Did you mean {close!r}?" if close else "`pawtui help` lists all of them."
        raise WrongUsage(f"Unknown topic or command {args.name!r}. {hint}")


def _print(page: str) -> None:
    from pawtui.help.rendering import render

    width = terminal_width()
    write_page(render(page, width or _WIDTH, styled=width is not None))


def _contents() -> str:
    pages = [(f"`{topic}`", summary_of(path.read_text(encoding="utf-8"))) for topic, path in topics().items()]
    commands = [(f"`{command.name}`", command.sentence) for command in _commands()]
    return (
        "`pawtui help TOPIC` prints a topic of the reference:\n\n"
        f"{markdown_table(('topic', 'content'), pages)}\n\n"
        "`pawtui help COMMAND` shows the options of a command:\n\n"
        f"{markdown_table(('command', 'does'), commands)}\n"
    )


def _commands() -> list[Command]:
    return [command_named(name) for name in COMMAND_MODULES if name]


def part_generators() -> Mapping[str, PartGenerator]:
    """Return a generator for each part that is generated when a page is printed, by the name of the part."""
    from pawtui.help import reference

    return {
        "commands": _command_table,
        "exit-statuses": _status_table,
        "json": reference.json_keys,
        "probes": reference.probe_kinds,
        "record": reference.record_keys,
        "tracker": reference.tracker_keys,
    }


def _command_table() -> str:
    rows = [
        (f"`pawtui {command.name}`", command.help, ", ".join(f"{status}" for status in command.statuses))
        for command in _commands()
    ]
    return markdown_table(("command", "does", "own exit statuses"), rows)


def _status_table() -> str:
    commands = _commands()
    rows = []
    for status in ExitStatus:
        names = [f"`{command.name}`" for command in commands if status in command.statuses]
        rows.append((f"{status}", status.meaning, "all" if status in COMMON_STATUSES else ", ".join(names)))
    return markdown_table(("status", "meaning", "commands"), rows)
