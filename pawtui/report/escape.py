"""Text in Markdown that is pasted on GitHub: it pings nobody, links nothing by accident, breaks no table.

Three kinds of text, by who wrote it:

- `code` and `outside`, for what came from a repository or an answer: inside a code span whose fence is longer than any
  run of backticks in it. GitHub looks for mentions and references in rendered text, but not inside `code` and `a`;
  entities and backslashes do not keep it from finding them. A reply by mail quotes it as plain text, hence the
  zero-width space even there after an `@` that could begin a mention. One that ends a word cannot, so that a pin is
  copied whole.
- `literal`, for short words of people on record and of the tracker (reasons, titles): one line, shown as typed. Marks
  that mean something inside a line are escaped (CommonMark 0.31, 2.4), what GitHub finds in rendered text is broken up.
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
from itertools import groupby
from urllib.parse import quote

from pawtui.report.code_spans import pieces
from pawtui.sources.sanitize import safe_line, safe_text

GITHUB = "https://github.com"
_REDIRECT = "https://redirect.github.com"
_GAP = "\u200b"
CODE_LIMIT = 300
LITERAL_LIMIT = 2000

# GitHub takes no mention from the middle of a word, and its words are ASCII.
_MENTION = re.compile(r"(?<![A-Za-z0-9_])@")
_BACKTICKS = re.compile(r"`+")
# A word without any meaning to Markdown or GitHub: no reference, no address, nothing that could be a SHA.
_PLAIN = re.compile(r"(?:[A-Za-z0-9,;%()+'’“”?!–-]|[.:](?![A-Za-z/+-]))*")
_SUSPECT = re.compile(r"\b[0-9a-f]{7,}\b|\bGH-\d", re.IGNORECASE)
# A colon counts where it could be an emoji's or an address's; what has no meaning inside a line is left readable.
_LITERAL = re.compile(r"[\\`*_\[\]|~$#>!<&@]|:(?=[A-Za-z+\-/])|GH-(?=\d)|www(?=\.)", re.IGNORECASE)
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
    """What GitHub or Markdown would act on, broken up by zero-width spaces."""
    return _ACTIVE.sub(lambda found: found[0] + _GAP, text)


def _unmentioned(text: str) -> str:
    """Code without what could mention someone where it is read as plain text."""
    return _MENTION.sub("@" + _GAP, text)


def code(text: str, *, cell: bool = False, limit: int = CODE_LIMIT) -> str:
    """Outside text as one code span; an empty string for an empty text. `cell`: it stands in a table."""
    text = safe_line(text, limit)
    if not text:
        return ""
    text = _unmentioned(text)
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    span = f"{fence}{pad}{text}{pad}{fence}"
    return _in_cell(span) if cell else span


def _in_cell(span: str) -> str:
    # Renderers differ over what a backslash before an escaped pipe does: nothing stands between the two any more.
    return re.sub(r"\\(?=\|)", lambda found: found[0] + _GAP, span).replace("|", "\\|")


def outside(text: str, *, cell: bool = False) -> str:
    """Outside text on one line: plain words and numbers as they are, everything else in code spans."""
    words = safe_line(text).split(" ")
    groups = groupby(words, key=lambda word: bool(_PLAIN.fullmatch(word)) and not _SUSPECT.search(word))
    return " ".join(" ".join(group) if plain else _spanned(" ".join(group), cell=cell) for plain, group in groups)


def _spanned(text: str, *, cell: bool) -> str:
    """In a code span, but for the stop that ends the sentence around it: who copies it wants it without."""
    ends = len(text) > 1 and text[-1] in ".,;" and text[-2].isalnum()
    return code(text[:-1], cell=cell) + text[-1] if ends else code(text, cell=cell)


def literal(text: str) -> str:
    """A person's words on one line, shown as typed; fit for a table cell."""
    return _LITERAL.sub(_escaped, safe_line(text, LITERAL_LIMIT))


def _escaped(found: re.Match[str]) -> str:
    mark = found[0]
    if mark == "<":
        return "&lt;"
    if mark == "@" or len(mark) > 1 or mark == ":":
        return mark + _GAP
    return "\\" + mark + (_GAP if mark == "#" else "")


def quoted(text: str) -> str:
    """A maintainer's note as a block quote that keeps its Markdown, without what reaches out of the page."""
    text = safe_text(text).strip("\n")
    safe = "".join(_unmentioned(piece) if is_code else _prose(piece) for piece, is_code in pieces(text))
    return "\n".join(f"> {line}".rstrip() for line in safe.split("\n"))


def _prose(text: str) -> str:
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        parts += [_apart(text[end : found.start()]), f"[{_apart(found[1])}]({redirected(found[2])})"]
        end = found.end()
    parts.append(_apart(text[end:]))
    return "".join(parts)


def redirected(url: str) -> str:
    """The address, by a way that leaves no back-reference where a direct link to github.com would."""
    found = _REFERENCE.fullmatch(url)
    return _REDIRECT + found[1] if found else url


def link(label: str, url: str, *, cell: bool = False) -> str:
    """A link with outside text for its label; only the label where `url` is no web address."""
    shown = code(label, cell=cell)
    if not _ADDRESS.fullmatch(url) or not shown:
        return shown
    # Parentheses, angle brackets, pipes and the like would end the address or the cell.
    return f"[{shown}]({quote(redirected(url), safe='/:?#@!$&+,=%~')})"
