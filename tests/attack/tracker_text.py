"""The tracker of the demo as text, for attacks that need a valid tracker."""

from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def demo_tracker_text() -> str:
    """Return its TOML."""
    return resources.files("pawtui.demo").joinpath("tracker.toml").read_text(encoding="utf-8")
