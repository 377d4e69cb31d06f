"""Objects by name, out of one `git cat-file --batch` that stays open: commits, tags and files.

Names are full SHAs, or refs that have been checked (`refs.py`), so that a line asks for one object.
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
    """One object. `data` is empty where only what it is was asked for, or where it is larger than was to be read."""

    sha: str
    type: str
    size: int
    data: bytes = b""


class _Running:
    """A running `git cat-file`, and what it has said on stderr so far."""

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

    async def last_words(self) -> str:
        """Return stderr of a process that has ended."""
        await self._listening
        return self.errors.decode("utf-8", "replace")

    async def stop(self) -> None:
        kill(self._process)
        await asyncio.shield(self._listening)
        await stop(self._process)


class Batch:
    """A `git cat-file` that is asked by one caller at a time. `contents` says whether it gives the objects' bytes."""

    def __init__(self, git: Git, *, contents: bool) -> None:
        self._git = git
        self._contents = contents
        self._turn = asyncio.Lock()
        self._running: _Running | None = None

    async def ask(self, names: list[str], what: str, most: int = 0) -> list[Object | None]:
        """Return each object, None for one that is not there; the bytes of those of at most `most` bytes."""
        async with self._turn:
            whole = False
            try:
                async with asyncio.timeout(TIMEOUT):
                    found = await self._ask(names, what, most)
                whole = True
            except TimeoutError:
                raise git_failures.timed_out(what, TIMEOUT) from None
            finally:
                if not whole:
                    # What is left of the answer belongs to nobody.
                    await self._stop()
        return found

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._stop()

    async def _ask(self, names: list[str], what: str, most: int) -> list[Object | None]:
        running = await self._started()
        found: list[Object | None] = []
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            running.stdin.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
        for number in range(1, len(names) + 1):
            one = await self._next(running, what, most)
            found.append(one)
            unread = self._contents and one is not None and one.size > most
            if unread or running.stdout.at_eof():
                # Its bytes come next, or git has ended over it. Either way the rest needs a process of its own.
                await self._stop()
                rest = names[number:]
                return [*found, *(await self._ask(rest, what, most) if rest else [])]
        return found

    async def _next(self, running: _Running, what: str, most: int) -> Object | None:
        try:
            words = (await running.stdout.readuntil(b"\n")).decode("utf-8", "replace").split()
            if len(words) < 3 or not words[-1].isdigit():
                # "NAME missing", "NAME ambiguous", and "SHA submodule" where there is a commit of another repository.
                await self._check_damage(running, what)
                return None
            sha, kind, size = words[-3], words[-2], int(words[-1])
            if not self._contents or size > most:
                return Object(sha, kind, size)
            return Object(sha, kind, size, (await running.stdout.readexactly(size + 1))[:-1])
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            failure = self._failure(await running.last_words(), what)
        if isinstance(failure, NotInClone):
            # Of a clone made without some objects, git before 2.45 ends where one is missing.
            return None
        raise failure

    async def _check_damage(self, running: _Running, what: str) -> None:
        """Raise `CloneDamaged` where git has said that it could not read what would hold an object."""
        # What it said came before its answer, by another pipe.
        await asyncio.sleep(0)
        failure = self._failure(running.errors.decode("utf-8", "replace"), what) if running.errors else None
        if isinstance(failure, CloneDamaged):
            raise failure

    def _failure(self, error: str, what: str) -> Exception:
        return git_failures.read_failed(error, what, self._git.name, partial=self._git.partial)

    async def _started(self) -> _Running:
        if self._running is None or self._running.has_ended:
            await self._stop()
            mode = "--batch" if self._contents else "--batch-check"
            self._running = _Running(await self._git.start(["cat-file", mode]))
        return self._running

    async def _stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.stop()


class Objects:
    """Every object of one repository, by name."""

    def __init__(self, git: Git) -> None:
        self._check = Batch(git, contents=False)
        self._read = Batch(git, contents=True)

    async def close(self) -> None:
        """End both processes."""
        await self._check.close()
        await self._read.close()

    async def known(self, name: str, what: str) -> Object | None:
        """Return what an object is, or None where the repository does not hold it."""
        return (await self._check.ask([name], what))[0]

    async def all_known(self, names: list[str], what: str) -> list[Object | None]:
        """`known` for many at once."""
        return await self._check.ask(names, what) if names else []

    async def read(self, name: str, what: str, most: int) -> Object | None:
        """Return an object, with its bytes where it has at most `most`; None where the repository does not hold it."""
        return (await self._read.ask([name], what, most))[0]
