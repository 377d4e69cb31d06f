"""The evidence of pins: files and commits, and checks of typed pins.

Functions with `local` in their name read only the cache and clones, without requests. The others read from a source.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from pawtui.refresh.file_drift import is_beyond
from pawtui.refresh.line_drift import split_lines
from pawtui.refresh.pins import Heads, Pin, parse_pin
from pawtui.sources.source_errors import NotFound, SourceError

if TYPE_CHECKING:
    from pawtui.sources.facts import CommitDetail, Tree, TreeEntry
    from pawtui.sources.protocol import Source

# The time limit for reading a file while a pin is typed, in seconds.
_READ_TIMEOUT = 5.0

_REMEDY = "Pin it without lines, or open it in the browser."


class NoText(SourceError):
    """The path of a pin has no lines; `str()` is a message for the user."""


class FileText(msgspec.Struct, frozen=True, kw_only=True):
    """A file at a commit with its lines, as git counts them. The lines are not made safe for the screen."""

    repo: str
    sha: str
    path: str
    lines: tuple[str, ...]


class PinLookUp(msgspec.Struct, frozen=True, kw_only=True):
    """The result of the check of a typed pin. `problem` is a message if the file or a line does not exist.

    `found`: the file exists. `unread` is why a file that exists could not be read, so that its lines were not checked.
    """

    found: bool = False
    problem: str = ""
    unread: str = ""


def nothing_local(_repo: str, _sha: str) -> None:
    """Return None: nothing is on disk."""


class EvidenceReader:
    """A reader of files and commits. `local_tree` and `local_blob` read trees and blobs without requests."""

    def __init__(
        self,
        open_source: Callable[[], AbstractAsyncContextManager[Source]],
        local_tree: Callable[[str, str], Tree | None],
        local_blob: Callable[[str, str], bytes | None],
    ) -> None:
        self._open_source = open_source
        self.local_tree = local_tree
        self._local_blob = local_blob

    def local_text(self, repo: str, sha: str, path: str) -> FileText | None:
        """Return a file if its tree and its text are on disk, else None. Raises `NoText`."""
        tree = self.local_tree(repo, sha)
        entry = tree.entries.get(path) if tree else None
        data = self._local_blob(repo, entry.sha) if entry else None
        return None if entry is None or data is None else _text_of(repo, sha, path, entry, data)

    async def text(self, repo: str, sha: str, path: str) -> FileText:
        """Return a file from the source, which caches it. Raises `SourceError`, `NoText`."""
        async with self._open_source() as source:
            tree = await source.tree(repo, sha)
            entry = tree.entries.get(path)
            if entry is None:
                raise NotFound(_no_such_path(repo, sha, path, tree))
            _check_is_file(path, sha, entry)
            return _text_of(repo, sha, path, entry, await source.blob(repo, entry.sha))

    async def lines(self, repo: str, sha: str, path: str) -> tuple[str, ...]:
        """Return the lines of a file for the completion of a pin.

        Empty if the tree of the commit is not on disk, or if the file cannot be read in time.
        """
        try:
            text = await asyncio.to_thread(self.local_text, repo, sha, path)
            tree = None if text else await asyncio.to_thread(self.local_tree, repo, sha)
            if tree and path in tree.entries:
                async with asyncio.timeout(_READ_TIMEOUT):
                    text = await self.text(repo, sha, path)
        except (SourceError, TimeoutError):
            return ()
        return text.lines if text else ()

    async def commit(self, repo: str, sha: str) -> CommitDetail:
        """Return a commit with its message and files from the source. Raises `SourceError`."""
        async with self._open_source() as source:
            return await source.commit_detail(repo, sha)

    async def look_up(self, text: str, heads: Heads) -> PinLookUp:
        """Return the check of a typed pin. Only a file whose lines are pinned may need a request. Raises `PinError`."""
        pin = resolve_pin(text, heads)
        found = await asyncio.to_thread(self._look_up_local, pin)
        if found is not None:
            return found
        try:
            async with asyncio.timeout(_READ_TIMEOUT):
                return _checked_lines(pin, await self.text(pin.repo, pin.sha, pin.path))
        except NoText as error:
            return PinLookUp(problem=str(error))
        except SourceError as error:
            return PinLookUp(found=True, unread=str(error))
        except TimeoutError:
            return PinLookUp(found=True, unread="Reading the file took too long.")

    def _look_up_local(self, pin: Pin) -> PinLookUp | None:
        """Return the check of a pin without a request; None if the file must be read to check its lines."""
        tree = self.local_tree(pin.repo, pin.sha) if pin.kind == "file" else None
        if tree is None:
            return PinLookUp()
        entry = tree.entries.get(pin.path)
        if entry is None:
            problem = "" if tree.truncated else _no_such_path(pin.repo, pin.sha, pin.path, tree)
            return PinLookUp(problem=problem)
        if pin.lines is None:
            return PinLookUp(found=True)
        if is_beyond(pin, entry):
            return PinLookUp(problem=_no_such_lines(pin, f"only {entry.size:,} bytes"))
        try:
            file_text = self.local_text(pin.repo, pin.sha, pin.path)
        except NoText as error:
            return PinLookUp(problem=str(error))
        return None if file_text is None else _checked_lines(pin, file_text)


def resolve_pin(text: str, heads: Heads) -> Pin:
    """Return a typed pin; its short SHA is replaced if it is that of a head. Raises `PinError`."""
    pin = parse_pin(text, heads)
    full = next((sha for repo, sha in heads.values() if repo == pin.repo and sha.startswith(pin.sha)), pin.sha)
    return replace(pin, sha=full) if pin.kind == "file" else pin


def _checked_lines(pin: Pin, text: FileText) -> PinLookUp:
    if pin.lines and pin.lines[1] > len(text.lines):
        return PinLookUp(problem=_no_such_lines(pin, f"only {len(text.lines):,} lines"))
    return PinLookUp(found=True)


def _text_of(repo: str, sha: str, path: str, entry: TreeEntry, data: bytes) -> FileText:
    _check_is_file(path, sha, entry)
    lines = split_lines(data)
    if lines is None:
        raise NoText(f"{path} at {sha[:10]} is a binary file and has no lines. {_REMEDY}")
    return FileText(repo=repo, sha=sha, path=path, lines=tuple(lines))


def _check_is_file(path: str, sha: str, entry: TreeEntry) -> None:
    if entry.type != "blob":
        kind = {"tree": "a folder", "commit": "a submodule", "symlink": "a link"}[entry.type]
        raise NoText(f"{path} at {sha[:10]} is {kind} and has no lines. {_REMEDY}")


def _no_such_path(repo: str, sha: str, path: str, tree: Tree) -> str:
    folder, _, name = path.rpartition("/")
    similar = next((listed for listed in tree.entries if listed.rpartition("/")[2] == name), "")
    if not similar:
        siblings = [listed for listed in tree.entries if listed.rpartition("/")[0] == folder]
        similar = next(iter(get_close_matches(path, siblings, n=1, cutoff=0.8)), "")
    suggestion = f"did you mean {similar}?" if similar else "check the path."
    return f"There is no file {path!r} at {sha[:10]} of {repo}: {suggestion}"


def _no_such_lines(pin: Pin, size: str) -> str:
    return f"{pin.path} at {pin.sha[:10]} has {size}. Give lines that exist."
