"""The texts of a pinned file, and the new files of the head that it, or some of its lines, may be in now."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import PurePosixPath

from pawtui.probes.error_log import ErrorLog
from pawtui.probes.repo_reader import RESERVED_REQUESTS
from pawtui.refresh.file_drift import PinnedFile
from pawtui.refresh.line_drift import split_lines
from pawtui.refresh.new_files import is_in_moved_folder, unlikeliness
from pawtui.refresh.refresh_types import SEE_ERRORS
from pawtui.sources.facts import Tree
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import BudgetSpent, Refused, SourceError

# Limit of other files of each kind that are read for each pin, because its lines may have moved there.
_MAX_CANDIDATES = 3


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
        the pinned file has none). If the tree of the pinned commit cannot be read, they are the files of the same name
        in other folders.
        """
        pinned_path, pinned_sha, pinned_tree = self.file.pin.path, self.file.pinned_sha, await self.read_pinned_tree()
        pinned = PurePosixPath(pinned_path)
        new_files = self.file.head_files.new_files_since(pinned_tree or Tree(sha="", entries={}))
        same_module = new_files.of_same_module(pinned_path)
        same_suffix = {path for path in new_files.shas if path.endswith(pinned.suffix)}
        if pinned_tree is None:
            same_module = {path for path in same_module if path.endswith(f"/{pinned.name}") and path != pinned_path}
            same_suffix = same_module

        def likeliest(paths: Iterable[str]) -> list[str]:
            likeliest_first = sorted(paths, key=partial(unlikeliness, pinned_path))
            may_be = (path for path in likeliest_first if new_files.may_be(path, pinned_path, pinned_sha))
            return list(islice(may_be, _MAX_CANDIDATES))

        if same_name:
            in_moved_folder = likeliest(path for path in same_module if is_in_moved_folder(pinned_path, path))
            candidates = in_moved_folder or likeliest(same_module)
        else:
            candidates = [*likeliest(same_module), *likeliest(same_suffix)]
        return {path: new_files.shas[path] for path in candidates}

    async def read_pinned_tree(self) -> Tree | None:
        """Return the tree of the pinned commit; None if it cannot be read. It must not use the reserved requests."""
        if self.source.requests_left() > RESERVED_REQUESTS:
            with suppress(SourceError):
                return await self.source.tree(self.file.pin.repo, self.file.pin.sha, optional=True)
        return None
