"""The texts behind pins: a file at a commit, from the cache at once or from the source, and whether a pin names one.

Nothing here starts anything on its own: what is known is read from disk, and what is asked for waits for a source.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

import msgspec

from pawtui.refresh.drift import is_beyond
from pawtui.refresh.line_drift import split_lines
from pawtui.refresh.pins import Pin, parse_pin
from pawtui.sources.source_errors import NotFound, SourceError

if TYPE_CHECKING:
    from pawtui.sources.facts import CommitDetail, Entry, Tree
    from pawtui.sources.protocol import Source

Heads = Mapping[str, tuple[str, str]]
# How long a command or a dialog waits for a text only to count its lines, in seconds.
TIMEOUT = 5.0


class NoText(SourceError):
    """What a pin names has no lines to show; `str()` is one sentence."""


class FileText(msgspec.Struct, frozen=True, kw_only=True):
    """A file at a commit, by its lines as git counts them. They are as they are: make safe what is shown of them."""

    repo: str
    sha: str
    path: str
    lines: tuple[str, ...]


class PinLookUp(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a typed pin. `problem` says that there is no such file or line, as a sentence.

    `found`: it is known to be there. `lines_unknown`: the file is there, but how many lines it has is not known.
    """

    found: bool = False
    problem: str = ""
    lines_unknown: bool = False


class Evidence:
    """Reads what pins name. `known_tree` and `known_blob` read what an earlier question left on disk."""

    def __init__(
        self,
        open_source: Callable[[], AbstractAsyncContextManager[Source]],
        known_tree: Callable[[str, str], Tree | None] | None = None,
        known_blob: Callable[[str, str], bytes | None] | None = None,
    ) -> None:
        self._open_source = open_source
        self._known_tree = known_tree
        self._known_blob = known_blob

    def known_tree(self, repo: str, sha: str) -> Tree | None:
        """Return a commit's tree if it is on disk. Reads disk."""
        return self._known_tree(repo, sha) if self._known_tree else None

    def known_text(self, repo: str, sha: str, path: str) -> FileText | None:
        """Return a file if its tree and its text are on disk. Reads disk; raises `NoText`."""
        tree = self.known_tree(repo, sha)
        entry = tree.entries.get(path) if tree else None
        data = self._known_blob(repo, entry.sha) if entry and self._known_blob else None
        return None if entry is None or data is None else _text_of(repo, sha, path, entry, data)

    async def text(self, repo: str, sha: str, path: str) -> FileText:
        """Return a file from the source, which keeps it on disk. Raises `SourceError`, `NoText`."""
        async with self._open_source() as source:
            tree = await source.tree(repo, sha)
            entry = tree.entries.get(path)
            if entry is None:
                raise NotFound(_no_such_path(repo, sha, path, tree))
            _check_is_file(path, entry)
            return _text_of(repo, sha, path, entry, await source.blob(repo, entry.sha))

    async def commit(self, repo: str, sha: str) -> CommitDetail:
        """Return a commit with its message and files from the source. Raises `SourceError`."""
        async with self._open_source() as source:
            return await source.commit_detail(repo, sha)

    def look_up(self, text: str, heads: Heads) -> PinLookUp:
        """Return what is known of a typed pin without asking anybody. Reads disk; raises `PinError`."""
        pin = resolved(text, heads)
        tree = self.known_tree(pin.repo, pin.sha) if pin.kind == "file" else None
        if tree is None:
            return PinLookUp()
        entry = tree.entries.get(pin.path)
        if entry is None:
            return (
                PinLookUp() if tree.truncated else PinLookUp(problem=_no_such_path(pin.repo, pin.sha, pin.path, tree))
            )
        if pin.lines is None:
            return PinLookUp(found=True)
        if is_beyond(pin, entry):
            return PinLookUp(problem=_no_such_lines(pin, f"at most {entry.size:,}"))
        try:
            known = self.known_text(pin.repo, pin.sha, pin.path)
        except NoText as error:
            return PinLookUp(problem=str(error))
        return PinLookUp(found=True, lines_unknown=True) if known is None else _checked_lines(pin, known)

    async def look_up_lines(self, text: str, heads: Heads) -> PinLookUp:
        """Return what the source says of the lines of a typed pin, within a few seconds.

        Raises `PinError`, `SourceError` or `TimeoutError`: then they are not known.
        """
        pin = resolved(text, heads)
        try:
            async with asyncio.timeout(TIMEOUT):
                return _checked_lines(pin, await self.text(pin.repo, pin.sha, pin.path))
        except NoText as error:
            return PinLookUp(problem=str(error))


def resolved(text: str, heads: Heads) -> Pin:
    """Return a typed pin with the full SHA where it is that of a head. Raises `PinError`."""
    pin = parse_pin(text, heads)
    full = next((sha for repo, sha in heads.values() if repo == pin.repo and sha.startswith(pin.sha)), pin.sha)
    return msgspec.structs.replace(pin, sha=full) if pin.kind == "file" else pin


def _checked_lines(pin: Pin, text: FileText) -> PinLookUp:
    if pin.lines and pin.lines[1] > len(text.lines):
        return PinLookUp(problem=_no_such_lines(pin, f"{len(text.lines):,}"))
    return PinLookUp(found=True)


def _text_of(repo: str, sha: str, path: str, entry: Entry, data: bytes) -> FileText:
    _check_is_file(path, entry)
    lines = split_lines(data)
    if lines is None:
        raise NoText(f"{path} at {sha[:10]} is a binary file and has no lines. o opens it in the browser.")
    return FileText(repo=repo, sha=sha, path=path, lines=tuple(lines))


def _check_is_file(path: str, entry: Entry) -> None:
    if entry.type != "blob":
        kind = {"tree": "a folder", "commit": "a submodule", "symlink": "a link"}[entry.type]
        raise NoText(f"{path} is {kind} and has no lines. Give the path of a file.")


def _no_such_path(repo: str, sha: str, path: str, tree: Tree) -> str:
    name = path.rpartition("/")[2]
    namesake = next((one for one in tree.entries if one.rpartition("/")[2] == name), "")
    suggestion = f"did you mean {namesake}?" if namesake else "check the path."
    return f"There is no {path} at {sha[:10]} of {repo}: {suggestion}"


def _no_such_lines(pin: Pin, count: str) -> str:
    return f"{pin.path} has {count} lines at {pin.sha[:10]}. Give lines that are there."
