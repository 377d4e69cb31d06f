"""Commands that measure the repositories: refresh, probe, backfill."""

import argparse
import asyncio
import datetime as dt
import re
from urllib.parse import urlsplit

from pawtui.commands.command import JSON, QUIET, WrongUsage, argument, command, flag, parse_day
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import document_context, print_document, print_json, print_message
from pawtui.commands.progress_lines import RefreshProgressPrinter
from pawtui.commands.source_options import CLONES, SOURCE_OPTIONS, source_choice, source_option
from pawtui.phrases import counted
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.backfill import MAX_DATES, BackfillOutcome, day_ends
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.documents.document_parts import DocumentContext
from pawtui.report.documents.refresh_document import refresh_document
from pawtui.report.documents.signal_document import probe_document
from pawtui.report.measurement_json import backfill_json, probe_result_json
from pawtui.report.status_json import refresh_json
from pawtui.report.words import headline
from pawtui.review.actions import find_signal
from pawtui.review.attention import find_attention
from pawtui.review.record_types import Record, past_key
from pawtui.settings import Settings, SourceChoice
from pawtui.sources.waiting import HEAD_TIME_LIMIT, REFRESH_TIME_LIMIT
from pawtui.tracker.probe_types import Probe
from pawtui.tracker.tracker_types import Tracker


@command(
    "refresh",
    "pawtui refresh --json",
    JSON,
    *SOURCE_OPTIONS,
    flag("--force", "measure and record even if nothing changed"),
    QUIET,
    statuses=(ExitStatus.INCOMPLETE,),
    details=f"A refresh takes at most {REFRESH_TIME_LIMIT:g} s. Its first requests, which find the commits, take at "
    f"most {HEAD_TIME_LIMIT:g} s. Ctrl+C cancels and leaves the record unchanged.",
)
def refresh(args: argparse.Namespace, settings: Settings) -> int:
    """Measure both repositories and record the result. An interrupted refresh leaves the record unchanged."""
    choice = source_choice(args, settings)
    workspace = settings.workspace(choice)
    earlier = workspace.store.load()
    try:
        with RefreshProgressPrinter(quiet=args.quiet) as progress:
            outcome = asyncio.run(workspace.refresh(progress, force=args.force, as_of=choice.as_of))
    except KeyboardInterrupt:
        after = workspace.store.load()
        recorded = (after.last, after.past) != (earlier.last, earlier.past)
        print_message(
            "Cancelled too late: the refresh is recorded." if recorded else "Cancelled. The record is unchanged."
        )
        return ExitStatus.INTERRUPTED
    overview = workspace.overview()
    if args.json:
        shown: Refresh | None = outcome.refresh
        if shown is None:
            print_message(outcome.message)
            # The recorded refresh that makes a new one unnecessary.
            record = overview.record
            shown = record.past.get(past_key(choice.as_of)) if choice.as_of else record.last
        print_json(refresh_json(shown) if shown else None)
    else:
        print(outcome.message)
        if outcome.refresh is not None:
            _print_refresh(outcome.refresh, earlier, document_context(settings, overview))
    return ExitStatus.INCOMPLETE if outcome.refresh is not None and outcome.refresh.errors else ExitStatus.DONE


def _print_refresh(refresh: Refresh, earlier: Record, context: DocumentContext) -> None:
    print_document(refresh_document(refresh, context), urls=True)
    # A past refresh does not change the decision.
    if refresh.as_of is None:
        print(headline(context.overview))
        if changes := find_attention(earlier, context.overview).text:
            print(f"{changes}. Review with `pawtui walk`.")


@command(
    "probe",
    "pawtui probe low-churn.1",
    JSON,
    *SOURCE_OPTIONS,
    argument(
        "probe",
        complete="signals",
        metavar="SIGNAL[.N]",
        help="a signal of the tracker; .N selects one of its probes, numbered from 1",
    ),
    statuses=(ExitStatus.INCOMPLETE,),
)
def probe(args: argparse.Namespace, settings: Settings) -> int:
    """Try the probes of a signal and show details, without recording."""
    tracker = settings.tracker()
    probes = _find_probes(tracker, args.probe)
    choice = source_choice(args, settings)
    readings = asyncio.run(_measure_probes(settings, tracker, list(probes.values()), choice))
    if args.json:
        print_json([probe_result_json(name, reading) for name, reading in zip(probes, readings, strict=True)])
    elif not probes:
        print(f"Signal {args.probe!r} has no probes: its state is set by a verdict.")
    else:
        for (name, probe), reading in zip(probes.items(), readings, strict=True):
            print_document(probe_document(name, reading, probe.why), urls=True)
    # An attested probe waits for a verdict, and reads nothing.
    lacks_facts = any(reading.cause and reading.kind != "attested" for reading in readings)
    return ExitStatus.INCOMPLETE if lacks_facts else ExitStatus.DONE


