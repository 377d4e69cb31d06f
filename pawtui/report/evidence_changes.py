"""Compare the evidence of a signal in two refreshes.

A refresh stores only the newest evidence items of a probe, so an item that is missing in the later list may have been
cut. Each list therefore has the keys of all items, if the facts name them, or else is marked as cut. A commit that is
older than the window has left the window; it is not gone from the branch. A file or name has no date: after the window
moved on, it is "no longer counted", because it may have left the window or may have been removed.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, get_args

import msgspec
from msgspec.structs import replace

from pawtui.probes import probe_facts
from pawtui.probes.reading import NOT_LISTED, Evidence, ProbeReading, numbered_probes
from pawtui.refresh.pins import pin_or_none
from pawtui.refresh.refresh_types import SignalReading

ChangeKind = Literal["new", "changed", "left the window", "no longer counted", "gone"]

_NUMBER = re.compile(r"#(\d+)")


class EvidenceChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change of an evidence item; `before` is the earlier text if the item changed."""

    change: ChangeKind
    evidence: Evidence
    before: str = ""


class _EvidenceList(msgspec.Struct, frozen=True, kw_only=True):
    """A list of evidence: the `listed` items by key.

    `unlisted` are the keys of the other items; None if the list was cut to the newest items and these keys are unknown.
    `since` is the first day of the window. `states` maps a key to its state, which may change. With `has_gaps`, items
    may be missing that are not gone, for example because a path of a surface is missing, or an issue was not read.
    """

    listed: Mapping[str, Evidence]
    unlisted: frozenset[str] | None = frozenset()
    since: dt.date | None = None
    states: Mapping[str, str] = MappingProxyType({})
    has_gaps: bool = False

    @property
    def oldest(self) -> dt.datetime | None:
        """The date of the oldest listed item."""
        return min((item.at for item in self.listed.values() if item.at is not None), default=None)


def evidence_changes(
    before: SignalReading | None, after: SignalReading | None, *, same_tracker: bool = True
) -> tuple[tuple[EvidenceChange, ...], tuple[ChangeKind, ...]]:
    """Return the known changes of a signal's evidence between two readings, newest first in each list.

    The second value has the kinds of change of which there may be more, because a list was cut. Probes that were not
    measured in both readings are omitted, and with different trackers also those whose rule is not the same. An item
    that several probes list is named once.
    """
    changes: dict[EvidenceChange, None] = {}
    incomplete: set[ChangeKind] = set()
    for old, new in _common_lists(before, after, same_tracker=same_tracker):
        added, removed = list(_additions(old, new)), list(_removals(old, new))
        changes |= dict.fromkeys([*added, *removed])
        # A cut list has the newest items. If its oldest is new, the next one may be new, too.
        if new.unlisted is None and any(each.evidence.at == new.oldest for each in added):
            incomplete.add("new")
        if old.unlisted is None:
            incomplete |= {each.change for each in removed}
    return tuple(changes), tuple(kind for kind in get_args(ChangeKind) if kind in incomplete)


def _common_lists(
    before: SignalReading | None, after: SignalReading | None, *, same_tracker: bool
) -> Iterator[tuple[_EvidenceList, _EvidenceList]]:
    """Yield each list that both readings have, before and after."""
    if before is None or after is None:
        return
    probes = dict(numbered_probes(before.probes))
    for key, probe in numbered_probes(after.probes):
        earlier = probes.get(key)
        if earlier is None or earlier.facts is None or probe.facts is None:
            continue
        if same_tracker or earlier.rule == probe.rule:
            yield from zip(_lists_of(earlier), _lists_of(probe), strict=False)


def _additions(old: _EvidenceList, new: _EvidenceList) -> Iterator[EvidenceChange]:
    """Yield the items of the new list that changed, and those that the old list certainly does not have."""
    for key, item in new.listed.items():
        if key in old.listed:
            if new.states.get(key) != old.states.get(key):
                yield EvidenceChange(change="changed", evidence=item, before=old.listed[key].text)
        elif old.unlisted is None:
            # The old list has every item that is newer than its oldest item.
            if item.at is not None and old.oldest is not None and item.at > old.oldest:
                yield EvidenceChange(change="new", evidence=item)
        elif key not in old.unlisted and not old.has_gaps:
            yield EvidenceChange(change="new", evidence=item)


def _removals(old: _EvidenceList, new: _EvidenceList) -> Iterator[EvidenceChange]:
    """Yield the items of the old list that the new list certainly does not have."""
    for key, item in old.listed.items():
        if key in new.listed or (new.unlisted is not None and key in new.unlisted):
            continue
        if item.at is not None and new.since is not None:
            # An open pull request has no window: it was closed.
            if item.at.date() < new.since and old.states.get(key) != "open":
                yield EvidenceChange(change="left the window", evidence=item)
            elif not new.has_gaps and (new.unlisted is not None or (new.oldest is not None and item.at > new.oldest)):
                yield EvidenceChange(change="gone", evidence=item)
        elif new.unlisted is not None and not new.has_gaps:
            moved_on = new.since is not None and old.since is not None and new.since > old.since
            yield EvidenceChange(change="no longer counted" if moved_on else "gone", evidence=item)


