"""Text from outside becomes safe here, once, on the way in.

A commit subject, a path or an author's name may hold escape sequences, bidirectional overrides or ten thousand
characters. What terminals act on is made visible instead of dropped, so that an attempt can be seen: C0 and C1
controls as their Unicode pictures or `⟨U+009B⟩`, bidi, zero-width and tag characters as `⟨U+202E⟩` (CVE-2021-42574;
CWE-150).
"""

from __future__ import annotations

import re
import unicodedata

LINE_LIMIT = 300
PATH_LIMIT = 1_000
_VISIBLE_C0 = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
# Everything below 0x20 but newline and tab, DEL, C1, soft hyphen, bidi controls and marks, zero-width (but the joiner
# inside emoji), line and paragraph separators, interlinear and tag characters, and lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# Of these, what a terminal or a bidirectional renderer acts on; the rest can only not be seen.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_LINE_BREAKS = {9: "␉", 10: "␊"}


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(_VISIBLE_C0[code]) if code in _VISIBLE_C0 else f"⟨U+{code:04X}⟩"


def visible(text: str) -> str:
    """Return the text with everything unsafe made visible, and otherwise as it is: for what is written out."""
    return _UNSAFE.sub(_visible, text)


def controls_visible(text: str) -> str:
    """Return the text with control and bidirectional characters made visible, but not what is only invisible."""
    return _CONTROLS.sub(_visible, text)


def json_escaped(text: str) -> str:
    """Return JSON with everything unsafe in its strings as `\\uXXXX`."""
    return _UNSAFE.sub(_as_json_escape, text)


def _as_json_escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def safe_text(text: str) -> str:
    """Text of several lines, harmless to a terminal. Newlines and tabs stay; `\\r\\n` and `\\r` become newlines."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _UNSAFE.sub(_visible, text)


def safe_line(text: str, limit: int = LINE_LIMIT) -> str:
    """One harmless line of at most `limit` characters, white space folded; a cut is shown as `…`."""
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        # Most lines are harmless as they are.
        return text
    # Cutting first keeps a hostile megabyte from costing a megabyte's work.
    text = text[: limit * 8]
    line = _UNSAFE.sub(_visible, _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def safe_path(path: str) -> str:
    """A path harmless to show, not folded. One that holds controls is no longer the path git knows it by.

    Such a path can be shown and compared with itself, but a file that is asked for by it will not be found. At most
    1,000 characters: git allows more, nobody can read them.
    """
    if len(path) <= PATH_LIMIT and path.isascii() and path.isprintable():
        return path
    path = safe_text(path[: PATH_LIMIT * 2]).translate(_LINE_BREAKS)
    return path if len(path) <= PATH_LIMIT else path[: PATH_LIMIT - 1] + "…"


def subject_of(message: str) -> str:
    """Return a commit message's first paragraph on one line, as `git log --format=%s` has it."""
    lines = message.lstrip().replace("\r\n", "\n").split("\n")
    end = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    return " ".join(line.strip() for line in lines[:end])
