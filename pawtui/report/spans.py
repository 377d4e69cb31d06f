"""Text on one line as spans: words with a role, such as a state, and the address that they link to.

A text may contain anything that a user or a repository wrote: each renderer makes it safe for its output.
"""

import datetime as dt
from typing import Literal

import msgspec

from pawtui.moments import minute_text
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Decision, DriftState
from pawtui.report.words import shown_gate_state
from pawtui.review.record_types import GateState
from pawtui.review.subject_status import GateStatus

# `hint` is a key to press: only screens show it. States are shown with their glyph. `unchecked` is the state of a pin;
# `stale` and `gate-unchecked` are states of a gate.
Role = Literal["", "strong", "muted", "alert", "danger", "ok", "link", "code", "hint", "stale", "gate-unchecked"] | (
    State | GateState | DriftState | Decision
)


class Span(msgspec.Struct, frozen=True):
    """Words on one line, with their role and the address that they link to, if any."""

    text: str
    role: Role = ""
    url: str = ""


Text = tuple[Span, ...]
# A text as the fields of a document accept it. Renderers make it a `Text` with `text_of`.
TextLike = str | Span | Text


def text_of(*parts: TextLike) -> Text:
    """Return the non-empty parts as one text."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.append(Span(part))
        elif isinstance(part, Span):
            spans.append(part)
        else:
            spans += part
    return tuple(span for span in spans if span.text)


def spaced(*parts: TextLike, gap: str = "  ") -> Text:
    """Return the non-empty parts as one text, with `gap` between them."""
    line: list[Span] = []
    for part in parts:
        if spans := text_of(part):
            line += [Span(gap), *spans] if line else spans
    return tuple(line)


def state_span(state: Role) -> Span:
    """Return the name of a state or decision; renderers add its glyph."""
    return Span(state, state)


def muted(text: str) -> Span:
    return Span(text, "muted")


def hint(text: str) -> Span:
    """Return a text about a key, which only screens show."""
    return Span(text, "hint")


def signature(by: str, at: dt.datetime) -> Span:
    """Return the author and the time of a state, muted."""
    return muted(f"{by}, {minute_text(at)}")


def gate_span(status: GateStatus) -> Span:
    """Return the shown state of a gate."""
    shown = shown_gate_state(status)
    return Span("unchecked", "gate-unchecked") if shown == "unchecked" else state_span(shown)


def evidence_remark(status: GateStatus) -> str:
    """Return the problem with the evidence of a gate, or why it is untested again; empty if there is neither.

    The shown state of a satisfied gate (`gate_span`) names the problem, so the remark is its effect.
    """
    if status.state == "satisfied" and status.evidence_problem:
        return "does not count as satisfied"
    return status.evidence_problem or status.reopened
