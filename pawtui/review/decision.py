"""Go, hold or no-go, and why.

The decision is `no-go` if a gate is blocked. It is `go` if every signal is met, every gate is satisfied, and all their
evidence was checked and is not stale. Otherwise it is `hold`.

A signal is met by measurement, or by a verdict that does not need renewal. Unknown never counts as met. The decision is
never `go` without signals or gates, if the followed ref may be the wrong one, or if the tracker changed since the last
refresh: its signals were measured with other rules.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from pawtui.phrases import counted
from pawtui.refresh.refresh_types import Decision
from pawtui.review.subject_status import GateStatus, SignalStatus, SubjectStatus

# One line each: reasons of a gate, of the evidence of a gate or signal, of a signal, and of the whole tracker.
ReasonKind = (
    Literal["blocked", "untested"]
    | Literal["stale", "unchecked"]
    | Literal["renewal", "unmet", "partial", "unknown"]
    | Literal["upstream-unread", "new-rules", "no-signals", "no-gates"]
)
_LABELS: Mapping[ReasonKind, str] = {
    "blocked": "Blocked",
    "untested": "Untested",
    "stale": "Stale evidence",
    "unchecked": "Evidence not checked",
    "renewal": "Verdict needs renewal",
    "unmet": "Unmet",
    "partial": "Partial",
    "unknown": "Unknown",
    "upstream-unread": "Upstream not read",
    "new-rules": "Tracker changed",
    "no-signals": "No signals",
    "no-gates": "No gates",
}


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason why the decision is not `go`.

    `subject` is `signal:ID` or `gate:ID`. `subject` and `title` are empty if the reason concerns the followed ref or
    the whole tracker.
    """

    kind: ReasonKind
    subject: str = ""
    title: str = ""
    detail: str = ""

    @property
    def label(self) -> str:
        """The kind as a label: `Stale evidence`."""
        return _LABELS[self.kind]

    @property
    def text(self) -> str:
        """The reason on one line: `Blocked: "The replay maps": skill parts do not map`."""
        title = f'"{self.title}"' if self.title else ""
        return ": ".join(part for part in (self.label, title, self.detail) if part)


def decide(
    signals: Sequence[SignalStatus], gates: Sequence[GateStatus], *, why_unread: str, has_new_rules: bool
) -> tuple[Decision, tuple[Reason, ...], dt.date | None]:
    """Return the decision, the reasons why it is not `go`, and the first day on which it can become `go`, if known.

    `why_unread` is why the upstream was not read: its followed ref may be the wrong one, or there is no refresh; empty
    if it was read. With `has_new_rules`, the tracker is not the one of the last refresh.
    """
    blocked = [_reason("blocked", status, status.summary) for status in gates if status.state == "blocked"]
    missing: list[Reason] = []
    if why_unread:
        missing.append(Reason(kind="upstream-unread", detail=why_unread))
    if has_new_rules:
        missing.append(Reason(kind="new-rules", detail="refresh to measure with the current tracker"))
    if not signals:
        missing.append(Reason(kind="no-signals", detail="no evidence that the upstream is ready"))
    if not gates:
        missing.append(Reason(kind="no-gates", detail="no evidence that the downstream is ready"))
    reasons = [reason for status in signals for reason in _signal_reasons(status)]
    # This cause of every signal of the upstream is named once.
    missing += [replace(reason, detail="") if reason.detail == why_unread else reason for reason in reasons]
    for status in gates:
        if status.state == "satisfied":
            missing += _evidence_reasons(status)
        elif status.state == "untested":
            missing.append(_reason("untested", status, status.summary))

    if blocked:
        return "no-go", (*blocked, *missing), None
    if not missing:
        return "go", (), None
    # All of these signals must be met, so the last of their days counts.
    days = [day for status in signals if status.effective != "met" and (day := _met_on(status))]
    return "hold", tuple(missing), max(days, default=None)


def _reason(kind: ReasonKind, status: SubjectStatus, detail: str) -> Reason:
    return Reason(kind=kind, subject=status.subject, title=status.title, detail=detail)


def _signal_reasons(status: SignalStatus) -> list[Reason]:
    if status.effective == "met":
        reasons = _evidence_reasons(status)
    else:
        # The summary is of the measured state, which does not count under such a verdict.
        by_verdict = f"by verdict: {status.verdict.reason}" if status.verdict and status.overridden else ""
        reasons = [_reason(status.effective, status, by_verdict or status.summary)]
    if status.renewal_reason:
        reasons.append(_reason("renewal", status, status.renewal_reason))
    return reasons


def _evidence_reasons(status: SubjectStatus) -> list[Reason]:
    """Return the reason that evidence is stale, else that it was not checked: its first pin, and how many there are."""
    pins = status.stale or status.unchecked
    if not pins:
        return []
    first = f"{pins[0].pin} {pins[0].state}" if status.stale else pins[0].pin
    detail = f"{counted(len(pins), 'pin')}, first {first}" if len(pins) > 1 else first
    return [_reason("stale" if status.stale else "unchecked", status, detail)]


def _met_on(status: SignalStatus) -> dt.date | None:
    """Return the day on which the signal is met if nothing else happens; None if a probe that decides has no such day.

    A signal whose measured state is overridden has no such day either: its state is that of the verdict.
    """
    if status.reading is None or status.overridden:
        return None
    days = []
    for probe in status.reading.probes:
        if probe.state == "met" or not probe.decides:
            continue
        if probe.facts is None or probe.facts.met_on is None:
            return None
        days.append(probe.facts.met_on)
    return max(days, default=None)
