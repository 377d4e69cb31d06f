"""The `pawtui` command: finds the command that was asked for, runs it, and turns what goes wrong into one sentence.

Every command imports what it needs when it runs, so that `pawtui status` starts without the screens, the network client
and the store's writer. argparse, not a nicer library: it costs a seventh of the time `status` may take; others more
than all of it.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from types import ModuleType, TracebackType
from typing import cast

WRONG_USAGE = 2
FAILED = 4
NEEDS_EVIDENCE = 5
INTERRUPTED = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. A bug is told by `told_as_bug` when run as the program."""
    if argv is None:
        sys.excepthook = told_as_bug
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal's encoding lacks is no reason to fail.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")
    # While modules are imported, and in commands that read once and end, there is no garbage worth looking for.
    gc.disable()
    try:
        try:
            short, status = _run(list(sys.argv[1:] if argv is None else argv))
        except SystemExit as stop:
            # argparse has said what is wrong, or printed the help that was asked for.
            short, status = False, stop.code if isinstance(stop.code, int) else WRONG_USAGE
        sys.stdout.flush()
        if short and argv is None:
            # Its memory goes back in one piece: to take it apart would take a tenth of the time it ran.
            sys.stderr.flush()
            os._exit(status)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read has gone. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except expected_errors() as error:
        print(f"pawtui: {error}", file=sys.stderr)
        return _status_of(error)
    except OSError as error:
        if not _about_stdout(error):
            raise
        return _unwritten(error)
    finally:
        gc.enable()
    return status


def _about_stdout(error: OSError) -> bool:
    """Whether it is what a full disk or a broken device answers; files that pawtui opens itself are named in theirs."""
    import errno

    return error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _unwritten(error: OSError) -> int:
    """The sentence for output that could not be written."""
    import contextlib

    # Python would fail once more when it closes stdout.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with contextlib.suppress(OSError):
        reason = (error.strerror or "no reason given").lower()
        print(f"pawtui: The output could not be written ({reason}): send it somewhere else.", file=sys.stderr)
    return FAILED


def _run(words: list[str]) -> tuple[bool, int]:
    """Whether it was a short command, and its exit status."""
    _import_msgspec()
    from pathlib import Path

    from pawtui.commands import parser
    from pawtui.settings import Settings

    name, rest = parser.split(words)
    if name not in parser.COMMAND_MODULES:
        return False, _unknown(name, list(parser.COMMAND_MODULES))
    if not name and any(word in ("-h", "--help", "--version") for word in rest):
        parser.whole_parser().parse_args(rest)
    command = parser.command_named(name)
    args = parser.parse(command, rest)
    if not command.short:
        gc.enable()
    settings = Settings(tracker=args.tracker, home=args.home, env=os.environ, folder=Path.cwd())
    return command.short, command.run(args, settings)


def _import_msgspec() -> None:
    """msgspec without typing_extensions, which it prefers where it is installed, at as much time again as its own.

    Since Python 3.11 `typing` has all that msgspec asks of either. None in `sys.modules` is the import system's own
    way to say that a module is not there; it is gone again before anything else runs.
    """
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    hidden = "typing_extensions" not in modules
    if hidden:
        modules["typing_extensions"] = None
    try:
        import msgspec  # noqa: F401
    finally:
        if hidden:
            del modules["typing_extensions"]


def _unknown(name: str, known: list[str]) -> int:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1, cutoff=0.65)
    hint = f"did you mean {close[0]!r}?" if close else "`pawtui --help` lists them."
    print(f"pawtui: there is no command {name!r}: {hint}", file=sys.stderr)
    return WRONG_USAGE


def expected_errors() -> tuple[type[Exception], ...]:
    """What can go wrong without a bug: looked up only once something has."""
    from pawtui.commands.command import WrongUsage
    from pawtui.refresh.pins import PinError
    from pawtui.review.actions import ActionError
    from pawtui.sources.source_errors import SourceError
    from pawtui.store.store_errors import StoreError
    from pawtui.tracker.reader import TrackerError

    return WrongUsage, TrackerError, ActionError, PinError, SourceError, StoreError


def _status_of(error: Exception) -> int:
    """4 where the record or the forge could not be had, or somebody was faster; 5 for missing evidence; 2 where it was
    asked for wrongly."""
    from pawtui.review.actions import NeedsEvidence
    from pawtui.review.undo import Overtaken
    from pawtui.sources.source_errors import SourceError
    from pawtui.store.store_errors import StoreError

    if isinstance(error, NeedsEvidence):
        return NEEDS_EVIDENCE
    return FAILED if isinstance(error, SourceError | StoreError | Overtaken) else WRONG_USAGE


def told_as_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A bug in one sentence, and how to report it; all of it, tokens masked, where PAWTUI_DEBUG=1 asks for it."""
    from traceback import format_exception

    from pawtui import __version__
    from pawtui.redact import redact, tokens_in

    tokens = tokens_in(os.environ)
    if os.environ.get("PAWTUI_DEBUG") == "1":
        sys.stderr.write(redact("".join(format_exception(kind, error, trace)), tokens))
    summary = redact(f"{kind.__name__}: {error}" if str(error) else kind.__name__, tokens)
    print(
        f"pawtui {__version__} ran into a bug ({' '.join(summary.split())[:300]}). Please report it with what you "
        "did and what the same command prints with PAWTUI_DEBUG=1.",
        file=sys.stderr,
    )
