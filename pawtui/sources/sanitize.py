"""Make text from outside safe, once, when it is read.

A commit subject, a path or an author's name may contain escape sequences, bidirectional overrides or ten thousand
characters. Unsafe characters are not removed but made visible, so that an attack can be seen: C0 and C1 controls as
Unicode pictures or `⟨U+009B⟩`, bidi, zero-width and tag characters as `⟨U+202E⟩` (CVE-2021-42574; CWE-150).
"""

import re
import unicodedata

from pawtui.phrases import shortened

MAX_LINE = 300
_MAX_LONG_LINE = 10_000
MAX_PATH = 1_000
_VISIBLE_C0 = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
# Everything below 0x20 but newline and tab, DEL, C1, soft hyphen, bidi controls and marks, zero-width (but the joiner
# inside emoji), line and paragraph separators, interlinear and tag characters, and lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# The subset that terminals and bidirectional renderers interpret; the others are only invisible.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff]")
# A character that was made visible; its end may be cut.
MADE_VISIBLE = re.compile(r"⟨U\+(?:[0-9A-F]+⟩)?|[\u2400-\u241f\u2421]")
_SPACES = re.compile(r"\s+")
_TAB_AND_NEWLINE = {9: "␉", 10: "␊"}


def visible(text: str) -> str:
    """Return the text with unsafe characters made visible, otherwise unchanged."""
    return _UNSAFE.sub(_visible, text)


def controls_visible(text: str) -> str:
    """Return the text with control and bidirectional characters made visible, but not other invisible characters."""
    return _CONTROLS.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(_VISIBLE_C0[code]) if code in _VISIBLE_C0 else f"⟨U+{code:04X}⟩"


def json_escaped(text: str) -> str:
    """Return JSON with the unsafe characters of its strings escaped, as in `\\u202e`."""
    import json  # not at the start: most commands write no JSON

    return _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def safe_text(text: str) -> str:
    """Return safe text of several lines. Newlines and tabs remain; `\\r\\n` and `\\r` become newlines."""
    return visible(unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))


def safe_line(text: str, limit: int = MAX_LINE) -> str:
    """Return one safe line of at most `limit` characters, with white space folded; `…` marks a cut."""
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        # The usual case, made fast.
        return text
    # Cut first, so that a hostile megabyte costs little time.
    line = visible(_SPACES.sub(" ", unicodedata.normalize("NFC", text[: limit * 8])).strip())
    return shortened(line, limit)


def safe_path(path: str) -> str:
    """Return a path that is safe to show, at most 1,000 characters, without folded white space.

    Its accents are not composed, because git distinguishes the two spellings. A path with control characters differs
    from git's path: it can be shown and compared, but its file cannot be requested.
    """
    if len(path) <= MAX_PATH and path.isascii() and path.isprintable():
        return path
    path = visible(path[: MAX_PATH * 2]).translate(_TAB_AND_NEWLINE)
    return shortened(path, MAX_PATH)


def long_line(text: str) -> str:
    """Return one safe line of at most 10,000 characters; an empty text if `safe_line` does not cut the text."""
    if len(text) <= MAX_LINE:
        return ""
    line = safe_line(text, _MAX_LONG_LINE)
    return line if line != safe_line(text) else ""


def first_paragraph(message: str) -> str:
    """Return the first paragraph of a commit message on one line, as `git log --format=%s` does."""
    lines = message.lstrip().replace("\r\n", "\n").split("\n")
    end = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    return " ".join(line.strip() for line in lines[:end])
