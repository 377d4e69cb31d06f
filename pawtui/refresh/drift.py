"""Drift: what became of each pin since it was taken.

A pin to a file is checked by blob SHA: the tree of the refreshed head gives every path's blob in one request, so a
thousand pins cost what one costs. Pins to other repositories, issues and plain links are `unchecked`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from pawtui.refresh.model import Drift
from pawtui.refresh.pins import Pin, PinError, parse_pin
from pawtui.sources import links
from pawtui.sources.facts import Commit, Tree

# In place of a blob's SHA: the commit that was pinned has no such path.
NO_SUCH_PATH = "-"
CUT = "the list of paths was cut short"


class PinBaseline(msgspec.Struct, frozen=True, kw_only=True):
    """What a pin into one repository is held against: the head's tree, and the newest known commit of some paths.

    `homes` says where each object stands at the head, by its SHA.
    """

    repo: str
    sha: str
    tree: Tree
    alternatives: Mapping[str, str]
    web: str = "https://github.com"
    touched: Mapping[str, Commit] = {}


def baseline_of(repo: str, sha: str, tree: Tree, web: str) -> PinBaseline:
    """A head's tree as ground for pins."""
    alternatives: dict[str, str] = {}
    for path, entry in tree.entries.items():
        alternatives.setdefault(entry.sha, path)
    return PinBaseline(repo=repo, sha=sha, tree=tree, alternatives=alternatives, web=web)


def _same_repo(baseline: PinBaseline, pin: Pin) -> bool:
    return baseline.repo.lower() == pin.repo.lower()


def drift_of(text: str, baselines: Iterable[PinBaseline], blobs: Mapping[str, str]) -> Drift:
    """What became of one pin. `blobs` maps pins to the blob SHA they named when they were taken."""
    try:
        pin = parse_pin(text)
    except PinError as error:
        return Drift(pin=text, state="unchecked", summary=str(error))
    if pin.kind == "commit":
        return Drift(pin=text, state="fresh", summary="a commit never changes")
    if pin.kind != "file":
        return Drift(pin=text, state="unchecked", summary="only pins to files can be checked")
    baseline = next((baseline for baseline in baselines if _same_repo(baseline, pin)), None)
    if baseline is None:
        return Drift(pin=text, state="unchecked", summary=f"{pin.repo} was not looked at")
    return _file_drift(text, pin, baseline, blobs.get(text))


def _file_drift(text: str, pin: Pin, baseline: PinBaseline, taken: str | None) -> Drift:
    found = baseline.tree.entries.get(pin.path)
    short = baseline.sha[:10]
    if baseline.sha.startswith(pin.sha):
        if found is None and not baseline.tree.truncated:
            return Drift(pin=text, state="gone", summary=f"there is no such path at {short}")
        if found is None:
            return Drift(pin=text, state="unchecked", summary=CUT)
        return Drift(pin=text, state="fresh", summary=f"pinned at {short}")
    if taken is None:
        return Drift(pin=text, state="unchecked", summary="what it named when it was taken is not known yet")
    if taken == NO_SUCH_PATH:
        return Drift(pin=text, state="gone", summary=f"there was no such path at {pin.sha[:10]} either")
    difference = links.compare_url(baseline.web, baseline.repo, pin.sha, baseline.sha)
    if found is not None and found.sha == taken:
        return Drift(pin=text, state="fresh", summary=f"the same at {short}")
    if found is not None:
        by = baseline.touched.get(pin.path)
        summary = f"changed by {by.sha[:10]} {by.subject}" if by else f"changed since {pin.sha[:10]}"
        return Drift(pin=text, state="changed", summary=summary, by=by.sha if by else "", url=difference)
    home = baseline.alternatives.get(taken)
    if home is not None:
        url = links.blob_url(baseline.web, baseline.repo, baseline.sha, home)
        return Drift(pin=text, state="moved", summary=f"the same text is now {home}", url=url)
    if baseline.tree.truncated:
        return Drift(pin=text, state="unchecked", summary=CUT)
    return Drift(pin=text, state="gone", summary=f"gone at {short}", url=difference)


def measure_drift(pins: Iterable[str], baselines: Iterable[PinBaseline], blobs: Mapping[str, str]) -> tuple[Drift, ...]:
    """What became of each pin."""
    baselines = tuple(baselines)
    return tuple(drift_of(pin, baselines, blobs) for pin in pins)
