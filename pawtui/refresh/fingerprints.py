"""Fingerprints of a tracker's rules and of the upstream paths that a signal reads."""

import hashlib

import msgspec

from pawtui.probes.context import paths_of
from pawtui.probes.repo_view import entries_at
from pawtui.sources.facts import Tree
from pawtui.tracker.tracker_types import Signal, Tracker


def rules_fingerprint(tracker: Tracker) -> str:
    """Return a value that changes if a rule of the tracker changes."""
    rules = msgspec.to_builtins(tracker)
    for side in ("upstream", "downstream"):
        # The place of a user's clone is not a rule.
        del rules[side]["clone"]
    return _short(msgspec.json.encode(rules, order="deterministic"))


def watched_fingerprint(tracker: Tracker, signal: Signal, tree: Tree | None) -> str:
    """Return a value that changes only if the upstream changes a path that one of the signal's probes reads.

    It is empty if there is no tree or no such path.
    """
    probes = (probe for probe in signal.probes if probe.side == "upstream")
    paths = sorted({path for probe in probes for path in paths_of(tracker, probe)})
    if tree is None or not paths:
        return ""
    # A path without an object counts as `-`; a glob may match several objects.
    by_path = ((path, [entry.sha for _, entry in entries_at(tree, path)] or ["-"]) for path in paths)
    lines = (f"{path} {sha}" for path, shas in by_path for sha in shas)
    return _short("\n".join(lines).encode())


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
