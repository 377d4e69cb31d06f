"""Objects of one repository (commits, tags, files, trees): read with git, and parsed to facts.

Two long-running commands read them: `git cat-file --batch` objects by name, `git diff-tree --stdin` the differences of
trees. Names are full SHAs or checked refs (`clone.py`), so that one line requests one object. All facts are made safe
to show, as in every source.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import NamedTuple, TypeVar

from pawtui.sources.dates import epoch_to_date
from pawtui.sources.facts import Commit, EntryType, Tree, TreeEntry, safe_commit
from pawtui.sources.git import git_errors
from pawtui.sources.git.process import TIMEOUT, Git, GitProcess
from pawtui.sources.sanitize import safe_path
from pawtui.sources.source_errors import CloneDamaged, NotInClone

_T = TypeVar("_T")

_CHUNK = 1 << 18  # bytes
LIST_TREE = ("ls-tree", "-r", "-t", "-z", "--full-tree")
_DIFF_TREES = ("diff-tree", "-r", "-t", "-z", "--raw", "--no-renames", "--no-ext-diff", "--ignore-submodules=none")
# The type of a path by its mode (gitformat-index(5)); every other mode is that of a file.
_TYPE_BY_MODE: Mapping[str, EntryType] = {"040000": "tree", "120000": "symlink", "160000": "commit"}
_DELETED = "D"
# A date with more digits is out of range in any case, and Python refuses to read thousands.
MAX_DATE_DIGITS = 30
MAX_COMMIT = 10_000_000  # bytes of a commit or tag object


class GitObject(NamedTuple):
    """One object. `data` is empty if the object is larger than the limit."""

    sha: str
    type: str
    size: int
    data: bytes


class ObjectReader:
    """A reader of the objects of one repository, by name."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._contents = _BatchCommand(git, "cat-file", "--batch")
        self._differences = _BatchCommand(git, *_DIFF_TREES, "--stdin", "--always")

    async def close(self) -> None:
        await self._contents.close()
        await self._differences.close()

    async def read(self, name: str, what: str, limit: int) -> GitObject | None:
        """Return an object, with its bytes if there are at most `limit`; None if the repository lacks the object.

        `what` is the object's name in error messages.
        """
        return await self._contents.ask(f"{name}\n", partial(self._read_object, what, limit), what)

    async def _read_object(self, what: str, limit: int, command: GitProcess) -> GitObject | None:
        """Read the line `SHA TYPE SIZE` and, up to the limit, the bytes."""
        try:
            words = (await command.stdout.readuntil(b"\n")).decode("utf-8", "replace").split()
            if len(words) < 3 or not words[-1].isdigit():
                # "NAME missing", "NAME ambiguous", or "SHA submodule" (a commit of another repository).
                # If git could not read a pack, it wrote an error first: let the task `listening` read it.
                await asyncio.sleep(0)
                failure = self._git.command_error(command.stderr_end, what)
                if command.stderr_end and isinstance(failure, CloneDamaged):
                    raise failure
                return None
            sha, type_, size = words[-3], words[-2], int(words[-1])
            if size > limit:
                await command.stop()
                return GitObject(sha, type_, size, b"")
            return GitObject(sha, type_, size, (await command.stdout.readexactly(size + 1))[:-1])
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await command.listening
            failure = self._git.command_error(command.stderr_end, what)
        if not isinstance(failure, NotInClone):
            raise failure
        # In a partial clone, git before 2.45 ends at a missing object.
        await command.stop()
        return None

    async def require(self, name: str, what: str) -> GitObject:
        """Return a commit or tag object. Raises `NotInClone` if the repository lacks it."""
        found = await self.read(name, what, MAX_COMMIT)
        if found is None:
            raise git_errors.missing_object_error(what, self._git.name)
        return found

    async def tree_from(self, known: Tree, sha: str, what: str) -> Tree | None:
        """Return the tree of a commit (a full SHA, not that of `known`); None if git cannot compare them.

        It shares the entries of `known` that are equal.
        """
        # The output for a commit begins with its SHA. The second commit, compared with itself, ends the answer.
        end = f"{known.sha}\0".encode()
        request = f"{sha} {known.sha}\n{known.sha} {known.sha}\n"
        out = await self._differences.ask(request, partial(_read_until, end), what)
        return _parse_tree_difference(known, sha, out[len(end) : -len(end)]) if out else None


