"""Objects by name, out of one `git cat-file --batch` that stays open: commits, tags and files.

Names are full SHAs, or refs that have been checked (`refs.py`), so that a line asks for one object.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import NamedTuple

from pawtui.sources.git import git_failures
from pawtui.sources.git.process import TIMEOUT, Git, stop


class Object(NamedTuple):
    """One object. `data` is empty where only what it is was asked for, or where it is larger than was to be read."""

    sha: str
    type: str
    size: int
    data: bytes = b""


class Batch:
    """A running `git cat-file`, asked by one caller at a time. `contents` says whether it gives the objects' bytes."""

    def __init__(self, git: Git, *, contents: bool) -> None:
        self._git = git
        self._contents = contents
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

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
        process = await self._running()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("git runs without pipes")
        found: list[Object | None] = []
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
        for number in range(len(names)):
            one = await self._next(process, process.stdout, what, most)
            found.append(one)
            if self._contents and one is not None and one.size > most:
                # Its bytes come next; a new process is cheaper than reading past them.
                await self._stop()
                return [*found, *(await self._ask(names[number + 1 :], what, most))] if names[number + 1 :] else found
        return found

    async def _next(
        self, process: asyncio.subprocess.Process, stdout: asyncio.StreamReader, what: str, most: int
    ) -> Object | None:
        try:
            words = (await stdout.readuntil(b"\n")).decode("utf-8", "surrogateescape").split()
            if len(words) < 3 or not words[-1].isdigit():
                # "NAME missing", "NAME ambiguous", and "SHA submodule" where there is a commit of another repository.
                return None
            sha, kind, size = words[-3], words[-2], int(words[-1])
            if not self._contents or size > most:
                return Object(sha, kind, size)
            return Object(sha, kind, size, (await stdout.readexactly(size + 1))[:-1])
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            error = await process.stderr.read() if process.stderr is not None else b""
        text = error.decode("utf-8", "replace")
        raise git_failures.read_failed(text, what, self._git.name, partial=self._git.partial)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            mode = "--batch" if self._contents else "--batch-check"
            self._process = await self._git.start(["cat-file", mode])
        return self._process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await stop(process)


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
