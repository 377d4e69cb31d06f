"""The `pawtui` program: find the command, run it, and print an expected error as a message.

Each command imports its modules when it runs: `pawtui status` starts without Textual and httpx.
"""

import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from pawtui.commands import parser
from pawtui.commands.command import WrongUsage
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import print_notices
from pawtui.errors import PawtuiError, os_reason
from pawtui.settings import Settings
from pawtui.terminal import safe_output

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (see `ExitStatus`)."""
    if argv is None:
        sys.excepthook = report_bug
    _prepare_streams()
    with safe_output():
        return _run_and_report_errors(argv)


def _prepare_streams() -> None:
    """Open the streams that are closed, such as by `<&-`, and accept every character in all of them.

    Bytes from stdin that are not UTF-8 become surrogates, which `checked_text` refuses with a message. `?` is printed
    for a character that the encoding of the terminal does not have.
    """
    for name, mode, errors in (
        ("stdin", "r", "surrogateescape"),
        ("stdout", "w", "replace"),
        ("stderr", "w", "replace"),
    ):
        # Python has None instead of a closed stream.
        stream = getattr(sys, name) or Path(os.devnull).open(mode)  # noqa: SIM115 - open until the end
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors=errors)
        setattr(sys, name, stream)


def _run_and_report_errors(argv: Sequence[str] | None) -> int:
    """Run the command and return its exit status. An expected error is printed; a bug is raised."""
    try:
        try:
            status = _run_command(list(sys.argv[1:] if argv is None else argv))
        except SystemExit as stop:
            # argparse has printed the mistake or the help.
            status = stop.code if isinstance(stop.code, int) else ExitStatus.WRONG_USAGE
        sys.stdout.flush()
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            # The terminal shows ^C: the prompt of the shell begins on a new line.
            print(file=sys.stderr)
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return ExitStatus.BROKEN_PIPE
    except PawtuiError as error:
        print(f"pawtui: {error}", file=sys.stderr)
        return _status_of(error)
    except OSError as error:
        # An error of stdout has no file name; one of a file that pawtui opens has one.
        if error.filename is not None or error.errno not in _UNWRITABLE:
            raise
        _discard_stdout()
        with contextlib.suppress(OSError):
            reason = os_reason(error)
            print(f"pawtui: Cannot write the output: {reason}. Redirect it to another file or device.", file=sys.stderr)
        return ExitStatus.FAILED
    return status


def _discard_stdout() -> None:
    """Discard the rest of the output: Python would fail again when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run_command(arguments: list[str]) -> int:
    name, rest = parser.split_command(arguments)
    if name not in parser.COMMAND_MODULES:
        raise _unknown_command(name, arguments)
    if not name and any(word in ("-h", "--help", "--version") for word in rest):
        # Prints the help or the version, and exits.
        parser.full_parser().parse_args(rest)
    command = parser.command_named(name)
    command_parser = parser.command_parser(command)
    if "--" in rest and rest[0].startswith("-"):
        # The other method cannot read `--` before the first argument.
        args = command_parser.parse_args(rest)
    else:
        # Options may be between two arguments.
        args = command_parser.parse_intermixed_args(rest)
    try:
        folder = Path.cwd()
    except OSError as error:
        raise WrongUsage(
            f"Cannot read the current folder: {os_reason(error)}. Change to another folder and run pawtui again."
        ) from error
    settings = Settings(tracker=args.tracker, home=args.home, env=os.environ, folder=folder)
    try:
        return command.run(args, settings) or ExitStatus.DONE
    finally:
        print_notices(settings)


def _unknown_command(name: str, arguments: Sequence[str]) -> WrongUsage:
    from pawtui.similar_names import nearest

    before = arguments[: arguments.index(name)]
    if close := nearest(name, parser.COMMAND_MODULES):
        hint = f"Did you mean {close!r}?"
    elif before and before[-1].startswith("-"):
        # The name may be the value of an option of a command, such as `pawtui --source git`.
        hint = f"Write the command before its options: `pawtui COMMAND {before[-1]} {name}`."
    else:
        hint = "`pawtui --help` lists all commands."
    return WrongUsage(f"Unknown command {name!r}. {hint}")


def _status_of(error: PawtuiError) -> ExitStatus:
    from pawtui.review.actions import NeedsEvidence
    from pawtui.review.undo import ChangedSince
    from pawtui.sources.source_errors import SourceError
    from pawtui.store.store_errors import StoreError

    if isinstance(error, NeedsEvidence):
        return ExitStatus.NEEDS_EVIDENCE
    return ExitStatus.FAILED if isinstance(error, SourceError | StoreError | ChangedSince) else ExitStatus.WRONG_USAGE


def report_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print how to report a bug, and with PAWTUI_DEBUG=1 its traceback. Tokens are masked."""
    from traceback import format_exception

    from pawtui import __version__
    from pawtui.redact import redact, tokens_in

    tokens = tokens_in(os.environ)
    summary = redact(f"{kind.__name__}: {error}" if str(error) else kind.__name__, tokens)
    with safe_output():
        if os.environ.get("PAWTUI_DEBUG") == "1":
            sys.stderr.write(redact("".join(format_exception(kind, error, trace)), tokens))
        print(
            f"pawtui {__version__} has a bug ({' '.join(summary.split())[:300]}). Please report it: run your command "
            "again with PAWTUI_DEBUG=1, and send the command and its output.",
            file=sys.stderr,
        )
