"""pawtui: decide when it is safe to move a downstream project onto a moving upstream."""

__version__ = "0.1.0"
