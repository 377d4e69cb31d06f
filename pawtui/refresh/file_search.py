"""The texts of a pinned file, and the new files of the head that it, or some of its lines, may be in now."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from pawtui.probes.error_log import ErrorLog
from pawtui.probes.repo_reader import RESERVED_REQUESTS
from pawtui.refresh.file_drift import PinnedFile
from pawtui.refresh.line_drift import split_lines
from pawtui.refresh.refresh_types import SEE_ERRORS
from pawtui.sources.facts import Tree
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import BudgetSpent, Refused, SourceError

# Limit of other files of each kind that are read for each pin, because its lines may have moved there.
_MAX_CANDIDATES = 3
_MAX_BYTES = 300_000  # of such a file


class Unreadable(Exception):
    """A file whose lines cannot be compared; `str()` is the reason."""


@dataclass(frozen=True, eq=False)
class FileSearch:
    """The search for a pinned file that is not at its path any more, or whose lines are not."""

    file: PinnedFile
    source: Source
    error_log: ErrorLog

    async def read_lines(self, sha: str) -> Sequence[str]:
        """Return the lines of a file. Raises `Unreadable`; the cause of a failure goes to the error log."""
        try:
            data = await self.source.blob(self.file.pin.repo, sha, optional=True)
        except BudgetSpent as error:
            self.error_log.add("Some changed files were not read: this refresh has no requests left. Refresh again.")
            raise Unreadable("this refresh has no requests left") from error
        except Refused as error:
            raise Unreadable("it is too large") from error
        except SourceError as error:
            self.error_log.add(error)
            raise Unreadable(SEE_ERRORS) from error
        lines = await asyncio.to_thread(split_lines, data)
        if lines is None:
            raise Unreadable("it is a binary file")
        return lines

    async def find_candidates(self, *, same_name: bool = False) -> dict[str, str]:
        """Return new files of the head that the text may be in now, with their blob SHAs, the likeliest first.

        These are files with the same name, also with another suffix, or in a folder of that name. With `same_name`,
        they are only those in a moved folder, if there are any. Without it, files with the same suffix follow (any, if
        the pinned file has none).
        """
        pinned_path = PurePosixPath(self.file.pin.path)
        new = await self._find_new_files()
        same_stem = [path for path in new if _is_of_same_module(pinned_path, PurePosixPath(path))]
        same_suffix = [path for path in new if path.endswith(pinned_path.suffix)]
        if same_name:
            same_stem = [path for path in same_stem if _is_in_moved_folder(self.file.pin.path, path)] or same_stem
            same_suffix = []
        likeliest_first = partial(unlikeliness, self.file.pin.path)
        likeliest = (sorted(paths, key=likeliest_first)[:_MAX_CANDIDATES] for paths in (same_stem, same_suffix))
        return {path: new[path] for paths in likeliest for path in paths}

    async def _find_new_files(self) -> dict[str, str]:
        """Return the files of the head that the pinned commit does not have, with their blob SHAs.

        Files that were probably moved from another path are left out: those with the text of another file of the pinned
        commit, and those that have more folders in common with a removed file of their name than with the pinned file.
        If the tree of the pinned commit cannot be read, these are the files of the same name in other folders.
        """
        pin, pinned_tree, at_head = self.file.pin, await self.read_pinned_tree(), self.file.head_files.tree.entries
        name = PurePosixPath(pin.path).name
        other_texts = {entry.sha for entry in pinned_tree.entries.values()} if pinned_tree else set()
        other_texts.discard(self.file.pinned_sha)
        removed: dict[str, list[str]] = defaultdict(list)
        for path in (pinned_tree.entries if pinned_tree else {}).keys() - at_head.keys() - {pin.path}:
            removed[PurePosixPath(path).name].append(path)

        def may_be_new(path: str) -> bool:
            if pinned_tree is None:
                return path.endswith(f"/{name}") and path != pin.path
            if path in pinned_tree.entries:
                return False
            common = _common_folders(pin.path, path)
            return all(_common_folders(other, path) <= common for other in removed[PurePosixPath(path).name])

        return {
            path: entry.sha
            for path, entry in at_head.items()
            if entry.type == "blob" and entry.size <= _MAX_BYTES and entry.sha not in other_texts and may_be_new(path)
        }

    async def read_pinned_tree(self) -> Tree | None:
        """Return the tree of the pinned commit; None if it cannot be read. It must not use the reserved requests."""
        if self.source.requests_left() > RESERVED_REQUESTS:
            with suppress(SourceError):
                return await self.source.tree(self.file.pin.repo, self.file.pin.sha, optional=True)
        return None


def unlikeliness(pinned_path: str, path: str) -> tuple[bool, int, str]:
    """Return the sort key of a path that a pinned file may have now: another name, then the folders in common."""
    is_other_name = PurePosixPath(pinned_path).name != PurePosixPath(path).name
    return is_other_name, -_common_folders(pinned_path, path), path


def _is_of_same_module(pinned_path: PurePosixPath, path: PurePosixPath) -> bool:
    """Return whether the name of one path, without its suffix, is that of the other, or of its folder.

    A file such as `session.ts` may become `session/index.ts`, and vice versa.
    """
    return path.stem in (pinned_path.stem, pinned_path.parent.name) or path.parent.name == pinned_path.stem


def _is_in_moved_folder(pinned_path: str, path: str) -> bool:
    """Return whether the paths differ only by the first folders, which one of them does not have."""
    shorter, longer = sorted((pinned_path, path), key=len)
    return "/" in shorter and longer.endswith(f"/{shorter}")


def _common_folders(first: str, second: str) -> int:
    """Return the number of folders in common, from both ends of the paths.

    A moved folder keeps the end of its paths.
    """
    old, new = (path.rpartition("/")[0].split("/") for path in (first, second))
    pairs = [*zip(old, new, strict=False), *zip(old[::-1], new[::-1], strict=False)]
    return sum(old_folder == new_folder for old_folder, new_folder in pairs)
