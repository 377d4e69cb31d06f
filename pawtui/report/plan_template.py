"""A template for the migration plan, and the items of it that a given plan does not have."""

import re
from collections.abc import Iterator

from pawtui.report.plan_statements import statements
from pawtui.review.views import Overview, verifications, verified_kinds
from pawtui.sources.sanitize import safe_line

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
    yield from (f"- `{view.gate.id}`: {safe_line(view.gate.title)} ({view.state})" for view in still_open)
    if not still_open:
        yield "None."
    if kinds := verified_kinds(overview.tracker):
        yield from ("", "## Verification", "")
        yield from (f"- {title}: " for title in kinds.values())


def plan_gaps(overview: Overview, text: str) -> list[str]:
    """Return the steps, open gates and kinds of verification that a plan does not have, as sentences.

    A step or gate is found by its id or its title. The kinds of verification are those of the tracker's steps: one is
    found if a statement has its topic and a verb such as test, replay or compare. The wording of a plan is free: the
    sentences are hints.
    """
    steps = [(view.step.id, view.step.title) for view in overview.steps if view.state != "dropped"]
    gates = [(view.gate.id, view.gate.title) for view in overview.gates if not view.counts_as_satisfied]
    plan_statements = list(statements(text))
    missing = {
        "evaluation steps": [name for name, title in steps if not _mentions(text, name, title)],
        "open gates": [name for name, title in gates if not _mentions(text, name, title)],
        "verification": [
            title.lower()
            for key, title in verified_kinds(overview.tracker).items()
            if not any(statement.verifies(_TOPICS[key]) for statement in plan_statements)
        ],
    }
    return [f"{kind.capitalize()} not found: {', '.join(names)}." for kind, names in missing.items() if names]


def _mentions(text: str, name: str, title: str) -> bool:
    """Return whether a plan names a step or a gate.

    An id that is a plain word, such as `replay`, must be marked as a name: in quotes, bold or code, at the start of a
    line, or with "step" or "gate".
    """
    if " ".join(title.lower().split()) in " ".join(text.lower().split()):
        return True
    word = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    if not name.isalpha():
        return re.search(word, text, re.IGNORECASE) is not None
    label = rf"^[\s>#*+|-]*(?:\[[ x]\]\s*)?{word}\s*(?:[:|(-]|$)"
    marked = rf"[`'\"*_“]{word}[`'\"*_”]|\b(?:step|gate):?\s+{word}|{word}\s+(?:step|gate)\b"
    return re.search(f"{label}|{marked}", text, re.IGNORECASE | re.MULTILINE) is not None
