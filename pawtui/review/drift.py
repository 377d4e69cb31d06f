"""Drift: what became of each pin since it was taken.

A pin to a file is checked by blob SHA: the tree of the refreshed head gives every path's blob in one request, so a
thousand pins cost what one costs. Pins to other repositories, issues and plain links are `unchecked`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from pawtui.review.model import STALE as STALE
from pawtui.review.model import Drift, GateEntry, Note, Record
from pawtui.review.pins import Pin, PinError, parse_pin
from pawtui.sources import links
from pawtui.sources.facts import Commit, Tree

# In place of a blob's SHA: the commit that was pinned has no such path.
NO_SUCH_PATH = "-"


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a pin into one repository is held against: the head's tree, and the newest known commit of some paths.

    `homes` says where each object stands at the head, by its SHA.
    """

    repo: str
    sha: str
    tree: Tree
    homes: Mapping[str, str]
    web: str = "https://github.com"
    touched: Mapping[str, Commit] = {}


def ground_of(repo: str, sha: str, tree: Tree, web: str) -> Ground:
    """A head's tree as ground for pins."""
    homes: dict[str, str] = {}
    for path, entry in tree.entries.items():
        homes.setdefault(entry.sha, path)
    return Ground(repo=repo, sha=sha, tree=tree, homes=homes, web=web)


def all_pins(record: Record) -> tuple[str, ...]:
    """Every pin on record, once, in the order it was taken."""
    entries: Iterable[GateEntry | Note] = (*record.gates.values(), *record.notes.values())
    return tuple(dict.fromkeys(pin for entry in entries for pin in entry.pins))


def _same_repo(ground: Ground, pin: Pin) -> bool:
    return ground.repo.lower() == pin.repo.lower()


def drift_of(text: str, grounds: Iterable[Ground], blobs: Mapping[str, str]) -> Drift:
    """What became of one pin. `blobs` maps pins to the blob SHA they named when they were taken."""
    try:
        pin = parse_pin(text)
    except PinError as error:
        return Drift(pin=text, state="unchecked", said=str(error))
    if pin.kind == "commit":
        return Drift(pin=text, state="fresh", said="a commit never changes")
    if pin.kind != "file":
        return Drift(pin=text, state="unchecked", said="only pins to files can be checked")
    ground = next((ground for ground in grounds if _same_repo(ground, pin)), None)
    if ground is None:
        return Drift(pin=text, state="unchecked", said=f"{pin.repo} was not looked at")
    return _file_drift(text, pin, ground, blobs.get(text))


def _file_drift(text: str, pin: Pin, ground: Ground, taken: str | None) -> Drift:
    found = ground.tree.entries.get(pin.path)
    short = ground.sha[:10]
    if ground.sha.startswith(pin.sha):
        if found is None and not ground.tree.truncated:
            return Drift(pin=text, state="gone", said=f"there is no such path at {short}")
        return Drift(pin=text, state="fresh", said=f"pinned at {short}")
    if taken is None:
        return Drift(pin=text, state="unchecked", said="what it named when it was taken is not known yet")
    if taken == NO_SUCH_PATH:
        return Drift(pin=text, state="gone", said=f"there was no such path at {pin.sha[:10]} either")
    difference = links.compare_url(ground.web, ground.repo, pin.sha, ground.sha)
    if found is not None and found.sha == taken:
        return Drift(pin=text, state="fresh", said=f"the same at {short}")
    if found is not None:
        by = ground.touched.get(pin.path)
        said = f"changed by {by.sha[:10]} {by.subject}" if by else f"changed since {pin.sha[:10]}"
        return Drift(pin=text, state="changed", said=said, by=by.sha if by else "", url=difference)
    home = ground.homes.get(taken)
    if home is not None:
        url = links.blob_url(ground.web, ground.repo, ground.sha, home)
        return Drift(pin=text, state="moved", said=f"the same text is now {home}", url=url)
    if ground.tree.truncated:
        return Drift(pin=text, state="unchecked", said="the list of paths was cut short")
    return Drift(pin=text, state="gone", said=f"gone at {short}", url=difference)


def measure_drift(record: Record, grounds: Iterable[Ground], blobs: Mapping[str, str]) -> tuple[Drift, ...]:
    """What became of every pin on record."""
    grounds = tuple(grounds)
    return tuple(drift_of(pin, grounds, blobs) for pin in all_pins(record))
