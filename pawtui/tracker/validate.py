"""What the types cannot say: ids that are unique, names that exist, numbers that make sense."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

import msgspec

from pawtui.tracker.locate import Step
from pawtui.tracker.model import Probe, RefRule, Side, Tracker

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_ISSUE = re.compile(rf"{_REPO.pattern}#[1-9]\d{{0,8}}")
# What git itself refuses in a ref name (git-check-ref-format), and what would be taken for an option.
_BAD_REF = re.compile(r"^[-/.]|\.\.|[\x00-\x20~^:?*\[\\\x7f]|@\{|//|[/.]$|\.lock$")
_MAX_DAYS = 3660
# The record's folder is called like the tracker, beside the cache's.
_TAKEN = frozenset({"cache"})


class Mistake(NamedTuple):
    """Where (`path`, as in `locate.line_of`) and what is wrong, as the rest of a sentence."""

    path: tuple[Step, ...]
    message: str


def find_mistakes(tracker: Tracker) -> list[Mistake]:
    """Every mistake in a tracker whose types are right."""
    return [
        *_tracker(tracker),
        *_side(tracker.upstream, "upstream"),
        *_side(tracker.downstream, "downstream"),
        *_surfaces(tracker),
        *_signals(tracker),
        *_gates(tracker),
    ]


def _tracker(tracker: Tracker) -> Iterator[Mistake]:
    if not _ID.fullmatch(tracker.id):
        yield Mistake(("id",), _bad_id(tracker.id))
    if tracker.id in _TAKEN:
        yield Mistake(("id",), f"{tracker.id!r} is the name of a folder of pawtui's own: choose another.")
    if tracker.issue and not _ISSUE.fullmatch(tracker.issue):
        yield Mistake(("issue",), f"found {tracker.issue!r}; owner/repo#number is wanted.")
    policy = tracker.policy
    if not 1 <= policy.recheck_days <= _MAX_DAYS:
        yield Mistake(("policy", "recheck_days"), f"found {policy.recheck_days}; 1 to {_MAX_DAYS} days are allowed.")
    if not 1 <= policy.history_weeks <= 104:
        yield Mistake(("policy", "history_weeks"), f"found {policy.history_weeks}; 1 to 104 weeks are allowed.")
    for index, one in enumerate(tracker.related):
        if not _ISSUE.fullmatch(one.ref):
            yield Mistake(("related", index, "ref"), f"found {one.ref!r}; owner/repo#number is wanted.")


def _bad_id(found: str) -> str:
    return f"found {found!r}; lower-case letters, digits and dashes are wanted, at most 64 of them."


def _side(side: Side, name: str) -> Iterator[Mistake]:
    if not _REPO.fullmatch(side.repo):
        yield Mistake((name, "repo"), f"found {side.repo!r}; owner/repo is wanted.")
    if not side.refs:
        yield Mistake((name, "refs"), "the list is empty: name at least one branch or tag.")
    for index, ref in enumerate(side.refs):
        rule = RefRule(name=ref) if isinstance(ref, str) else ref
        if not rule.name or _BAD_REF.search(rule.name):
            yield Mistake((name, "refs", index), f"found {rule.name!r}, which git does not allow as a ref's name.")
        if rule.start and rule.end and rule.end <= rule.start:
            yield Mistake((name, "refs", index), f"it would end on {rule.end}, before it starts on {rule.start}.")
    yield from _paths(side.runtime, (name, "runtime"))


def _paths(paths: Iterable[str], where: tuple[Step, ...]) -> Iterator[Mistake]:
    for index, entry in enumerate(paths):
        for path in (part.strip() for part in entry.split("|")):
            if not path or path.startswith("/") or any(part in ("", ".", "..") for part in path.split("/")):
                message = (
                    f"found {entry!r}; a path from the top of the repository is wanted, without / in front or behind."
                )
                yield Mistake((*where, index), message)


def _surfaces(tracker: Tracker) -> Iterator[Mistake]:
    for name, paths in tracker.surfaces.items():
        if not paths:
            yield Mistake(("surfaces", name), "the list is empty: name at least one path.")
        yield from _paths(paths, ("surfaces", name))


def _unique(ids: list[str], table: str, *above: Step) -> Iterator[Mistake]:
    counts = Counter(ids)
    for index, found in enumerate(ids):
        where = (*above, table, index, "id")
        if not _ID.fullmatch(found):
            yield Mistake(where, _bad_id(found))
        elif counts[found] > 1 and ids.index(found) < index:
            yield Mistake(where, f"the id {found!r} is there twice: give each its own.")


def _signals(tracker: Tracker) -> Iterator[Mistake]:
    yield from _unique([signal.id for signal in tracker.signals], "signals")
    for index, signal in enumerate(tracker.signals):
        if not signal.title.strip():
            yield Mistake(("signals", index, "title"), "the title is empty: say what must be true.")
        for number, probe in enumerate(signal.probes):
            yield from _probe(tracker, probe, ("signals", index, "probes", number))


def _gates(tracker: Tracker) -> Iterator[Mistake]:
    yield from _unique([gate.id for gate in tracker.gates], "gates")
    for index, gate in enumerate(tracker.gates):
        if not gate.title.strip():
            yield Mistake(("gates", index, "title"), "the title is empty: say what must be true.")
        yield from _unique([part.id for part in gate.parts], "parts", "gates", index)
        yield from _paths(gate.look, ("gates", index, "look"))


def _probe(tracker: Tracker, probe: Probe, where: tuple[Step, ...]) -> Iterator[Mistake]:
    for number, name in enumerate(getattr(probe, "surfaces", ())):
        if name not in tracker.surfaces:
            close = get_close_matches(name, tracker.surfaces, n=1, cutoff=0.5)
            suggestion = (
                f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(tracker.surfaces) or 'none'}."
            )
            yield Mistake((*where, "surfaces", number), f"there is no surface {name!r}; {suggestion}")
    for key in ("exist", "absent", "files", "paths"):
        yield from _paths(getattr(probe, key, ()), (*where, key))
    if file := getattr(probe, "file", ""):
        yield from _paths([file], (*where, "file"))
    days = getattr(probe, "days", 1)
    if not 1 <= days <= _MAX_DAYS:
        yield Mistake((*where, "days"), f"found {days}; 1 to {_MAX_DAYS} days are allowed.")
    for low, high in (("met", "partial"), ("met_share", "partial_share"), ("query_met", "query_partial")):
        met, partial = getattr(probe, low, None), getattr(probe, high, None)
        if met is not None and partial is not None and partial < met:
            yield Mistake(
                (*where, high), f"found {partial}, which is less than {low} = {met}: more is needed to be partial."
            )
        if met is not None and met < 0:
            yield Mistake((*where, low), f"found {met}; 0 or more is wanted.")
    if getattr(probe, "surfaces", None) == () and _required(probe, "surfaces"):
        yield Mistake((*where, "surfaces"), "the list is empty: name at least one surface.")
    for wrong in probe.find_mistakes():
        yield Mistake((*where, wrong.key) if wrong.key else where, wrong.message)


def _required(probe: Probe, key: str) -> bool:
    return any(field.name == key and field.required for field in msgspec.structs.fields(probe))
