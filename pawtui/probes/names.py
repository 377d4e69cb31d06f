"""`names`: which names left or entered a file between two dates?

The file may have moved: at each date the first of its homes that exists is read.
"""

from __future__ import annotations

import asyncio
import datetime as dt

from pawtui.probes.look import Look, Past, PathGone, Unmeasurable, day_start
from pawtui.probes.pattern import names_in
from pawtui.probes.reading import Evidence, ProbeReading
from pawtui.probes.rules import at_most, leaves_on, listed, not_shown, plural, shown, window_start
from pawtui.sources import links
from pawtui.tracker.model import NamesProbe

_SHOWN = 12


def rule(probe: NamesProbe) -> str:
    """The rule in words."""
    return f"met up to {plural(probe.met, 'name')} removed in {probe.days} days, partly up to {probe.partly}"


async def measure(probe: NamesProbe, look: Look) -> ProbeReading:
    """A name that is gone (or has another version) breaks what was stored by it; a new one breaks nothing."""
    await look.tree_and_commits(probe.files)
    path, found = await look.home(probe.files)
    since = window_start(look, probe.days)
    listing = await look.commits(path)
    touched = [commit.at.date() for commit in listing.items if commit.at >= day_start(since)]
    if listing.complete and not touched:
        # Untouched since the window opened: it says what it said then, and no older tree need be fetched.
        return await _unchanged(probe, look, path, await look.blob_text(path, found), since)
    new_text, past = await asyncio.gather(look.blob_text(path, found), look.past(since, probe.files))
    old_path = next((home for home in probe.files if home in past.tree.entries), None)
    if old_path is None and past.tree.truncated:
        raise Unmeasurable(f"the list of paths on {since} was cut short, so that nothing can be compared")
    if old_path is None:
        raise PathGone(f"{listed(probe.files)} did not exist on {since}, so that nothing can be compared")
    old_text = await look.blob_text(old_path, past.tree.entries[old_path], f"{past.commit.sha[:10]}, on {since}")
    old, new = await names_in(probe.pattern, [old_text, new_text])
    if not old:
        raise Unmeasurable(f"{old_path} held no name that matches {shown(probe.pattern)} on {since}")
    removed = sorted(old.keys() - new.keys())
    added = sorted(new.keys() - old.keys())
    state = at_most(len(removed), probe.met, probe.partly)
    # The file then says what it says now; it may be met earlier, for not every commit takes a name away.
    met_on = None if state == "met" else leaves_on(touched, 0, probe.days)
    return ProbeReading(
        kind="names",
        state=state,
        said=f"{len(removed)} of {plural(len(old), 'name')} removed, {len(added)} added in {probe.days} days",
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
            *(_left(look, past, old_path, name, old[name]) for name in removed[:_SHOWN]),
            *(_entered(look, path, name, new[name]) for name in added[:_SHOWN]),
            Evidence(
                text=f"{past.commit.sha[:10]}..{look.head.sha[:10]}  everything between",
                url=links.compare_url(look.web, look.head.repo, past.commit.sha, look.head.sha),
            ),
        ),
        unseen=(*not_shown(len(removed), "removed name", _SHOWN), *not_shown(len(added), "added name", _SHOWN)),
    )


def _left(look: Look, past: Past, path: str, name: str, line: int) -> Evidence:
    return Evidence(
        text=f"- {name}  {path}:{line}",
        url=links.blob_url(look.web, look.head.repo, past.commit.sha, path, line),
        pin=f"{look.head.repo}@{past.commit.sha}:{path}#L{line}",
        at=past.commit.at,
    )


def _entered(look: Look, path: str, name: str, line: int) -> Evidence:
    return Evidence(text=f"+ {name}  {path}:{line}", url=look.file_url(path, line), pin=look.pin(path, line))


async def _unchanged(probe: NamesProbe, look: Look, path: str, text: str, since: dt.date) -> ProbeReading:
    names = (await names_in(probe.pattern, [text]))[0]
    if not names:
        raise Unmeasurable(f"{path} holds no name that matches {shown(probe.pattern)}")
    return ProbeReading(
        kind="names",
        state="met",
        said=f"{plural(len(names), 'name')}, none changed in {probe.days} days",
        rule=rule(probe),
        facts={
            "file": path,
            "since": since.isoformat(),
            "pattern": probe.pattern,
            "names": len(names),
            "removed": [],
            "added": [],
        },
        evidence=(Evidence(text=f"{path}  unchanged", url=look.file_url(path), pin=look.pin(path)),),
    )
