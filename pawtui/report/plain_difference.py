"""The difference between two refreshes as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from pawtui.probes.finding import State
from pawtui.report.difference import Difference, PlanChange, ReadingChange
from pawtui.report.words import STATE_GLYPH, moment

_EVIDENCE_SHOWN = 10


def difference_text(change: Difference) -> str:
    """Warnings first, then both repositories, readings with the reason, evidence, decision, plan, people's acts."""
    lines = [f"From {moment(change.first.at)} to {moment(change.second.at)}"]
    lines += [f"Warning: {warning}" for warning in change.warnings]
    lines += change.moved
    before, after = change.decision
    lines.append(f"Decision: {before}, as before" if before == after else f"Decision: {before}, then {after}")
    lines += _plan(change.plan)
    lines += ["", "Readings"]
    lines += [line for reading in change.readings for line in reading_lines(reading)] or ["  none changed"]
    lines += ["", "What people did"]
    lines += [f"  {moment(act.at)}  {act.by}  {act.summary}" for act in change.actions] or ["  nothing"]
    return "\n".join(" ".join(line.split("\n")) for line in lines) + "\n"


def _plan(plan: PlanChange) -> Iterator[str]:
    before, after = plan.summary
    if plan.changed:
        yield f"Plan: {before}, then {after}" + (f": {plan.why}" if plan.why else "")
    elif plan.after is not None:
        yield f"Plan: {after}, as before"


def _word(state: State | None) -> str:
    return f"{STATE_GLYPH[state]} {state}" if state else "- not measured"


def reading_lines(reading: ReadingChange) -> Iterator[str]:
    """One signal: both states and why, what it says now, evidence that came or went."""
    if reading.why:
        yield f"  {reading.id}: {_word(reading.before)} -> {_word(reading.after)}, because {reading.why}"
    else:
        yield f"  {reading.id}: {_word(reading.after)} as before, on other evidence"
    yield f"    now: {reading.summary}"
    for sign, found in (("new", reading.new), ("gone", reading.gone)):
        for evidence in found[:_EVIDENCE_SHOWN]:
            yield f"    {sign}: {evidence.text}  {evidence.url}".rstrip()
        if len(found) > _EVIDENCE_SHOWN:
            yield f"    {sign}: {len(found) - _EVIDENCE_SHOWN} more"
