"""Mistakes in a tracker whose single values are correct (`value_mistakes.py`): repeated ids, unknown names."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from pawtui.tracker.mistake import Mistake, unknown_name, with_prefix
from pawtui.tracker.probe_mistakes import probe_mistakes
from pawtui.tracker.tracker_types import EvaluationStep, Gate, Part, Side, Signal, Tracker

_FULL_SHA = re.compile(r"[0-9a-f]{40}")
# The address of a remote in git, such as https://github.com/octo/hello.git or git@github.com:octo/hello.git.
_ADDRESS = re.compile(r"[A-Za-z+]+://|[\w.-]+@[\w.-]+:")
# A line whose `*` may continue the last number: `v0.5*` matches v0.5.1 and v0.50.1.
_AMBIGUOUS_LINE = re.compile(r"\d\.\d+\*$")
# The id of the tracker that `pawtui init --small` writes.
_EXAMPLE_ID = "mine"


def find_mistakes(tracker: Tracker) -> list[Mistake]:
    """Return every mistake in a tracker whose single values are correct, except mistakes in its patterns."""
    return [
        *_top_level_mistakes(tracker),
        *with_prefix(("upstream",), _side_mistakes(tracker.upstream)),
        *with_prefix(("downstream",), _side_mistakes(tracker.downstream)),
        *with_prefix(("surfaces",), _surface_mistakes(tracker)),
        *with_prefix(("signals",), _signal_mistakes(tracker)),
        *with_prefix(("gates",), _item_mistakes(tracker.gates)),
        *with_prefix(("steps",), _step_mistakes(tracker)),
    ]


def find_warnings(tracker: Tracker) -> list[str]:
    """Return warnings about a valid tracker, such as the lack of gates, with which the decision is never `go`."""
    warnings = []
    if tracker.id == _EXAMPLE_ID:
        remedy = "Choose your own: trackers with the same id share one record."
        warnings.append(f"The id {tracker.id!r} is only an example. {remedy}")
    if not tracker.signals:
        warnings.append("It has no signals, so the decision is never go. Add [[signals]].")
    if not tracker.gates:
        warnings.append("It has no gates, so the decision is never go. Add [[gates]].")
    # Without these two warnings, a signal could be met because nobody noticed that something is never measured.
    used = {name for probe in tracker.probes for name in getattr(probe, "surfaces", ())}
    unused = [name for name in tracker.surfaces if name not in used]
    warnings += [f"No probe uses the surface {name!r}. Remove it, or use it." for name in unused]
    for side in (tracker.upstream, tracker.downstream):
        for name in filter(_FULL_SHA.fullmatch, side.ref_names()):
            warnings.append(f"The ref {name[:10]} of {side.repo} is a commit, which never moves. Name a branch.")
    lines = dict.fromkeys(getattr(probe, "line", "") for probe in tracker.probes)
    for line in filter(_AMBIGUOUS_LINE.search, lines):
        start = line[:-1]
        remedy = f"To choose one of them, write {start}.* or {start}?.*."
        warnings.append(f"The line {line!r} matches both {start}.1 and {start}0.1. {remedy}")
    return warnings


def _top_level_mistakes(tracker: Tracker) -> Iterator[Mistake]:
    if tracker.id == "cache":
        # The folder of the record is named after the tracker, next to the folder of the cache.
        yield ("id",), f"{tracker.id!r} is the name of another folder of pawtui. Choose another id."


def _side_mistakes(side: Side) -> Iterator[Mistake]:
    for index, rule in enumerate(side.ref_rules()):
        if rule.start and rule.end and rule.end <= rule.start:
            yield ("refs", index), f"it ends on {rule.end}, before it starts on {rule.start}. Swap them."
    if side.clone and _ADDRESS.match(side.clone):
        # The address is not shown: it may have a password.
        yield ("clone",), "found an address; expected a path on this computer. Remove it, and run `pawtui mirror`."


def _surface_mistakes(tracker: Tracker) -> Iterator[Mistake]:
    for name in tracker.surfaces:
        if not name.strip() or not name.isprintable() or len(name) > 64:
            yield (name,), f"found {name[:80]!r}; expected a name of 1 to 64 characters."


def _item_mistakes(items: Sequence[Signal | Gate | EvaluationStep | Part]) -> Iterator[Mistake]:
    """Yield the mistakes in the ids of a list of tables and of their parts."""
    ids = [item.id for item in items]
    for index, item in enumerate(items):
        if item.id == "review" and isinstance(item, Signal | Gate):
            yield (index, "id"), f"{item.id!r} is the subject of review notes. Choose another id."
        elif item.id in ids[:index]:
            yield (index, "id"), f"the id {item.id!r} is given twice. Give each a different id."
        if isinstance(item, Signal | Gate):
            yield from with_prefix((index, "parts"), _item_mistakes(item.parts))


def _signal_mistakes(tracker: Tracker) -> Iterator[Mistake]:
    yield from _item_mistakes(tracker.signals)
    for index, signal in enumerate(tracker.signals):
        yield from with_prefix((index,), _undecided_mistakes(signal))
        parts = [part.id for part in signal.parts]
        for number, probe in enumerate(signal.probes):
            if probe.part and probe.part not in parts:
                yield (index, "probes", number, "part"), unknown_name("part", probe.part, parts)
            yield from with_prefix((index, "probes", number), probe_mistakes(tracker, probe))


def _undecided_mistakes(signal: Signal) -> Iterator[Mistake]:
    """Yield the signal or its parts if no probe decides them: they could never be met."""
    remedy = 'Add one. If only a maintainer can judge it, use kind = "attested" with a question.'
    if not signal.probes:
        yield (), f"the signal has no probes. {remedy}"
        return
    deciding = [probe for probe in signal.probes if probe.decides]
    if not deciding:
        yield (), "none of the signal's probes decides. Remove `decides = false` from one."
        return
    for index, part in enumerate(signal.parts):
        if not any(probe.part == part.id for probe in deciding):
            yield ("parts", index), f"no probe decides the part {part.id!r}. {remedy}"


def _step_mistakes(tracker: Tracker) -> Iterator[Mistake]:
    yield from _item_mistakes(tracker.steps)
    gates = [gate.id for gate in tracker.gates]
    for index, step in enumerate(tracker.steps):
        if not any(msgspec.structs.astuple(step.verify)):
            yield (index,), "it verifies nothing. Add `verify` with old_sessions, compaction, tools or recovery."
        for number, gate_id in enumerate(step.gates):
            if gate_id not in gates:
                yield (index, "gates", number), unknown_name("gate", gate_id, gates)
