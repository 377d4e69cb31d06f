"""Commands that look at the forge: refresh, probe."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pawtui.commands.command import Command, WrongUsage, json_option, print_json, say, say_notices
from pawtui.commands.exit_status import ExitStatus
from pawtui.terminal import show_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pawtui.probes.reading import ProbeReading
    from pawtui.refresh.model import Refresh
    from pawtui.refresh.progress import Progress
    from pawtui.settings import Settings
    from pawtui.tracker.model import Probe, Signal, Tracker


def _refresh_options(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument("--force", action="store_true", help="measure and record even where nothing moved")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")


def _progress(quiet: bool) -> Callable[[Progress], None]:
    """Progress for stderr: one line that is written over on a terminal, a line a step elsewhere."""
    from pawtui.report.plain import fit

    def silent(_step: Progress) -> None:
        return

    def line(step: Progress) -> None:
        say(_step_said(step))

    def over(step: Progress) -> None:
        show_progress("" if step.done == step.total else fit(_step_said(step), 78))

    if quiet:
        return silent
    return over if sys.stderr.isatty() else line


def _step_said(step: Progress) -> str:
    return f"[{step.done}/{step.total}] {' '.join(step.message.split())} ({step.sent} requests)"


def refresh(args: argparse.Namespace, settings: Settings) -> int:
    """Measure and record. Interrupted, it leaves the record as it was."""
    import asyncio

    workspace = settings.workspace()
    before = workspace.store.load().last
    try:
        outcome = asyncio.run(workspace.refresh(_progress(args.quiet), force=args.force))
    except KeyboardInterrupt:
        _say_cancelled(recorded=workspace.store.load().last != before)
        return ExitStatus.INTERRUPTED
    say_notices(workspace.store)
    seen = workspace.overview()
    found: Refresh | None = outcome.refresh or seen.last
    if args.json:
        from pawtui.report.as_json import refresh_json

        if outcome.refresh is None:
            say(outcome.message)
        print_json(refresh_json(found) if found else None)
    elif outcome.refresh is None:
        print(outcome.message)
    else:
        from pawtui.report.plain import headline, refresh_text

        sys.stdout.write(refresh_text(outcome.refresh, outcome.message) + headline(seen) + "\n")
    return ExitStatus.INCOMPLETE if outcome.refresh is not None and outcome.refresh.errors else ExitStatus.DONE


def _say_cancelled(*, recorded: bool) -> None:
    if sys.stderr.isatty():
        show_progress("")
    say("Cancelled too late: the refresh is on record." if recorded else "Cancelled: the record is as it was.")


def _probe_options(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "probe", metavar="SIGNAL[.N]", help="a signal of the tracker; .N is one of its probes, counted from 1"
    )


def _chosen(tracker: Tracker, named: str) -> tuple[Signal, list[tuple[int, Probe]]]:
    from pawtui.review.actions import find_signal

    name, dot, number = named.rpartition(".")
    if not dot or not number.isdigit():
        name, number = named, ""
    signal = find_signal(tracker, name)
    numbered = list(enumerate(signal.probes, start=1))
    if not number:
        return signal, numbered
    found = [(index, probe) for index, probe in numbered if index == int(number)]
    if not found:
        raise WrongUsage(f"Signal {name!r} has {len(numbered)} probes, counted from 1: there is no {named!r}.")
    return signal, found


async def _readings(settings: Settings, tracker: Tracker, probes: list[Probe]) -> list[ProbeReading]:
    from pawtui.refresh.trial import try_probes
    from pawtui.settings import utc_now

    async with settings.open_source() as source:
        return await try_probes(tracker, source, probes, now=utc_now(), web=settings.web())


def probe(args: argparse.Namespace, settings: Settings) -> int:
    """Measure one signal's probes and show the working; nothing is recorded."""
    import asyncio

    import msgspec

    tracker = settings.tracker()
    signal, chosen = _chosen(tracker, args.probe)
    readings = asyncio.run(_readings(settings, tracker, [one for _, one in chosen]))
    if args.json:
        print_json(
            [
                {"probe": f"{signal.id}.{number}", **msgspec.to_builtins(reading)}
                for (number, _), reading in zip(chosen, readings, strict=True)
            ]
        )
    else:
        blocks = (
            # A title or a reason of the tracker may hold line ends: no part of it may look like a line of its own.
            "\n".join(" ".join(line.splitlines()) for line in _working(f"{signal.id}.{number}", one, reading))
            for (number, one), reading in zip(chosen, readings, strict=True)
        )
        print("\n\n".join(blocks) or f"Signal {signal.id!r} has no probes: only a verdict counts.")
    return ExitStatus.INCOMPLETE if any(reading.cause for reading in readings) else ExitStatus.DONE


def _working(name: str, asked: Probe, reading: ProbeReading) -> Iterator[str]:
    import json

    import msgspec

    from pawtui.report.words import STATE_GLYPH

    yield f"{name}  {reading.kind}  {STATE_GLYPH[reading.state]} {reading.state}: {reading.summary}"
    yield f"  rule      {reading.rule}"
    if asked.why:
        yield f"  because   {asked.why}"
    if reading.cause:
        yield f"  cause     {reading.cause}"
    facts = msgspec.to_builtins(reading.facts) if reading.facts is not None else {}
    for key, value in facts.items():
        yield f"  fact      {key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
    for evidence in reading.evidence:
        yield f"  evidence  {evidence.text}" + (f"  {evidence.url}" if evidence.url else "")
    for gap in reading.gaps:
        yield f"  not seen  {gap}"


COMMANDS = (
    Command("refresh", "measure both repositories and record it", "pawtui refresh --json", _refresh_options, refresh),
    Command(
        "probe",
        "try a signal's probes and show the working, recording nothing",
        "pawtui probe low-churn.1",
        _probe_options,
        probe,
    ),
)
