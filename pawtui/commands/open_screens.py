"""The commands that open the screens: `pawtui` without a command, walk and demo."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pawtui.commands.command import JSON, command
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import can_show_screens, print_document, print_json, print_message
from pawtui.settings import Settings

if TYPE_CHECKING:
    from pawtui.workspace import Workspace


@command("", "pawtui")
def screens(_args: argparse.Namespace, settings: Settings) -> int:
    """Open the screens. Without a terminal, or with TERM=dumb, print the status."""
    if not can_show_screens():
        from pawtui.commands.show_record import print_status

        print_message("The screens need a full terminal. This is the output of `pawtui status`:")
        print_status(settings)
        return ExitStatus.DONE
    return _open(settings.workspace())


@command("walk", "pawtui walk", JSON)
def walk(args: argparse.Namespace, settings: Settings) -> int:
    """Review the signals and gates one by one in the screens, most urgent first.

    Without a terminal, or with TERM=dumb, list them.
    """
    from pawtui.report.documents.walk_document import walk_document
    from pawtui.report.walk_json import walk_items_json
    from pawtui.review.walk import Walk

    workspace = settings.workspace()
    review_walk = Walk(workspace.overview())
    if args.json:
        print_json(walk_items_json(review_walk))
    elif review_walk.overview.last is None:
        print_message("The walk is empty, because no refresh is recorded. Run `pawtui refresh` first.")
    elif can_show_screens():
        return _open(workspace, on_walk=True)
    else:
        print_message("The walk needs a full terminal. These are its items:")
        review_walk.go_to_end()
        print_document(walk_document(review_walk, workspace.document_context(review_walk.overview)))
    return ExitStatus.DONE


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


def _open(workspace: Workspace, *, on_walk: bool = False) -> int:
    from pawtui.tui.app import PawtuiApp

    # An error in the record is raised here, before Textual takes the terminal.
    app = PawtuiApp(workspace, on_walk=on_walk)
    app.run()
    return app.return_code or ExitStatus.DONE
