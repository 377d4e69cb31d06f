"""What opens the screens: `pawtui` alone, and the demo."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pawtui.commands.command import Command, no_options, say, say_notices
from pawtui.commands.exit_status import ExitStatus

if TYPE_CHECKING:
    import argparse

    from pawtui.settings import Settings
    from pawtui.workspace import Workspace


def has_terminal() -> bool:
    """Whether a person can be shown screens: keys come from stdin, and nothing is sent into a pipe or a file."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def screens(_args: argparse.Namespace, settings: Settings) -> int:
    """The screens; without a terminal the status as text."""
    if not has_terminal():
        from argparse import Namespace

        from pawtui.commands.show_record import status

        say("There is no terminal here to open the screens in: this is what `pawtui status` prints.")
        return status(Namespace(json=False), settings)
    return _open(settings.workspace())


def demo(_args: argparse.Namespace, _settings: Settings) -> int:
    """The real app on a made-up upstream, in a home that is thrown away; without a terminal its status as text."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from pawtui.demo.start import demo_workspace, seed

    with TemporaryDirectory(prefix="pawtui-demo-", ignore_cleanup_errors=True) as home:
        if has_terminal():
            _remove_when_ended(home)
        workspace = demo_workspace(Path(home))
        seed(workspace)
        if has_terminal():
            return _open(workspace)
        from pawtui.commands.show_record import print_status

        say("There is no terminal here to open the screens in: this is the demo's status.")
        print_status(workspace.overview(), workspace.web, workspace.clock())
        return ExitStatus.DONE


def _remove_when_ended(home: str) -> None:
    """Remove the folder when the terminal is closed or the process is told to stop, and end the process then.

    It ends by the signal itself. An exception raised by the handler, or leaving the app in order on a terminal that is
    gone, can leave Textual's threads running for ever.
    """
    import os
    import shutil
    import signal

    def end(number: int, _frame: object) -> None:
        shutil.rmtree(home, ignore_errors=True)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    # Windows has no SIGHUP.
    for name in ("SIGHUP", "SIGTERM"):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, end)


def _open(workspace: Workspace) -> int:
    # An error in the record is printed here, before the screen takes the terminal.
    first = workspace.overview()
    from pawtui.tui.app import PawtuiApp

    app = PawtuiApp(workspace, first=first)
    app.run()
    say_notices(workspace.store)
    return app.return_code or ExitStatus.DONE


COMMANDS = (
    Command("", "open the screens", "pawtui", no_options, screens),
    Command("demo", "try pawtui on made-up data, without network", "pawtui demo", no_options, demo),
)
