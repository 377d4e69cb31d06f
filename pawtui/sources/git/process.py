"""How git is run: one command at a time or a few at once, for a limited time, and never left running.

Every command is in a session of its own, so that it has no terminal to ask on and can be ended together with what it
started.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from pawtui.sources.git import git_failures

AT_ONCE = 4
TIMEOUT = 120.0  # seconds that a command may take
MOST_OUTPUT = 400_000_000  # bytes
_CHUNK = 1 << 18
_PIPE = 1 << 20
_MOST_ERROR = 1 << 14
_VERSION = re.compile(r"(\d+)\.(\d+)")


class Done(NamedTuple):
    """A command that has ended: its exit status, stdout, and the first of stderr."""

    status: int
    out: bytes
    error: str


class Git:
    """Runs git on one repository. `name` is what sentences call the repository ("the clone of owner/repo").

    Every method raises a `SourceError`.
    """

    def __init__(self, executable: Path, git_dir: Path, env: Mapping[str, str], *, name: str) -> None:
        self.name = name
        self.git_dir = git_dir
        # Whether objects may be missing on purpose: a clone made with a filter.
        self.partial = False
        self._executable = executable
        self._env = dict(env)
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def read(
        self, *args: str, what: str, stdin: bytes = b"", allow: Sequence[int] = (0,), most: int = MOST_OUTPUT
    ) -> bytes:
        """Return what a command prints. `what` names it in sentences; a status that is not in `allow` is an error."""
        done = await self.run(args, what=what, stdin=stdin, most=most)
        if done.status not in allow:
            raise git_failures.read_failed(done.error, what, self.name, partial=self.partial)
        return done.out

    async def run(
        self,
        args: Sequence[str],
        *,
        what: str,
        stdin: bytes = b"",
        most: int = MOST_OUTPUT,
        limited: bool = True,
        env: Mapping[str, str] | None = None,
        progress: Callable[[bytes], None] | None = None,
        lock: int | None = None,
    ) -> Done:
        """Return a command's outcome, whatever its status. Taking too long or being cancelled ends it.

        Without `limited` it may take as long as it does. `progress` gets stderr as it comes. `lock` is a file
        descriptor that the command shall hold open too.
        """
        limit = TIMEOUT if limited else None
        async with self._slots, self._started(args, env, bool(stdin), lock) as process:
            try:
                async with asyncio.timeout(limit):
                    return await _finish(process, stdin, most, what, progress)
            except TimeoutError:
                raise git_failures.timed_out(what, TIMEOUT) from None

    @asynccontextmanager
    async def _started(
        self, args: Sequence[str], env: Mapping[str, str] | None, feeds: bool, lock: int | None
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await self.start(args, env=env, feeds=feeds, lock=lock)
        try:
            yield process
        finally:
            await stop(process)

    async def start(
        self,
        args: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        feeds: bool = True,
        lock: int | None = None,
    ) -> asyncio.subprocess.Process:
        """Start a command whose process the caller ends with `stop`."""
        try:
            return await asyncio.create_subprocess_exec(
                self._executable,
                f"--git-dir={self.git_dir}",
                "--no-pager",
                "--no-optional-locks",
                *args,
                stdin=asyncio.subprocess.PIPE if feeds else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=self.git_dir,
                env=dict(self._env if env is None else env),
                start_new_session=True,
                # What fits into the pipe is written without waiting to be read. (Linux; elsewhere it has no effect.)
                pipesize=_PIPE,
                pass_fds=() if lock is None or os.name == "nt" else (lock,),
            )
        except FileNotFoundError:
            if not self.git_dir.is_dir():
                raise git_failures.read_failed("not a git repository", "", self.name, partial=False) from None
            raise git_failures.not_installed() from None
        except OSError as error:
            raise git_failures.not_started(error.strerror or type(error).__name__) from None


async def _finish(
    process: asyncio.subprocess.Process,
    stdin: bytes,
    most: int,
    what: str,
    progress: Callable[[bytes], None] | None,
) -> Done:
    feeding = asyncio.create_task(_feed(process, stdin))
    draining = asyncio.create_task(_drain(process.stdout, most, what))
    listening = asyncio.create_task(_listen(process.stderr, progress))
    work = (feeding, draining, listening)
    try:
        await asyncio.gather(*work)
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    return Done(await process.wait(), draining.result(), listening.result())


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    if process.stdin is None:
        return
    # A command that fails early does not read to the end; its status and stderr say why.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _drain(stream: asyncio.StreamReader | None, most: int, what: str) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        size += len(chunk)
        if size > most:
            raise git_failures.too_much(what, most)
        chunks.append(chunk)
    return b"".join(chunks)


async def _listen(stream: asyncio.StreamReader | None, progress: Callable[[bytes], None] | None) -> str:
    """Return stderr's first and last part: the reason of a failure is in one of them."""
    head, tail = b"", b""
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        if progress is not None:
            progress(chunk)
        head += chunk[: _MOST_ERROR - len(head)]
        tail = (tail + chunk)[-_MOST_ERROR:]
    text = head if tail.endswith(head) or head.endswith(tail) else head + b"\n" + tail
    return text.decode("utf-8", "replace")


async def stop(process: asyncio.subprocess.Process) -> None:
    """End a process and what it started, if it still runs, and wait for its end. Nobody may be reading from it."""
    kill(process)
    # A cancelled wait would leave a process behind that nobody has waited for.
    await asyncio.shield(_settle(process))


def kill(process: asyncio.subprocess.Process) -> None:
    """Kill a process and what it started, if it still runs."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            if os.name == "nt":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)


async def _settle(process: asyncio.subprocess.Process) -> None:
    # `wait` returns only once both pipes have come to their end, which nobody reads to any more.
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(_CHUNK):
            pass
    await process.wait()


def find_git(env: Mapping[str, str]) -> Path:
    """Return the path of the `git` executable. Raises `CloneUnusable` where there is none."""
    # Without one, `which` would search the path of this process.
    path = {"PATH": os.defpath, **env}["PATH"]
    found = shutil.which("git", path=path)
    if found is None:
        raise git_failures.not_installed()
    return Path(found).absolute()


def check_version(output: str) -> None:
    """Raise `CloneUnusable` where `git version` printed a version that is too old."""
    version = output.removeprefix("git version ").strip()
    found = _VERSION.match(version)
    if found is None or (int(found[1]), int(found[2])) < git_failures.OLDEST:
        raise git_failures.too_old(version or "of an unknown version")
