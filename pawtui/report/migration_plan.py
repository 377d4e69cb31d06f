"""The template of a migration plan, and the steps, gates and verifications that a given plan does not mention."""

import re

from pawtui.report.words import shown_gate_state
from pawtui.review.overview import Overview
from pawtui.review.subject_status import VERIFICATION_TITLES, verifications, verified_kinds
from pawtui.sources.sanitize import safe_line

# An item of the template without text, also not in a list or paragraph below it.
_EMPTY_ITEMS = re.compile(
    rf"^(?P<indent> *)- (?P<label>Undo|{'|'.join(VERIFICATION_TITLES.values())}):[ \t\r]*$(?!\s*\n(?P=indent)[ \t]+\S)",
    re.MULTILINE,
)


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

    Each is found by its id or its title as in the template. The wording of a plan is free: the sentences are hints.
    """
    steps = [(status.step.id, status.title) for status in overview.steps if status.state != "dropped"]
    gates = [(status.gate.id, status.title) for status in overview.gates if not status.counts_as_satisfied]
    kinds = [(title.lower(), title) for title in verified_kinds(overview.tracker).values()]
    words = _lower_words(text)
    missing = {
        label: [subject_id for subject_id, title in subjects if not _mentions(words, subject_id, title)]
        for label, subjects in (("Evaluation steps", steps), ("Open gates", gates), ("Verification", kinds))
    }
    gaps = [f"{label} not found: {', '.join(names)}." for label, names in missing.items() if names]
    empty = dict.fromkeys(item["label"] for item in _EMPTY_ITEMS.finditer(text))
    return [*gaps, f"Empty items: {', '.join(empty)}. Complete or remove them."] if empty else gaps


def _lower_words(text: str) -> str:
    return " ".join(text.lower().split())


def _mentions(words: str, subject_id: str, title: str) -> bool:
    """Return whether the words of a plan have the title of a step or a gate, or its id as a whole word."""
    whole_id = rf"(?<![\w-]){re.escape(subject_id.lower())}(?![\w-])"
    return _lower_words(title) in words or re.search(whole_id, words) is not None
