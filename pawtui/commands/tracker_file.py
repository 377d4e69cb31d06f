"""Commands that write or check a tracker file: init, validate."""

import argparse
from pathlib import Path

from pawtui.commands.command import WrongUsage, argument, command, flag
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import print_message, write_text
from pawtui.phrases import counted
from pawtui.settings import Settings
from pawtui.tracker.read_tracker import (
    BUILTIN_NAME,
    FILE_NAME,
    TrackerError,
    builtin_text,
    builtin_tracker,
    parse_tracker,
    tracker_text,
)
from pawtui.tracker.tracker_types import Tracker
from pawtui.tracker.validate import find_warnings


@command(
    "init",
    "pawtui init --small",
    argument(
        "path", complete="files", nargs="?", default="pawtui.toml", help="the file to write (default: pawtui.toml)"
    ),
    flag("--small", "write a small tracker: a start for another project"),
    flag("--force", "replace the file if it exists"),
)
def init(args: argparse.Namespace, _settings: Settings) -> None:
    """Write the built-in tracker, or a small one, to a file that you can edit."""
    from pawtui.help.pages import example_of, topics

    path = Path(args.path)
    try:
        if path.is_dir():
            path /= FILE_NAME
        exists = path.exists()
    except OSError:
        # For example, the name is too long. The write below fails with the reason.
        exists = False
    if exists and not args.force:
        raise WrongUsage(f"{path} already exists. Edit it, choose another path, or use --force to overwrite it.")
    text = builtin_text()
    if args.small:
        # The small tracker is the example on the page of the tracker file.
        text = example_of(topics()["tracker"].read_text(encoding="utf-8"))
    write_text(path, text)
    print(f"Wrote {path}. Edit it, then run `pawtui validate {path}`.")
    if not args.small:
        print("For another project, `pawtui init --small` is a shorter start.")


@command(
    "validate",
    "pawtui validate pawtui.toml",
    argument("path", complete="files", nargs="?", help="the file to check (default: the tracker in use)"),
)
def validate(args: argparse.Namespace, settings: Settings) -> int:
    """Check a tracker file. Prints each mistake with its line and key, as compilers do: without the program's name."""
    path = Path(args.path) if args.path else settings.tracker_path()
    name = str(path or BUILTIN_NAME)
    text = tracker_text(path) if path else builtin_text()
    try:
        tracker = parse_tracker(text, name, patterns=True)
    except TrackerError as error:
        for message in error.messages:
            print_message(message)
        return ExitStatus.WRONG_USAGE
    warnings = find_warnings(tracker)
    if _shares_builtin_record(tracker):
        warnings.append("The id is that of the built-in tracker, and both share one record. Choose your own.")
    for warning in warnings:
        print_message(f"{name}: {warning}")
    probes = sum(len(signal.probes) for signal in tracker.signals)
    counts = f"{counted(len(tracker.signals), 'signal')} with {counted(probes, 'probe')}"
    print(f"{name} is valid: {' '.join(tracker.title.split())}; {counts}, {counted(len(tracker.gates), 'gate')}.")
    return ExitStatus.DONE


def _shares_builtin_record(tracker: Tracker) -> bool:
    """Return whether a tracker of other repositories has the id, and so the record, of the built-in tracker."""
    builtin = builtin_tracker()
    repos = {side.repo.lower() for side in (tracker.upstream, tracker.downstream)}
    return tracker.id == builtin.id and repos != {builtin.upstream.repo.lower(), builtin.downstream.repo.lower()}
