"""The fingerprint of the upstream paths that a signal reads."""

from pawtui.probes.probe_inputs import paths_of
from pawtui.probes.repo_reader import entries_at
from pawtui.sources import globs
from pawtui.sources.facts import Tree
from pawtui.tracker.rules_fingerprint import short_hash
from pawtui.tracker.tracker_types import Signal, Tracker


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
