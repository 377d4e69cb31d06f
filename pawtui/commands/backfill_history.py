"""The command that measures many past dates: backfill."""

import argparse
import asyncio
import datetime as dt
import re

from pawtui.commands.command import JSON, QUIET, WrongUsage, argument, command, date_option, flag
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import print_json, print_message, print_notices
from pawtui.commands.progress_lines import RefreshProgress
from pawtui.commands.source_options import CLONES, source_choice, source_option
from pawtui.refresh.backfill import MAX_DATES, BackfillOutcome, day_ends
from pawtui.report.as_json import backfill_json
from pawtui.settings import Settings

_UNITS = {"d": 1, "w": 7}


def _days(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,4})([dw])", text)
    if found is None or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is not a step: give a number of days or weeks, such as 3d or 1w")
    return int(found[1]) * _UNITS[found[2]]


@command(
    "backfill",
    "pawtui backfill --since 2026-06-01 --every 1w",
    JSON,
    source_option("git"),
    CLONES,
    argument("--since", type=date_option, required=True, metavar="DATE", help="the first day to measure"),
    argument("--until", type=date_option, metavar="DATE", help="the last day to measure (default: yesterday)"),
    argument(
        "--every",
        type=_days,
        default="1w",
        metavar="STEP",
        help="days (3d) or weeks (1w) between two dates (default: 1w)",
    ),
    flag("--force", "measure recorded dates again"),
    QUIET,
    statuses=(ExitStatus.INCOMPLETE,),
)
def backfill(args: argparse.Namespace, settings: Settings) -> int:
    """Measure many past dates, for a history before the first refresh.

    Measures the dates one by one. Each is recorded at once, so an interrupted run can continue later.
    """
    yesterday = settings.now().date() - dt.timedelta(days=1)
    until = min(args.until or yesterday, yesterday)
    if args.since > until:
        raise WrongUsage(f"The range from {args.since} to {until} contains no past day. Give an earlier --since.")
    dates = day_ends(args.since, until, args.every)
    if len(dates) > MAX_DATES:
        raise WrongUsage(
            f"{len(dates):,} dates exceed the limit of {MAX_DATES:,}. Use a later --since or a longer --every."
        )
    choice = source_choice(args, settings)._replace(as_of=dates[-1], refreshes=len(dates))
    workspace = settings.workspace(choice)
    try:
        with RefreshProgress(quiet=args.quiet) as progress:
            outcome = asyncio.run(workspace.backfill(dates, progress, force=args.force))
    except KeyboardInterrupt:
        print_message("Cancelled. The measured dates are recorded. Run the same command again to continue.")
        return ExitStatus.INTERRUPTED
    print_notices(workspace.store)
    _print(outcome, as_json=args.json)
    return ExitStatus.INCOMPLETE if outcome.failed or outcome.incomplete else ExitStatus.DONE


def _print(outcome: BackfillOutcome, *, as_json: bool) -> None:
    if as_json:
        print_json(backfill_json(outcome))
        return
    days: dict[str, list[dt.date]] = {}
    for failure in (*outcome.incomplete, *outcome.failed):
        days.setdefault(failure.cause, []).append(failure.moment.date())
    for cause, dates in days.items():
        when = f"{len(dates)} dates from {dates[0]} to {dates[-1]}" if len(dates) > 1 else str(dates[0])
        print_message(f"{when}: {cause}")
    print(f"{outcome.message} `pawtui history --chart` shows all dates.")
