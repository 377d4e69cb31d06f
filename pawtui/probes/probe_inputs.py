"""What the probes of a tracker read: issues, paths with their fingerprint, and days."""

import datetime as dt
from collections.abc import Iterable, Iterator

from pawtui.probes.repo_reader import alternatives, entries_at
from pawtui.sources import globs
from pawtui.sources.facts import Tree
from pawtui.tracker.probe_types import IssuesProbe, PathsProbe, Probe, TextProbe
from pawtui.tracker.rules_fingerprint import short_hash
from pawtui.tracker.tracker_types import Signal, Tracker


def watched_issues(tracker: Tracker, names: Iterable[str]) -> tuple[int, ...]:
    """Return the upstream issues that probes watch or related links name; `names` are the upstream's names."""
    watched = {
        number
        for probe in tracker.probes
        if isinstance(probe, IssuesProbe) and probe.side == "upstream"
        for number in probe.watch
    }
    known = {name.lower() for name in names}
    refs = (related.ref.rpartition("#") for related in tracker.related)
    return tuple(sorted(watched | {int(number) for repo, _, number in refs if repo.lower() in known}))


def paths_of(tracker: Tracker, probe: Probe) -> Iterator[str]:
    """Yield the paths that a probe reads: of its surfaces, and of its own keys."""
    for name in getattr(probe, "surfaces", ()):
        yield from tracker.surfaces.get(name, ())
    paths = [path for key in ("exist", "absent", "files", "paths") for path in getattr(probe, key, ())]
    for path in (*paths, getattr(probe, "file", "")):
        yield from filter(None, alternatives(path))


def listed_paths(tracker: Tracker, side: str) -> tuple[str, ...]:
    """Return the paths of one side whose commits probes list; for a glob, the folder before its first wildcard."""
    # A text or paths probe reads only the head.
    probes = (probe for probe in tracker.probes if probe.side == side and not isinstance(probe, PathsProbe | TextProbe))
    paths = (globs.fixed_folder(path) for probe in probes for path in paths_of(tracker, probe))
    return tuple(dict.fromkeys(filter(None, paths)))


def watched_fingerprint(tracker: Tracker, signal: Signal, tree: Tree | None) -> str:
    """Return a value that changes only if the upstream changes a path that one of the signal's probes reads.

    It is empty if there is no such path, or if an object is not known: without a tree, or beyond the end of a cut tree.
    """
    probes = (probe for probe in signal.probes if probe.side == "upstream")
    paths = sorted({path for probe in probes for path in paths_of(tracker, probe)})
    if tree is None or not paths:
        return ""
    by_path = {path: [entry.sha for _, entry in entries_at(tree, path)] for path in paths}
    if tree.truncated and any(globs.is_glob(path) or not shas for path, shas in by_path.items()):
        return ""
    # A path without an object counts as `-`; a glob may match several objects.
    lines = (f"{path} {sha}" for path, shas in by_path.items() for sha in shas or ["-"])
    return short_hash("\n".join(lines).encode())


def history_start(tracker: Tracker, today: dt.date) -> dt.date:
    """Return the first day from which commits are listed: `history_weeks` before today, or two of the longest window.

    Two, because a window is compared with the window before it.
    """
    longest = max((getattr(probe, "days", 0) for probe in tracker.probes), default=0)
    return today - dt.timedelta(days=max(tracker.policy.history_weeks * 7, 2 * longest, 1))
