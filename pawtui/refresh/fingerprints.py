"""Fingerprints: of a tracker's rules, and of everything upstream that a signal looks at."""

from __future__ import annotations

import hashlib

import msgspec

from pawtui.probes.repo_view import alternatives
from pawtui.sources import globs
from pawtui.sources.facts import Tree
from pawtui.tracker.tracker_types import Signal, Tracker


def rules_fingerprint(tracker: Tracker) -> str:
    """Changes whenever a rule of the tracker does, so that a reading that moved for that reason can be told."""
    rules = msgspec.to_builtins(tracker)
    for side in ("upstream", "downstream"):
        # Where a person's clone is, is no rule.
        del rules[side]["clone"]
    return _short(msgspec.json.encode(rules, order="deterministic"))


def watched_fingerprint(tracker: Tracker, signal: Signal, tree: Tree | None) -> str:
    """Changes whenever the upstream changes a path that one of the signal's probes looks at, and only then.

    Empty where there is no tree, or no path to look at.
    """
    paths = watched_paths(tracker, signal)
    if tree is None or not paths:
        return ""
    lines = (f"{path} {sha}" for path in paths for sha in _objects(path, tree))
    return _short("\n".join(lines).encode())


def watched_paths(tracker: Tracker, signal: Signal) -> list[str]:
    """Every upstream path that a signal's probes look at, each once."""
    paths: set[str] = set()
    for probe in signal.probes:
        if probe.side != "upstream":
            continue
        for name in getattr(probe, "surfaces", ()):
            paths.update(tracker.surfaces.get(name, ()))
        for key in ("exist", "absent", "files", "paths"):
            for path in getattr(probe, key, ()):
                paths.update(alternatives(path))
        if file := getattr(probe, "file", ""):
            paths.update(alternatives(file))
    return sorted(paths)


def _objects(path: str, tree: Tree) -> list[str]:
    """The SHA of the object at a path, or of every file that a glob matches; `-` where there is none."""
    if globs.is_glob(path):
        return [entry.sha for name, entry in sorted(tree.entries.items()) if globs.matches(path, name)] or ["-"]
    return [tree.entries[path].sha if path in tree.entries else "-"]


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
