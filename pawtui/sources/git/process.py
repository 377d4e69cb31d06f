"""Run git commands: a few at the same time, with a time limit, and always ended.

Every command runs in its own session: it has no terminal for prompts, and is killed together with its children.
"""

import asyncio
import contextlib
import os
import re
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pawtui.sources.git import git_errors
from pawtui.sources.git.environment import read_only_environment
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import CloneUnusable, Refused, SourceError

_OLDEST_GIT = (2, 32)
_MAX_CONCURRENT = 4
TIMEOUT = 120.0  # seconds for each command
_MAX_OUTPUT = 400_000_000  # bytes
_CHUNK = 1 << 18
_PIPE_SIZE = 1 << 20
_MAX_ERROR = 1 << 14
_VERSION = re.compile(r"(\d+)\.(\d+)")
# The executables whose version was checked.
_NEW_ENOUGH: set[Path] = set()


class GitResult(NamedTuple):
    """The result of a command: its exit status, stdout, and the last part of stderr."""

    status: int
    stdout: bytes
    stderr: str


class GitProcess:
    """A running git command. `stderr_end` is the last part of its stderr so far, with the reason of a failure."""

    def __init__(self, process: asyncio.subprocess.Process, on_stderr: Callable[[bytes], None] | None = None) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise RuntimeError("git runs without pipes")
        self.process = process
        self.stdin, self.stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self.stderr_end = ""
        # Ends when the process does.
        self.listening = asyncio.create_task(self._listen(on_stderr))

    async def _listen(self, on_stderr: Callable[[bytes], None] | None) -> None:
        text = b""
        while chunk := await self._stderr.read(_CHUNK):
            if on_stderr is not None:
                on_stderr(chunk)
            text = (text + chunk)[-_MAX_ERROR:]
            self.stderr_end = text.decode("utf-8", "replace")

    async def finish(self, stdin: bytes, what: str) -> GitResult:
        """Return the result at the end of the command. Raises `Refused` above `_MAX_OUTPUT` bytes of stdout."""
        reading = asyncio.create_task(self._read(what))
        work = (asyncio.create_task(self._write(stdin)), reading, self.listening)
        try:
            await asyncio.gather(*work)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
        return GitResult(await self.process.wait(), reading.result(), self.stderr_end)

    async def _write(self, data: bytes) -> None:
        # A command that fails early does not read all input; its status and stderr give the reason.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.stdin.write(data)
            await self.stdin.drain()
        self.stdin.close()

    async def _read(self, what: str) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while chunk := await self.stdout.read(_CHUNK):
            size += len(chunk)
            if size > _MAX_OUTPUT:
                limit = f"{_MAX_OUTPUT / 1e6:g} MB"
                raise Refused(f"git printed more than {limit} for {what}. Use `--source github`.")
            chunks.append(chunk)
        return b"".join(chunks)

    async def stop(self) -> None:
        """Kill the process with its children, if it still runs, and wait for its end. No task may read its output."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                if os.name == "nt":
                    self.process.kill()
                else:
                    os.killpg(self.process.pid, signal.SIGKILL)
        try:
            await self._wait_for_end()
        except asyncio.CancelledError:
            # A killed process ends immediately. Without this wait, it would stay a zombie process.
            await self._wait_for_end()
            raise

    async def _wait_for_end(self) -> None:
        # Two tasks cannot read one stream.
        self.listening.cancel()
        await asyncio.gather(self.listening, return_exceptions=True)
        # `wait` returns only after both pipes were read to their end.
        for stream in (self.stdout, self._stderr):
            while await stream.read(_CHUNK):
                pass
        await self.process.wait()


class Git:
    """git on one repository. `name` is the repository in error messages ("the clone of owner/repo").

    Every method raises a `SourceError` on failure.
    """

    def __init__(self, executable: Path, git_dir: Path, env: Mapping[str, str], *, name: str) -> None:
        self.name = name
        self.git_dir = git_dir
        # Whether this is a partial clone, which lacks objects.
        self.partial = False
        # Receives the stderr of every command, in chunks.
        self.on_stderr: Callable[[bytes], None] | None = None
        self._executable = executable
        self.env = dict(env)
        self._slots = asyncio.Semaphore(_MAX_CONCURRENT)

    async def read(self, *args: str, what: str, stdin: bytes = b"", allow: Sequence[int] = (0,)) -> bytes:
        """Return a command's stdout. `what` names it in messages; a status outside `allow` is an error."""
        result = await self.run(args, what=what, stdin=stdin)
        if result.status not in allow:
            raise self.command_error(result.stderr, what)
        return result.stdout

    def command_error(self, stderr: str, what: str) -> SourceError:
        """Return the error for a failed command, with its stderr. `what` names it."""
        return git_errors.read_error(stderr, what, self.name, partial=self.partial)

    async def run(
        self,
        args: Sequence[str],
        *,
        what: str,
        stdin: bytes = b"",
        timed: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> GitResult:
        """Return a command's result with any status. The command is killed on cancellation.

        It is also killed above `_MAX_OUTPUT` bytes of stdout and, if `timed`, after `TIMEOUT` seconds.
        """
        async with self._slots:
            command = await self.start(args, env=env)
            try:
                async with asyncio.timeout(TIMEOUT if timed else None):
                    return await command.finish(stdin, what)
            except TimeoutError:
                raise git_errors.timeout_error(what, TIMEOUT) from None
            finally:
                await command.stop()

    async def start(self, args: Sequence[str], *, env: Mapping[str, str] | None = None) -> GitProcess:
        """Start a command. The caller stops it."""
        starting = asyncio.create_task(
            asyncio.create_subprocess_exec(
                self._executable,
                f"--git-dir={self.git_dir}",
                "--no-pager",
                "--no-optional-locks",
                *args,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=self.git_dir,
                env=dict(self.env if env is None else env),
                start_new_session=True,
                # A large pipe (on Linux) lets git write without waiting for this process.
                pipesize=_PIPE_SIZE,
            )
        )
        try:
            return GitProcess(await asyncio.shield(starting), self.on_stderr)
        except asyncio.CancelledError:
            # asyncio loses the exit status of a process whose start was cancelled, and may wait for it for ever.
            with contextlib.suppress(OSError):
                await GitProcess(await starting).stop()
            raise
        except OSError as error:
            reason = safe_line(error.strerror or type(error).__name__, 120)
            raise CloneUnusable(
                f"Cannot start git in {self.name}: {reason}. Check the clone and the installation of git."
            ) from None


async def open_git(git_dir: Path, env: Mapping[str, str], name: str) -> Git:
    """Return git on a repository. Raises `CloneUnusable` if git is not installed or too old."""
    executable = await asyncio.to_thread(_find_git, env)
    git = Git(executable, git_dir, read_only_environment(env), name=name)
    if executable in _NEW_ENOUGH:
        return git

    output = (await git.read("version", what="its version")).decode("utf-8", "replace")
    version = output.removeprefix("git version ").strip()
    numbers = _VERSION.match(version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < _OLDEST_GIT:
        found = safe_line(version, 40) or "of an unknown version"
        oldest = ".".join(map(str, _OLDEST_GIT))
        raise CloneUnusable(f"git {found} is too old. Install git {oldest} or newer, or use `--source github`.")
    _NEW_ENOUGH.add(executable)
    return git


def _find_git(env: Mapping[str, str]) -> Path:
    # Without a PATH, `which` would search the PATH of this process.
    executable = shutil.which("git", path=env.get("PATH", os.defpath))
    if executable is None:
        raise CloneUnusable("git was not found. Install git, or use `--source github`.")
    return Path(executable).absolute()
