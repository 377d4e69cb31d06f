"""A program on a separate pseudo-terminal: the time until its output arrives, from its start or from a key press."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

ROWS, COLUMNS = 36, 120
ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 30.0


class Terminal:
    """A Python process that runs `code` on a terminal of 120x36; it is killed at the end of the block.

    `started` is the time of the fork, in seconds of `time.perf_counter`.
    """

    def __init__(self, code: str, env: Mapping[str, str]) -> None:
        self._seen = b""
        self.started = time.perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            # The size is set before the program can read it.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.chdir(ROOT)
            os.execve(sys.executable, [sys.executable, "-c", code], dict(env))  # noqa: S606 - our own Python

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)

    def until(self, marks: Sequence[str]) -> float:
        """Return the time when all of these texts were output. Raises `AssertionError` if they never are."""
        wanted = [mark.encode() for mark in marks]
        end = time.perf_counter() + TIMEOUT
        while not all(mark in self._seen for mark in wanted):
            if not self._read(end - time.perf_counter()):
                raise AssertionError(f"{marks} were not output; the last output: {self._seen[-2000:]!r}")
        return time.perf_counter()

    def settle(self, quiet: float) -> None:
        """Read until there was no output for this many seconds."""
        while self._read(quiet):
            pass

    def press(self, key: str) -> float:
        """Type a key and return the seconds until the first bytes of its output."""
        pressed = time.perf_counter()
        os.write(self._fd, key.encode())
        if not self._read(TIMEOUT):
            raise AssertionError(f"the key {key!r} painted nothing")
        return time.perf_counter() - pressed

    def _read(self, timeout: float) -> bool:
        if not select.select([self._fd], [], [], max(0.0, timeout))[0]:
            return False
        try:
            got = os.read(self._fd, 1 << 16)
        except OSError:
            # Linux raises this error if the program has ended.
            return False
        self._seen += got
        return bool(got)


def environment(home: Path, compiled: Path) -> dict[str, str]:
    """Return the environment of a plain terminal, with the record at `home` and a separate folder for compiled modules.

    The first run of each program compiles its modules. Do not count it, because an installed package is compiled.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "PAWTUI"))}
    for name in ("PYTHONDONTWRITEBYTECODE", "NO_COLOR", "GITHUB_API_URL", "GH_HOST"):
        env.pop(name, None)
    return env | {
        "PAWTUI_HOME": str(home),
        "PYTHONPYCACHEPREFIX": str(compiled),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
