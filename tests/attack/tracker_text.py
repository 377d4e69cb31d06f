"""A tracker as text, for attacks that need a valid tracker: that of the demo, with an evaluation step."""

from functools import lru_cache
from importlib import resources

STEP = "replay-run"
_STEP_TABLE = """
[[steps]]
id = "replay-run"
title = "Replay one session and compare the result"
gates = ["compatibility-plan"]
verify = { old_sessions = "Every session opens." }
"""


@lru_cache(maxsize=1)
def demo_tracker_text() -> str:
    """Return its TOML."""
    return resources.files("pawtui.demo").joinpath("tracker.toml").read_text(encoding="utf-8") + _STEP_TABLE
