"""Commands that show the record: status, check, history, diff, log, notes, export."""

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

from pawtui.commands.command import JSON, WrongUsage, argument, command, flag
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import (
    document_context,
    json_text,
    load_overview,
    print_document,
    print_json,
    print_message,
    write_text,
)
from pawtui.moments import day_text, is_in_future, minute_text, moment_text
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.change_json import difference_json, log_json
from pawtui.report.document import Block, Document, Paragraph
from pawtui.report.documents.difference_document import difference_document
from pawtui.report.documents.document_parts import reason_blocks
from pawtui.report.documents.record_documents import NO_REFRESH, history_document, log_document, notes_document
from pawtui.report.documents.status_document import status_document
from pawtui.report.refresh_difference import compare_refreshes
from pawtui.report.status_json import check_json, export_json, history_json, status_json
from pawtui.report.words import ago, headline
from pawtui.settings import Settings


@command("status", "pawtui status", JSON)
def status(args: argparse.Namespace, settings: Settings) -> None:
    """Show the decision, the signals, the gates and the history."""
    if args.json:
        print_json(status_json(load_overview(settings), settings.tracker_path()))
    else:
        print_status(settings)


def print_status(settings: Settings) -> None:
    """Print the status as text, and how to select or write another tracker."""
    overview = load_overview(settings)
    print_document(status_document(document_context(settings, overview)))
    if found := settings.found_tracker_path():
        print(f"\nTracker file: {found} (--tracker selects another)")
    elif overview.last is None and settings.tracker_path() is None:
        print("\nThis is the built-in tracker. For other projects, write one with `pawtui init --small`.")


_UNIT_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def _parse_age(text: str) -> dt.timedelta:
    try:
        age = dt.timedelta(seconds=_UNIT_SECONDS[text[-1:]] * float(text[:-1]))
    except (KeyError, ValueError, OverflowError):
        age = dt.timedelta()  # Refused below.
    if age <= dt.timedelta():
        raise argparse.ArgumentTypeError(f"{text!r} is not an age. Give one such as 90m, 12h, 8d or 2w.")
    return age


@command(
    "check",
    "pawtui check --max-age 8d",
    JSON,
    argument(
        "--max-age",
        type=_parse_age,
        default="8d",
        metavar="AGE",
        help="the maximum age of the last refresh, such as 90m, 12h, 8d or 2w (default: 8d)",
    ),
    statuses=(ExitStatus.HOLD, ExitStatus.NO_GO, ExitStatus.NO_RECENT_REFRESH),
)
def check(args: argparse.Namespace, settings: Settings) -> int:
    """Exit with the status of the decision, for CI."""
    overview, now = load_overview(settings), settings.now()
    last, exit_status = overview.last, ExitStatus.NO_RECENT_REFRESH
    reasons: list[Block] = []
    if last is None:
        summary = NO_REFRESH
    elif is_in_future(last.at, now):
        problem = f"The age of the last refresh is unknown: its date is in the future ({moment_text(last.at)})."
        summary = f"{problem} Check the clock, then run `pawtui refresh`."
    elif now - last.at > args.max_age:
        summary = f"The last refresh is too old ({ago(last.at, now)}). Run `pawtui refresh`."
    else:
        exit_status = {"go": ExitStatus.DONE, "hold": ExitStatus.HOLD, "no-go": ExitStatus.NO_GO}[overview.decision]
        summary, reasons = headline(overview), reason_blocks(overview)
    if args.json:
        print_json(check_json(overview, exit_status, summary, settings.tracker_path()))
    else:
        print_document(Document("check", "check", blocks=[Paragraph(summary), *reasons]))
    return exit_status


@command(
    "history",
    "pawtui history --json",
    JSON,
    flag("--past", "list the past days that were measured with --as-of or backfill"),
    flag("--chart", "show all signals by week, past days too, with releases and breaks"),
)
def history(args: argparse.Namespace, settings: Settings) -> None:
    """List the refreshes, or the measured past days. Newest first (JSON: oldest first)."""
    if args.chart and (args.past or args.json):
        raise WrongUsage("--chart shows all days, as text. Use it without --past and --json.")
    overview = load_overview(settings)
    if args.chart:
        from pawtui.report.documents.timeline_document import timeline_document

        print_document(timeline_document(overview))
    elif args.json:
        print_json(history_json(overview.record.past_refreshes if args.past else overview.record.refreshes))
    else:
        print_document(history_document(overview, past=args.past))


