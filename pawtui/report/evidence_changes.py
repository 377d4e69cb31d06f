"""What happened to a signal's evidence between two refreshes.

A refresh keeps the newest few pieces of evidence of a probe. Two such lists must not be compared as they are: what is
missing in the second one may only have made room for newer commits. So each list comes with what is known of the whole:
every key, where the facts name them all, or else that it was cut. And a commit that is older than the window has not
gone from the branch: it left the window.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from pawtui.probes.finding import Evidence
from pawtui.probes.probe_facts import (
    ChurnFacts,
    IssuesFacts,
    NamesFacts,
    NewFilesFacts,
    PathsFacts,
    PullsFacts,
    ReleaseFacts,
    SoakFacts,
    SubjectsFacts,
)
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.pins import PinError, parse_pin
from pawtui.refresh.refresh_types import SignalReading

Happened = Literal["new", "changed", "left the window", "gone"]

_NUMBER = re.compile(r"#(\d+)")


class EvidenceChange(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence and what happened to it; `before` is its text before, where it changed."""

    change: Happened
    evidence: Evidence
    before: str = ""


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One list of evidence by key.

    `keys` are all that there are, shown or not; None where the list was cut and the rest is not known, in which case
    it holds the newest. `since` is the first day of the window. `states` is what may change of a key.
    """

    shown: Mapping[str, Evidence]
    keys: frozenset[str] | None
    since: dt.date | None = None
    states: Mapping[str, str] = {}

    @property
    def oldest(self) -> dt.datetime | None:
        """The date of the oldest evidence shown."""
        return min((one.at for one in self.shown.values() if one.at is not None), default=None)


_Lists = dict[str, _Listed]


def evidence_changes(before: SignalReading | None, after: SignalReading | None) -> tuple[EvidenceChange, ...]:
    """Return what happened to the evidence of a signal from one reading to a later one, newest first in each list.

    Only what is known to have changed is returned; probes that could not be measured in one of the two are left out.
    """
    if before is None or after is None:
        return ()
    old = dict(_numbered(before.probes))
    return tuple(
        change
        for key, probe in _numbered(after.probes)
        if key in old and old[key].facts is not None and probe.facts is not None
        for change in _probe_changes(old[key], probe)
    )


def _numbered(probes: Iterable[ProbeReading]) -> Iterator[tuple[tuple[str, int], ProbeReading]]:
    """Each probe with its kind and its number among those of that kind."""
    seen: Counter[str] = Counter()
    for probe in probes:
        yield (probe.kind, seen[probe.kind]), probe
        seen[probe.kind] += 1


def _probe_changes(before: ProbeReading, after: ProbeReading) -> Iterator[EvidenceChange]:
    old, new = _lists_of(before), _lists_of(after)
    for name in new:
        if name in old:
            yield from _arrived(old[name], new[name])
            yield from _left(old[name], new[name])


def _arrived(old: _Listed, new: _Listed) -> Iterator[EvidenceChange]:
    for key, one in new.shown.items():
        if key in old.shown:
            if new.states.get(key) != old.states.get(key):
                yield EvidenceChange(change="changed", evidence=one, before=old.shown[key].text)
        elif old.keys is None:
            # The old list held everything that is newer than its end.
            if one.at is not None and old.oldest is not None and one.at > old.oldest:
                yield EvidenceChange(change="new", evidence=one)
        elif key not in old.keys:
            yield EvidenceChange(change="new", evidence=one)


def _left(old: _Listed, new: _Listed) -> Iterator[EvidenceChange]:
    for key, one in old.shown.items():
        if key in new.shown or (new.keys is not None and key in new.keys):
            continue
        if one.at is not None and new.since is not None:
            if one.at.date() < new.since:
                yield EvidenceChange(change="left the window", evidence=one)
            elif new.keys is not None or (new.oldest is not None and one.at > new.oldest):
                yield EvidenceChange(change="gone", evidence=one)
        elif new.keys is not None:
            moved_on = new.since is not None and old.since is not None and new.since > old.since
            yield EvidenceChange(change="left the window" if moved_on else "gone", evidence=one)


def _lists_of(probe: ProbeReading) -> _Lists:
    """The lists that a probe's evidence is made of; what only points somewhere (a comparison) is in none."""
    facts, evidence = probe.facts, probe.evidence
    match facts:
        case ChurnFacts():
            return {"commits": _commits(evidence, facts.total, facts.since)}
        case SubjectsFacts():
            return {"commits": _commits(evidence, facts.matching, facts.since)}
        case SoakFacts():
            breaks = [one for one in evidence if _is_commit(one) and one.text.startswith(_sha(one)[:10])]
            anchor = facts.anchor_at.date() if facts.anchor_at else None
            return {"breaks": _commits(breaks, facts.breaks, anchor)}
        case NamesFacts():
            keys = [*(f"- {name}" for name in facts.removed), *(f"+ {name}" for name in facts.added)]
            return {"names": _known(((_words(one)[0], one) for one in evidence), keys, facts.since)}
        case NewFilesFacts():
            found = ((_path(one), one) for one in evidence)
            return {"files": _known(found, facts.matching, facts.since)}
        case IssuesFacts():
            return _issue_lists(facts, evidence)
        case PullsFacts():
            return {"pulls": _pull_list(facts, evidence)}
        case ReleaseFacts():
            return {"tags": _by_words(evidence)}
        case PathsFacts() if any(gap.endswith("not listed") for gap in probe.gaps):
            # A glob matches more paths than are listed, and the facts do not name them.
            return {}
        case _:
            return {"all": _by_path(evidence)}


