"""The command that replays session databases: replay."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pawtui.commands.command import JSON, QUIET, WrongUsage, argument, command, flag
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import print_document, print_message, terminal_width
from pawtui.commands.progress_lines import ProgressPrinter
from pawtui.settings import Settings
from pawtui.terminal import write_markdown

if TYPE_CHECKING:
    from pawtui.replay.mapping.generation import Generation
    from pawtui.replay.replay_sources import ReplayProgress
    from pawtui.replay.results.result import Result

# The maximum number of rows of each table: in a terminal, and in Markdown.
_TEXT_ROWS, _MARKDOWN_ROWS = 12, 50


@command(
    "replay",
    "pawtui replay sessions.db --schema openapi.json",
    argument(
        "paths",
        complete="files",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a session database, an exported session, or a folder",
    ),
    argument(
        "--schema",
        complete="files",
        default="",
        metavar="FILE|PIN",
        help="the upstream's OpenAPI document, as a file or as a pin such as up:packages/sdk/openapi.json",
    ),
    argument(
        "--generation",
        default="",
        metavar="NAME",
        help="the mapping (default: the newest mapping whose events the schema defines)",
    ),
    JSON,
    flag("--markdown", "print Markdown"),
    QUIET,
    flag("--attach", "write the result as a note on each gate that has a `replay`, and tick the parts that it proves"),
    argument(
        "--fail-on",
        choices=("lost", "changed"),
        metavar="RESULT",
        help="exit with status 9: `lost` if a part or a message is lost, "
        "`changed` also if a part, a message or a session is changed or lacks a field",
    ),
    statuses=(ExitStatus.INCOMPLETE, ExitStatus.LOSSES),
    details="It maps the parts of session databases onto the upstream's events and back. The databases are never "
    "written. The report has counts and ids, never the text of a session.",
)
def replay(args: argparse.Namespace, settings: Settings) -> int:
    """Count the parts of recorded sessions that a migration would lose."""
    from pawtui.replay.mapping.read_generation import find_generation
    from pawtui.replay.replay_sources import choose_generation, replay_sources
    from pawtui.report.words import last_change
    from pawtui.review.actions import AlreadyDone
    from pawtui.shadow_replay import prepare_attachments, read_schema

    if args.json and args.markdown:
        raise WrongUsage("Give --json or --markdown, not both.")
    workspace = settings.workspace()
    schema = asyncio.run(read_schema(args.schema, workspace)) if args.schema else None
    generation: Generation = find_generation(args.generation) if args.generation else choose_generation(schema)
    with _ReplayProgressPrinter(quiet=args.quiet) as progress:
        result = replay_sources(args.paths, generation, schema=schema, on_progress=progress)
    _print(args, result)
    if args.attach:
        for make_change in prepare_attachments(result, workspace.tracker).values():
            try:
                print_message(last_change(workspace.record_change(make_change)))
            except AlreadyDone as done:
                print_message(str(done))
    if (args.fail_on and result.has_losses()) or (args.fail_on == "changed" and result.has_changes()):
        return ExitStatus.LOSSES
    return ExitStatus.DONE if result.complete else ExitStatus.INCOMPLETE


def _print(args: argparse.Namespace, result: Result) -> None:
    if args.json:
        from pawtui.report.replay_json import write_replay

        write_replay(result, sys.stdout.write)
        return
    from pawtui.report.documents.replay_document import replay_document

    if args.markdown:
        from pawtui.report.markdown_text import markdown_text

        write_markdown(markdown_text(replay_document(result, max_rows=_MARKDOWN_ROWS)))
    else:
        # A pipe gets all rows.
        max_rows = _TEXT_ROWS if terminal_width() is not None else None
        print_document(replay_document(result, max_rows=max_rows))


class _ReplayProgressPrinter(ProgressPrinter):
    """A callback that shows the progress: on a terminal ten times a second, otherwise every ten seconds."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__(quiet=quiet)
        self._seconds = 0.1 if self.on_terminal else 10.0
        self._next = time.monotonic() + (0 if self.on_terminal else self._seconds)

    def __call__(self, step: ReplayProgress) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self._seconds
        show = self.overwrite if self.on_terminal else self.print_line
        show(f"{step.path.name}: {step.counts} (Ctrl+C cancels)")
