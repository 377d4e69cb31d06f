"""Mistakes in a tracker's regular expressions: they do not compile, are too large, or match every text.

A pattern that matches every text would always give its probe the same state. A pattern such as `(a{1000}){1000}` would
use gigabytes when it is compiled: tracker files are untrusted.
"""

import math
import re

import regex

from pawtui.phrases import quote_pattern
from pawtui.tracker.mistake import KeyPath, Mistake, with_prefix
from pawtui.tracker.probe_types import NamesProbe, Probe
from pawtui.tracker.tracker_types import Tracker

# The keys of probes that are patterns. Probes run only patterns that were checked.
PATTERN_KEYS = ("pattern", "breaking", "name", "body", "discards", "identity")
# A pattern that matches all of these matches nearly every text.
_SAMPLES = ("a", "Z", "0")
# Characters that SQL never contains when it is read. The first alternative skips escapes such as `\\W`.
_NEVER_IN_SQL = regex.compile(r"\\.|(?P<never>[A-Z`\"])")

_MAX_CHARACTERS = 2_000
# Each step takes some hundred bytes when the pattern is compiled.
_MAX_STEPS = 1_000_000
_REPEAT = re.compile(r"\{\d*,?\d*\}")
# A pattern as JavaScript and sed write it: without other slashes, and with the usual flags in the usual order. So the
# paths `/src/ui` and `/api/v1/i` do not match.
_SLASHES = re.compile(r"/(?:\\.|[^/\\])+/(?:g|gi|ig|gm|gim|i|im|m)", re.DOTALL)
# The start of flags in a pattern, such as `(?i`: not `\(?i`, an optional bracket.
_FLAGS = r"(?<!\\)(?:\\\\)*\(\?"
# The flag `x`, with which a pattern may have spaces and comments anywhere, also within a repeat.
_VERBOSE = re.compile(rf"{_FLAGS}[a-zA-Z-]*x")
_ANY_CASE = re.compile(rf"{_FLAGS}[a-zA-Z]*i")


def pattern_mistakes(tracker: Tracker) -> list[Mistake]:
    """Return the mistakes in all patterns."""
    found: list[Mistake] = []
    for index, signal in enumerate(tracker.signals):
        for number, probe in enumerate(signal.probes):
            found += with_prefix(("signals", index, "probes", number), probe_pattern_mistakes(probe))
    return found


def probe_pattern_mistakes(probe: Probe) -> list[Mistake]:
    """Return the mistakes in the patterns of one probe, with paths in the probe."""
    patterns: list[tuple[KeyPath, str]] = [((key,), getattr(probe, key, "")) for key in PATTERN_KEYS]
    if isinstance(probe, NamesProbe) and probe.contract is not None:
        contract = probe.contract
        patterns += [(("contract", key), getattr(contract, key)) for key in ("block", "name_after", "optional")]
    found = []
    for key, pattern in patterns:
        if not pattern:
            continue
        name = str(key[-1])
        # An identity, and the names of a `names` probe, are only compared: their pattern may match nearly every text.
        decides = name != "identity" and not isinstance(probe, NamesProbe)
        message = _pattern_mistake(pattern, matches_tables=name == "discards", decides=decides)
        if not message and getattr(probe, "read", "text") == "sql" and name in ("pattern", "body"):
            message = _sql_mistake(pattern)
        if not message and name == "name_after" and not regex.compile(pattern).groups:
            message = f"the pattern {quote_pattern(pattern)} has no group. Put the part that is the name in ( )."
        if message:
            found.append((key, message))
    return found


def _pattern_mistake(pattern: str, *, matches_tables: bool, decides: bool) -> str:
    """Return the message for a mistake in one pattern; empty if there is none.

    A pattern that `matches_tables` must match the whole name of a table, so `.*` means every table. A pattern that
    `decides` a state must not match nearly every text.
    """
    shown = quote_pattern(pattern)
    if _VERBOSE.search(pattern):
        return f"the pattern {shown} has the flag x. Write it without the flag, spaces and comments."
    if problem := _too_large(pattern):
        return f"the pattern {shown} {problem}."
    if "\b" in pattern:
        return f"the pattern {shown} has a backspace: TOML reads \\b in double quotes as one. Use single quotes."
    if _SLASHES.fullmatch(pattern):
        remedy = "Remove them; to ignore case, begin with (?i)."
        return f"the pattern {shown} has slashes and flags, which would be matched too. {remedy}"
    try:
        compiled = regex.compile(pattern, regex.VERSION0 | regex.MULTILINE)
    except (regex.error, OverflowError, RecursionError, MemoryError, IndexError, KeyError, ValueError) as error:
        return f"the pattern {shown} does not compile: {error or type(error).__name__}. Correct it."
    if matches_tables:
        return ""
    try:
        if compiled.search("", timeout=0.5) is not None:
            return f"the pattern {shown} matches an empty text, and so every text. Make it stricter."
        if decides and all(compiled.search(sample, timeout=0.5) is not None for sample in _SAMPLES):
            return f"the pattern {shown} matches nearly every text. Make it stricter."
    except TimeoutError:
        return f"the pattern {shown} takes too long even on a short text. Make it simpler."
    return ""


def _sql_mistake(pattern: str) -> str:
    """Return the message if a pattern can never match SQL (read in lower case, without quotes); empty if it can.

    Such a pattern would always meet `absent`.
    """
    if _ANY_CASE.search(pattern):
        return ""
    if never := next((found[0] for found in _NEVER_IN_SQL.finditer(pattern) if found["never"]), ""):
        return f"the pattern has {never!r}. SQL is read in lower case, without quotes around names. Write it so."
    return ""


def _too_large(pattern: str) -> str:
    """Return why a pattern has too many characters or steps, as the end of a sentence; empty if it has not.

    The steps are at most the characters times the numbers of all repeats in braces, because these may be nested.
    """
    if len(pattern) > _MAX_CHARACTERS:
        return f"has {len(pattern):,} characters; at most {_MAX_CHARACTERS:,} are allowed"
    repeats = [max(map(int, re.findall(r"\d+", braces)), default=1) for braces in _REPEAT.findall(pattern)]
    if len(pattern) * math.prod(max(times, 1) for times in repeats) > _MAX_STEPS:
        return "repeats too much; use smaller numbers in braces, or * and +"
    return ""
