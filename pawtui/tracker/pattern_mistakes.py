"""Mistakes in a tracker's regular expressions: they do not compile, or they match every text.

A pattern that matches every text would always give its probe the same state.
"""

from collections.abc import Iterator

import regex

from pawtui.tracker.mistake import KeyPath, Mistake
from pawtui.tracker.pattern_limits import pattern_problem
from pawtui.tracker.tracker_types import NamesProbe, Probe, Tracker

_KEYS = ("pattern", "breaking", "name", "body", "discards", "identity")
# Keys of patterns that must match whole names of tables: `.*` means every table.
_WHOLE_NAMES = frozenset({"discards"})
# Keys of patterns whose matches are only listed or compared. Every other pattern decides a state.
_LISTED = frozenset({"identity", "block"})
# A pattern that matches all of these matches nearly every text.
_SAMPLES = ("a", "Z", "0")
# Characters that SQL never contains when it is read, and escapes (`\\W`), which are skipped.
_NEVER_IN_SQL = regex.compile(r"\\.|(?P<upper>[A-Z])|(?P<quote>[`\"])")


def pattern_mistakes(tracker: Tracker) -> list[Mistake]:
    """Return the mistakes in all patterns."""
    return [
        Mistake(("signals", index, "probes", number, *key), message)
        for index, signal in enumerate(tracker.signals)
        for number, probe in enumerate(signal.probes)
        for key, message in probe_pattern_mistakes(probe)
    ]


def probe_pattern_mistakes(probe: Probe) -> list[Mistake]:
    """Return the mistakes in the patterns of one probe, with paths in the probe."""
    found = []
    for key, pattern in _patterns(probe):
        name = str(key[-1])
        listed = name in _LISTED or isinstance(probe, NamesProbe)
        message = pattern_mistake(pattern, whole=name in _WHOLE_NAMES, decides=not listed)
        if not message and getattr(probe, "read", "text") == "sql" and name in ("pattern", "body"):
            message = sql_mistake(pattern)
        if message:
            found.append(Mistake(key, message))
    return found


def _patterns(probe: Probe) -> Iterator[tuple[KeyPath, str]]:
    for key in _KEYS:
        if pattern := getattr(probe, key, ""):
            yield (key,), pattern
    if isinstance(probe, NamesProbe) and probe.contract is not None and probe.contract.block:
        yield ("contract", "block"), probe.contract.block


def pattern_mistake(pattern: str, *, whole: bool = False, decides: bool = False) -> str:
    """Return the message for a mistake in one pattern; empty if there is none.

    A `whole` pattern must match whole names. A pattern that `decides` a state must not match nearly every text.
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
            return f"the pattern {shown!r} matches an empty text, and so every text. Make it stricter."
        if decides and all(compiled.search(sample, timeout=0.5) is not None for sample in _SAMPLES):
            return f"the pattern {shown!r} matches nearly every text. Make it stricter."
    except TimeoutError:
        return f"the pattern {shown!r} takes too long even on a short text. Make it simpler."
    return ""


def sql_mistake(pattern: str) -> str:
    """Return the message if a pattern can never match SQL (read in lower case, without quotes); empty if it can.

    Such a pattern would always meet `absent`.
    """
    if regex.search(r"\(\?[a-zA-Z]*i", pattern):
        return ""
    for found in _NEVER_IN_SQL.finditer(pattern):
        if found["upper"]:
            return f"the pattern has {found[0]!r}, and SQL is read in lower case. Use lower case, or begin with (?i)."
        if found["quote"]:
            return f"the pattern has {found[0]!r}, and SQL is read without quotes around names. Remove it."
    return ""
