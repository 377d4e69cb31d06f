"""Text on one line as spans: words with a role, such as a state, and the address that they link to.

A text may contain anything that a user or a repository wrote: each renderer makes it safe for its output.
"""

import datetime as dt
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from pawtui.moments import minute_text
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Decision, DriftState
from pawtui.review.record_types import GateState

# `hint` is a key to press: only screens show it. States are shown with their glyph. `unchecked` is the state of a pin;
# `stale` and `gate-unchecked` are states of a gate.
Role = Literal["", "strong", "muted", "alert", "danger", "ok", "link", "code", "hint", "stale", "gate-unchecked"] | (
    State | GateState | DriftState | Decision
)


# A key in a text of pawtui: the default key, and the id of its action.
_KEY = re.compile(r"<([^<>:]+):([a-z_.]+)>")


class Span(msgspec.Struct, frozen=True):
    """Words on one line, with their role and the address that they link to, if any.

    `names_keys`: renderers write the keys in the text as `with_keys` does. Never set it for a text from outside.
    """

    text: str
    role: Role = ""
    url: str = ""
    names_keys: bool = False


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
    """Return a text about keys, which only screens show."""
    return Span(text, "hint", names_keys=True)


def with_keys(text: str, chosen: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a text with its keys: `<v:signal.verdict>` becomes the key that is chosen for this action, else `v`."""
    return _KEY.sub(lambda found: chosen.get(found[2], found[1]), text)


def signature(by: str, at: dt.datetime) -> Span:
    """Return the author and the time of a state, muted."""
    return muted(f"{by}, {minute_text(at)}")