def _lists_of(probe: ProbeReading) -> list[_EvidenceList]:
    """Return the lists of a probe's evidence that can be compared, in the order of its kind.

    An item that is only a link, such as a comparison, is in no list.
    """
    facts, evidence = probe.facts, probe.evidence
    match facts:
        case probe_facts.ChurnFacts():
            return [_commits(evidence, facts.total, facts.since, facts.incomplete)]
        case probe_facts.SubjectsFacts():
            return [_commits(evidence, facts.matching, facts.since, facts.incomplete)]
        case probe_facts.SoakFacts():
            start = facts.anchor_at
            breaks = [item for item in evidence if item.at is not None and start is not None and item.at > start]
            found = _commits(breaks, facts.breaks, start.date() if start else None, facts.quiet_at_most)
            # If there are breaks, those long before them are not read.
            return [replace(found, unlisted=None) if breaks else found]
        case probe_facts.NamesFacts():
            keys = [*(f"- {name}" for name in facts.removed), *(f"+ {name}" for name in facts.added)]
            return [_named_by_facts(((_name(item), item) for item in evidence), keys, facts.since)]
        case probe_facts.NewFilesFacts():
            files = _named_by_facts(((_path(item), item) for item in evidence), facts.matching, facts.since)
            return [replace(files, has_gaps=facts.unread > 0)]
        case probe_facts.IssuesFacts():
            return _issue_lists(facts, evidence)
        case probe_facts.PullsFacts():
            states = {str(pull.number): "merged" for pull in facts.merged}
            states |= {str(pull.number): "open" for pull in facts.open}
            pulls = _named_by_facts(_numbered(evidence), states, facts.since, states)
            return [replace(pulls, unlisted=None, has_gaps=True) if facts.incomplete else pulls]
        case probe_facts.ReleaseFacts():
            # By role, such as the newest tag: another tag in this role is a change.
            tags = {_rest(item): item for item in evidence}
            return [_EvidenceList(listed=tags, states={key: item.text for key, item in tags.items()})]
        case probe_facts.PathsFacts() if any(gap.endswith(NOT_LISTED) for gap in probe.gaps):
            # The list of matched paths was cut, and the facts do not name the others.
            return []
        case probe_facts.JsonFacts():
            # One item, whose state is its value: another value is a change of this item.
            listed = {facts.field: evidence[0]} if evidence else {}
            return [_EvidenceList(listed=listed, states={facts.field: facts.value})]
        case _:
            # By file, or by the text if there is no file. A moved line is not a change.
            places = {_path(item) or _name(item).partition(":")[0]: item for item in evidence}
            return [_EvidenceList(listed=places, states={key: _rest(item) for key, item in places.items()})]


def _commits(
    evidence: Iterable[Evidence], total: int, since: dt.date | None, incomplete: Sequence[str] | bool
) -> _EvidenceList:
    """Return a list of commits. It is cut if `total` is higher, or if commits may be missing (`incomplete`)."""
    listed = {item.pin or item.text: item for item in evidence}
    unlisted = None if total > len(listed) or incomplete else frozenset[str]()
    return _EvidenceList(listed=listed, unlisted=unlisted, since=since, has_gaps=bool(incomplete))


def _named_by_facts(
    by_key: Iterable[tuple[str, Evidence]],
    keys: Iterable[str],
    since: dt.date | None = None,
    states: Mapping[str, str] = MappingProxyType({}),
) -> _EvidenceList:
    """Return a list whose keys are all named by the facts."""
    all_keys = frozenset(keys)
    listed = {key: item for key, item in by_key if key in all_keys}
    return _EvidenceList(listed=listed, unlisted=all_keys - listed.keys(), since=since, states=states)


def _numbered(evidence: Iterable[Evidence]) -> list[tuple[str, Evidence]]:
    """Return the evidence that begins with the number of an issue or a pull request, with this number.

    It is that of the watch list. The pin of a transferred issue has another one.
    """
    return [(found[1], item) for item in evidence if (found := _NUMBER.match(item.text))]


def _issue_lists(facts: probe_facts.IssuesFacts, evidence: Iterable[Evidence]) -> list[_EvidenceList]:
    """Return the list of the watched issues and, if it is complete, that of the search."""
    numbered = _numbered(evidence)
    watched = _named_by_facts(numbered, facts.watched, states=facts.watched)
    lists = [replace(watched, has_gaps=facts.unread > 0)]
    searched = {number: item for number, item in numbered if number not in facts.watched}
    # The order of search results is not known, so a cut list cannot be compared.
    if facts.found is not None and facts.found <= len(searched):
        lists.append(_EvidenceList(listed=searched))
    return lists


def _name(evidence: Evidence) -> str:
    """Return the text before the first two spaces, such as a name or a place in a file."""
    return evidence.text.partition("  ")[0]


def _rest(evidence: Evidence) -> str:
    """Return the text after the first two spaces."""
    return evidence.text.partition("  ")[2]


def _path(evidence: Evidence) -> str:
    pin = pin_or_none(evidence.pin)
    return pin.path if pin else ""
