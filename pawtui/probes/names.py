"""`names`: which names left or entered a file between two dates?

The file may have moved: at each date the first of its homes that exists is read.
"""

from __future__ import annotations

from pawtui.probes.look import Look, PathGone, day_start
from pawtui.probes.pattern import names_in
from pawtui.probes.reading import Evidence, ProbeReading
from pawtui.probes.rules import at_most, listed, plural, window_start
from pawtui.sources import links
from pawtui.tracker.model import NamesProbe

_SHOWN = 12


async def measure(probe: NamesProbe, look: Look) -> ProbeReading:
    """A name that is gone (or has another version) breaks what was stored by it; a new one breaks nothing."""
    path, found = await look.home(probe.files)
    since = window_start(look, probe.days)
    rule = f"met up to {plural(probe.met, 'name')} removed in {probe.days} days, partly up to {probe.partly}"
    new_text = await look.blob_text(path, found)
    listing = await look.commits(path)
    if listing.complete and not any(commit.at >= day_start(since) for commit in listing.items):
        # Untouched since the window opened: it says what it said then, and no older tree need be fetched.
        names = (await names_in(probe.pattern, [new_text]))[0]
        return ProbeReading(
            kind="names",
            state="met" if names else "unknown",
            said=f"{plural(len(names), 'name')}, none changed in {probe.days} days",
            rule=rule,
            facts={"file": path, "names": len(names), "since": since.isoformat(), "removed": [], "added": []},
            evidence=(Evidence(text=f"{path}  unchanged", url=look.file_url(path), pin=look.pin(path)),),
            cause="" if names else f"{path} holds no name that matches {probe.pattern!r}",
        )
    past = await look.past(since, probe.files)
    old_path = next((home for home in probe.files if home in past.tree.entries), None)
    if old_path is None:
        raise PathGone(f"{listed(probe.files)} did not exist on {since}, so that nothing can be compared")
    old_text = await look.blob_text(old_path, past.tree.entries[old_path])
    old, new = await names_in(probe.pattern, [old_text, new_text])
    removed = sorted(old.keys() - new.keys())
    added = sorted(new.keys() - old.keys())
    url = links.compare_url(look.web, look.head.repo, past.commit.sha, look.head.sha)
    evidence = [
        Evidence(
            text=f"- {name}  {old_path}:{old[name]}",
            url=links.blob_url(look.web, look.head.repo, past.commit.sha, old_path, old[name]),
            pin=f"{look.head.repo}@{past.commit.sha}:{old_path}#L{old[name]}",
            at=past.commit.at,
        )
        for name in removed[:_SHOWN]
    ]
    evidence += [
        Evidence(
            text=f"+ {name}  {path}:{new[name]}", url=look.file_url(path, new[name]), pin=look.pin(path, new[name])
        )
        for name in added[:_SHOWN]
    ]
    evidence.append(Evidence(text=f"{past.commit.sha[:10]}..{look.head.sha[:10]}  everything between", url=url))
    nothing = not old
    return ProbeReading(
        kind="names",
        state="unknown" if nothing else at_most(len(removed), probe.met, probe.partly),
        said=f"{len(removed)} of {plural(len(old), 'name')} removed, {len(added)} added in {probe.days} days",
        rule=rule,
        facts={
            "file": path,
            "before": old_path,
            "before_sha": past.commit.sha,
            "since": since.isoformat(),
            "names": len(new),
            "removed": removed,
            "added": added,
        },
        evidence=tuple(evidence),
        cause=f"{old_path} held no name that matches {probe.pattern!r} on {since}" if nothing else "",
    )