def _find_probes(tracker: Tracker, typed: str) -> dict[str, Probe]:
    """Return the probes of a signal by name, such as `low-churn.1`; only one of them if `typed` has its number."""
    name, dot, number = typed.rpartition(".")
    if not dot or not number.isdigit():
        name, number = typed, ""
    signal = find_signal(tracker, name)
    probes = {f"{signal.id}.{index}": probe for index, probe in enumerate(signal.probes, start=1)}
    if not number:
        return probes
    chosen = f"{signal.id}.{number}"
    if chosen not in probes:
        raise WrongUsage(f"There is no probe {chosen}. Signal {signal.id!r} has {counted(len(probes), 'probe')}.")
    return {chosen: probes[chosen]}


async def _measure_probes(
    settings: Settings, tracker: Tracker, probes: list[Probe], choice: SourceChoice
) -> list[ProbeReading]:
    """Return the reading of each probe. Raises `SourceError`."""
    from pawtui.refresh.progress import WaitReporter
    from pawtui.refresh.refresh_run import try_probes

    web = settings.web()
    with RefreshProgressPrinter() as progress:
        waits = WaitReporter(progress, urlsplit(web).netloc, clock=settings.now)
        async with waits, settings.open_source(tracker, choice) as source:
            waits.watch(source)
            return await try_probes(tracker, source, probes, now=settings.now(), web=web, as_of=choice.as_of)


def _parse_step(text: str) -> int:
    """Return the days of a step, such as 7 for `1w`."""
    found = re.fullmatch(r"([0-9]{1,4})([dw])", text)
    if found is None or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is not a step. Give days or weeks, such as 3d or 1w.")
    return int(found[1]) * (7 if found[2] == "w" else 1)


@command(
    "backfill",
    "pawtui backfill --since 2026-06-01 --every 1w",
    JSON,
    source_option("git"),
    CLONES,
    argument("--since", type=parse_day, required=True, metavar="DATE", help="the first day to measure"),
    argument("--until", type=parse_day, metavar="DATE", help="the last day to measure (default: yesterday)"),
    argument(
        "--every",
        type=_parse_step,
        default="1w",
        metavar="STEP",
        help="days (3d) or weeks (1w) between two measured days (default: 1w)",
    ),
    flag("--force", "measure recorded days again"),
    QUIET,
    statuses=(ExitStatus.INCOMPLETE,),
)
def backfill(args: argparse.Namespace, settings: Settings) -> int:
    """Measure many past days, for a history before the first refresh.

    Measures the days one by one. Each is recorded immediately, so an interrupted run can continue later.
    """
    yesterday = settings.now().date() - dt.timedelta(days=1)
    until = min(args.until or yesterday, yesterday)
    if args.since > until:
        raise WrongUsage(f"The first day {args.since} is after the last day {until}. Give an earlier --since.")
    dates = day_ends(args.since, until, args.every)
    if len(dates) > MAX_DATES:
        raise WrongUsage(
            f"{len(dates):,} days exceed the limit of {MAX_DATES:,}. Use a later --since or a longer --every."
        )
    choice = source_choice(args, settings)._replace(as_of=dates[-1], refresh_count=len(dates))
    workspace = settings.workspace(choice)
    try:
        with RefreshProgressPrinter(quiet=args.quiet) as progress:
            outcome = asyncio.run(workspace.backfill(dates, progress, force=args.force))
    except KeyboardInterrupt:
        print_message("Cancelled. The measured days are recorded. Run the same command again to continue.")
        return ExitStatus.INTERRUPTED
    _print_backfill(outcome, as_json=args.json)
    return ExitStatus.INCOMPLETE if outcome.failed or outcome.incomplete else ExitStatus.DONE


def _print_backfill(outcome: BackfillOutcome, *, as_json: bool) -> None:
    if as_json:
        print_json(backfill_json(outcome))
        return
    days: dict[str, list[dt.date]] = {}
    for failure in (*outcome.incomplete, *outcome.failed):
        days.setdefault(failure.cause, []).append(failure.date)
    for cause, dates in days.items():
        when = f"{len(dates)} days from {dates[0]} to {dates[-1]}" if len(dates) > 1 else str(dates[0])
        print_message(f"{when}: {cause}")
    print(f"{outcome.message} `pawtui history --chart` shows all days.")
