"""Options of the commands that measure: the source of facts, and the date."""

import argparse
import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path

from pawtui.commands.command import AddArgument, WrongUsage, argument, repeatable
from pawtui.moments import moment_text
from pawtui.repo_names import is_repo_name
from pawtui.settings import Settings, SourceChoice


def source_choice(args: argparse.Namespace, settings: Settings) -> SourceChoice:
    """Return the source, the clones and the past time that the options name.

    Raises `WrongUsage` for a clone that does not exist or is of another repository, for clones with `--source github`,
    and for a date in the future.
    """
    clones: Mapping[str, Path] = dict(args.git)
    tracker = settings.tracker()
    followed = (tracker.upstream.repo, tracker.downstream.repo)
    for repo in clones:
        if repo not in (name.lower() for name in followed):
            raise WrongUsage(f"The tracker does not follow {repo}. Give a clone of {followed[0]} or {followed[1]}.")
    if clones and args.source == "github":
        raise WrongUsage("`--source github` does not read clones. Remove --git, or use --source auto.")
    now = settings.now()
    as_of: dt.datetime | None = getattr(args, "as_of", None)
    if as_of is not None and as_of > now:
        if as_of.date() > now.date():
            raise WrongUsage(f"{moment_text(as_of)} is in the future. Give a past day.")
        # The end of today is in the future: measure the present time.
        as_of = now.replace(microsecond=0)
    clones = {repo: settings.folder / path for repo, path in clones.items()}
    # `Path.exists` would raise an error for some paths, such as a name that is too long.
    if missing := next((repo for repo in clones if not os.access(clones[repo], os.F_OK)), None):
        raise WrongUsage(f"There is no folder {clones[missing]}. Give the path of your clone of {missing}.")
    return SourceChoice(args.source, clones, as_of)


def _parse_clone(text: str) -> tuple[str, Path]:
    repo, _, path = text.partition("=")
    if not (is_repo_name(repo) and path):
        raise argparse.ArgumentTypeError(f"{text!r} is not a clone. Give OWNER/REPO=PATH.")
    # `Path.expanduser` raises an error for an unknown user; here, there is no such folder.
    return repo.lower(), Path(os.path.expanduser(path))  # noqa: PTH111


def _parse_moment(text: str) -> dt.datetime:
    """Return the last second of a day, or a time. A time without a zone is UTC."""
    try:
        when = dt.datetime.fromisoformat(text)
        if len(text) <= len("2026-07-10"):
            when = dt.datetime.combine(when, dt.time(23, 59, 59))
        return when.astimezone(dt.UTC) if when.tzinfo else when.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is not a date. Give one such as 2026-07-10.") from None


def source_option(default: str) -> AddArgument:
    """Return `--source`."""
    return argument(
        "--source",
        choices=("auto", "git", "github"),
        default=default,
        help="the source of facts: GitHub, and clones if there are any (auto); clones for all facts that they have "
        f"(git); only GitHub (github) (default: {default})",
    )


CLONES = repeatable(
    "--git",
    "OWNER/REPO=PATH",
    "your clone of a repository; pawtui only reads it; once for each repository",
    type=_parse_clone,
)
SOURCE_OPTIONS = (
    source_option("auto"),
    CLONES,
    argument(
        "--as-of",
        type=_parse_moment,
        metavar="DATE",
        help="measure the end of a past day, or a past time such as 2026-07-10T14:02 (UTC)",
    ),
)
