"""Escape text for Markdown on GitHub: it mentions no user, links nothing unintended, and breaks no table.

There are two kinds of text:

- `code` and `inline` escape one line of any origin. Plain words are unchanged; any other is in a code span, whose
  fence is longer than any run of backticks in it. GitHub searches the rendered text for mentions and references, except
  in `code` and `a` elements; entities and backslashes do not prevent this. A reply by mail quotes code as plain text,
  so a zero-width space follows each `@` that could start a mention, even in code. An `@` at the end of a word cannot
  start a mention, so a pin can be copied unchanged.
- `quoted` escapes a note of a maintainer: a block quote with its Markdown. The quote contains unclosed fences and
  lists. A zero-width space breaks mentions, issue references, bare links, images, HTML, entities and reference
  definitions, also in code. An explicit link, `[words](https://...)`, is kept, through `redirected`. A bare SHA is
  kept: it can only link to a commit of the repository of the comment.

`redirected` sends links to issues, pull requests and commits on github.com through redirect.github.com, because a
direct link adds a back-reference to the linked page. Links to files and comparisons add none.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote

from pawtui.sources.sanitize import safe_line, safe_text, visible

GITHUB = "https://github.com"
_REDIRECT = "https://redirect.github.com"
_ZERO_WIDTH_SPACE = "\u200b"
LIMIT = 2000  # characters of a text

# A mention on GitHub does not start within a word of ASCII characters.
_MENTION = re.compile(r"(?<![A-Za-z0-9_])@")
_BACKTICKS = re.compile(r"`+")
# A word that Markdown and GitHub render unchanged: no reference, no address.
_PLAIN = re.compile(r"(?:[A-Za-z0-9,;%()+'’\"“”?!–→-]|[.:](?![A-Za-z/+-]))*")
# A word, or a quotation, which has one code span.
_WORD = re.compile(r"""(?:'[^']*'|"[^"]*"|`[^`]+`)(?![^\s.,;:)])\S*|\S+""")
# A text that already is a code span, with the punctuation after it.
_IS_CODE = re.compile(r"`([^`]+)`([.,;:)]*)")
# In a plain word, GitHub links these: a SHA, and an issue.
_SUSPECT = re.compile(r"\b[0-9a-f]{7,}\b|\bGH-\d", re.IGNORECASE)
# The zero-width space follows the match. The start of a word is not required: GitHub searches the rendered text, in
# which emphasis (`_GH-4_`) and escapes (`GH\-4`) are removed.
_ACTIVE = re.compile(
    r"@|#(?=\\?\d)|GH\\?-(?=\d)|:(?=\\?/)|www(?=\\?\.)|(?:mailto|xmpp)\\?:|<|&(?=[#A-Za-z])|!(?=\\?\[)|\](?=\\?[(\[:])",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?<![\\!\]])\[([^\[\]`\\\n]{1,300})\]\((https?://[A-Za-z0-9/_.~%#?=&+:,@-]{1,2000})\)")
_REFERENCE = re.compile(rf"{re.escape(GITHUB)}(/[^/]+/[^/]+/(?:issues|pull|commit|discussions)/[^/]+.*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s/][^\s]*")


def code(text: str, *, cell: bool = False) -> str:
    """Return a text as a code span; an empty text stays empty. `cell`: the span is in a table cell."""
    text = safe_line(text, LIMIT)
    if not text:
        return ""
    text = _break_mentions(text)
    fence = _fence(text)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    span = f"{fence}{pad}{text}{pad}{fence}"
    if not cell:
        return span
    # Renderers disagree about a backslash before an escaped pipe, so a zero-width space separates them.
    return span.replace("\\|", f"\\{_ZERO_WIDTH_SPACE}|").replace("|", "\\|")


def diff_block(lines: Iterable[str]) -> str:
    """Return the lines of a diff in a fenced block."""
    shown = [_break_mentions(visible(" ".join(line[:LIMIT].splitlines()))) for line in lines]
    fence = _fence("\n".join(shown), min_length=3)
    return "\n".join([f"{fence}diff", *shown, fence])


def _fence(text: str, *, min_length: int = 1) -> str:
    """Return backticks, more than the longest run of backticks in a text."""
    longest_run = max(map(len, _BACKTICKS.findall(text)), default=0)
    return "`" * max(min_length, longest_run + 1)


def _break_mentions(text: str) -> str:
    """Return code in which no `@` starts a mention, even if it is quoted as plain text."""
    return _MENTION.sub("@" + _ZERO_WIDTH_SPACE, text)


def inline(text: str, *, cell: bool = False) -> str:
    """Return a text on one line: plain words and numbers unchanged, everything else in code spans."""
    words = _WORD.findall(safe_line(text, LIMIT))
    return " ".join(word if _is_plain(word) else _word_as_code(word, cell=cell) for word in words)


def _is_plain(word: str) -> bool:
    # A quotation has several words.
    return all(map(_PLAIN.fullmatch, word.split(" "))) and not _SUSPECT.search(word)


def _word_as_code(word: str, *, cell: bool) -> str:
    """Return a word as a code span, with trailing punctuation and the parentheses of other words outside the span."""
    if found := _IS_CODE.fullmatch(word):
        return code(found[1], cell=cell) + found[2]
    if word.startswith("(") and ")" not in word:
        return f"({_word_as_code(word[1:], cell=cell)}"
    body = word.rstrip(".,;:" if "(" in word else ".,;:)") or word
    return code(body, cell=cell) + word[len(body) :]


def quoted(text: str) -> str:
    """Return a note as a block quote with its Markdown, without mentions, references and HTML."""
    lines = _escaped_markdown(safe_text(text).strip("\n")).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)


def quoted_line(text: str) -> str:
    """Return a note on one line, for the end of an item: text after it could be part of unclosed Markdown."""
    return _escaped_markdown(" ".join(safe_text(text).split()))


def _escaped_markdown(text: str) -> str:
    """Return Markdown without mentions, references and HTML, also in its code: not each backtick starts code."""
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        parts += [_deactivate(text[end : found.start()]), f"[{_deactivate(found[1])}]({redirected(found[2])})"]
        end = found.end()
    parts.append(_deactivate(text[end:]))
    return "".join(parts)


def _deactivate(text: str) -> str:
    """Break active Markdown and GitHub syntax with zero-width spaces."""
    return _ACTIVE.sub(lambda found: found[0] + _ZERO_WIDTH_SPACE, text)


def redirected(url: str) -> str:
    """Return an address that adds no back-reference to the linked page on github.com."""
    found = _REFERENCE.fullmatch(url)
    return _REDIRECT + found[1] if found else url


def link(label: str, url: str, *, cell: bool = False) -> str:
    """Return a link, or only its label if `url` is not a web address."""
    shown = inline(label, cell=cell)
    if not _ADDRESS.fullmatch(url) or not shown:
        return shown
    # Quote characters that would end the address or the cell, such as parentheses and pipes.
    return f"[{shown}]({quote(redirected(url), safe='/:?#@!$&+,=%~')})"
