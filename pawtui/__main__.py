"""The program `pawtui`, also as `python -m pawtui`."""

from pawtui.commands.exit_status import ExitStatus


def main() -> int:
    """Run one command and return its exit status. Ctrl+C during the first imports ends without a traceback."""
    try:
        from pawtui.cli import main as run
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    return run()


if __name__ == "__main__":
    raise SystemExit(main())
