"""Find what a plan verifies: statements that have a topic and a verb of verification, and no negation."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt

_VERB = (
    r"\b(?:test(?:s|ed|ing)?|verif(?:y|ies|ied|ying|ication)|(?:re)?check(?:s|ed|ing)?|compar(?:e|es|ed|ing|ison|isons)"
    r"|replay(?:s|ed|ing)?|resum(?:e|es|ed|ing)|export(?:s|ed|ing)?|open(?:s|ed|ing)?"
    # "Open questions" and "open gates" verify nothing.
    r"(?!\s+(?:gates?|questions?|issues?|points?|items?|tasks?|pull|prs?)\b))\b"
)
_VERBS = re.compile(_VERB)
# A negation with a verb after at most two other words: "not yet tested", "no check of".
_NEGATED = re.compile(rf"\b(?:not|never|no|nor|neither|none|cannot|\w+n['’]t)(?:\s+[\w'-]+){{0,2}}?\s+{_VERB}")
_EXCLUDED = re.compile(
    r"\b(?:out of scope|non-goals?|no need|not (?:needed|necessary|required|planned|covered|included|part|possible)"
    r"|skip(?:s|ped|ping)?|defer(?:s|red|ring)?|postpon\w+|omit\w*|exclud\w+|leav\w+ out|left out|untested)\b"
    r"|\b(?:tbd|unclear|(?:not|\w+n['’]t) know)\b|^\s*(?:not|nor)\b"
)
_WITHOUT = re.compile(rf"\b(?:without|instead of|rather than)(?:\s+[\w'-]+){{0,2}}?\s+{_VERB}.*")
# "Check that no call is lost" verifies something.
_CLAIM = re.compile(rf"{_VERB}(?:\s+[\w'-]+){{0,2}}?\s+(?:that|whether|if|how)\b")
_CLAUSES = re.compile(r"[;,]|\b(?:but|while|whereas|although|though|however|except)\b")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_MARKS = re.compile(r"~~.*?~~|[*_`]")
_MARKDOWN = MarkdownIt("commonmark").enable("table")


class PlanStatement(NamedTuple):
    """A sentence, list item or table row of a plan in lower case, and the heading above it.

    An item of a list also has the text that introduces the list: `we test: tools`.
    """

    heading: str
    text: str

    def verifies(self, topic: re.Pattern[str]) -> bool:
        """Return whether the statement verifies a topic. The topic can be in the heading, the verb cannot."""
        if self.text.endswith("?") or _EXCLUDED.search(self.heading):
            return False
        text = _affirmed(self.text)
        return any(
            topic.search(self.heading) or topic.search(f"{text[: verb.start()]} {text[verb.end() :]}")
            for verb in _VERBS.finditer(text)
        )


def statements(plan: str) -> Iterator[PlanStatement]:
    """Yield the statements of a plan in Markdown, without its code and quotations."""
    heading = text = kind = level = ""
    introductions: list[str] = []
    quotations = 0
    for token in _MARKDOWN.parse(plan):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            introductions.append(text if text.endswith(":") else "")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            introductions.pop()
            text = ""
        elif token.type in ("blockquote_open", "blockquote_close"):
            quotations += token.nesting
        elif token.type == "tr_open":
            text = ""
        elif token.type == "tr_close":
            yield PlanStatement(heading, text)
        elif token.type in ("heading_open", "paragraph_open", "td_open", "th_open"):
            kind, level = token.type, token.tag
        elif token.type == "inline" and not quotations:
            content = " ".join(_MARKS.sub("", token.content).lower().split())
            if kind in ("td_open", "th_open"):
                text = f"{text}: {content}" if text else content
                continue
            text = content
            if kind == "heading_open":
                # The title of the whole plan is not the topic of its sentences.
                heading = "" if level == "h1" else content
                continue
            for sentence in _SENTENCES.split(content):
                yield PlanStatement(heading, " ".join([*filter(None, introductions), sentence]))


def _affirmed(text: str) -> str:
    """Return a sentence without its negated clauses."""
    clauses = []
    for clause in _CLAUSES.split(text):
        kept = _WITHOUT.sub("", clause)
        negated = _NEGATED.search(kept) or _EXCLUDED.search(kept)
        if negated is None or _CLAIM.search(kept[: negated.start()]):
            clauses.append(kept)
            continue
        before = kept[: negated.start()].rpartition(" and ")[0]
        if _VERBS.search(before):
            # "Tools are tested and compaction is not yet tested".
            clauses.append(before)
        if ":" in kept[negated.end() :]:
            # "Not tested: tools, recovery": the negation applies to the whole list.
            break
    return ", ".join(clauses)
