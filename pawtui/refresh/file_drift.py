"""Drift by file: the change of each pinned file since the pin was taken, by the trees at the heads.

Files are compared by blob SHA: one request for the tree of a head is enough for any number of pins. If the file
changed, `line_check.py` compares the pinned lines; `issue_check.py` checks pins to issues. Pins to other repositories
and plain links are `unchecked`.
"""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from pawtui.refresh.pins import Pin, PinError, parse_pin
from pawtui.refresh.refresh_types import Drift
from pawtui.sources import links
from pawtui.sources.facts import EMPTY_FILE, Tree, TreeEntry

# Stored in place of a blob's SHA: the pinned commit does not have the path.
NO_SUCH_PATH = "-"


class PinBaseline(msgspec.Struct, frozen=True, kw_only=True):
    """The head and tree that pins to one repository are compared with.

    `paths_by_sha` maps the SHA of each object to its first path at the head.
    """

    repo: str
    sha: str
    tree: Tree
    paths_by_sha: Mapping[str, str]
    web: str = "https://github.com"


def baseline_of(repo: str, sha: str, tree: Tree, web: str) -> PinBaseline:
    """Return the baseline of pins to this repository at the head `sha`."""
    paths_by_sha: dict[str, str] = {}
    for path, entry in tree.entries.items():
        paths_by_sha.setdefault(entry.sha, path)
    return PinBaseline(repo=repo, sha=sha, tree=tree, paths_by_sha=paths_by_sha, web=web)


def is_beyond(pin: Pin, entry: TreeEntry | None) -> bool:
    """Return whether the file has fewer bytes than the last pinned line's number: then it has too few lines."""
    return bool(pin.lines and entry and 0 < entry.size < pin.lines[1])


def file_at(tree: Tree, path: str) -> TreeEntry | None:
    """Return the entry of a file; None if the path is missing, or is a link, a folder or a submodule."""
    entry = tree.entries.get(path)
    return entry if entry and entry.type == "blob" else None


def drift_of(text: str, baselines: Mapping[str, PinBaseline], pinned_states: Mapping[str, str]) -> Drift:
    """Return the drift of one pin. `baselines` are by the names of their repositories in lower case.

    `pinned_states` maps pins to the blob SHA of the file when they were taken, or to the full SHA of a commit that was
    read once.
    """
    try:
        pin = parse_pin(text)
    except PinError as error:
        return Drift(pin=text, state="unchecked", summary=str(error))
    if pin.kind not in ("file", "commit"):
        return Drift(pin=text, state="unchecked", summary="links are never checked")
    if pin.kind == "commit" and text in pinned_states:
        return Drift(pin=text, state="fresh", summary="a commit never changes")
    baseline = baselines.get(pin.repo.lower())
    if baseline is None:
        return Drift(pin=text, state="unchecked", summary=f"{pin.repo} is not one of the tracker's repositories")
    if pin.kind == "file":
        return _file_drift(text, pin, baseline, pinned_states.get(text))
    if baseline.sha.startswith(pin.sha):
        return Drift(pin=text, state="fresh", summary="a commit never changes")
    return Drift(pin=text, state="unchecked", summary="the commit was not read yet", failed=True)


def _file_drift(text: str, pin: Pin, baseline: PinBaseline, old_sha: str | None) -> Drift:
    entry = baseline.tree.entries.get(pin.path)
    short = baseline.sha[:10]
    is_at_head = baseline.sha.startswith(pin.sha)
    if not is_at_head and old_sha is None:
        summary = "the content at the pinned commit is not known yet"
        return Drift(pin=text, state="unchecked", summary=summary, failed=True)
    if not is_at_head and old_sha == NO_SUCH_PATH:
        return Drift(pin=text, state="gone", summary=f"the path did not exist at {pin.sha[:10]}")
    if entry is None and baseline.tree.truncated:
        # The path may exist, even if another path has the same content.
        return Drift(pin=text, state="unchecked", summary="the list of paths was cut short")
    if entry is None and is_at_head:
        return Drift(pin=text, state="gone", summary=f"the path does not exist at {short}")
    difference = links.compare_url(baseline.web, pin.repo, pin.sha, baseline.sha)
    if entry is None:
        path = baseline.paths_by_sha.get(old_sha or "")
        # Any other empty file has the same content: it is not the pinned one.
        if path is not None and old_sha != EMPTY_FILE:
            return moved_to(text, pin, baseline, path, pin.lines)
        return Drift(pin=text, state="gone", summary=f"gone at {short}", url=difference)
    if pin.lines and file_at(baseline.tree, pin.path) is None:
        return Drift(pin=text, state="gone", summary=f"not a file at {short}", url=difference)
    if not is_at_head and entry.sha != old_sha:
        summary = f"changed since {pin.sha[:10]}"
        return Drift(pin=text, state="changed", summary=summary, url=difference, place=pin_at_head(pin, baseline))
    if is_beyond(pin, entry):
        return Drift(pin=text, state="gone", summary=f"the file ends before these lines at {short}")
    if is_at_head:
        return Drift(pin=text, state="fresh", summary=f"pinned at {short}")
    return Drift(pin=text, state="fresh", summary=f"the same at {short}", place=pin_at_head(pin, baseline))


def pin_at_head(pin: Pin, baseline: PinBaseline) -> str:
    """Return the pin to the same path, and lines if any, at the head."""
    return str(replace(pin, sha=baseline.sha))


def moved_to(text: str, pin: Pin, baseline: PinBaseline, path: str, lines: tuple[int, int] | None) -> Drift:
    """Return the drift of a pin whose text is now at another place of the head."""
    now = replace(pin, sha=baseline.sha, path=path, lines=lines)
    place = str(now).partition(":")[2]
    return Drift(
        pin=text,
        state="moved",
        summary=f"the same text is now {place.rpartition('#')[2] if path == pin.path else place}",
        url=now.page_url(baseline.web),
        place=str(now),
    )
