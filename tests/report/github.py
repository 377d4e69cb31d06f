"""What GitHub would make of a Markdown comment, near enough: its Markdown, and what it looks for in rendered text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

# GitHub's documentation, "Autolinked references and URLs"; GitHub Flavored Markdown, 6.9. It looks at each piece of
# rendered text by itself, so that emphasis makes a beginning as a space does: `_GH-4_` is a reference. Where a rule of
# GitHub's depends on what comes before, all but letters and digits counts as a beginning here.
_ACTIVE_TEXT = (
    re.compile(r"(?<![A-Za-z0-9])@[A-Za-z0-9]"),
    re.compile(r"#[0-9]"),
    re.compile(r"(?<![A-Za-z0-9])GH-[0-9]", re.IGNORECASE),
    re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|www\.|(?:mailto|xmpp):[A-Za-z0-9]", re.IGNORECASE),
    re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9_-]+\.[A-Za-z0-9]"),
    # A commit of another repository; one of the repository itself is harmless.
    re.compile(r"[A-Za-z0-9-]@[0-9a-f]{7}", re.IGNORECASE),
)
_GAP = "\u200b"


class Page(HTMLParser):
    """A rendered comment: its tags, its links, its text outside code and links, and its tables' cells."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.hrefs: list[str] = []
        self.loose: list[str] = [""]
        self.rows: list[list[str]] = []
        self.text = ""
        self._closed_to_github = 0
        self._in_cell = False
        # As GitHub: raw HTML is let through (and filtered later), addresses become links.
        self.html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(markdown)
        self.feed(self.html)
        self.close()
        self._linkified = _linkified(markdown)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("code", "a", "pre"):
            self._closed_to_github += 1
        if tag == "a":
            self.hrefs.append(dict(attrs).get("href") or "")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True
        self.loose.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("code", "a", "pre"):
            self._closed_to_github -= 1
        if tag in ("td", "th"):
            self._in_cell = False
        self.loose.append("")

    def handle_comment(self, data: str) -> None:
        self.tags.append("!--")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("!")

    def unknown_decl(self, data: str) -> None:
        self.tags.append("!")

    def handle_pi(self, data: str) -> None:
        self.tags.append("?")

    def handle_data(self, data: str) -> None:
        self.text += data
        if not self._closed_to_github:
            self.loose[-1] += data
        if self._in_cell:
            self.rows[-1][-1] += data

    @property
    def acted_on(self) -> list[str]:
        """What GitHub would turn into a mention, a reference or a link by itself."""
        found = [text for text in self.loose if any(pattern.search(text) for pattern in _ACTIVE_TEXT)]
        return [*found, *self._linkified]


def _linkified(markdown: str) -> list[str]:
    """What another finder of addresses (linkify-it, without its guesses at bare names) makes links of.

    It takes a zero-width space for a letter of a name, where GitHub's ends: it gets a space instead.
    """
    parser = MarkdownIt("gfm-like", {"html": True, "linkify": True})
    assert parser.linkify is not None
    # An address without its scheme is none to GitHub.
    parser.linkify.add("//", None)
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})
    tokens = [child for token in parser.parse(markdown.replace(_GAP, "\u00a0")) for child in token.children or ()]
    return [str(token.attrGet("href")) for token in tokens if token.type == "link_open" and token.markup == "linkify"]


def without_gaps(text: str) -> str:
    """Text as a person reads it: without zero-width spaces."""
    return text.replace(_GAP, "")