@command(
    "diff",
    "pawtui diff 2026-11-13 last",
    JSON,
    argument(
        "first",
        nargs="?",
        default="previous",
        metavar="A",
        help="a refresh: id, day (the last refresh of that day), minute (2026-11-20T14:02), start of the upstream SHA, "
        "`last` or `previous` (default: previous)",
    ),
    argument(
        "second",
        nargs="?",
        default="last",
        metavar="B",
        help="the refresh to compare A with (default: last)",
    ),
)
def diff(args: argparse.Namespace, settings: Settings) -> None:
    """Compare two refreshes."""
    overview = load_overview(settings)
    refreshes = overview.record.all_refreshes
    names = (args.first, args.second) if refreshes else ("previous", "last")
    first, second = (_find_refresh(refreshes, name) for name in names)
    if first is None or second is None or len(refreshes) < 2:
        print_message("A comparison needs two refreshes. Run `pawtui refresh`, or give two past days.")
        if args.json:
            print_json(None)
        return
    if first is second:
        print_message(
            f"Both names mean the refresh of {moment_text(first.moment)}. A day means the last refresh of that day. "
            "`pawtui history` lists all refreshes with their minutes."
        )
    difference = compare_refreshes(overview.tracker, overview.record, first, second)
    if args.json:
        print_json(difference_json(difference))
    elif first is not second:
        print(f"From {moment_text(difference.first.moment)} to {moment_text(difference.second.moment)}")
        print_document(difference_document(difference, document_context(settings, overview)), urls=True)


def _find_refresh(refreshes: Sequence[Refresh], name: str) -> Refresh | None:
    """Return the last refresh that has a name; None if there is no `last` or `previous` one.

    A name is an id, a day, a minute, the start of an upstream SHA, `last` or `previous`. Raises `WrongUsage` if another
    name has no refresh.
    """
    # A past day that was measured later is neither the last nor the previous refresh.
    ordinary = [refresh for refresh in refreshes if refresh.as_of is None]
    if name in ("last", "previous"):
        # The ids are in the order of the record, also if the clock was set back.
        recorded = sorted(ordinary, key=lambda refresh: refresh.id)
        place = 1 if name == "last" else 2
        return recorded[-place] if len(recorded) >= place else None
    # A day means the refresh that was reviewed, not the measurement of its end that `backfill` added.
    for among in (ordinary, refreshes):
        if matching := [refresh for refresh in among if _has_name(refresh, name)]:
            return matching[-1]
    raise WrongUsage(f"There is no refresh {name!r}. `pawtui history` lists all days and SHAs.")


def _has_name(refresh: Refresh, name: str) -> bool:
    """Return whether a name is the id, the day, the minute or the start of the upstream SHA (7 digits) of a refresh."""
    if len(name) >= 7 and refresh.upstream.sha.startswith(name.lower()):
        return True
    typed = name.replace("T", " ").removesuffix("Z")
    return refresh.id == name or typed in (day_text(refresh.moment), minute_text(refresh.moment))


@command("notes", "pawtui notes", JSON)
def notes(args: argparse.Namespace, settings: Settings) -> None:
    """List all notes with their ids. Newest first (JSON: oldest first)."""
    overview = load_overview(settings)
    if args.json:
        print_json(list(overview.record.notes.values()))
    else:
        # The address of a pin is on one line, so that it can be copied.
        print_document(notes_document(document_context(settings, overview)), urls=True)


@command("log", "pawtui log", JSON)
def log(args: argparse.Namespace, settings: Settings) -> None:
    """List all changes, with author and time.

    Newest first, with undone changes folded (JSON: oldest first, with both states).
    """
    overview = load_overview(settings)
    if args.json:
        print_json(log_json(overview.record.log))
    else:
        print_document(log_document(overview.record.log))


@command(
    "export",
    "pawtui export -o summary.md",
    argument(
        "-o",
        "--output",
        complete="files",
        metavar="FILE",
        help="the file to write or replace, or - for stdout (default: stdout)",
    ),
    argument(
        "--format",
        choices=("markdown", "json"),
        help="markdown: the summary; json: all data (default: json if FILE ends in .json)",
    ),
    argument("--json", action="store_const", const="json", dest="format", help="the same as --format json"),
)
def export(args: argparse.Namespace, settings: Settings) -> None:
    """Write the summary as Markdown, or all data as JSON."""
    from pawtui.report.documents.summary_document import summary_document
    from pawtui.report.markdown_text import markdown_text
    from pawtui.terminal import write_markdown

    output = Path(args.output) if args.output not in (None, "", "-") else None
    overview = load_overview(settings)
    default = "json" if output is not None and output.suffix == ".json" else "markdown"
    as_json = (args.format or default) == "json"
    if as_json:
        text = json_text(export_json(overview, now=settings.now()))
    else:
        text = markdown_text(summary_document(document_context(settings, overview)))
    if output is not None:
        write_text(output, text)
        print_message(f"Wrote {output}.")
    elif as_json:
        sys.stdout.write(text)
    else:
        write_markdown(text)
