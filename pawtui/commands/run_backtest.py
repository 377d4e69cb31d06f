"""The command that applies other thresholds to the measured past: backtest."""

import argparse
import asyncio
import datetime as dt
import math
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from pawtui.commands.command import JSON, WrongUsage, argument, command, flag
from pawtui.commands.output import print_document, print_json, print_message
from pawtui.refresh.backfill import day_ends
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.documents.backtest_document import backtest_document, sweep_document
from pawtui.report.measurement_json import backtest_json
from pawtui.review.backtest import backtest_thresholds, sweep, with_thresholds
from pawtui.settings import Settings
from pawtui.similar_names import did_you_mean
from pawtui.tracker.tracker_types import Tracker

_NAME, _NUMBER = r"([^=]*\.[^=]*)", r"(\d{1,9}(?:\.\d{1,6})?)"
# `KIND.KEY=VALUE`, and `KIND.KEY=LOW..HIGH:STEP`, whose step may be omitted.
_THRESHOLD = re.compile(f"{_NAME}={_NUMBER}")
_RANGE = re.compile(rf"{_NAME}={_NUMBER}\.\.{_NUMBER}(?::{_NUMBER})?")
# The values of a sweep: at most, and without a step.
_MAX_VALUES, _DEFAULT_VALUES = 200, 16
_DEMO_WEEKS = 26


def _parse_threshold(text: str) -> tuple[str, int | float]:
    found = _THRESHOLD.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a threshold. Give KIND.KEY=VALUE, such as churn.met=20.")
    return found[1], _number(found[2])


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _parse_sweep(text: str) -> tuple[str, list[int | float]]:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a range. Give KIND.KEY=LOW..HIGH, such as churn.met=5..80.")
    low, high = _number(found[2]), _number(found[3])
    step = (high - low) / (_DEFAULT_VALUES - 1)
    if found[4]:
        step = _number(found[4])
    elif isinstance(low, int) and isinstance(high, int):
        step = max(1, math.ceil(step))
    if low > high or step <= 0:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a range. LOW must not exceed HIGH, and STEP must be above 0."
        )
    # The tolerance is for sums of fractions, such as 0.1 + 0.2.
    count = int((high - low) / step + 1e-9) + 1
    if count > _MAX_VALUES:
        raise argparse.ArgumentTypeError(
            f"{text!r} has {count:,} values, and the limit is {_MAX_VALUES}. Give a larger step."
        )
    # `round` removes the error of a sum of fractions; a whole number stays whole.
    return found[1], [round(low + step * number, 6) for number in range(count)]


@command(
    "backtest",
    "pawtui backtest --demo --need low-churn --set subjects.met=20 --set names.met=1 --sweep churn.met=20..80:20",
    JSON,
    argument(
        "--set",
        action="append",
        default=[],
        type=_parse_threshold,
        metavar="KIND.KEY=VALUE",
        help="replace a threshold of all probes of a kind, such as churn.met=20; you may repeat it",
    ),
    argument("--soak", choices=("either", "both"), default="", help="replace `soak` of `[policy]` in the tracker"),
    argument("--need", metavar="SIGNAL,...", help="the signals that a go needs (default: all signals of the tracker)"),
    argument(
        "--sweep",
        type=_parse_sweep,
        metavar="KIND.KEY=LOW..HIGH[:STEP]",
        help="try each value of a threshold, such as churn.met=5..80",
    ),
    flag("--demo", "use the made-up past of the demo instead of your record"),
)
def backtest(args: argparse.Namespace, settings: Settings) -> None:
    """Show the decisions that other thresholds would have given, and the breaks that followed."""
    if args.demo:
        tracker, refreshes = _demo_past()
    else:
        tracker = settings.tracker()
        refreshes = settings.store(tracker).load().all_refreshes
    needed = _needed(args.need, tracker)
    tested = with_thresholds(tracker, dict(args.set), args.soak)
    if args.sweep:
        name, values = args.sweep
        results = sweep(tested, refreshes, needed, name, values)
        if args.json:
            print_json([backtest_json(backtest, value) for value, backtest in results.items()])
        else:
            print_document(sweep_document(name, results))
        return
    result = backtest_thresholds(tested, refreshes, needed, tracker)
    if args.json:
        print_json([backtest_json(result)])
    else:
        changes = [f"{name} = {value:g}" for name, value in args.set]
        changes += [f"soak = {args.soak}"] if args.soak else []
        print_document(backtest_document(result, changes))


def _demo_past() -> tuple[Tracker, tuple[Refresh, ...]]:
    """Return the tracker of the demo, and half a year of its past, one refresh per week."""
    from pawtui.demo.demo_workspace import demo_workspace

    with TemporaryDirectory(prefix="pawtui-demo-", ignore_cleanup_errors=True) as home:
        workspace = demo_workspace(Path(home), latency=0.0)
        until = workspace.clock().date() - dt.timedelta(days=1)
        dates = day_ends(until - dt.timedelta(weeks=_DEMO_WEEKS - 1), until, 7)
        print_message(f"Measuring {len(dates)} weeks of the demo's past.")
        asyncio.run(workspace.backfill(dates, lambda _progress: None))
        return workspace.tracker, workspace.store.load().all_refreshes


def _needed(option: str | None, tracker: Tracker) -> tuple[str, ...]:
    """Return the ids of the signals that a go needs. Raises `WrongUsage`."""
    known = [signal.id for signal in tracker.signals]
    if option is None:
        return tuple(known)
    needed = tuple(dict.fromkeys(name.strip() for name in option.split(",") if name.strip()))
    for name in needed:
        if name not in known:
            raise WrongUsage(f"The tracker has no signal {name!r}: {did_you_mean(name, known)}")
    if not needed:
        raise WrongUsage(f"--need names no signal. Give one of: {', '.join(known)}.")
    return needed
