"""The template of a migration plan, and the steps, gates and verifications that a given plan does not mention."""

import re

from pawtui.refresh.comment_text import without_code
from pawtui.report.words import shown_gate_state
from pawtui.review.overview import Overview
from pawtui.review.subject_status import VERIFICATION_TITLES, verifications, verified_kinds
from pawtui.sources.sanitize import safe_line

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
    steps: list[str] = []
    for status in overview.steps:
        if status.state != "dropped":
            box = "[x]" if status.state == "done" else "[ ]"
            steps.append(f"- {box} `{status.step.id}`: {safe_line(status.title)} ({status.state})")
            steps += [f"  - {kind}: {safe_line(how)}" for kind, how in verifications(status.step)]
            steps.append("  - Undo: ")
    open_gates = [
        f"- `{status.gate.id}`: {safe_line(status.title)} ({shown_gate_state(status)})"
        for status in overview.gates
        if not status.counts_as_satisfied
    ]
    lines = [f"# Plan: {safe_line(overview.tracker.title)}", ""]
    lines += ["## Steps", "", *(steps or ["- [ ] "]), ""]
    lines += ["## Open gates", "", *(open_gates or ["None."])]
    if kinds := verified_kinds(overview.tracker):
        lines += ["", "## Verification", "", *(f"- {title}: " for title in kinds.values())]
    return "\n".join(lines) + "\n"


def missing_in_plan(overview: Overview, text: str) -> list[str]:
    """Return the steps, open gates and kinds of verification that a plan does not have, and empty items, as sentences.

    A step or gate is found by its id or its title. The kinds of verification are those of the tracker's steps: one is
    found by a word for its topic, outside code and empty items. The wording of a plan is free: the sentences are hints.
    """
    steps = [(status.step.id, status.title) for status in overview.steps if status.state != "dropped"]
    gates = [(status.gate.id, status.title) for status in overview.gates if not status.counts_as_satisfied]
    words, prose = _lower_words(text), _lower_words(without_code(_EMPTY_ITEMS.sub("", text)))
    missing = {
        "evaluation steps": [step_id for step_id, title in steps if not _mentions(words, step_id, title)],
        "open gates": [gate_id for gate_id, title in gates if not _mentions(words, gate_id, title)],
        "verification": [
            title.lower() for key, title in verified_kinds(overview.tracker).items() if not _TOPICS[key].search(prose)
        ],
    }
    gaps = [f"{kind.capitalize()} not found: {', '.join(names)}." for kind, names in missing.items() if names]
    empty = dict.fromkeys(item["label"] for item in _EMPTY_ITEMS.finditer(text))
    return [*gaps, f"Empty items: {', '.join(empty)}. Complete or remove them."] if empty else gaps


def _lower_words(text: str) -> str:
    return " ".join(text.lower().split())


def _mentions(words: str, subject_id: str, title: str) -> bool:
    """Return whether the words of a plan have the title of a step or a gate, or its id as a whole word."""
    whole_id = rf"(?<![\w-]){re.escape(subject_id.lower())}(?![\w-])"
    return _lower_words(title) in words or re.search(whole_id, words) is not None
