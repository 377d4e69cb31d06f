"""Drift by file: the change of each pinned file since the pin was made, by the trees at the heads.

Files are compared by blob SHA: one request for the tree of a head is enough for any number of pins. If the file
changed, `file_check.py` compares the pinned lines.
"""

from dataclasses import dataclass, field
from functools import cached_property, partial

from msgspec.structs import replace

from pawtui.phrases import short_sha
from pawtui.refresh.pins import Pin
from pawtui.refresh.refresh_types import Drift
from pawtui.sources import links
from pawtui.sources.facts import Head, Tree, TreeEntry

# Stored in place of a blob's SHA: the pinned commit does not have the path.
NO_SUCH_PATH = "-"
_MAX_BYTES = 300_000  # of a file in which a pinned text is searched for


def is_beyond_end(pin: Pin, entry: TreeEntry | None) -> bool:
    """Return whether the file has fewer bytes than the last pinned line's number: then it has too few lines."""
    return bool(pin.lines and entry and 0 < entry.size < pin.lines[1])


@dataclass(frozen=True, eq=False)
class HeadFiles:
    """The files of a repository at its head. `web` is the web root of the host."""

    head: Head
    tree: Tree
    web: str
    # By the SHA of the earlier tree.
    _new_files: dict[str, dict[str, str]] = field(default_factory=dict, init=False)

    @cached_property
    def repo_names(self) -> frozenset[str]:
        """The current and the requested name of the repository, in lower case."""
        return frozenset({self.head.repo.lower(), self.head.requested_repo.lower()})

    def new_files_since(self, earlier: Tree) -> dict[str, str]:
        """Return the files that an earlier commit does not have, with their blob SHAs. Large files are left out.

        They are found once for all pins to that commit.
        """
        if earlier.sha not in self._new_files:
            self._new_files[earlier.sha] = {
                path: entry.sha
                for path, entry in self.tree.entries.items()
                if entry.type == "blob" and entry.size <= _MAX_BYTES and path not in earlier.entries
            }
        return self._new_files[earlier.sha]

    def is_commit_of(self, pin: Pin) -> bool:
        """Return whether the head is the commit of a pin, whose SHA may be short."""
        return self.head.sha.startswith(pin.sha)


@dataclass(frozen=True, eq=False)
class PinnedFile:
    """A pin to a file, and the head that it is compared with. `pin_text` is the pin as it was recorded.

    `pinned_state` is that of `RefreshBaseline`: the file's blob SHA when it was pinned, or `NO_SUCH_PATH` if there was
    no such file. It is None if it is not known.
    """

    pin_text: str
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

    def compare_trees(self) -> Drift | None:
        """Return the drift of the whole file at its path; None if the path may be left out of an incomplete list."""
        pin, entry, head = self.pin, self.entry, self.head_files.head
        drift = partial(Drift, pin=self.pin_text)
        if self.pinned_state == NO_SUCH_PATH:
            return drift(state="gone", summary=f"the path did not exist at {short_sha(pin.sha)}")
        if entry is None and self.head_files.tree.truncated:
            return None
        if self.pinned_state is None:
            return drift(state="unchecked", summary="the content at the pinned commit is not known yet", failed=True)
        short = short_sha(head.sha)
        difference = links.compare_url(self.head_files.web, pin.repo, pin.sha, head.sha)
        if entry is None:
            return drift(state="gone", summary=f"does not exist at {short}", url=difference)
        if pin.lines and self.file_entry is None:
            return drift(state="gone", summary=f"not a file at {short}", url=difference)
        place = str(self.pin_at_head(pin.path, pin.lines))
        if entry.sha != self.pinned_state:
            return drift(state="changed", summary=f"changed since {short_sha(pin.sha)}", url=difference, place=place)
        if is_beyond_end(pin, entry):
            return drift(state="gone", summary=f"the file ends before these lines at {short}")
        if self.head_files.is_commit_of(pin):
            return drift(state="fresh", summary=f"pinned at {short}")
        return drift(state="fresh", summary=f"the same at {short}", place=place)

    def moved_to(self, path: str, lines: tuple[int, int] | None) -> Drift:
        """Return the drift of the pin if its text is now at another place of the head."""
        now = self.pin_at_head(path, lines)
        return Drift(
            pin=self.pin_text,
            state="moved",
            summary=f"the same text is now {now.line_span if path == self.pin.path else now.path_and_lines}",
            url=now.page_url(self.head_files.web),
            place=str(now),
        )