class _BatchCommand:
    """A long-running git command that answers requests on its stdin, for one caller at a time."""

    def __init__(self, git: Git, *args: str) -> None:
        self._git = git
        self._args = args
        self._turn = asyncio.Lock()
        self._command: GitProcess | None = None

    async def ask(self, request: str, read_answer: Callable[[GitProcess], Awaitable[_T]], what: str) -> _T:
        """Return the answer to a request. `what` names it in messages.

        `read_answer` reads the whole answer, or stops the command.
        """
        async with self._turn:
            complete = False
            try:
                async with asyncio.timeout(TIMEOUT):
                    command = await self._started()
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                        command.stdin.write(request.encode("utf-8", "surrogateescape"))
                    answer = await read_answer(command)
                complete = True
            except TimeoutError:
                raise git_errors.timeout_error(what, TIMEOUT) from None
            finally:
                if not complete:
                    # The next caller must not read the rest of this output.
                    await self._stop()
        return answer

    async def close(self) -> None:
        async with self._turn:
            await self._stop()

    async def _started(self) -> GitProcess:
        if self._command is None or self._command.process.returncode is not None:
            await self._stop()
            # Each answer is written at once.
            self._command = await self._git.start(self._args, env={**self._git.env, "GIT_FLUSH": "1"})
        return self._command

    async def _stop(self) -> None:
        command, self._command = self._command, None
        if command is not None:
            await command.stop()


async def _read_until(end: bytes, command: GitProcess) -> bytes:
    """Return the output of `git diff-tree` up to `end`; empty if git ends, or if the repository lacks the commit."""
    out = b""
    # A changed path may be equal to the SHA, but it is never an even field.
    while not (out.endswith(end) and out.count(b"\0") % 2 == 0):
        chunk = await command.stdout.read(_CHUNK)
        if not chunk:
            await command.stop()
            return b""
        out += chunk
        if out == end:
            return b""
    return out


def parse_commit(sha: str, data: bytes) -> Commit:
    """Return the commit in an object's bytes (git-cat-file(1)). Bytes that are not UTF-8 are replaced."""
    headers, message = _headers_and_message(data)
    author, _ = _parse_person(headers.get(b"author", b""))
    _, committed = _parse_person(headers.get(b"committer", b""))
    # git, too, reads a date that is not valid as 0.
    texts = (text.decode("utf-8", "replace") for text in (author, message))
    return safe_commit(sha, epoch_to_date(committed or 0), *texts)


def parse_tag(data: bytes) -> tuple[str, dt.datetime | None]:
    """Return the SHA of a tag's target, and the tagger's date if there is a tagger."""
    headers, _ = _headers_and_message(data)
    _, seconds = _parse_person(headers.get(b"tagger", b""))
    target = headers.get(b"object", b"").decode("ascii", "replace")
    return target, None if seconds is None else epoch_to_date(seconds)


def _headers_and_message(data: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """Return the headers (of each name the first), and the message."""
    head, _, message = data.partition(b"\n\n")
    headers: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        # A line that begins with a space continues the previous header: its name is empty.
        name, _, value = line.partition(b" ")
        headers.setdefault(name, value)
    return headers, message


def _parse_person(line: bytes) -> tuple[bytes, int | None]:
    """Return a name and a date in seconds since 1970, None if the date is not valid."""
    identity, _, date = line.rpartition(b">")
    seconds = date.strip().partition(b" ")[0]
    return identity.partition(b"<")[0].strip(), int(seconds[:MAX_DATE_DIGITS]) if seconds.isdigit() else None


def parse_tree_list(sha: str, out: bytes) -> Tree:
    """Return the tree of a commit from the output of `git ls-tree`, by safe path.

    Entries have no sizes: in a partial clone, git would fetch every file for its size.
    """
    entries: dict[str, TreeEntry] = {}
    for line in out.decode("utf-8", "replace").split("\0"):
        # MODE TYPE SHA<tab>PATH
        head, _, path = line.partition("\t")
        if path:
            entries[safe_path(path)] = TreeEntry(head[-40:], _TYPE_BY_MODE.get(head[:6], "blob"))
    return Tree(sha=sha, entries=entries)


def _parse_tree_difference(known: Tree, sha: str, out: bytes) -> Tree:
    """Return a commit's tree from the output of `git diff-tree --raw` since a known tree. New paths come last."""
    fields = out.decode("utf-8", "replace").split("\0")
    # :OLDMODE NEWMODE OLDSHA NEWSHA STATUS, then the path.
    changes = [(head.split(" "), safe_path(path)) for head, path in zip(fields[::2], fields[1::2], strict=False)]
    entries = dict(known.entries)
    for head, path in changes:
        if head[4] == _DELETED:
            entries.pop(path, None)
    # After the deletions: a file may replace a folder of the same name, or a folder a file.
    for head, path in changes:
        if head[4] != _DELETED:
            entries[path] = TreeEntry(head[3], _TYPE_BY_MODE.get(head[1], "blob"))
    return Tree(sha=sha, entries=entries)
