"""The template for a migration plan, and the check of a plan: which steps, gates and verifications it lacks."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt

from pawtui.report.words import shown_gate_state
from pawtui.review.overview import Overview
from pawtui.review.views import VERIFICATION_TITLES, verifications, verified_kinds
from pawtui.sources.sanitize import safe_line

# What a plan verifies: a statement with a topic and a verb of verification, and no negation.
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
# An item of the template without text, also not in a list or paragraph below it.
_EMPTY_ITEMS = re.compile(
    rf"^(?P<indent> *)- (?P<label>Undo|{'|'.join(VERIFICATION_TITLES.values())}):[ \t\r]*$(?!\s*\n(?P=indent)[ \t]+\S)",
    re.MULTILINE,
)
# The words for the topic of each kind of verification, by its key.
_TOPICS = {
    "old_sessions": re.compile(
        r"\b(?:old|older|current|existing|local|recorded|stored|saved|real|past|earlier|previous|legacy|v1)"
        r"(?:[ -]+[\w']+){0,2}[ -]+(?:sessions?|databases?|history|histories)\b|\bsession (?:databases?|history)\b"
        r"|\bsessions? (?:(?:that were|that are|which were) )?(?:created|made|recorded|written|saved|stored|from)\b"
    ),
    "compaction": re.compile(r"\bcompact(?:ion|ions|ed|ing|s)?\b"),
    "tools": re.compile(r"\btools?\b"),
    "recovery": re.compile(
        r"\b(?:recover(?:y|s|ed|ing)?|resum(?:e|es|ed|ing|ption)|crash(?:es|ed)?|interrupt(?:s|ed|ions?)?|killed|restarts?)\b"
    ),
}


def plan_template(overview: Overview) -> str:
    """Return the beginning of a plan in Markdown: steps, open gates, and the kinds of verification."""
    return "\n".join(_lines(overview)) + "\n"


def _lines(overview: Overview) -> Iterator[str]:
    yield f"# Plan: {safe_line(overview.tracker.title)}"
    yield from ("", "## Steps", "")
    steps = [view for view in overview.steps if view.state != "dropped"]
    for view in steps:
        box = "[x]" if view.state == "done" else "[ ]"
        yield f"- {box} `{view.step.id}`: {safe_line(view.step.title)} ({view.state})"
        yield from (f"  - {kind}: {safe_line(how)}" for kind, how in verifications(view.step))
        yield "  - Undo: "
    if not steps:
        yield "- [ ] "
    yield from ("", "## Open gates", "")
    still_open = [view for view in overview.gates if not view.counts_as_satisfied]
    yield from (f"- `{view.gate.id}`: {safe_line(view.gate.title)} ({shown_gate_state(view)})" for view in still_open)
    if not still_open:
        yield "None."
    if kinds := verified_kinds(overview.tracker):
        yield from ("", "## Verification", "")
        yield from (f"- {title}: " for title in kinds.values())


def missing_in_plan(overview: Overview, text: str) -> list[str]:
    """Return the steps, open gates and kinds of verification that a plan does not have, and empty items, as sentences.

    A step or gate is found by its id or its title. The kinds of verification are those of the tracker's steps: one is
    found by its text in the tracker, or if a statement has its topic and a verb such as test, replay or compare. The
    wording of a plan is free: the sentences are hints.
    """
    steps = [(view.step.id, view.step.title) for view in overview.steps if view.state != "dropped"]
    gates = [(view.gate.id, view.gate.title) for view in overview.gates if not view.counts_as_satisfied]
    plan_statements = list(statements(text))
    copied = _copied_verifications(overview, text)
    missing = {
        "evaluation steps": [step_id for step_id, title in steps if not _mentions(text, step_id, title)],
        "open gates": [gate_id for gate_id, title in gates if not _mentions(text, gate_id, title)],
        "verification": [
            title.lower()
            for key, title in verified_kinds(overview.tracker).items()
            if title not in copied and not any(statement.verifies(_TOPICS[key]) for statement in plan_statements)
        ],
    }
    gaps = [f"{kind.capitalize()} not found: {', '.join(names)}." for kind, names in missing.items() if names]
    empty = dict.fromkeys(item["label"] for item in _EMPTY_ITEMS.finditer(text))
    return [*gaps, f"Empty items: {', '.join(empty)}. Complete or remove them."] if empty else gaps


def _copied_verifications(overview: Overview, text: str) -> set[str]:
    """Return the kinds of verification, by title, whose text in the tracker is a line of the plan."""
    lines = {line.strip().removeprefix("- ") for line in text.splitlines()}
    described = (pair for step in overview.tracker.steps for pair in verifications(step))
    return {title for title, how in described if f"{title}: {safe_line(how)}" in lines}


def _mentions(text: str, subject_id: str, title: str) -> bool:
    """Return whether a plan names a step or a gate.

    An id that is a plain word, such as `replay`, must be marked as a name: in quotes, bold or code, at the start of a
    line, or with "step" or "gate".
    """
    if " ".join(title.lower().split()) in " ".join(text.lower().split()):
        return True
    word = rf"(?<![\w-]){re.escape(subject_id)}(?![\w-])"
    if not subject_id.isalpha():
        return re.search(word, text, re.IGNORECASE) is not None
    label = rf"^[\s>#*+|-]*(?:\[[ x]\]\s*)?{word}\s*(?:[:|(-]|$)"
    marked = rf"[`'\"*_“]{word}[`'\"*_”]|\b(?:step|gate):?\s+{word}|{word}\s+(?:step|gate)\b"
    return re.search(f"{label}|{marked}", text, re.IGNORECASE | re.MULTILINE) is not None


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
    heading = text = row = tag = ""
    # One for each open list, the outermost first; empty if the text before the list does not introduce it.
    introductions: list[str] = []
    quotations = 0
    for token in _MARKDOWN.parse(plan):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                introductions.append(text if text.endswith(":") else "")
            case "bullet_list_close" | "ordered_list_close":
                introductions.pop()
                text = ""
            case "blockquote_open" | "blockquote_close":
                # 1 at the start, -1 at the end.
                quotations += token.nesting
            case "tr_open":
                row = ""
            case "tr_close":
                text = row
                yield PlanStatement(heading, row)
            case "heading_open" | "paragraph_open" | "td_open" | "th_open":
                tag = token.tag
            case "inline" if not quotations:
                content = " ".join(_MARKS.sub("", token.content).lower().split())
                if tag in ("td", "th"):
                    row = f"{row}: {content}" if row else content
                else:
                    text = content
                if tag == "h1":
                    # The title of the whole plan is not the topic of its sentences.
                    heading = ""
                elif tag in ("h2", "h3", "h4", "h5", "h6"):
                    heading = content
                elif tag == "p":
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
