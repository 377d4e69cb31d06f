"""The command that makes and updates mirrors of both repositories."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pawtui.commands.command import Command, json_option, print_json, say
from pawtui.commands.exit_status import ExitStatus
from pawtui.terminal import show_progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from pawtui.settings import Settings
    from pawtui.sources.git.mirror import MirrorState
    from pawtui.tracker.tracker_types import Side

# Progress on a pipe or in a log: percents would fill it.
_PERCENT = "%"


def _options(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")


def mirror(args: argparse.Namespace, settings: Settings) -> int:
    """Make or update both mirrors, one after the other. Interrupted, what was fetched is kept for the next time."""
    import asyncio

    tracker = settings.tracker()
    sides = [tracker.upstream]
    if tracker.downstream.repo.lower() != tracker.upstream.repo.lower():
        sides.append(tracker.downstream)
    try:
        states, failures = asyncio.run(_update_all(settings, sides, _reporter(args.quiet)))
    except KeyboardInterrupt:
        _clear_line()
        say("Cancelled. What was fetched is kept: run `pawtui mirror` again to go on.")
        return ExitStatus.INTERRUPTED
    if args.json:
        from msgspec.structs import asdict

        print_json([asdict(state) for state in states])
    else:
        for state in states:
            print(_state_line(state))
    for failure in failures:
        say(f"pawtui: {failure}")
    return ExitStatus.FAILED if failures else ExitStatus.DONE


async def _update_all(
    settings: Settings, sides: list[Side], report: Callable[[str, str], None]
) -> tuple[list[MirrorState], list[str]]:
    """Update every mirror; return those that are up to date, and a sentence for each that is not."""
    import asyncio
    from functools import partial

    from pawtui.settings import ref_names
    from pawtui.sources.github.token import api_url, find_token
    from pawtui.sources.source_errors import SourceError

    token = await asyncio.to_thread(find_token, settings.env, api_url(settings.env))
    states: list[MirrorState] = []
    failures: list[str] = []
    for side in sides:
        mirror = settings.mirror(side.repo, token)
        try:
            if mirror.updated_at() is None:
                report(side.repo, await _size_words(settings, side.repo))
            states.append(await mirror.update(partial(report, side.repo), first=ref_names(side)))
        except SourceError as error:
            failures.append(str(error))
        finally:
            _clear_line()
    return states, failures


async def _size_words(settings: Settings, repo: str) -> str:
    """Say how large a repository is on the forge. A mirror is smaller: it leaves files' contents out."""
    from pawtui.sources.source_errors import SourceError

    size = None
    try:
        async with settings.open_github() as github:
            size = await github.repo_size(repo)
    except SourceError:
        # The size is only for information: the fetch says what is wrong.
        size = None
    known = "of unknown size" if size is None else f"{_megabytes(size)} on the forge"
    return f"{known}; its history is fetched without files' contents, which is less"


def _state_line(state: MirrorState) -> str:
    return (
        f"{state.repo}  {state.branches:,} branches, {state.tags:,} tags, {_megabytes(state.size)}, "
        f"updated {state.updated_at:%Y-%m-%d %H:%M} UTC"
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 1e8 else f"{size / 1e6:,.0f} MB"


def _reporter(quiet: bool) -> Callable[[str, str], None]:
    """Return what writes progress: one line that is written over on a terminal, a line for each step elsewhere."""
    from pawtui.report.line_wrapping import fit

    def silent(_repo: str, _line: str) -> None:
        return

    def lines(repo: str, line: str) -> None:
        if _PERCENT not in line:
            say(f"{repo}: {line}")

    def over(repo: str, line: str) -> None:
        if _PERCENT in line:
            show_progress(fit(f"{repo}: {line}", 78))
        else:
            _clear_line()
            say(f"{repo}: {line}")

    if quiet:
        return silent
    return over if sys.stderr.isatty() else lines


def _clear_line() -> None:
    if sys.stderr.isatty():
        show_progress("")


COMMANDS = (
    Command(
        "mirror",
        "make or update local mirrors of both repositories, so that refreshes need fewer requests",
        "pawtui mirror && pawtui refresh --as-of 2026-07-10",
        _options,
        mirror,
    ),
)
