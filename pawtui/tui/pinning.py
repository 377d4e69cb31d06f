"""Pins as they are typed: one a line, each checked at once, with the sentence that says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from pawtui.review.pins import PinError, parse_pin
from pawtui.tui.pages.common import short_pin
from pawtui.tui.text import DANGER, LINK, MUTED, glued, line, own

Heads = Mapping[str, tuple[str, str]]
HINT = "up:path/file.ts#L10-L20 takes the last refresh's commit (down: too); or paste a link, or owner/repo#12."


def typed_pins(text: str) -> list[str]:
    """What was typed, line by line."""
    return [one.strip() for one in text.splitlines() if one.strip()]


def checked(pins: Sequence[str], heads: Heads) -> tuple[list[Content], str]:
    """What each typed pin is read as, and the first sentence about one that is none (empty: all are)."""
    said: list[Content] = []
    wrong = ""
    for pin in pins:
        try:
            said.append(glued(own("= ", "bold $text-success"), line(short_pin(str(parse_pin(pin, heads))), LINK)))
        except PinError as error:
            wrong = wrong or str(error)
            said.append(glued(own("x ", f"bold {DANGER}"), line(str(error), DANGER)))
    return said or [line(HINT, MUTED)], wrong
