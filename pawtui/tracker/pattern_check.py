"""Check that a tracker's regular expressions compile, with the library that will run them."""

from __future__ import annotations

import regex

from pawtui.tracker.model import Tracker
from pawtui.tracker.validate import Mistake

_KEYS = ("pattern", "breaking", "name", "body")


def pattern_mistakes(tracker: Tracker) -> list[Mistake]:
    """Every pattern that does not compile, with the reason and the place in it."""
    mistakes = []
    for index, signal in enumerate(tracker.signals):
        for number, probe in enumerate(signal.probes):
            for key in _KEYS:
                if not (pattern := getattr(probe, key, "")):
                    continue
                try:
                    regex.compile(pattern)
                except regex.error as error:
                    message = f"the pattern {pattern} does not compile: {error}."
                    mistakes.append(Mistake(("signals", index, "probes", number, key), message))
    return mistakes
