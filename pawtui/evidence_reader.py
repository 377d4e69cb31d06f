"""The evidence of pins: files and commits, and checks of new pins.

Files are read from the cache or a clone if they are there, and otherwise from a source.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from pawtui.phrases import counted, short_sha
from pawtui.refresh.file_drift import is_beyond_end
from pawtui.refresh.line_drift import split_lines
from pawtui.refresh.pins import HeadsBySide, Pin
from pawtui.refresh.refresh_types import other_repo_summary
from pawtui.sources.similar_path import similar_path
from pawtui.sources.source_errors import NotFound, SourceError

if TYPE_CHECKING:
    from pawtui.sources.facts import CommitDetail, Tree
    from pawtui.sources.protocol import Source

# The time limit for reading a file while a pin is typed, in seconds.
_READ_TIMEOUT = 5.0

_REMEDY = "Pin it without lines, or open it in the browser."


class NoText(SourceError):
    """The path of a pin has no lines; `str()` is a message for the user."""


class IsFolder(NoText):
    """The path of a pin is a folder of `tree`."""

    def __init__(self, message: str, tree: Tree) -> None:
        super().__init__(message)
        self.tree = tree


class NewPinCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The result of the check of a new pin. `problem` is a message if what it names does not exist.

    `found`: the file, the issue or the commit exists. `unread` is why the lines of a file that exists, the issue or the
    commit could not be read.
    """

    found: bool = False
    problem: str = ""
    unread: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether everything that the pin names exists."""
        return self.found and not self.unread


def nothing_local(_repo: str, _sha: str) -> None:
    """Return None: nothing is on disk."""


@dataclass(frozen=True)
class EvidenceReader:
    """A reader of files and commits. `local_tree` and `local_blob` read trees and blobs without requests."""

    open_source: Callable[[], AbstractAsyncContextManager[Source]]
    local_tree: Callable[[str, str], Tree | None]
    local_blob: Callable[[str, str], bytes | None]

    async def file_lines(self, repo: str, sha: str, path: str) -> list[str]:
        """Return the lines of a file, as git counts them: from disk, or else from the source, which caches the file.

        They are not made safe for the screen. Raises `SourceError`, `NoText`, `IsFolder`.
        """
        tree = await asyncio.to_thread(self.local_tree, repo, sha)
        data = None
        if tree is not None and path in tree.entries:
            data = await asyncio.to_thread(self.local_blob, repo, _file_blob(path, sha, tree))
        if data is None:
            async with self.open_source() as source:
                tree = await source.tree(repo, sha)
                if path not in tree.entries:
                    raise NotFound(_no_such_path(repo, sha, path, tree))
                data = await source.blob(repo, _file_blob(path, sha, tree))
        lines = split_lines(data)
        if lines is None:
            raise NoText(f"{path} at {short_sha(sha)} is a binary file and has no lines. {_REMEDY}")
        return lines

    async def completion_lines(self, repo: str, sha: str, path: str) -> list[str]:
        """Return the lines of a file for the completion of a pin.

        Empty if the tree of the commit is not on disk, or if the file cannot be read in time.
        """
        tree = await asyncio.to_thread(self.local_tree, repo, sha)
        if tree is None or path not in tree.entries:
            return []
        try:
            async with asyncio.timeout(_READ_TIMEOUT):
                return await self.file_lines(repo, sha, path)
        except (SourceError, TimeoutError):
            return []

    async def commit(self, repo: str, sha: str) -> CommitDetail:
        """Return a commit with its message and files from the source. Raises `SourceError`."""
        async with self.open_source() as source:
            return await source.commit_detail(repo, sha)

    async def check_pin(self, pin: Pin, heads: HeadsBySide) -> NewPinCheck:
        """Return the check of a new pin; of a pin to a web page, an empty one.

        An issue, a commit, and a file at a commit of the last refresh (`heads`) are always searched, because they count
        as evidence at once. At another commit, only a list of files on disk is searched.
        """
        match pin.kind:
            case "file":
                return await self._check_file(pin, heads)
            case "issue":
                return await self._check_with_request(pin, _read_issue)
            case "commit":
                return await self._check_commit(pin, heads)
        return NewPinCheck()

    async def _check_commit(self, pin: Pin, heads: HeadsBySide) -> NewPinCheck:
        if not heads:
            return NewPinCheck(unread="The next refresh checks it.")
        head = next((head for head in heads.values() if head.has_name(pin.repo)), None)
        if head is None:
            return NewPinCheck(unread=f"{other_repo_summary(pin.repo)}.")
        if head.sha.startswith(pin.sha):
            return NewPinCheck(found=True)
        return await self._check_with_request(pin, _read_commit)

    async def _check_with_request(self, pin: Pin, read: Callable[[Source, Pin], Awaitable[None]]) -> NewPinCheck:
        """Return the check of a pin to an issue or a commit, which `read` reads with one request."""
        try:
            async with asyncio.timeout(_READ_TIMEOUT), self.open_source() as source:
                await read(source, pin)
        except NotFound as error:
            return NewPinCheck(problem=str(error))
        except SourceError as error:
            return NewPinCheck(unread=str(error))
        except TimeoutError:
            return NewPinCheck(unread=f"Reading the {pin.kind} took too long.")
        return NewPinCheck(found=True)

    async def _check_file(self, pin: Pin, heads: HeadsBySide) -> NewPinCheck:
        tree = await self._tree_of(pin, heads)
        if tree is None:
            return NewPinCheck()
        entry = tree.entries.get(pin.path)
        if entry is None:
            problem = "" if tree.truncated else _no_such_path(pin.repo, pin.sha, pin.path, tree)
            return NewPinCheck(problem=problem)
        if pin.lines is None:
            return NewPinCheck(found=True)
        if is_beyond_end(pin, entry):
            return NewPinCheck(problem=_no_such_lines(pin, f"only {counted(entry.size, 'byte')}"))
        try:
            async with asyncio.timeout(_READ_TIMEOUT):
                lines = await self.file_lines(pin.repo, pin.sha, pin.path)
        except NoText as error:
            return NewPinCheck(problem=str(error))
        except SourceError as error:
            return NewPinCheck(found=True, unread=str(error))
        except TimeoutError:
            return NewPinCheck(found=True, unread="Reading the file took too long.")
        if pin.lines[1] > len(lines):
            return NewPinCheck(problem=_no_such_lines(pin, f"only {counted(len(lines), 'line')}"))
        return NewPinCheck(found=True)

    async def _tree_of(self, pin: Pin, heads: HeadsBySide) -> Tree | None:
        """Return the tree of a pin's commit from disk, or from the source for a commit of the last refresh."""
        tree = await asyncio.to_thread(self.local_tree, pin.repo, pin.sha)
        if tree is not None or all(pin.sha != head.sha for head in heads.values()):
            return tree
        try:
            async with asyncio.timeout(_READ_TIMEOUT), self.open_source() as source:
                return await source.tree(pin.repo, pin.sha)
        except (SourceError, TimeoutError):
            return None


