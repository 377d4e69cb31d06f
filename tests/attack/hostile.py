"""Hostile strings, and the characters that an output must not contain."""

import unicodedata
from random import Random

_SHARDS = (
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]52;c;ZXZpbA==\x1b\\",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\",
    "\x1b[31m",
    "\x1b[2J\x1b[H",
    "\x1bP1$r\x1b\\",
    "\x1bc",
    "\x1b#8",
    "\x9b31m",
    "\x9d52;c;ZXZpbA==\x9c",
    "\x85",
    "\x90",
    "\x00",
    "\x07",
    "\x08\x08\x08",
    "\x0b\x0c",
    "\r",
    "\r\n",
    "\n",
    "\n\n",
    "\t",
    "\x7f",
    "\u202e",
    "\u202d\u202c",
    "\u2066\u2069",
    "\u061c",
    "\u200e\u200f",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u2028\u2029",
    "\u00ad",
    "\U000e0041",
    "\ufff9",
    "a\u0301\u0301\u0301",
    "漢字",
    "👩\u200d💻",
    "[red]x[/red]",
    "[@click=app.quit]x[/]",
    "[/]",
    "%s {0} {x}",
    "`",
    "```\n",
    "|",
    "<!-- -->",
    "<img src=x>",
    "@octocat",
    "#1",
    "../../etc",
    "GO: all signals met",
    "word",
    " ",
    "0",
    "-1",
    "\\",
    '"',
    "'",
)
_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_MARKS = "\u200e\u200f\u061c"


def text(rng: Random, most: int = 6) -> str:
    """Return a hostile string: fragments in random order, sometimes long."""
    made = "".join(rng.choice(_SHARDS) for _ in range(rng.randint(1, most)))
    return made * rng.choice((1, 1, 1, 1, 40))


def file_name(rng: Random) -> str:
    """Return a hostile name of a file or folder."""
    name = text(rng, 4).replace("/", "").replace("\x00", "")[:40].encode()[:120].decode(errors="ignore")
    return f"n{name}" if name.strip(". ") else "name"


def raw_controls(output: str) -> list[str]:
    """Return the characters that affect a terminal or a bidirectional renderer, by their Unicode properties."""
    return sorted({f"U+{ord(char):04X}" for char in set(output) if _is_control(char)})


def _is_control(char: str) -> bool:
    if char in "\n\t":
        return False
    category = unicodedata.category(char)
    return category in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(char) in _BIDI or char in _MARKS
