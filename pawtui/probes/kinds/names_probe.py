"""`names`: how many names were removed from a file since the start of the window?

The file may have moved: at each date, the first of its paths that exists is read. The old text is read at the followed
ref's commit of that date. If the file moved in the window, the probe is at best partial. Names in comments do not
count; `parsers/comments.py` reads the comments of some languages.
"""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from pawtui.phrases import counted, join_names, quote_pattern, short_sha
from pawtui.probes.context import ProbeContext
from pawtui.probes.file_text import unread_comments, without_comments
from pawtui.probes.parsers.definitions import Changes, Definition, compare_definitions, read_definitions
from pawtui.probes.pattern import find_names, run_in_time
from pawtui.probes.probe_evidence import MAX_EVIDENCE, file_evidence, not_listed
from pawtui.probes.probe_facts import NamesFacts
from pawtui.probes.reading import Evidence, Finding
from pawtui.probes.repo_reader import PastBranch, RepoReader
from pawtui.probes.state import State, state_for_count, unknown_if_incomplete
from pawtui.probes.unmeasurable import PathMissing, Unmeasurable
from pawtui.probes.windows import first_day_when, window_start
from pawtui.sources import links
from pawtui.tracker.probe_types import NamesProbe
from pawtui.tracker.tracker_types import Policy

# With fewer requests left, the date is not searched: other probes need the requests for their states.
_ENOUGH_REQUESTS = 30


def rule(probe: NamesProbe, _policy: Policy) -> str:
    what = counted(probe.met, *_nouns(probe))
    partial = [f"up to {probe.partial}"] if probe.partial > probe.met else []
    partial += ["where the file moved"] if len(probe.files) > 1 else []
    clause = f", partial {' or '.join(partial)}" if partial else ""
    return f"met up to {what} removed in {probe.days} days{clause}"


def _nouns(probe: NamesProbe) -> tuple[str, str]:
    return ("name or field", "names or fields") if probe.contract else ("name", "names")


def judge(probe: NamesProbe, facts: NamesFacts) -> State:
    """Return the state for the number of removed names; with a moved file it is at best partial."""
    state = state_for_count(len(facts.removed), probe.met, probe.partial)
    if state == "met" and facts.before not in ("", facts.file):
        state = "partial"
    return unknown_if_incomplete(state, facts.unsure)


class _Names(NamedTuple):
    """The names in the file at one commit. Without `contract`, their definitions have no fields."""

    sha: str
    path: str
    definitions: Mapping[str, Definition]


