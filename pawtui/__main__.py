"""`python -m pawtui` is the same program as `pawtui`."""

from pawtui.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
