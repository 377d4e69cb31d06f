"""`new-files`: which files appeared under a path in the window, by name or body?

A file counts as new when it stands at the head and did not when the window opened. One that came and went between is
not seen; those that were there and are gone are named among the facts.
"""

from __future__ import annotations

import asyncio

from pawtui.probes.look import Look, PathGone, day_start
from pawtui.probes.pattern import first_match, matching
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import at_most, listed, plural, window_start
from pawtui.sources.errors import SourceError
from pawtui.sources.facts import Entry, Tree
from pawtui.tracker.model import NewFilesProbe

BODY_LIMIT = 30  # files whose text is read; each costs a request the first time


def _under(tree: Tree, roots: tuple[str, ...]) -> dict[str, Entry]:
    return {
        path: entry
        for path, entry in tree.entries.items()
        if entry.type == "blob" and any(path == root or path.startswith(f"{root}/") for root in roots)
    }


async def _touched(look: Look, roots: tuple[str, ...], since_days: int) -> bool:
    """Whether any commit touched the paths in the window; True as well where that is not known."""
    start = day_start(window_start(look, since_days))
    lists = await asyncio.gather(*(look.commits(root) for root in roots))
    return any(not found.complete or any(commit.at >= start for commit in found.items) for found in lists)


def _rule(probe: NewFilesProbe) -> str:
    by = [f"a name like {probe.name!r}"] if probe.name else []
    by += [f"a text like {probe.body!r}"] if probe.body else []
    which = f" with {' or '.join(by)}" if by else ""
    return f"met up to {plural(probe.met, 'new file')}{which} in {probe.days} days, partly up to {probe.partly}"


async def measure(probe: NewFilesProbe, look: Look) -> ProbeReading:
    """Count the new files whose name or text matches (all new files, where neither pattern is given)."""
    tree = await look.tree()
    roots = tuple([root for root in probe.paths if await look.entry(root)])
    if not roots:
        raise PathGone(f"path gone: {listed(probe.paths)} is not there at {look.where}")
    since = window_start(look, probe.days)
    now = _under(tree, roots)
    if not await _touched(look, roots, probe.days):
        return ProbeReading(
            kind="new-files",
            state=at_most(0, probe.met, probe.partly),
            said=f"nothing new in {probe.days} days",
            rule=_rule(probe),
            facts={"since": since.isoformat(), "files": len(now), "new": [], "matching": [], "removed": []},
        )
    past = await look.past(since, probe.paths)
    before = _under(past.tree, probe.paths)
    fresh = sorted(now.keys() - before.keys())
    hits, unread = await _matching_files(probe, look, {path: now[path] for path in fresh})
    state: State = at_most(len(hits), probe.met, probe.partly)
    doubtful = bool(unread) and state == "met"
    return ProbeReading(
        kind="new-files",
        state="unknown" if doubtful else state,
        said=f"{len(hits)} of {plural(len(fresh), 'new file')} in {probe.days} days match",
        rule=_rule(probe),
        facts={
            "since": since.isoformat(),
            "before_sha": past.commit.sha,
            "files": len(now),
            "new": fresh[:60],
            "matching": sorted(hits),
            "removed": sorted(before.keys() - now.keys())[:60],
        },
        evidence=tuple(
            Evidence(
                text=f"{path}{f':{line}' if line else ''}  {why}",
                url=look.file_url(path, line),
                pin=look.pin(path, line),
            )
            for path, (line, why) in sorted(hits.items(), reverse=True)
        ),
        cause="not every new file could be read" if doubtful else "",
        unseen=tuple(unread),
    )


async def _matching_files(
    probe: NewFilesProbe, look: Look, fresh: dict[str, Entry]
) -> tuple[dict[str, tuple[int | None, str]], list[str]]:
    """The new files that match, each with the line and why; and those whose text was not read, with the reason."""
    if not probe.name and not probe.body:
        return dict.fromkeys(fresh, (None, "is new")), []
    hits: dict[str, tuple[int | None, str]] = {}
    unread: list[str] = []
    if probe.name:
        names = [path.rpartition("/")[2] for path in fresh]
        named = await matching(probe.name, names)
        hits = {path: (None, "is named so") for path, hit in zip(fresh, named, strict=True) if hit}
    if not probe.body:
        return hits, unread
    unnamed = [path for path in fresh if path not in hits]
    unread += [f"{path}: not read, there are more than {BODY_LIMIT} new files" for path in unnamed[BODY_LIMIT:]]

    async def read(path: str) -> tuple[str, str | None, str]:
        try:
            return path, await look.blob_text(path, fresh[path]), ""
        except SourceError as error:
            return path, None, str(error)

    for path, text, cause in await asyncio.gather(*(read(path) for path in unnamed[:BODY_LIMIT])):
        if text is None:
            unread.append(cause)
        elif found := await first_match(probe.body, text):
            hits[path] = (found[0], found[1].strip()[:120])
    return hits, unread