async def measure(probe: NamesProbe, _context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding: removed names and versions count, because stored data uses them; new names do not."""
    since = window_start(reader.today, probe.days)
    path, entry = (await reader.first_entries(probe.files))[0]
    text, past = await asyncio.gather(reader.blob_text(path, entry), reader.past(since))
    old = await _read_past_names(probe, reader, past)
    new = await _read_names(probe, reader.head.sha, path, text)
    if not old.definitions:
        raise Unmeasurable(f"{old.path} had no name on {since} that {_match_words(probe)}")
    if not new.definitions:
        raise Unmeasurable(f"{path} has no name that {_match_words(probe)}")
    changes = compare_definitions(old.definitions, new.definitions)
    other = changes.other_values
    opaque = tuple(name for name, definition in new.definitions.items() if definition.opaque)
    causes = [
        *(_why_unsure(name, new) for name in changes.unsure),
        *(f"{name} is new and not optional: older data without it may not be readable" for name in changes.required),
    ]
    facts = NamesFacts(
        file=path,
        before=old.path,
        before_sha=past.sha,
        before_source=past.found_by,
        since=since,
        pattern=probe.pattern,
        names=len(new.definitions),
        removed=changes.removed,
        added=changes.added,
        unsure=tuple(sorted({*changes.unsure, *changes.required})),
        opaque=opaque,
    )
    state = judge(probe, facts)
    if state in ("partial", "unmet"):
        facts = replace(facts, met_on=await _met_on(probe, reader, path, entry.sha))
    return Finding(
        state=state,
        summary=_summary(changes, len(old.definitions), probe, old.path if old.path != path else ""),
        facts=facts,
        evidence=_evidence(reader, old, new, changes),
        cause=causes[0] if state == "unknown" else "",
        gaps=(
            *causes,
            *(unread_comments(path) if probe.pattern else ()),
            *((f"fields of {_examples(opaque, 'definition')} are not in the file",) if opaque else ()),
            *((f"values changed in {_examples(other, 'field')}; only names are compared",) if other else ()),
            *not_listed(len(changes.removed), "removed name"),
            *not_listed(len(changes.added), "added name"),
        ),
    )


async def _read_past_names(probe: NamesProbe, reader: RepoReader, past: PastBranch) -> _Names:
    """Return the names when the window opened. Raises `PathMissing` if the branch did not have the file then."""
    path = _path_in(past, probe)
    if path is None:
        raise PathMissing(f"{join_names(probe.files)} did not exist on {past.day}, so nothing can be compared")
    text = await reader.blob_text(path, past.tree.entries[path], f"{short_sha(past.sha)}, on {past.day}")
    return await _read_names(probe, past.sha, path, text)


def _path_in(past: PastBranch, probe: NamesProbe) -> str | None:
    """Return the first path of the file that the branch had then; None if it had none of them."""
    return next((file for file in probe.files if file in past.tree.entries), None)


async def _read_names(probe: NamesProbe, sha: str, path: str, text: str) -> _Names:
    """Return the names in a text. Raises `Unmeasurable` if its definitions or comments cannot be read."""
    contract = probe.contract
    if contract is None:
        lines = await find_names(probe.pattern, await without_comments(path, text))
        return _Names(sha, path, {name: Definition(line) for name, line in lines.items()})
    try:
        definitions = await run_in_time(partial(read_definitions, text, contract, path), "reading them")
    except Unmeasurable as error:
        raise Unmeasurable(f"the definitions in {path} cannot be read: {error}") from None
    return _Names(sha, path, definitions)


def _match_words(probe: NamesProbe) -> str:
    return "`contract` describes" if probe.contract else f"matches {quote_pattern(probe.pattern)}"


def _why_unsure(name: str, new: _Names) -> str:
    if name in new.definitions:
        return f"{name} uses definitions outside the file: it may have changed"
    return f"{name} is not in {new.path} any more: it may have been removed"


async def _met_on(probe: NamesProbe, reader: RepoReader, path: str, blob: str) -> dt.date | None:
    """Return the day on which the window opens with the text of today, whose SHA is `blob`; None if it is not known.

    The probe may be met earlier, because not every commit removes a name. The branch may have got the last commit later
    than its date, by a merge.
    """
    if reader.source.requests_left() < _ENOUGH_REQUESTS:
        return None

    async def has_text(day: dt.date) -> bool:
        past = await reader.past(day, optional=True)
        return _path_in(past, probe) == path and past.tree.entries[path].sha == blob

    listing = await reader.commits(path)
    low = window_start(reader.today, probe.days)
    if listing.items:
        low = max(low, listing.items[0].at.date())
    one_day = dt.timedelta(days=1)
    opens = await first_day_when(has_text, low, reader.today + one_day, (low + one_day,))
    return opens + dt.timedelta(days=probe.days) if opens else None


def _summary(changes: Changes, before: int, probe: NamesProbe, moved_from: str) -> str:
    moved = f"; moved here from {moved_from}" if moved_from else ""
    if not (changes.removed or changes.added or changes.unsure):
        return f"{counted(before, 'name')}, none changed in {probe.days} days{moved}"
    removed = counted(len(changes.removed), *_nouns(probe))
    return f"{removed} removed of {counted(before, 'name')}, {len(changes.added)} added{moved}"


def _examples(names: Sequence[str], noun: str) -> str:
    return f"{counted(len(names), noun)} ({', '.join(names[:3])})"


def _evidence(reader: RepoReader, old: _Names, new: _Names, changes: Changes) -> tuple[Evidence, ...]:
    between = Evidence(
        text=f"{short_sha(old.sha)}..{short_sha(new.sha)}  all changes between",
        url=links.compare_url(reader.web, reader.head.repo, old.sha, new.sha),
    )
    if not (changes.removed or changes.added):
        return (file_evidence(reader, f"{new.path}  no name was removed", new.path), between)
    return (
        *(_name_evidence(reader, "-", old, name) for name in changes.removed[:MAX_EVIDENCE]),
        *(_name_evidence(reader, "+", new, name) for name in changes.added[:MAX_EVIDENCE]),
        between,
    )


def _name_evidence(reader: RepoReader, sign: str, names: _Names, name: str) -> Evidence:
    """Return a name with its line, or a field with the line of its definition."""
    owners = (found.line for known, found in names.definitions.items() if name.startswith(f"{known}."))
    line = names.definitions[name].line if name in names.definitions else next(owners, None)
    text = f"{sign} {name}  {names.path}{f':{line}' if line else ''}"
    return file_evidence(reader, text, names.path, line, names.sha)
