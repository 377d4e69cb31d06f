"""Objects by name (commits, tags, files), from one long-running `git cat-file --batch`.

Names are full SHAs or checked refs (`refs.py`), so that one line requests one object.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import NamedTuple

from pawtui.sources.git import git_failures
from pawtui.sources.git.process import TIMEOUT, Git, kill, stop
from pawtui.sources.source_errors import CloneDamaged, NotInClone

_CHUNK = 1 << 14


class Object(NamedTuple):
    """One object. `data` is empty if it was not requested, or if the object is larger than the limit."""

    sha: str
    type: str
    size: int
    data: bytes = b""


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

    async def all_errors(self) -> str:
        """Return stderr of a process that has ended."""
        await self._listening
        return self.errors.decode("utf-8", "replace")

    async def stop(self) -> None:
        kill(self._process)
        await asyncio.shield(self._listening)
        await stop(self._process)


class Batch:
    """A `git cat-file` that serves one caller at a time. `contents`: whether it returns the objects' bytes."""

    def __init__(self, git: Git, *, contents: bool) -> None:
        self._git = git
        self._contents = contents
        self._turn = asyncio.Lock()
        self._running: _Process | None = None

    async def read(self, names: list[str], what: str, limit: int = 0) -> list[Object | None]:
        """Return each object, or None if it is missing. Objects above `limit` bytes have no `data`."""
        async with self._turn:
            complete = False
            try:
                async with asyncio.timeout(TIMEOUT):
                    found = await self._read(names, what, limit)
                complete = True
            except TimeoutError:
                raise git_failures.timed_out(what, TIMEOUT) from None
            finally:
                if not complete:
                    # The next caller must not read the rest of this output.
                    await self._stop()
        return found

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._stop()

    async def _read(self, names: list[str], what: str, limit: int) -> list[Object | None]:
        running = await self._started()
        found: list[Object | None] = []
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            running.stdin.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
        for number in range(1, len(names) + 1):
            entry = await self._next(running, what, limit)
            found.append(entry)
            unread = self._contents and entry is not None and entry.size > limit
            if unread or running.stdout.at_eof():
                # The object's bytes were not read, or git has ended: read the rest from a new process.
                await self._stop()
                rest = names[number:]
                return [*found, *(await self._read(rest, what, limit) if rest else [])]
        return found

    async def _next(self, running: _Process, what: str, limit: int) -> Object | None:
        try:
            words = (await running.stdout.readuntil(b"\n")).decode("utf-8", "replace").split()
            if len(words) < 3 or not words[-1].isdigit():
                # "NAME missing", "NAME ambiguous", or "SHA submodule" (a commit of another repository).
                await self._check_damage(running, what)
                return None
            sha, kind, size = words[-3], words[-2], int(words[-1])
            if not self._contents or size > limit:
                return Object(sha, kind, size)
            return Object(sha, kind, size, (await running.stdout.readexactly(size + 1))[:-1])
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            failure = self._failure(await running.all_errors(), what)
        if isinstance(failure, NotInClone):
            # In a partial clone, git before 2.45 ends at a missing object.
            return None
        raise failure

    async def _check_damage(self, running: _Process, what: str) -> None:
        """Raise `CloneDamaged` if git reported that it could not read a pack or an object."""
        # git wrote stderr, another pipe, before this output.
        await asyncio.sleep(0)
        failure = self._failure(running.errors.decode("utf-8", "replace"), what) if running.errors else None
        if isinstance(failure, CloneDamaged):
            raise failure

    def _failure(self, error: str, what: str) -> Exception:
        return git_failures.read_failed(error, what, self._git.name, partial=self._git.partial)

    async def _started(self) -> _Process:
        if self._running is None or self._running.has_ended:
            await self._stop()
            mode = "--batch" if self._contents else "--batch-check"
            self._running = _Process(await self._git.start(["cat-file", mode]))
        return self._running

    async def _stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.stop()


class Objects:
    """Every object of one repository, by name."""

    def __init__(self, git: Git) -> None:
        self._check = Batch(git, contents=False)
        self._contents = Batch(git, contents=True)

    async def close(self) -> None:
        """End both processes."""
        await self._check.close()
        await self._contents.close()

    async def stat(self, names: list[str], what: str) -> list[Object | None]:
        """Return objects without their bytes, None for an object that the repository lacks."""
        return await self._check.read(names, what)

    async def read(self, name: str, what: str, limit: int) -> Object | None:
        """Return an object, with its bytes if there are at most `limit`; None if the repository lacks the object."""
        return (await self._contents.read([name], what, limit))[0]
