"""The result line for each typed pin: how it is read, and whether the file and its lines exist."""

from collections.abc import Iterable, Mapping, Sequence

from textual.content import Content

from pawtui.evidence import PinLookUp
from pawtui.refresh.pins import Heads, PinError, find_pin, parse_pin
from pawtui.report.words import short_pin
from pawtui.tui.content import DANGER, LINK, MUTED, OK, concat, line, trusted

# Check results by typed pin.
LookUps = Mapping[str, PinLookUp]
HINT = "up:FILE#L10-L20 (or down:) pins the last refresh's commit. A link or owner/repo#12 also works."


def split_pins(text: str) -> list[str]:
    """Return the typed pins, one per line that is not empty."""
    return [pin.strip() for pin in text.splitlines() if pin.strip()]


def file_pins(pins: Iterable[str], heads: Heads) -> list[str]:
    """Return the typed pins that name a file at a commit."""
    return [pin for pin in pins if (parsed := find_pin(pin, heads)) and parsed.kind == "file"]


def describe_pins(pins: Sequence[str], heads: Heads, found: LookUps) -> tuple[list[Content], str]:
    """Return a result line for each typed pin, and the message about the first pin that cannot be recorded."""
    results: list[Content] = []
    first_problem = ""
    for pin in pins:
        try:
            parsed = parse_pin(pin, heads)
            problem = found[pin].problem if pin in found else ""
        except PinError as error:
            parsed, problem = None, str(error)
        if parsed is None or problem:
            first_problem = first_problem or problem
            results.append(concat(trusted("x ", f"bold {DANGER}"), line(problem, DANGER)))
        else:
            read_as = line(short_pin(str(parsed)), LINK)
            results.append(concat(trusted("= ", f"bold {OK}"), read_as, _existence(found.get(pin))))
    return results or [line(HINT, MUTED)], first_problem


def _existence(found: PinLookUp | None) -> Content:
    """Return what is known about the existence of the file; empty while the check runs."""
    if found is None:
        return trusted("")
    if found.lines_unknown:
        return trusted("  file exists, lines not checked", MUTED)
    return trusted("  exists", OK) if found.found else trusted("  will be checked at the next refresh", MUTED)
