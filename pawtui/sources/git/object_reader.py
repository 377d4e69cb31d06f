"""Objects by name (commits, tags, files), from one long-running `git cat-file --batch`.

Names are full SHAs or checked refs (`clone.py`), so that one line requests one object.
"""

import asyncio
import contextlib
from typing import NamedTuple

from pawtui.sources.git import git_error_messages
from pawtui.sources.git.process import TIMEOUT, Git, stop
from pawtui.sources.source_errors import CloneDamaged, NotInClone

MAX_COMMIT = 10_000_000  # bytes of a commit or tag object
_CHUNK = 1 << 14


class GitObject(NamedTuple):
    """One object. `data` is empty if the object is larger than the limit."""

    sha: str
    type: str
    size: int
    data: bytes


class _Process:
    """A running `git cat-file` and its stderr so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise RuntimeError("git runs without pipes")
        self.stdin, self.stdout = process.stdin, process.stdout
        self.errors = b""
        self._process = process
        self._listening = asyncio.create_task(self._listen(process.stderr))

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        while chunk := await stderr.read(_CHUNK):
            self.errors = (self.errors + chunk)[-_CHUNK:]

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    async def all_errors(self) -> bytes:
        # Standard error ends when the process does.
        await self._listening
        return self.errors

    async def stop(self) -> None:
        # Two tasks cannot read one stream.
        self._listening.cancel()
        try:
            await asyncio.gather(self._listening, return_exceptions=True)
        finally:
            await stop(self._process)


class ObjectReader:
    """A reader of the objects of one repository, by name. Its `git cat-file` serves one caller at a time."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._turn = asyncio.Lock()
        self._process: _Process | None = None

    async def read(self, name: str, what: str, limit: int) -> GitObject | None:
        """Return an object, with its bytes if there are at most `limit`; None if the repository lacks the object.

        `what` is the object's name in error messages.
        """
        async with self._turn:
            complete = False
            try:
                async with asyncio.timeout(TIMEOUT):
                    result = await self._read(name, what, limit)
                complete = result is None or result.size <= limit
            except TimeoutError:
                raise git_error_messages.timed_out(what, TIMEOUT) from None
            finally:
                if not complete:
                    # The next caller must not read the rest of this output.
                    await self._stop()
        return result

    async def require(self, name: str, what: str) -> GitObject:
        """Return a commit or tag object. Raises `NotInClone` if the repository lacks it."""
        found = await self.read(name, what, MAX_COMMIT)
        if found is None:
            raise git_error_messages.not_in_clone(what, self._git.name)
        return found

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._stop()

    async def _read(self, name: str, what: str, limit: int) -> GitObject | None:
        process = await self._started()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(f"{name}\n".encode("utf-8", "surrogateescape"))
        try:
            words = (await process.stdout.readuntil(b"\n")).decode("utf-8", "replace").split()
            if len(words) < 3 or not words[-1].isdigit():
                # "NAME missing", "NAME ambiguous", or "SHA submodule" (a commit of another repository).
                await self._check_damage(process, what)
                return None
            sha, type_, size = words[-3], words[-2], int(words[-1])
            data = (await process.stdout.readexactly(size + 1))[:-1] if size <= limit else b""
            return GitObject(sha, type_, size, data)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            failure = self._git.failure((await process.all_errors()).decode("utf-8", "replace"), what)
        if not isinstance(failure, NotInClone):
            raise failure
        # In a partial clone, git before 2.45 ends at a missing object.
        await self._stop()
        return None

    async def _check_damage(self, process: _Process, what: str) -> None:
        """Raise `CloneDamaged` if git reported that it could not read a pack or an object."""
        # git writes the error before this output: let `_listen`, another task, read it.
        await asyncio.sleep(0)
        if process.errors:
            failure = self._git.failure(process.errors.decode("utf-8", "replace"), what)
            if isinstance(failure, CloneDamaged):
                raise failure

    async def _started(self) -> _Process:
        if self._process is None or self._process.has_ended:
            await self._stop()
            self._process = _Process(await self._git.start(["cat-file", "--batch"]))
        return self._process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await process.stop()
