"""`names`: which names left or entered a file between two dates?

The file may have moved: at each date the first of its homes that exists is read.
"""

from __future__ import annotations

import asyncio
import datetime as dt

from pawtui.probes.context import Past, PathGone, ProbeContext, Unmeasurable, day_start
from pawtui.probes.pattern import names_in
from pawtui.probes.reading import Evidence, ProbeReading
from pawtui.probes.rules import (
    drops_to_on,
    join_names,
    not_listed,
    plural,
    quote_pattern,
    state_for_count,
    window_start,
)
from pawtui.sources import links
from pawtui.tracker.model import NamesProbe

_SHOWN = 12


def rule(probe: NamesProbe) -> str:
    """The rule in words."""
    return f"met up to {plural(probe.met, 'name')} removed in {probe.days} days, partial up to {probe.partial}"


async def measure(probe: NamesProbe, context: ProbeContext) -> ProbeReading:
    """A name that is gone (or has another version) breaks what was stored by it; a new one breaks nothing."""
    await context.tree_and_commits(probe.files)
    path, found = await context.home(probe.files)
    since = window_start(context, probe.days)
    listing = await context.commits(path)
    touched = [commit.at.date() for commit in listing.items if commit.at >= day_start(since)]
    if listing.complete and not touched:
        # Untouched since the window opened: it says what it said then, and no older tree need be fetched.
        return await _unchanged(probe, context, path, await context.blob_text(path, found), since)
    new_text, past = await asyncio.gather(context.blob_text(path, found), context.past(since, probe.files))
    old_path = next((home for home in probe.files if home in past.tree.entries), None)
    if old_path is None and past.tree.truncated:
        raise Unmeasurable(f"the list of paths on {since} was cut short, so that nothing can be compared")
    if old_path is None:
        raise PathGone(f"{join_names(probe.files)} did not exist on {since}, so that nothing can be compared")
    old_text = await context.blob_text(old_path, past.tree.entries[old_path], f"{past.commit.sha[:10]}, on {since}")
    old, new = await names_in(probe.pattern, [old_text, new_text])
    if not old:
        raise Unmeasurable(f"{old_path} held no name that matches {quote_pattern(probe.pattern)} on {since}")
    removed = sorted(old.keys() - new.keys())
    added = sorted(new.keys() - old.keys())
    state = state_for_count(len(removed), probe.met, probe.partial)
    # The file then says what it says now; it may be met earlier, for not every commit takes a name away.
    met_on = None if state == "met" else drops_to_on(touched, 0, probe.days)
    return ProbeReading(
        kind="names",
        state=state,
        summary=f"{len(removed)} of {plural(len(old), 'name')} removed, {len(added)} added in {probe.days} days",
        rule=rule(probe),
        facts={
            "file": path,
            "before": old_path,
            "before_sha": past.commit.sha,
            "since": since.isoformat(),
            "pattern": probe.pattern,
            "names": len(new),
            "removed": removed,
            "added": added,
            "met_on": met_on.isoformat() if met_on else None,
        },
        evidence=(
            *(_left(context, past, old_path, name, old[name]) for name in removed[:_SHOWN]),
            *(_entered(context, path, name, new[name]) for name in added[:_SHOWN]),
            Evidence(
                text=f"{past.commit.sha[:10]}..{context.head.sha[:10]}  everything between",
                url=links.compare_url(context.web, context.head.repo, past.commit.sha, context.head.sha),
            ),
        ),
        gaps=(*not_listed(len(removed), "removed name", _SHOWN), *not_listed(len(added), "added name", _SHOWN)),
    )


def _left(context: ProbeContext, past: Past, path: str, name: str, line: int) -> Evidence:
    return Evidence(
        text=f"- {name}  {path}:{line}",
        url=links.blob_url(context.web, context.head.repo, past.commit.sha, path, line),
        pin=f"{context.head.repo}@{past.commit.sha}:{path}#L{line}",
        at=past.commit.at,
    )


def _entered(context: ProbeContext, path: str, name: str, line: int) -> Evidence:
    return Evidence(text=f"+ {name}  {path}:{line}", url=context.file_url(path, line), pin=context.pin(path, line))


async def _unchanged(probe: NamesProbe, context: ProbeContext, path: str, text: str, since: dt.date) -> ProbeReading:
    names = (await names_in(probe.pattern, [text]))[0]
    if not names:
        raise Unmeasurable(f"{path} holds no name that matches {quote_pattern(probe.pattern)}")
    return ProbeReading(
        kind="names",
        state="met",
        summary=f"{plural(len(names), 'name')}, none changed in {probe.days} days",
        rule=rule(probe),
        facts={
            "file": path,
            "since": since.isoformat(),
            "pattern": probe.pattern,
            "names": len(names),
            "removed": [],
            "added": [],
        },
        evidence=(Evidence(text=f"{path}  unchanged", url=context.file_url(path), pin=context.pin(path)),),
    )
