"""A template for the migration plan, and the items of the template that a plan does not mention."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pawtui.report.words import counted
from pawtui.review.evaluation import VERIFICATIONS, verifications
from pawtui.review.views import Overview
from pawtui.sources.sanitize import safe_line

# The words that mention a kind of verification, by its key.
_MENTIONS = {
    "old_sessions": r"\b(?:old|current|existing|local|recorded)[ -]+sessions?\b",
    "compaction": r"\bcompact(?:ion|ions|ed|ing)?\b",
    "tools": r"\btools?\b",
    "recovery": r"\b(?:recover(?:y|s|ed|ing)?|resum(?:e|es|ed|ing|ption))\b",
}


def plan_template(overview: Overview) -> str:
    """Return a template in Markdown: steps, open gates, and the four kinds of verification."""
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
    open_gates = [view for view in overview.gates if not view.is_satisfied]
    yield from (f"- `{view.gate.id}`: {safe_line(view.gate.title)} ({view.state})" for view in open_gates)
    if not open_gates:
        yield "None."
    yield from ("", "## Verification", "")
    yield from (f"- {title}: " for title in VERIFICATIONS.values())


def plan_gaps(overview: Overview, text: str) -> list[str]:
    """Return a message for the steps, the open gates and the kinds of verification that a plan does not mention.

    A plan mentions a step or a gate by id or title, and a kind of verification in words. A label of the template
    without text after it does not count.
    """
    words = _filled(text)
    missing = {
        "evaluation step": [
            view.step.id
            for view in overview.steps
            if view.state != "dropped" and not _mentions(words, view.step.id, view.step.title)
        ],
        "open gate": [
            view.gate.id
            for view in overview.gates
            if not view.is_satisfied and not _mentions(words, view.gate.id, view.gate.title)
        ],
        "kind of verification": [
            title.lower() for key, title in VERIFICATIONS.items() if not re.search(_MENTIONS[key], words)
        ],
    }
    plurals = {"kind of verification": "kinds of verification"}
    return [
        f"The plan does not mention {counted(len(names), kind, plurals.get(kind, ''))}: {', '.join(names)}."
        for kind, names in missing.items()
        if names
    ]


def _filled(text: str) -> str:
    """Return the plan in lower case, without empty labels of the template."""
    labels = {f"- {title}:".lower() for title in VERIFICATIONS.values()}
    lines = text.lower().split("\n")
    return "\n".join(line for line in lines if line.strip() not in labels)


def _mentions(words: str, name: str, title: str) -> bool:
    return title.lower() in words or re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words) is not None
