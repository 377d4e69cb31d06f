"""The command that replays session databases: replay."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pawtui.commands.command import Command, WrongUsage, json_option, print_document, say, say_notices, terminal_width
from pawtui.commands.exit_status import ExitStatus
from pawtui.terminal import show_progress, write_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pawtui.replay.generation import Generation
    from pawtui.replay.run import Progress, Result
    from pawtui.replay.schema import Schema
    from pawtui.report.replay_evidence import GateEvidence
    from pawtui.review.actions import Actor
    from pawtui.review.model import Change, Record
    from pawtui.settings import Settings
    from pawtui.tracker.model import Tracker

_TEXT_ROWS, _MARKDOWN_ROWS = 12, 50


def _options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Read session databases, map every part onto the upstream's events, map the events back, and count what is "
        "lost. The databases are only read. The report has counts and ids, never the text of a session."
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a session database, an exported session, or a folder"
    )
    parser.add_argument(
        "--schema",
        default="",
        metavar="FILE|PIN",
        help="the upstream's OpenAPI document, as a file or as a pin such as up:packages/sdk/openapi.json",
    )
    parser.add_argument(
        "--generation", default="", metavar="NAME", help="the mapping (default: the newest that fits the schema)"
    )
    parser.add_argument("--jobs", type=_jobs, default=None, metavar="N", help="processes for a large database")
    output = parser.add_mutually_exclusive_group()
    json_option(output)  # type: ignore[arg-type]
    output.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--quiet", action="store_true", help="print no progress")
    parser.add_argument(
        "--attach",
        action="store_true",
        help="write the result as a note on each gate that names a replay, and tick the parts that it proves",
    )
    parser.add_argument(
        "--fail-on",
        choices=("lost", "changed"),
        metavar="RESULT",
        help="exit with status 9 if a part is lost, or (changed) lost or changed",
    )


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes: give 1 to 64")
    return int(text)


def replay(args: argparse.Namespace, settings: Settings) -> int:
    """Replay sources, print the report, and attach it to the gates if asked to."""
    from pawtui.replay.generation import find_generation
    from pawtui.replay.run import choose_generation
    from pawtui.replay.run import replay as replay_sources

    schema = _schema(args.schema, settings) if args.schema else None
    generation: Generation = find_generation(args.generation) if args.generation else choose_generation(schema)
    progress = _ReplayProgress(quiet=args.quiet)
    try:
        result = replay_sources(
            args.paths,
            generation,
            schema=schema,
            report=progress,
            jobs=args.jobs if args.jobs is not None else (os.cpu_count() or 1),
        )
    finally:
        progress.clear()
    _print(args, result)
    if args.attach:
        _attach(result, settings, args.schema)
    return _status(args.fail_on, result)


def _schema(given: str, settings: Settings) -> Schema:
    from pawtui.replay.schema import Schema

    path = Path(given)
    if path.exists():
        try:
            return Schema(path.read_bytes(), path.name)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise WrongUsage(
                f"Cannot read the schema {given}: {reason}. Check the path and its permissions."
            ) from error
    data, pin = _pinned_schema(given, settings)
    return Schema(data, pin)


def _pinned_schema(given: str, settings: Settings) -> tuple[bytes, str]:
    """Return a file at a commit, and its pin. Raises `WrongUsage`, `SourceError`."""
    import asyncio

    from pawtui.refresh.pins import PinError, parse_pin
    from pawtui.review.actions import heads_of

    workspace = settings.workspace()
    try:
        pin = parse_pin(given, heads_of(workspace.store.load()))
    except PinError as error:
        raise WrongUsage(f"There is no file {given}, and it is not a pin to one. {error}") from error
    if pin.kind != "file":
        raise WrongUsage(f"{given} is not a pin to a file: give one such as up:packages/sdk/openapi.json.")

    async def fetch() -> bytes:
        async with workspace.open_source() as source:
            tree = await source.tree(pin.repo, pin.sha)
            entry = tree.entries.get(pin.path)
            if entry is None:
                raise WrongUsage(f"There is no {pin.path} at {pin.sha[:10]} of {pin.repo}: check the path.")
            return await source.blob(pin.repo, entry.sha)

    return asyncio.run(fetch()), str(pin)


def _print(args: argparse.Namespace, result: Result) -> None:
    if args.json:
        from pawtui.report.replay_json import write_replay

        write_replay(result, sys.stdout.write)
        return
    from pawtui.report.documents.replay_document import replay_document

    if args.markdown:
        from pawtui.report.markdown_text import markdown_text

        write_markdown(markdown_text(replay_document(result, most_rows=_MARKDOWN_ROWS)))
    else:
        most = _TEXT_ROWS if terminal_width() is not None else None
        print_document(replay_document(result, most_rows=most))


def _attach(result: Result, settings: Settings, schema: str) -> None:
    """Write the result on every gate of the tracker that names a replay. Raises `WrongUsage` if none does."""
    from pawtui.report.replay_evidence import gate_evidence
    from pawtui.report.words import headline

    workspace = settings.workspace()
    gates = [gate for gate in workspace.tracker.gates if gate.replay]
    if not gates:
        raise WrongUsage('No gate of the tracker names a replay: add replay = "semantics" or "checks" to a gate.')
    is_pin = bool(schema) and not Path(schema).exists()
    pins = [result.schema.path] if is_pin and result.schema is not None else []
    for gate in gates:
        if gate.replay:
            found = gate_evidence(result, gate, gate.replay)
            make = partial(_attached, workspace.tracker, gate.id, found, pins)
            seen = workspace.commit(make)
            say(f"{workspace.user} {seen.record.log[-1].summary}. {headline(seen)}.")
    say_notices(workspace.store)


def _attached(
    tracker: Tracker, gate_id: str, found: GateEvidence, pins: Sequence[str], record: Record, actor: Actor
) -> Change:
    from pawtui.review.actions import attach_evidence

    return attach_evidence(record, tracker, gate_id, found.text, actor, parts=found.proven, pins=pins)


def _status(fail_on: str | None, result: Result) -> ExitStatus:
    from pawtui.replay import queries

    total = queries.total(result)
    if (fail_on and total.lost) or (fail_on == "changed" and (total.changed or total.fields or total.unstated)):
        return ExitStatus.LOSSES
    return ExitStatus.DONE if result.complete else ExitStatus.INCOMPLETE


class _ReplayProgress:
    """Shows how far a replay is: on a terminal one line that is overwritten, elsewhere a line every ten seconds."""

    _TERMINAL_SECONDS, _LINE_SECONDS = 0.1, 10.0

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._overwrites = sys.stderr.isatty()
        self._next = time.monotonic() + (0 if self._overwrites else self._LINE_SECONDS)

    def __call__(self, step: Progress) -> None:
        """Show a step, unless the last one was shown a moment ago."""
        now = time.monotonic()
        if self._quiet or now < self._next:
            return
        self._next = now + (self._TERMINAL_SECONDS if self._overwrites else self._LINE_SECONDS)
        of = f" of {step.of:,}" if step.of else ""
        text = f"{step.path.name}: {step.sessions:,}{of} sessions, {step.parts:,} parts (Ctrl+C cancels)"
        if self._overwrites:
            show_progress(text[: shutil.get_terminal_size().columns - 2])
        else:
            say(text)

    def clear(self) -> None:
        """Remove the line."""
        if self._overwrites and not self._quiet:
            show_progress("")


COMMANDS = (
    Command(
        "replay",
        "count what a migration would lose of recorded sessions",
        "pawtui replay sessions.db --schema openapi.json",
        _options,
        replay,
        statuses=(ExitStatus.INCOMPLETE, ExitStatus.LOSSES),
    ),
)
