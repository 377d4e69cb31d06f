"""What the walk shows above a subject, and at its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from pawtui.report.words import counted
from pawtui.review.model import Change
from pawtui.review.steps import Step, last_reviewed
from pawtui.review.views import Overview
from pawtui.tui.content import ALERT, DANGER, MUTED, STRONG, concat, line, spaced, trusted
from pawtui.tui.page import Block, Page, Target, block, gap, heading, pair
from pawtui.tui.pages.common import PageContext, decision_mark, state_mark, titled
from pawtui.tui.pages.subjects import gate_of, page_of, signal_of


def step_page(
    overview: Overview, step: Step, page_context: PageContext, done: Change | None, error_log: str = ""
) -> Page | None:
    """The subject's own page under what the walk has to say about it; `trouble` is why the last act was refused."""
    page = page_of(overview, step.subject, page_context)
    if page is None:
        return None
    blocks = [block(concat(trusted("x ", f"bold {DANGER}"), line(error_log, DANGER)), hang=2)] if error_log else []
    blocks.append(pair("why now", line(step.why, ALERT if step.urgency < 4 else MUTED)))
    if settled := settles(overview, step.subject):
        blocks.append(pair("to settle", line(settled)))
    blocks += _since(overview, step)
    if done is not None:
        blocks.append(pair("decided", line(f"{done.summary}, by {done.by}", MUTED)))
    blocks.append(gap())
    return Page(key=f"walk:{page.key}", title=page.title, subtitle=page.subtitle, blocks=(*blocks, *page.blocks))


def settles(overview: Overview, subject: str) -> str:
    """Which keys would settle what is in doubt about a subject; empty where nothing is."""
    if gate := gate_of(overview, subject):
        if gate.stale:
            return "s: satisfied (pin again), b: blocked, t: untested"
        if gate.unchecked:
            return "a refresh that can check it; or X takes the marked pin off, and p pins another."
    if signal := signal_of(overview, subject):
        if signal.stale:
            return "n writes a note with a pin to what is there now; v judges anew."
        if signal.unchecked:
            return "a refresh that can check it; or n writes a note with another pin, and v judges anew."
        if signal.renewal:
            return f"a takes the measurement, {signal.measured}; v judges anew."
    return ""


def _since(overview: Overview, step: Step) -> list[Block]:
    """How it read when somebody last closed a review."""
    kind, _, name = step.subject.partition(":")
    before = last_reviewed(overview.record)
    old = before.signal(name) if before and kind == "signal" else None
    if before is None or old is None:
        return []
    now = overview.signal(name)
    summary = next((probe.summary for probe in old.probes if probe.state == old.state), "")
    label = f"{before.at:%m-%d} read"
    words = spaced([state_mark(old.state), line(summary, MUTED)])
    same = old.fingerprint and now.reading and old.fingerprint == now.reading.fingerprint
    moved = line("nothing it looks at has changed upstream since" if same else "", MUTED)
    return [pair(label, words), *([pair("", moved)] if same else [])]


def end_page(overview: Overview, walked: Sequence[Step], done: Mapping[str, Change], skipped: Collection[str]) -> Page:
    """What it adds up to and what still stands in the way, what was decided, and what was not."""
    decided = [step for step in walked if step.subject in done]
    left = [step for step in walked if step.subject not in done]
    blocks: list[Block] = [block(line("The walk is over.", STRONG))]
    if overview.decision == "go":
        blocks.append(heading("Decision now", decision_mark(overview.decision)))
        blocks += [block(line(reason)) for reason in overview.reasons]
    else:
        count = line(f"because of {counted(len(overview.reasons), 'thing')} still in the way", MUTED)
        blocks.append(heading("Decision now", spaced([decision_mark(overview.decision), count])))
        blocks += [block(concat(trusted("- "), line(reason)), hang=2) for reason in overview.reasons]
    if overview.earliest:
        blocks.append(block(line(f"It could change on {overview.earliest} at the earliest.", ALERT)))
    blocks.append(heading("Decided", line(f"{counted(len(decided), 'step')}: Enter goes back to one", MUTED)))
    blocks += [_line(step, f"{done[step.subject].summary}, {done[step.subject].by}") for step in decided]
    if left:
        blocks.append(heading("Not decided", line(counted(len(left), "step"), MUTED)))
        blocks += [_line(step, "skipped" if step.subject in skipped else "not looked at") for step in left]
    keys = "c closes the review with your recommendation, e shows the summary, the left arrow goes back a step."
    blocks += [gap(), block(line(keys, MUTED))]
    return Page(key="walk:end", title=titled("walk"), subtitle=decision_mark(overview.decision), blocks=tuple(blocks))


def _line(step: Step, words: str) -> Block:
    target = Target(enter="show", object=step.subject, copy=step.subject)
    name = step.subject.partition(":")[2]
    return block(concat(trusted(name.ljust(20)), trusted("  "), line(words, MUTED)), hang=22, target=target)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How far a walk is."""

    at: int
    count: int
    decided: int
    skipped: int

    def place(self) -> str:
        """`step 3 of 11`."""
        return f"step {self.at + 1} of {self.count}" if self.at < self.count else "at the end"

    def words(self) -> str:
        """`step 3 of 11, 2 decided, 1 skipped`."""
        return f"{self.place()}, {self.decided} decided, {self.skipped} skipped"
