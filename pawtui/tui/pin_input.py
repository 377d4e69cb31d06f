"""Pins as they are typed: one a line, what each is read as, and whether what it names is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual.content import Content

from pawtui.refresh.pins import PinError, parse_pin
from pawtui.report.words import short_pin
from pawtui.tui.content import DANGER, LINK, MUTED, concat, line, trusted

Heads = Mapping[str, tuple[str, str]]
# By pin as typed: whether it is known what it names, and the sentence that says that there is no such file.
Found = Mapping[str, tuple[bool, str]]
HINT = "up:path/file.ts#L10-L20 takes the last refresh's commit (down: too); or paste a link, or owner/repo#12."


def typed_pins(text: str) -> list[str]:
    """What was typed, line by line."""
    return [one.strip() for one in text.splitlines() if one.strip()]


def files_in(pins: Iterable[str], heads: Heads) -> list[str]:
    """Those of the typed pins that name a file at a commit."""
    found = []
    for pin in pins:
        try:
            if parse_pin(pin, heads).kind == "file":
                found.append(pin)
        except PinError:
            continue
    return found


def checked(pins: Sequence[str], heads: Heads, found: Found) -> tuple[list[Content], str]:
    """What each typed pin is read as and whether it is there, and the first sentence about one that cannot be kept."""
    summary: list[Content] = []
    wrong = ""
    for pin in pins:
        try:
            taken = parse_pin(pin, heads)
            sentence = found.get(pin, (False, ""))[1]
        except PinError as error:
            taken, sentence = None, str(error)
        if taken is None or sentence:
            wrong = wrong or sentence
            summary.append(concat(trusted("x ", f"bold {DANGER}"), line(sentence, DANGER)))
        else:
            read_as = line(short_pin(str(taken)), LINK)
            summary.append(concat(trusted("= ", "bold $text-success"), read_as, _there(found.get(pin))))
    return summary or [line(HINT, MUTED)], wrong


def _there(found: tuple[bool, str] | None) -> Content:
    """Behind a pin that is not known to be wrong; nothing while it is being looked up."""
    if found is None:
        return trusted("")
    return trusted("  there", "$text-success") if found[0] else trusted("  will be checked at the next refresh", MUTED)
