"""Drift by file: what became of each pin since it was taken, as far as the trees at the heads tell.

A pin to a file is checked by blob SHA: the tree of the refreshed head gives every path's blob in one request, so a
thousand pins cost what one costs. A pin to lines of a file that changed is then compared by its lines
(`line_check.py`), one to an issue by the issue's state (`issue_check.py`). Pins to other repositories and
plain links are `unchecked`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from pawtui.refresh.pins import Pin, PinError, parse_pin
from pawtui.refresh.refresh_types import Drift
from pawtui.sources import links
from pawtui.sources.facts import Entry, Tree

# In place of a blob's SHA: the commit that was pinned has no such path.
NO_SUCH_PATH = "-"
CUT = "the list of paths was cut short"


class PinBaseline(msgspec.Struct, frozen=True, kw_only=True):
    """What a pin into one repository is held against: the head and its tree.

    `alternatives` says where each object stands at the head, by its SHA.
    """

    repo: str
    sha: str
    tree: Tree
    alternatives: Mapping[str, str]
    web: str = "https://github.com"


def baseline_of(repo: str, sha: str, tree: Tree, web: str) -> PinBaseline:
    """A head's tree as ground for pins."""
    alternatives: dict[str, str] = {}
    for path, entry in tree.entries.items():
        alternatives.setdefault(entry.sha, path)
    return PinBaseline(repo=repo, sha=sha, tree=tree, alternatives=alternatives, web=web)


def find_baseline(pin: Pin, baselines: Iterable[PinBaseline]) -> PinBaseline | None:
    """Return the baseline of the pin's repository, or None."""
    return next((baseline for baseline in baselines if baseline.repo.lower() == pin.repo.lower()), None)


def is_beyond(pin: Pin, entry: Entry | None) -> bool:
    """Return whether the pinned lines are sure to be beyond the end of the file: a line has a byte at least."""
    return bool(pin.lines and entry and entry.type == "blob" and 0 < entry.size < pin.lines[1])


def drift_of(text: str, baselines: Iterable[PinBaseline], blobs: Mapping[str, str]) -> Drift:
    """What became of one pin. `blobs` maps pins to the blob SHA they named when they were taken."""
    try:
        pin = parse_pin(text)
    except PinError as error:
        return Drift(pin=text, state="unchecked", summary=str(error))
    if pin.kind == "commit":
        return Drift(pin=text, state="fresh", summary="a commit never changes")
    if pin.kind != "file":
        return Drift(pin=text, state="unchecked", summary="a link cannot be checked")
    baseline = find_baseline(pin, baselines)
    if baseline is None:
        return Drift(pin=text, state="unchecked", summary=f"{pin.repo} is not one of the tracker's repositories")
    return _file_drift(text, pin, baseline, blobs.get(text))


def _file_drift(text: str, pin: Pin, baseline: PinBaseline, taken: str | None) -> Drift:
    found = baseline.tree.entries.get(pin.path)
    short = baseline.sha[:10]
    if baseline.sha.startswith(pin.sha):
        if found is None and not baseline.tree.truncated:
            return Drift(pin=text, state="gone", summary=f"there is no such path at {short}")
        if found is None:
            return Drift(pin=text, state="unchecked", summary=CUT)
        if is_beyond(pin, found):
            return Drift(pin=text, state="gone", summary=f"the file ends before these lines at {short}")
        return Drift(pin=text, state="fresh", summary=f"pinned at {short}")
    if taken is None:
        return Drift(pin=text, state="unchecked", summary="what it named when it was taken is not known yet")
    if taken == NO_SUCH_PATH:
        return Drift(pin=text, state="gone", summary=f"there was no such path at {pin.sha[:10]} either")
    difference = links.compare_url(baseline.web, baseline.repo, pin.sha, baseline.sha)
    if found is not None and found.sha == taken:
        if is_beyond(pin, found):
            return Drift(pin=text, state="gone", summary=f"the file ends before these lines at {short}")
        return Drift(pin=text, state="fresh", summary=f"the same at {short}", place=place_of(pin, baseline))
    if found is not None:
        summary = f"changed since {pin.sha[:10]}"
        return Drift(pin=text, state="changed", summary=summary, url=difference, place=place_of(pin, baseline))
    home = baseline.alternatives.get(taken)
    if home is not None:
        return moved_to(text, pin, baseline, home, pin.lines)
    if baseline.tree.truncated:
        return Drift(pin=text, state="unchecked", summary=CUT)
    return Drift(pin=text, state="gone", summary=f"gone at {short}", url=difference)


def place_of(pin: Pin, baseline: PinBaseline) -> str:
    """Return the pin to the same path, and lines where it has any, at the head."""
    return str(msgspec.structs.replace(pin, sha=baseline.sha))


def moved_to(text: str, pin: Pin, baseline: PinBaseline, path: str, lines: tuple[int, int] | None) -> Drift:
    """Return that the same text stands at another place of the head."""
    first, last = lines or (None, None)
    now = msgspec.structs.replace(pin, sha=baseline.sha, path=path, lines=lines)
    where = str(now).partition(":")[2]
    return Drift(
        pin=text,
        state="moved",
        summary=f"the same text is now {where.rpartition('#')[2] if path == pin.path else where}",
        url=links.blob_url(baseline.web, baseline.repo, baseline.sha, path, first, last),
        place=str(now),
    )


def measure_drift(pins: Iterable[str], baselines: Iterable[PinBaseline], blobs: Mapping[str, str]) -> tuple[Drift, ...]:
    """What became of each pin."""
    baselines = tuple(baselines)
    return tuple(drift_of(pin, baselines, blobs) for pin in pins)
