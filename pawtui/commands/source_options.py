"""Options of the commands that measure: where facts come from, and of which moment."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pawtui.commands.command import WrongUsage

if TYPE_CHECKING:
    from pawtui.settings import Settings, SourceChoice

_LAST_SECOND = dt.time(23, 59, 59)


def source_options(parser: argparse.ArgumentParser) -> None:
    """Add `--source`, `--git` and `--as-of`."""
    clone_options(parser)
    parser.add_argument(
        "--as-of",
        type=moment_option,
        metavar="DATE",
        help="measure a past day as it stood at its end, or a moment such as 2026-07-10T14:02 (UTC)",
    )


def clone_options(parser: argparse.ArgumentParser, default: str = "auto") -> None:
    """Add `--source` and `--git`."""
    parser.add_argument(
        "--source",
        choices=("auto", "git", "github"),
        default=default,
        help="where facts come from: GitHub, and clones where there are any (auto); clones for all that they know "
        f"(git); GitHub alone (github). Default: {default}",
    )
    parser.add_argument(
        "--git",
        action="append",
        default=[],
        type=_clone,
        metavar="OWNER/REPO=PATH",
        help="a clone of your own to read: nothing is changed in it (once for each repository)",
    )


def source_choice(args: argparse.Namespace, settings: Settings) -> SourceChoice:
    """Return what the options say. Raises `WrongUsage` for a clone of a repository that the tracker does not follow."""
    from pawtui.settings import SourceChoice, utc_now

    clones: Mapping[str, Path] = dict(args.git)
    tracker = settings.tracker()
    followed = (tracker.upstream.repo, tracker.downstream.repo)
    for repo in clones:
        if repo not in (name.lower() for name in followed):
            raise WrongUsage(f"The tracker does not follow {repo}. Give a clone of {followed[0]} or {followed[1]}.")
    if clones and args.source == "github":
        raise WrongUsage("`--source github` reads no clone. Leave out --git, or use --source auto.")
    now = utc_now()
    as_of: dt.datetime | None = getattr(args, "as_of", None)
    if as_of is not None and as_of > now:
        if as_of.date() > now.date():
            raise WrongUsage(f"{as_of:%Y-%m-%d %H:%M} UTC has not come yet. Give a past day.")
        as_of = now.replace(microsecond=0)
    folder = settings.folder
    return SourceChoice(args.source, {repo: folder / path for repo, path in clones.items()}, as_of)


def _clone(text: str) -> tuple[str, Path]:
    repo, equals, path = text.partition("=")
    owner, slash, name = repo.partition("/")
    if not (equals and slash and owner and name and path) or "/" in name:
        raise argparse.ArgumentTypeError(f"{text!r} is no clone: give OWNER/REPO=PATH")
    try:
        return repo.lower(), Path(path).expanduser()
    except RuntimeError as error:
        raise argparse.ArgumentTypeError(f"{path!r} names a user who has no home folder here") from error


def moment_option(text: str) -> dt.datetime:
    """Return the moment that a day (its last second) or a time stands for; a time without a zone is UTC."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    try:
        when = dt.datetime.combine(day, _LAST_SECOND) if day else dt.datetime.fromisoformat(text)
        return when.astimezone(dt.UTC) if when.tzinfo else when.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no date: give one such as 2026-07-10") from None
