"""Compare every recorded pin with the trees that a refresh has fetched."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from pawtui.probes.context import ProbeContext
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.file_drift import NO_SUCH_PATH, baseline_of, drift_of
from pawtui.refresh.issue_check import check_issues
from pawtui.refresh.line_check import check_lines
from pawtui.refresh.pins import Pin, find_pin, parse_pin
from pawtui.refresh.refresh_types import STALE, Drift, RefreshBaseline
from pawtui.sources.facts import Commit, Head, Tree
from pawtui.sources.protocol import ListHints, Source
from pawtui.sources.source_errors import SourceError

_MAX_NEW_COMMITS = 20  # pinned commits that are read for the first time in one refresh, one request each
MAX_OLD_TREES = 24  # limit of older commits' trees read in one refresh, most of them from the cache

# A head and its tree; None if the tree could not be fetched.
HeadTree = tuple[Head, Tree | None]
_ByName = Mapping[str, HeadTree]


async def check_pins(
    baseline: RefreshBaseline, source: Source, context: ProbeContext, error_log: ErrorLog, heads: Sequence[HeadTree]
) -> tuple[tuple[Drift, ...], Mapping[str, str]]:
    """Return the drift of every pin, and newly found blobs: the state of each pin when it was taken.

    Any number of pins costs few requests. The fetched trees are enough for all files. At most one request fetches the
    tree of an older pinned commit, and one finds the commit that changed a file; later refreshes do the rest. Lines of
    a changed file cost two requests, once. A pinned commit costs one request, once. Known issues cost one request per
    repository.
    """
    groups = [(names, of) for names, of in _pins_by_side(baseline, heads) if names]
    checked = [
        await _check_pins(msgspec.structs.replace(baseline, pins=names), source, context, error_log, of)
        for names, of in groups
    ]
    found = [drift for drifts, _ in checked for drift in drifts]
    # A pin that is compared with both branches is stale or failed if it is so on one of them.
    worst_last = sorted(found, key=lambda drift: (drift.state in STALE, drift.failed))
    by_pin = {drift.pin: drift for drift in worst_last}
    blobs = {pin: blob for _, blobs_of in checked for pin, blob in blobs_of.items()}
    return tuple(by_pin[pin] for pin in baseline.pins), blobs


def _pins_by_side(
    baseline: RefreshBaseline, heads: Sequence[HeadTree]
) -> Sequence[tuple[tuple[str, ...], Sequence[HeadTree]]]:
    """Return groups of pins with the heads to compare them with. `heads` are the upstream's and the downstream's.

    If both are branches of one repository, a pin is compared with the branch where a refresh found its commit; with
    both if that is not known.
    """
    (up, _), (down, _) = heads
    if up.repo.lower() != down.repo.lower():
        return [(tuple(baseline.pins), heads)]
    seen_up = (up.sha, *(refresh.upstream.sha for refresh in baseline.live))
    seen_down = (down.sha, *(refresh.downstream.sha for refresh in baseline.live))
    of_up, of_down = [], []
    for text in baseline.pins:
        pin = find_pin(text)
        is_file = pin is not None and pin.kind == "file" and pin.repo.lower() in (up.repo.lower(), up.requested.lower())
        in_up, in_down = (
            pin is not None and any(sha.startswith(pin.sha) for sha in seen) for seen in (seen_up, seen_down)
        )
        if not is_file or in_up or not in_down:
            of_up.append(text)
        if is_file and (in_down or not in_up):
            of_down.append(text)
    return [(tuple(of_up), heads[:1]), (tuple(of_down), heads[1:])]


async def _check_pins(
    baseline: RefreshBaseline, source: Source, context: ProbeContext, error_log: ErrorLog, heads: Sequence[HeadTree]
) -> tuple[tuple[Drift, ...], Mapping[str, str]]:
    """Return the drift of the pins by these heads, whose repositories are different, and newly found blobs."""
    by_name = {name.lower(): (head, tree) for head, tree in heads for name in (head.repo, head.requested)}
    found_blobs = await _taken_blobs(baseline, source, error_log, by_name)
    found_blobs |= await _read_commits(baseline, source, error_log, by_name)
    blobs = {**baseline.blobs, **found_blobs}
    web = context.upstream.web
    baselines = [baseline_of(name, head.sha, tree, web) for name, (head, tree) in by_name.items() if tree is not None]
    drifts = {pin: drift_of(pin, baselines, blobs) for pin in baseline.pins}
    drifts |= _not_checked(baseline, drifts, by_name)
    (by_issue, issue_states), by_lines = await asyncio.gather(
        check_issues(baseline, source, error_log),
        check_lines(drifts.values(), baselines, blobs, source, error_log),
    )
    drifts |= by_lines
    drifts |= await _name_commits(drifts, context, source, by_name)
    drifts |= by_issue
    return tuple(drifts.values()), {**found_blobs, **issue_states}


def _not_checked(baseline: RefreshBaseline, drifts: Mapping[str, Drift], by_name: _ByName) -> dict[str, Drift]:
    """Return the pins that a failure prevented from being checked: still stale if they were stale, otherwise failed."""
    before = {drift.pin: drift for drift in baseline.last.drift} if baseline.last else {}
    incomplete = {name for name, (_, tree) in by_name.items() if tree is None or tree.truncated}
    failed: dict[str, Drift] = {}
    for text, drift in drifts.items():
        if drift.state != "unchecked" or not any(text.lower().startswith(f"{name}@") for name in incomplete):
            continue
        earlier = before.get(text)
        if earlier is not None and earlier.state in STALE:
            failed[text] = msgspec.structs.replace(
                earlier, summary=f"not checked at this refresh; before: {earlier.summary}"
            )
        else:
            failed[text] = msgspec.structs.replace(
                drift, summary='could not be checked: see "Not available"', failed=True
            )
    return failed


async def _taken_blobs(
    baseline: RefreshBaseline, source: Source, error_log: ErrorLog, by_name: _ByName
) -> dict[str, str]:
    """Return, by pin, the blob SHA of its file when it was taken, if it is not recorded yet and a tree has it."""
    blobs: dict[str, str] = {}
    older: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for text in baseline.pins:
        pin = find_pin(text)
        if text in baseline.blobs or pin is None or pin.kind != "file" or pin.repo.lower() not in by_name:
            continue
        head, tree = by_name[pin.repo.lower()]
        if not head.sha.startswith(pin.sha):
            older[head.repo, pin.sha].append((text, pin.path))
        elif tree is not None and pin.path in tree.entries:
            blobs[text] = tree.entries[pin.path].sha
    # Commits with the most pins first. Cached trees cost nothing; stop after the first tree that costs a request.
    before = source.usage().sent
    for (repo, sha), pins in sorted(older.items(), key=lambda item: -len(item[1]))[:MAX_OLD_TREES]:
        if source.usage().sent > before:
            break
        tree = await error_log.value_or_none(source.tree(repo, sha))
        if tree is not None:
            blobs |= {
                text: tree.entries[path].sha if path in tree.entries else NO_SUCH_PATH
                for text, path in pins
                if path in tree.entries or not tree.truncated
            }
    return blobs


async def _read_commits(
    baseline: RefreshBaseline, source: Source, error_log: ErrorLog, by_name: _ByName
) -> dict[str, str]:
    """Return the full SHA of each pinned commit that is read for the first time: a wrong SHA is no evidence."""
    pins = [(text, pin) for text in baseline.pins if text not in baseline.blobs and (pin := find_pin(text))]
    new = [
        (text, pin)
        for text, pin in pins
        if pin.kind == "commit"
        and pin.repo.lower() in by_name
        and not by_name[pin.repo.lower()][0].sha.startswith(pin.sha)
    ]
    if len(new) > _MAX_NEW_COMMITS:
        error_log.add("Some pinned commits were not read yet. Refresh again to read more of them.")
    reads = [error_log.value_or_none(source.commit(pin.repo, pin.sha)) for _, pin in new[:_MAX_NEW_COMMITS]]
    # A branch or tag may have a name that looks like a short SHA.
    commits = zip(new, await asyncio.gather(*reads), strict=False)
    return {text: commit.sha for (text, pin), commit in commits if commit and commit.sha.startswith(pin.sha)}


async def _name_commits(
    drifts: Mapping[str, Drift], context: ProbeContext, source: Source, by_name: _ByName
) -> dict[str, Drift]:
    """Return the changed pins with the newest commit on their file: from the probes' lists, and one request."""
    listed = {path for paths in context.tracker.surfaces.values() for path in paths}
    touched: dict[tuple[str, str], Commit] = {}
    named: dict[str, Drift] = {}
    before = source.usage().sent
    for text, drift in drifts.items():
        if drift.state != "changed":
            continue
        pin = parse_pin(text)
        head, tree = by_name[pin.repo.lower()]
        upstream = head.sha == context.upstream.head.sha
        if tree is None:
            continue
        # A probe lists the commits of this path anyway.
        is_listed = upstream and pin.path in listed
        if (head.sha, pin.path) not in touched and (is_listed or source.usage().sent <= before):
            try:
                if upstream:
                    commits = await context.upstream.commits(pin.path)
                else:
                    entry, start = tree.entries.get(pin.path), context.upstream.history_start
                    hints = ListHints(entry.sha if entry else None)
                    commits = await source.commits(head.repo, head.sha, pin.path, start, hints)
            except (SourceError, Unmeasurable):
                # Only the commit is unknown: the pin has changed.
                continue
            if commits.items:
                touched[head.sha, pin.path] = commits.items[0]
        if (commit := touched.get((head.sha, pin.path))) is not None:
            named[text] = _named(drift, pin, commit)
    return named


def _named(drift: Drift, pin: Pin, commit: Commit) -> Drift:
    """Return the drift with the last commit on the file, which may not have touched the pinned lines."""
    label = f"{commit.sha[:10]} {commit.subject}"
    summary = f"changed by {label}" if pin.lines is None else f"{drift.summary}; last commit on the file: {label}"
    return msgspec.structs.replace(drift, summary=summary, by=commit.sha)
