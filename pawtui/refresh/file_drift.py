"""Drift by file: the change of each pinned file since the pin was made, by the trees at the heads.

Files are compared by blob SHA: one request for the tree of a head is enough for any number of pins. If the file
changed, `file_check.py` compares the pinned lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from pawtui.phrases import short_sha
from pawtui.refresh.pins import Pin
from pawtui.refresh.refresh_types import Drift
from pawtui.sources import links
from pawtui.sources.facts import EMPTY_FILE_SHA, Head, Tree, TreeEntry

# Stored in place of a blob's SHA: the pinned commit does not have the path.
NO_SUCH_PATH = "-"


def is_beyond_end(pin: Pin, entry: TreeEntry | None) -> bool:
    """Return whether the file has fewer bytes than the last pinned line's number: then it has too few lines."""
    return bool(pin.lines and entry and 0 < entry.size < pin.lines[1])


@dataclass(frozen=True, eq=False)
class HeadFiles:
    """The files of a repository at its head. `web` is the web root of the host."""

    head: Head
    tree: Tree
    web: str

    @cached_property
    def names(self) -> frozenset[str]:
        """The current and the requested name of the repository, in lower case."""
        return frozenset({self.head.repo.lower(), self.head.requested_repo.lower()})

    @cached_property
    def paths_by_sha(self) -> Mapping[str, str]:
        """The first path of each object."""
        paths: dict[str, str] = {}
        for path, entry in self.tree.entries.items():
            paths.setdefault(entry.sha, path)
        return paths

    def is_commit_of(self, pin: Pin) -> bool:
        """Return whether the head is the commit of a pin, whose SHA may be short."""
        return self.head.sha.startswith(pin.sha)


@dataclass(frozen=True, eq=False)
class PinnedFile:
    """A pin to a file, and the head that it is compared with. `text` is the pin as it was recorded.

    `pinned_state` is that of `RefreshBaseline`: the file's blob SHA when it was pinned, or `NO_SUCH_PATH` if there was
    no such file. It is None if it is not known.
    """

    text: str
    pin: Pin
    head_files: HeadFiles
    pinned_state: str | None

    @property
    def pinned_sha(self) -> str:
        """The file's blob SHA when it was pinned; empty if there was no such file, or if it is not known."""
        return self.pinned_state if self.pinned_state and self.pinned_state != NO_SUCH_PATH else ""

    @property
    def entry(self) -> TreeEntry | None:
        """The entry of the pinned path at the head; None if the path is missing."""
        return self.head_files.tree.entries.get(self.pin.path)

    @property
    def file_entry(self) -> TreeEntry | None:
        """The entry if it is a file; None for a link, a folder or a submodule."""
        return self.entry if self.entry and self.entry.type == "blob" else None

    def pin_at_head(self, path: str, lines: tuple[int, int] | None) -> Pin:
        """Return the pin to a place at the head."""
        return replace(self.pin, sha=self.head_files.head.sha, path=path, lines=lines)

    def file_drift(self) -> Drift | None:
        """Return the drift of the whole file; None if its path may be at the head although it is not listed."""
        pin, entry, head_sha = self.pin, self.entry, self.head_files.head.sha
        if self.pinned_state == NO_SUCH_PATH:
            return Drift(pin=self.text, state="gone", summary=f"the path did not exist at {short_sha(pin.sha)}")
        if entry is None and self.head_files.tree.truncated:
            # The path may be in the missing part of the list, even if another path has the same content.
            return None
        if self.pinned_state is None:
            summary = "the content at the pinned commit is not known yet"
            return Drift(pin=self.text, state="unchecked", summary=summary, failed=True)
        if entry is None:
            path = self.head_files.paths_by_sha.get(self.pinned_state)
            # Any other empty file has the same content: it is not the pinned one.
            if path is not None and self.pinned_state != EMPTY_FILE_SHA:
                return self.moved_to(path, pin.lines)
            return self.gone()
        short, difference = short_sha(head_sha), self._difference_url()
        if pin.lines and self.file_entry is None:
            return Drift(pin=self.text, state="gone", summary=f"not a file at {short}", url=difference)
        place = str(self.pin_at_head(pin.path, pin.lines))
        if entry.sha != self.pinned_state:
            summary = f"changed since {short_sha(pin.sha)}"
            return Drift(pin=self.text, state="changed", summary=summary, url=difference, place=place)
        if is_beyond_end(pin, entry):
            return Drift(pin=self.text, state="gone", summary=f"the file ends before these lines at {short}")
        if self.head_files.is_commit_of(pin):
            return Drift(pin=self.text, state="fresh", summary=f"pinned at {short}")
        return Drift(pin=self.text, state="fresh", summary=f"the same at {short}", place=place)

    def gone(self) -> Drift:
        """Return the drift of the pin if its path is not at the head, and its text not at another path."""
        summary = f"does not exist at {short_sha(self.head_files.head.sha)}"
        return Drift(pin=self.text, state="gone", summary=summary, url=self._difference_url())

    def _difference_url(self) -> str:
        return links.compare_url(self.head_files.web, self.pin.repo, self.pin.sha, self.head_files.head.sha)

    def moved_to(self, path: str, lines: tuple[int, int] | None) -> Drift:
        """Return the drift of the pin if its text is now at another place of the head."""
        now = self.pin_at_head(path, lines)
        place = str(now).partition(":")[2]
        return Drift(
            pin=self.text,
            state="moved",
            summary=f"the same text is now {place.rpartition('#')[2] if path == self.pin.path else place}",
            url=now.page_url(self.head_files.web),
            place=str(now),
        )
