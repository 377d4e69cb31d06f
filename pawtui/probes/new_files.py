"""`new-files`: which files appeared under a path in the window, by name or body?

A file counts as new when it stands at the head and did not when the window opened, and was not merely moved. One that
came and went between is not seen; those that were there and are gone are named among the facts.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from pawtui.probes.context import PathGone, ProbeContext, Unmeasurable, day_start
from pawtui.probes.pattern import first_match, matching
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import (
    commit_evidence,
    drops_to_on,
    join_names,
    not_listed,
    plural,
    quote_pattern,
    state_for_count,
    unknown_if_incomplete,
    window_start,
)
from pawtui.sources.facts import Commit, Commits, Entry, Tree
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.model import NewFilesProbe

BODY_LIMIT = 24  # files whose text is read; each costs a request the first time
READ_AT_ONCE = 8  # as many as a source sends at once: reading ends early where the state is decided
DATED = 3  # matching files whose commit is asked for, a request each
_LISTED = 60
_SHOWN = 12


class _Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A new file that matches: why, and on which line where its text does."""

    path: str
    why: str
    line: int | None = None


def rule(probe: NewFilesProbe) -> str:
    """The rule in words; the patterns are among the facts."""
    by = [f"a name like {quote_pattern(probe.name)}"] if probe.name else []
    by += [f"a text like {quote_pattern(probe.body)}"] if probe.body else []
    which = f" with {' or '.join(by)}" if by else ""
    partial = f"partial up to {probe.partial}"
    if probe.days_unmet:
        partial += f" older than {probe.days_unmet} days"
    return f"met up to {plural(probe.met, 'new file')}{which} in {probe.days} days, {partial}"


def _under(tree: Tree, roots: tuple[str, ...]) -> dict[str, Entry]:
    below = tuple(f"{root}/" for root in roots)
    return {
        path: entry
        for path, entry in tree.entries.items()
        if (path.startswith(below) or path in roots) and entry.type == "blob"
    }


def new_among(now: dict[str, Entry], before: dict[str, Entry]) -> list[str]:
    """The paths that are new, the last by name first (migrations carry their date). A moved file is not new."""
    moved = {(path.rpartition("/")[2], entry.sha) for path, entry in before.items() if path not in now}
    return sorted(
        (path for path in now.keys() - before.keys() if (path.rpartition("/")[2], now[path].sha) not in moved),
        reverse=True,
    )


def judge(probe: NewFilesProbe, count: int, added: Sequence[Commit], today: dt.date) -> State:
    """The state of so many matching files, of which the newest came with these commits."""
    state = state_for_count(count, probe.met, probe.partial)
    if state != "partial" or not probe.days_unmet:
        return state
    # None of them could be dated: whether it is old enough is not known.
    if not added:
        return "unknown"
    return "unmet" if (today - added[0].at.date()).days <= probe.days_unmet else "partial"


def _touched(lists: Iterable[Commits], since: dt.date) -> bool:
    """Whether any commit touched the paths in the window; True as well where that is not known."""
    return any(not found.complete or any(one.at >= day_start(since) for one in found.items) for found in lists)


async def measure(probe: NewFilesProbe, context: ProbeContext) -> ProbeReading:
    """Count the new files whose name or text matches (all new files, where neither pattern is given)."""
    tree, lists = await context.tree_and_commits(probe.paths)
    roots = tuple(root for root in probe.paths if root in tree.entries)
    if tree.truncated:
        raise Unmeasurable(f"the list of paths at {context.where} was cut short, so that a new file may be missing")
    if not roots:
        raise PathGone(f"path gone: {join_names(probe.paths)} is not there at {context.where}")
    since = window_start(context, probe.days)
    now = _under(tree, roots)
    facts: dict[str, object] = {
        "since": since.isoformat(),
        "name": probe.name,
        "body": probe.body,
        "files": len(now),
        "new": [],
        "matching": [],
        "removed": [],
    }
    if not _touched(lists, since):
        return ProbeReading(
            kind="new-files",
            state="met",
            summary=f"nothing new in {probe.days} days",
            rule=rule(probe),
            facts=facts,
            evidence=tuple(
                Evidence(text=f"{root}  nothing new", url=context.folder_url(root), pin=context.pin(root))
                for root in roots
            ),
        )
    past = await context.past(since, probe.paths)
    if past.tree.truncated:
        raise Unmeasurable(f"the list of paths on {since} was cut short, so that what is new cannot be told")
    before = _under(past.tree, probe.paths)
    fresh = new_among(now, before)
    hits, unread = await _matching_files(probe, context, {path: now[path] for path in fresh})
    added = await _added(context, hits, since)
    state = unknown_if_incomplete(judge(probe, len(hits), added, context.today), unread)
    met_on = drops_to_on((commit.at.date() for commit in added), probe.met, probe.days) if state != "unknown" else None
    return ProbeReading(
        kind="new-files",
        state=state,
        summary=f"{len(hits)} of {plural(len(fresh), 'new file')} in {probe.days} days {_match(len(hits))}",
        rule=rule(probe),
        facts=facts
        | {
            "before_sha": past.commit.sha,
            "new": fresh[:_LISTED],
            "matching": [hit.path for hit in hits],
            "removed": sorted(before.keys() - now.keys())[:_LISTED],
            "commits": [{"sha": one.sha, "subject": one.subject, "at": one.at.isoformat()} for one in added],
            "met_on": met_on.isoformat() if met_on else None,
        },
        evidence=(*(_evidence(context, hit) for hit in hits[:_SHOWN]), *commit_evidence(context, added)),
        cause=(unread[0] if unread else "when the matching file came is not known") if state == "unknown" else "",
        gaps=(*unread, *not_listed(len(hits), "matching file", _SHOWN)),
    )


