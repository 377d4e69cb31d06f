"""The commands that open the screens: `pawtui` without a command, and demo."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pawtui.commands.command import command
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import can_show_screens, print_document, print_message
from pawtui.settings import Settings

if TYPE_CHECKING:
    from pawtui.workspace import Workspace


@command("", "pawtui")
def screens(_args: argparse.Namespace, settings: Settings) -> int:
    """Open the screens. Without a terminal, or with TERM=dumb, print the status."""
    if not can_show_screens():
        from pawtui.commands.show_record import status

        print_message("The screens need a full terminal. This is the output of `pawtui status`:")
        status(argparse.Namespace(json=False), settings)
        return ExitStatus.DONE
    return _open(settings.workspace())


@command("demo", "pawtui demo")
def demo(_args: argparse.Namespace, _settings: Settings) -> int:
    """Try pawtui on made-up data, without network.

    The record is in a temporary folder. Without a terminal, or with TERM=dumb, print the status.
    """
    from pawtui.demo.demo_workspace import demo_workspace, seed

    with TemporaryDirectory(prefix="pawtui-demo-", ignore_cleanup_errors=True) as home:
        workspace = demo_workspace(Path(home))
        seed(workspace)
        if can_show_screens():
            return _open(workspace)
        from pawtui.report.documents.status_document import status_document

        print_message("The screens need a full terminal. This is the status of the demo:")
        print_document(status_document(workspace.document_context(workspace.overview())))
        return ExitStatus.DONE


def _open(workspace: Workspace) -> int:
    from pawtui.tui.app import PawtuiApp

    # An error in the record is raised here, before Textual takes the terminal.
    app = PawtuiApp(workspace)
    app.run()
    return app.return_code or ExitStatus.DONE
