"""Commands that read: status, check, history, diff, log, notes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pawtui.commands.command import (
    Command,
    WrongUsage,
    json_option,
    overview_of,
    print_json,
    say,
    terminal_width,
)
from pawtui.commands.exit_status import ExitStatus

if TYPE_CHECKING:
    import argparse
    import datetime as dt
    from collections.abc import Sequence

    from pawtui.refresh.model import Refresh
    from pawtui.settings import Settings


def status(args: argparse.Namespace, settings: Settings) -> int:
    """The four panes as text."""
    from pawtui.report.plain import status_text
    from pawtui.settings import utc_now

    seen = overview_of(settings)
    if args.json:
        from pawtui.report.as_json import status_json

        print_json(status_json(seen, settings.tracker_path()))
    else:
        sys.stdout.write(status_text(seen, utc_now(), terminal_width()))
        if found := settings.found_tracker():
            print(f"\nTracker file: {found} (found here or above; --tracker chooses another)")
    return ExitStatus.DONE


def _check_options(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "--max-age",
        type=_age,
        default="8d",
        metavar="AGE",
        help="how old the last refresh may be: a number with m, h, d or w (default 8d)",
    )


def _age(text: str) -> dt.timedelta:
    import argparse
    import datetime as dt

    units = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    try:
        age = dt.timedelta(**{units[text[-1:]]: float(text[:-1])})
    except (KeyError, ValueError, OverflowError):
        age = dt.timedelta()
    if age <= dt.timedelta():
        raise argparse.ArgumentTypeError(f"{text!r} is no age: give a number with m, h, d or w, such as 8d")
    return age


def check(args: argparse.Namespace, settings: Settings) -> int:
    """The decision as an exit status, for a workflow."""
    from pawtui.moments import is_in_future
    from pawtui.report.plain import headline
    from pawtui.report.words import ago, moment
    from pawtui.settings import utc_now

    seen, now = overview_of(settings), utc_now()
    if seen.last is not None and is_in_future(seen.last.at, now):
        code = ExitStatus.TOO_OLD
        summary = (
            f"The last refresh is dated {moment(seen.last.at)}, which is in the future, so its age is unknown. "
            "Check the clock, then run `pawtui refresh`."
        )
    elif seen.last is None or now - seen.last.at > args.max_age:
        code = ExitStatus.TOO_OLD
        summary = f"last refreshed {ago(seen.last.at, now)}" if seen.last else "no refresh is on record"
        summary = f"Too old to decide by: {summary}. Run `pawtui refresh`."
    else:
        code = {"go": ExitStatus.DONE, "hold": ExitStatus.HOLD, "no-go": ExitStatus.NO_GO}[seen.decision]
        summary = headline(seen)
    if args.json:
        from pawtui.report.as_json import status_json

        print_json({"check": {"status": code, "said": summary}, **status_json(seen, settings.tracker_path())})
    else:
        reasons = seen.reasons if code != ExitStatus.TOO_OLD else ()
        lines = [summary, *(f"  - {' '.join(reason.split())}" for reason in reasons)]
        print("\n".join(lines))
    return code


def history(args: argparse.Namespace, settings: Settings) -> int:
    """Every refresh, newest first (as JSON: oldest first)."""
    seen = overview_of(settings)
    if args.json:
        from pawtui.report.as_json import refresh_json

        print_json([{**refresh_json(one), "decision": one.decision} for one in seen.record.refreshes])
    else:
        from pawtui.report.plain import history_text

        sys.stdout.write(history_text(seen, terminal_width()))
    return ExitStatus.DONE


def _diff_options(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    what = (
        "a refresh: its id, its day or minute (2026-11-20, 2026-11-20T14:02), the start of its upstream SHA, "
        "`last` or `previous`"
    )
    parser.add_argument("first", nargs="?", default="previous", metavar="A", help=f"{what} (default previous)")
    parser.add_argument("second", nargs="?", default="last", metavar="B", help="another one (default last)")


def find_refreshes(refreshes: Sequence[Refresh], named: str) -> list[Refresh]:
    """The refreshes that a person may mean, oldest first: by id, day, minute, upstream SHA, `last` or `previous`.

    Raises `WrongUsage` where there is none.
    """
    if named in ("last", "previous"):
        return [refreshes[-1 if named == "last" else -2]]
    found = [
        refresh
        for refresh in refreshes
        if refresh.id == named
        or named.replace(" ", "T").removesuffix("Z") in (f"{refresh.at:%Y-%m-%d}", f"{refresh.at:%Y-%m-%dT%H:%M}")
        or (len(named) >= 7 and refresh.upstream.sha.startswith(named.lower()))
    ]
    if not found:
        raise WrongUsage(f"No refresh is called {named!r}: `pawtui history` lists their days and SHAs.")
    return found


def chosen_pair(refreshes: Sequence[Refresh], names: tuple[str, str]) -> tuple[Refresh, Refresh]:
    """The two refreshes to compare, and on stderr which of several was taken.

    The last of a day is the one that counted; where that would be compared with itself, the first one is.
    """
    from pawtui.report.words import counted, moment

    firsts, seconds = (find_refreshes(refreshes, named) for named in names)
    second = seconds[-1]
    first = firsts[-1] if firsts[-1] is not second else firsts[0]
    for named, found, taken in ((names[0], firsts, first), (names[1], seconds, second)):
        if len(found) > 1:
            which = "last" if taken is found[-1] else "first"
            many = counted(len(found), "refresh is", "refreshes are")
            say(f"{many} called {named}: the {which} is taken, of {moment(taken.at)}.")
    return first, second


def diff(args: argparse.Namespace, settings: Settings) -> int:
    """What changed between two refreshes, and why."""
    from pawtui.report.difference import difference
    from pawtui.report.words import moment

    seen = overview_of(settings)
    refreshes = seen.record.refreshes
    if len(refreshes) < 2:
        for named in (args.first, args.second) if refreshes else ():
            if named != "previous":
                find_refreshes(refreshes, named)
        known = "Only one refresh is" if refreshes else "No refresh is"
        say(f"{known} on record, so there is nothing to compare yet: run `pawtui refresh`.")
        if args.json:
            print_json(None)
        return ExitStatus.DONE
    first, second = chosen_pair(refreshes, (args.first, args.second))
    if first is second:
        say(f"Both are the refresh of {moment(first.at)}, so nothing differs.")
    change = difference(seen.tracker, seen.record, first, second)
    if args.json:
        from pawtui.report.as_json import difference_json

        print_json(difference_json(change))
    elif first is not second:
        from pawtui.report.plain_difference import difference_text

        sys.stdout.write(difference_text(change))
    return ExitStatus.DONE


def notes(args: argparse.Namespace, settings: Settings) -> int:
    """Every note with its id, newest first (as JSON: oldest first)."""
    seen = overview_of(settings)
    if args.json:
        from pawtui.report.as_json import notes_json

        print_json(notes_json(seen))
    else:
        from pawtui.report.plain import notes_text

        sys.stdout.write(notes_text(seen))
    return ExitStatus.DONE


def log(args: argparse.Namespace, settings: Settings) -> int:
    """What people did, newest first (as JSON: oldest first, with both states)."""
    seen = overview_of(settings)
    if args.json:
        from pawtui.report.as_json import log_json

        print_json(log_json(seen.record.log))
    else:
        from pawtui.report.plain import log_text

        sys.stdout.write(log_text(seen.record.log, terminal_width()))
    return ExitStatus.DONE


COMMANDS = (
    Command("status", "show where both sides stand, signals, gates and history", "pawtui status", json_option, status),
    Command("check", "give the decision as exit status, for CI", "pawtui check --max-age 8d", _check_options, check),
    Command("history", "list every refresh", "pawtui history --json", json_option, history),
    Command("diff", "compare two refreshes", "pawtui diff 2026-11-13 last", _diff_options, diff),
    Command("log", "list what people changed", "pawtui log", json_option, log),
    Command("notes", "list every note with its id", "pawtui notes", json_option, notes),
)