async def _read_issue(source: Source, pin: Pin) -> None:
    issue = (await source.issues(pin.repo, (pin.number,)))[pin.number]
    if isinstance(issue, SourceError):
        raise issue


async def _read_commit(source: Source, pin: Pin) -> None:
    await source.commit(pin.repo, pin.sha)


def _file_blob(path: str, sha: str, tree: Tree) -> str:
    """Return the SHA of the blob of an existing path. Raises `NoText`, or `IsFolder`, if it is not a file."""
    entry = tree.entries[path]
    if entry.type == "blob":
        return entry.sha
    kind = {"tree": "a folder", "commit": "a submodule", "symlink": "a link"}[entry.type]
    message = f"{path} at {short_sha(sha)} is {kind} and has no lines. {_REMEDY}"
    raise IsFolder(message, tree) if entry.type == "tree" else NoText(message)


def _no_such_path(repo: str, sha: str, path: str, tree: Tree) -> str:
    similar = similar_path(tree, path)
    suggestion = f"did you mean {similar}?" if similar else "check the path."
    return f"There is no file {path!r} at {short_sha(sha)} of {repo}: {suggestion}"


def _no_such_lines(pin: Pin, size: str) -> str:
    return f"{pin.path} at {short_sha(pin.sha)} has {size}. Give lines that exist."