def _match(count: int) -> str:
    return "matches" if count == 1 else "match"


def _evidence(context: ProbeContext, hit: _Hit) -> Evidence:
    line = f":{hit.line}" if hit.line else ""
    return Evidence(
        text=f"{hit.path}{line}  {hit.why}",
        url=context.file_url(hit.path, hit.line),
        pin=context.pin(hit.path, hit.line),
    )


async def _added(context: ProbeContext, hits: list[_Hit], since: dt.date) -> tuple[Commit, ...]:
    """The commits that brought the first few matching files, the newest first, each once."""
    found: dict[str, Commit] = {}
    for hit in hits[:DATED]:
        try:
            listing = await context.commits(hit.path)
        except SourceError as error:
            context.missed.append(error)
            continue
        inside = [commit for commit in listing.items if commit.at >= day_start(since)]
        if inside and listing.complete:
            found[inside[-1].sha] = inside[-1]
    return tuple(sorted(found.values(), key=lambda commit: commit.at, reverse=True))


async def _matching_files(
    probe: NewFilesProbe, context: ProbeContext, fresh: dict[str, Entry]
) -> tuple[list[_Hit], list[str]]:
    """The new files that match, and sentences about those whose text was not read."""
    if not probe.name and not probe.body:
        return [_Hit(path=path, why="is new") for path in fresh], []
    named = await _named(probe, fresh)
    hits = [_Hit(path=path, why="is named so") for path in fresh if path in named]
    rest = [path for path in fresh if path not in named]
    unread: list[str] = []
    if not probe.body:
        return hits, unread
    while rest and len(hits) <= probe.partial and len(fresh) - len(rest) - len(named) < BODY_LIMIT:
        now, rest = rest[:READ_AT_ONCE], rest[READ_AT_ONCE:]
        for path, text in zip(
            now, await asyncio.gather(*(_text(context, path, fresh[path]) for path in now)), strict=True
        ):
            if isinstance(text, Exception):
                unread.append(str(text))
            elif found := await first_match(probe.body, text):
                hits.append(_Hit(path=path, why=found[1].strip()[:120], line=found[0]))
    if rest:
        why = "the state is decided" if len(hits) > probe.partial else f"{BODY_LIMIT} are read at most"
        unread.append(f"{plural(len(rest), 'new file')} not read: {why}")
    return sorted(hits, key=lambda hit: hit.path, reverse=True), unread


async def _named(probe: NewFilesProbe, fresh: dict[str, Entry]) -> set[str]:
    """Those whose file name, or path below the folder that is looked at, matches."""
    if not probe.name:
        return set()
    below = [
        next((path.removeprefix(f"{root}/") for root in probe.paths if path.startswith(f"{root}/")), path)
        for path in fresh
    ]
    by_path = await matching(probe.name, below)
    by_name = await matching(probe.name, [path.rpartition("/")[2] for path in fresh])
    return {path for path, *hit in zip(fresh, by_path, by_name, strict=True) if any(hit)}


async def _text(context: ProbeContext, path: str, found: Entry) -> str | SourceError | Unmeasurable:
    try:
        return await context.blob_text(path, found)
    except SourceError as error:
        context.missed.append(error)
        return error
    except Unmeasurable as finding:
        return finding
