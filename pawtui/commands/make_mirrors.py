"""The command that creates and updates mirrors of both repositories: mirror."""

from __future__ import annotations

import argparse
import asyncio
from functools import partial
from typing import TYPE_CHECKING

from pawtui.commands.command import JSON, QUIET, command
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import print_json, print_message
from pawtui.commands.progress_lines import ProgressPrinter
from pawtui.moments import moment_text
from pawtui.settings import Settings
from pawtui.sources.source_errors import SourceError

if TYPE_CHECKING:
    from pawtui.sources.git.mirror import MirrorState
    from pawtui.tracker.tracker_types import Side


@command("mirror", "pawtui mirror && pawtui refresh --as-of 2026-07-10", JSON, QUIET)
def mirror(args: argparse.Namespace, settings: Settings) -> int:
    """Create or update local mirrors of both repositories, to save requests.

    Updates both mirrors, one by one. An interrupted run can continue later.
    """
    tracker = settings.tracker()
    sides = [tracker.upstream]
    if tracker.downstream.repo.lower() != tracker.upstream.repo.lower():
        sides.append(tracker.downstream)
    try:
        states, failures = asyncio.run(_update_all(settings, sides, ProgressPrinter(quiet=args.quiet)))
    except KeyboardInterrupt:
        print_message("Cancelled. The fetched data is stored. Run `pawtui mirror` again to continue.")
        return ExitStatus.INTERRUPTED
    if args.json:
        print_json(states)
    else:
        for state in states:
            print(f"{state.repo}  {_megabytes(state.size)}, updated {moment_text(state.updated_at)}")
    for failure in failures:
        print_message(f"pawtui: {failure}")
    return ExitStatus.FAILED if failures else ExitStatus.DONE


async def _update_all(
    settings: Settings, sides: list[Side], progress: ProgressPrinter
) -> tuple[list[MirrorState], list[str]]:
    """Update every mirror. Return the updated mirrors, and a message for each failure."""
    from pawtui.sources.github.server import find_api_url
    from pawtui.sources.github.token import find_token

    def show_step(repo: str, step: str) -> None:
        # Percentages are shown only on a terminal: they would fill a log.
        show = progress.overwrite if "%" in step else progress.print_line
        show(f"{repo}: {step}")

    token = await asyncio.to_thread(find_token, settings.env, find_api_url(settings.env))
    states: list[MirrorState] = []
    failures: list[str] = []
    for side in sides:
        mirror = settings.mirror(side, token)
        try:
            states.append(await mirror.update(partial(show_step, side.repo)))
        except SourceError as error:
            failures.append(str(error))
        finally:
            progress.clear()
    return states, failures


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 1e8 else f"{size / 1e6:,.0f} MB"
