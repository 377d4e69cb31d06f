"""An approximation of how GitHub renders a Markdown comment and searches the rendered text."""

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

# Sources: GitHub's documentation, "Autolinked references and URLs"; GitHub Flavored Markdown, 6.9. GitHub searches each
# rendered text node separately, so emphasis can precede a reference, as in `_GH-4_`. If a rule of GitHub depends on the
# previous character, these patterns accept every character except letters and digits.
_ACTIVE_TEXT = (
    re.compile(r"(?<![A-Za-z0-9])@[A-Za-z0-9]"),
    re.compile(r"#[0-9]"),
    re.compile(r"(?<![A-Za-z0-9])GH-[0-9]", re.IGNORECASE),
    re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|www\.|(?:mailto|xmpp):[A-Za-z0-9]", re.IGNORECASE),
    re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9_-]+\.[A-Za-z0-9]"),
    # A commit of another repository. A commit of the same repository is harmless.
    re.compile(r"[A-Za-z0-9-]@[0-9a-f]{7}", re.IGNORECASE),
)
_GAP = "\u200b"


class Page(HTMLParser):
    """A rendered comment: its tags, links, table cells, and its text outside code and links."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.hrefs: list[str] = []
        self.plain_texts: list[str] = [""]
        self.rows: list[list[str]] = []
        self.text = ""
        self._code_or_link_depth = 0
        self._in_cell = False
        # Like GitHub, keep raw HTML here; `_linkified` finds the addresses that become links.
        self.html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(markdown)
        self.feed(self.html)
        self.close()
        self._linkified = _linkified(markdown)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("code", "a", "pre"):
            self._code_or_link_depth += 1
        if tag == "a":
            self.hrefs.append(dict(attrs).get("href") or "")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True
        self.plain_texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("code", "a", "pre"):
            self._code_or_link_depth -= 1
        if tag in ("td", "th"):
            self._in_cell = False
        self.plain_texts.append("")

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
        if not self._code_or_link_depth:
            self.plain_texts[-1] += data
        if self._in_cell:
            self.rows[-1][-1] += data

    @property
    def active_text(self) -> list[str]:
        """The texts that GitHub would turn into a mention, a reference or a link."""
        found = [text for text in self.plain_texts if any(pattern.search(text) for pattern in _ACTIVE_TEXT)]
        return [*found, *self._linkified]


def _linkified(markdown: str) -> list[str]:
    """Return the addresses that linkify-it turns into links, without bare host names.

    linkify-it accepts a zero-width space as part of a name, but GitHub does not, so it is replaced by a space.
    """
    parser = MarkdownIt("gfm-like", {"html": True, "linkify": True})
    assert parser.linkify is not None
    # GitHub does not link an address without a scheme.
    parser.linkify.add("//", None)
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})
    tokens = [child for token in parser.parse(markdown.replace(_GAP, "\u00a0")) for child in token.children or ()]
    return [str(token.attrGet("href")) for token in tokens if token.type == "link_open" and token.markup == "linkify"]


def without_gaps(text: str) -> str:
    """Return a text without zero-width spaces."""
    return text.replace(_GAP, "")
