"""Check a tracker's regular expressions with the library that will run them: that they compile, within limits, and ask.

A pattern that matches an empty text matches every text: what it stands for would be met, or unmet, whatever is there.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from pawtui.tracker.locate import Step
from pawtui.tracker.mistake import Mistake
from pawtui.tracker.pattern_limits import pattern_problem
from pawtui.tracker.tracker_types import NamesProbe, Probe, Tracker

_KEYS = ("pattern", "breaking", "name", "body", "discards", "identity")
# A pattern of table names is held against whole names: `.*` says every table.
_OF_NAMES = frozenset({"discards"})
# What these catch is listed or told apart; every other pattern is a question that a text answers.
_LISTED = frozenset({"identity", "block"})
# What matches all of these asks for next to nothing.
_SAMPLES = ("a", "Z", "0")
# Outside an escape (`\\W`), what no folded SQL statement holds.
_NOT_FOLDED = regex.compile(r"\\.|(?P<upper>[A-Z])|(?P<quote>[`\"])")


def pattern_mistakes(tracker: Tracker) -> list[Mistake]:
    """Return what is wrong with every pattern, with its place."""
    return [
        Mistake(("signals", index, "probes", number, *key), message)
        for index, signal in enumerate(tracker.signals)
        for number, probe in enumerate(signal.probes)
        for key, message in probe_pattern_mistakes(probe)
    ]


def probe_pattern_mistakes(probe: Probe) -> list[tuple[tuple[Step, ...], str]]:
    """Return what is wrong with one probe's patterns, each with its key."""
    found = []
    for key, pattern in _patterns(probe):
        name = str(key[-1])
        listed = name in _LISTED or isinstance(probe, NamesProbe)
        message = pattern_mistake(pattern, whole=name in _OF_NAMES, asks=not listed)
        if not message and getattr(probe, "read", "text") == "sql" and name in ("pattern", "body"):
            message = sql_mistake(pattern)
        if message:
            found.append((key, message))
    return found


def _patterns(probe: Probe) -> Iterator[tuple[tuple[Step, ...], str]]:
    for key in _KEYS:
        if pattern := getattr(probe, key, ""):
            yield (key,), pattern
    if isinstance(probe, NamesProbe) and probe.contract is not None and probe.contract.block:
        yield ("contract", "block"), probe.contract.block


def pattern_mistake(pattern: str, *, whole: bool = False, asks: bool = False) -> str:
    """Return what is wrong with one pattern, as the rest of a sentence; empty where nothing is.

    A `whole` one is held against whole names. One that `asks` must not match nearly everything.
    """
    shown = pattern if len(pattern) <= 60 else f"{pattern[:59]}…"
    if problem := pattern_problem(pattern):
        return f"the pattern {shown!r} {problem}."
    try:
        compiled = regex.compile(pattern, regex.VERSION0 | regex.MULTILINE)
    except (regex.error, OverflowError, RecursionError, MemoryError, IndexError, KeyError, ValueError) as error:
        return f"the pattern {shown!r} does not compile: {error or type(error).__name__}. Correct it."
    if whole:
        return ""
    try:
        if compiled.search("", timeout=0.5) is not None:
            return f"the pattern {shown!r} matches an empty text, and so everything. Make it ask for something."
        if asks and all(compiled.search(sample, timeout=0.5) is not None for sample in _SAMPLES):
            return f"the pattern {shown!r} matches nearly every text. Make it ask for something."
    except TimeoutError:
        return f"the pattern {shown!r} takes too long even on a short text. Make it simpler."
    return ""


def sql_mistake(pattern: str) -> str:
    """Return why no SQL statement matches as they are read: with `absent`, it would always be met. Empty for none."""
    if regex.search(r"\(\?[a-zA-Z]*i", pattern):
        return ""
    for found in _NOT_FOLDED.finditer(pattern):
        if found["upper"]:
            return f"the pattern has {found[0]!r}, and SQL is read in lower case. Write it so, or begin with (?i)."
        if found["quote"]:
            return f"the pattern has {found[0]!r}, and SQL is read without quotes around names. Remove it."
    return ""