def _commits(evidence: Iterable[Evidence], total: int, since: dt.date | None) -> _Listed:
    shown = {one.pin or one.text: one for one in evidence}
    return _Listed(shown=shown, keys=frozenset(shown) if total <= len(shown) else None, since=since)


def _known(found: Iterable[tuple[str, Evidence]], keys: Iterable[str], since: dt.date | None) -> _Listed:
    """A list of which the facts name every key."""
    every = frozenset(keys)
    return _Listed(shown={key: one for key, one in found if key in every}, keys=every, since=since)


def _issue_lists(facts: IssuesFacts, evidence: Iterable[Evidence]) -> _Lists:
    numbered = {found[1]: one for one in evidence if (found := _NUMBER.search(one.text))}
    watched = {number: one for number, one in numbered.items() if number in facts.watched}
    searched = {number: one for number, one in numbered.items() if number not in facts.watched}
    lists = {"watched": _Listed(shown=watched, keys=frozenset(facts.watched), states=facts.watched)}
    # A search lists its first results in an order of its own: one that was cut cannot be compared.
    if facts.found is not None and facts.found <= len(searched):
        lists["search"] = _Listed(shown=searched, keys=frozenset(searched))
    return lists


def _pull_list(facts: PullsFacts, evidence: Iterable[Evidence]) -> _Listed:
    states = {str(one.number): "merged" for one in facts.merged} | {str(one.number): "open" for one in facts.open}
    numbered = ((found[1], one) for one in evidence if (found := _NUMBER.search(one.text)))
    return _Listed(
        shown={number: one for number, one in numbered if number in states},
        keys=frozenset(states),
        since=facts.since,
        states=states,
    )


def _by_words(evidence: Iterable[Evidence]) -> _Listed:
    """Tags by what they are: another newest tag is a change."""
    shown = {_words(one)[1]: one for one in evidence}
    return _Listed(shown=shown, keys=frozenset(shown), states={key: one.text for key, one in shown.items()})


def _by_path(evidence: Iterable[Evidence]) -> _Listed:
    """Evidence by its file, or by its text where it has none; a line that only moved has not changed."""
    shown = {_path(one) or _words(one)[0].partition(":")[0]: one for one in evidence}
    return _Listed(shown=shown, keys=frozenset(shown), states={key: _words(one)[1] for key, one in shown.items()})


def _words(evidence: Evidence) -> tuple[str, str]:
    """What evidence is of, and what it says of it: they stand two spaces apart."""
    head, _, tail = evidence.text.partition("  ")
    return head, tail


def _is_commit(evidence: Evidence) -> bool:
    return bool(_sha(evidence)) and not _path(evidence)


def _sha(evidence: Evidence) -> str:
    try:
        return parse_pin(evidence.pin).sha if evidence.pin else ""
    except PinError:
        return ""


def _path(evidence: Evidence) -> str:
    try:
        return parse_pin(evidence.pin).path if evidence.pin else ""
    except PinError:
        return ""
