"""Text in Markdown that is pasted on GitHub: it pings nobody, links nothing by accident, breaks no table.

Two kinds of text:

- `code` and `inline`, for one line of text, whoever wrote it: plain words as they are, everything else inside a code
  span whose fence is longer than any run of backticks in it. GitHub looks for mentions and references in rendered text,
  but not inside `code` and `a`; entities and backslashes do not keep it from finding them. A reply by mail quotes it as
  plain text, hence the zero-width space even there after an `@` that could begin a mention. One that ends a word
  cannot, so that a pin is copied whole.
- `quoted`, for a note that a maintainer wrote: a block quote that keeps its Markdown. The quote contains whatever is
  left open in it (a fence, a list). Mentions, issue references, bare links, images, HTML, entities and reference
  definitions are broken up by a zero-width space, which is harmless in text and in code alike. What is code beyond
  doubt (`code_spans.py`) stays as it was written but for mentions, as above: it is there to be copied. A link that was
  written out, `[words](https://...)`, is meant and stays, by way of `redirected`. A bare SHA stays too: it can lead
  only to a commit of the repository it is pasted in.

`redirected` sends links to issues, pull requests and commits through redirect.github.com: a direct one leaves a
back-reference on the page it leads to. It is there for github.com only; links to files and comparisons leave none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import quote

from pawtui.report.code_spans import pieces
from pawtui.sources.sanitize import safe_line, safe_text, visible

GITHUB = "https://github.com"
_REDIRECT = "https://redirect.github.com"
_GAP = "\u200b"
# The most characters of one text that are shown.
LIMIT = 2000

# GitHub takes no mention from the middle of a word, and its words are ASCII.
_MENTION = re.compile(r"(?<![A-Za-z0-9_])@")
_BACKTICKS = re.compile(r"`+")
# A word without any meaning to Markdown or GitHub: no reference, no address, nothing that could be a SHA.
_PLAIN = re.compile(r"(?:[A-Za-z0-9,;%()+'’\"“”?!–→-]|[.:](?![A-Za-z/+-]))*")
_SUSPECT = re.compile(r"\b[0-9a-f]{7,}\b|\bGH-\d", re.IGNORECASE)
# Each alternative ends where the zero-width space goes. Whether something begins a word is not asked: emphasis, as in
# `_GH-4_`, and escapes, as in `GH\-4`, are gone in the text that GitHub looks at.
_ACTIVE = re.compile(
    r"@|#(?=\\?\d)|GH\\?-(?=\d)|:(?=\\?/)|www(?=\\?\.)|(?:mailto|xmpp)\\?:|<|&(?=[#A-Za-z])|!(?=\\?\[)|\](?=\\?[(\[:])",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?<![\\!\]])\[([^\[\]`\\\n]{1,300})\]\((https?://[A-Za-z0-9/_.~%#?=&+:,@-]{1,2000})\)")
_REFERENCE = re.compile(rf"{re.escape(GITHUB)}(/[^/]+/[^/]+/(?:issues|pull|commit|discussions)/[^/]+.*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s/][^\s]*")


def _apart(text: str) -> str:
    """Break up what GitHub or Markdown would act on by zero-width spaces."""
    return _ACTIVE.sub(lambda found: found[0] + _GAP, text)


def _unmentioned(text: str) -> str:
    """Return code without what could mention someone where it is read as plain text."""
    return _MENTION.sub("@" + _GAP, text)


def code(text: str, *, cell: bool = False) -> str:
    """Return a text as one code span, an empty text as an empty string. `cell`: it stands in a table."""
    text = safe_line(text, LIMIT)
    if not text:
        return ""
    text = _unmentioned(text)
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    span = f"{fence}{pad}{text}{pad}{fence}"
    return _in_cell(span) if cell else span


def code_block(lines: Iterable[str], language: str) -> str:
    """Return lines as they are in a fenced block, whose fence is longer than any run of backticks in them."""
    shown = [_unmentioned(visible(" ".join(line[:LIMIT].splitlines()))) for line in lines]
    longest = max((len(run) for line in shown for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{language}", *shown, fence])


def _in_cell(span: str) -> str:
    # Renderers differ over what a backslash before an escaped pipe does: nothing stands between the two any more.
    return re.sub(r"\\(?=\|)", lambda found: found[0] + _GAP, span).replace("|", "\\|")


def inline(text: str, *, cell: bool = False) -> str:
    """Return a text on one line: plain words and numbers as they are, everything else in code spans."""
    words = safe_line(text, LIMIT).split(" ")
    groups = groupby(words, key=lambda word: bool(_PLAIN.fullmatch(word)) and not _SUSPECT.search(word))
    return " ".join(" ".join(group) if plain else _spanned(" ".join(group), cell=cell) for plain, group in groups)


def _spanned(text: str, *, cell: bool) -> str:
    """Put a text in a code span, but for the punctuation around it, which is not copied with it."""
    body = text.rstrip(".,;:)") if text.count(")") > text.count("(") else text.rstrip(".,;:")
    if not body or not body[-1].isalnum():
        body = text
    return code(body, cell=cell) + text[len(body) :]


def quoted(text: str) -> str:
    """Return a note as a block quote that keeps its Markdown, without what acts outside the page."""
    text = safe_text(text).strip("\n")
    safe = "".join(_unmentioned(piece) if is_code else _prose(piece) for piece, is_code in pieces(text))
    return "\n".join(f"> {line}".rstrip() for line in safe.split("\n"))


def quoted_line(text: str) -> str:
    """Return a note of one line, to stand at the end of an item: nothing may follow what is left open in it."""
    text = " ".join(safe_text(text).split())
    return "".join(_unmentioned(piece) if is_code else _prose(piece) for piece, is_code in pieces(text))


def _prose(text: str) -> str:
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        parts += [_apart(text[end : found.start()]), f"[{_apart(found[1])}]({redirected(found[2])})"]
        end = found.end()
    parts.append(_apart(text[end:]))
    return "".join(parts)


def redirected(url: str) -> str:
    """Return the address by a way that leaves no back-reference where a direct link to github.com would."""
    found = _REFERENCE.fullmatch(url)
    return _REDIRECT + found[1] if found else url


def link(label: str, url: str, *, cell: bool = False) -> str:
    """Return a link; only its label where `url` is not a web address."""
    shown = inline(label, cell=cell)
    if not _ADDRESS.fullmatch(url) or not shown:
        return shown
    # Parentheses, angle brackets, pipes and the like would end the address or the cell.
    return f"[{shown}]({quote(redirected(url), safe='/:?#@!$&+,=%~')})"
